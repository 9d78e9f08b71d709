//! Agents that sign in with what they never see.

use serde_json::{Value, json};

use crate::house::{House, deeds, placeholder};
use crate::support::eventually;
use crate::support::model::{Asked, Say};
use crate::support::server::KEY;
use crate::support::sockets::Ear;

const PASSWORD: &str = "Tr0ub4dor&3 canary";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

fn fill(selector: &str, value: String) -> Say {
    Say::call("fill", json!({"selector": selector, "value": value}))
}

/// Signs in, then gives a code; told by the page that it is on.
fn signs_in(asked: &Asked) -> Say {
    match asked.number {
        0 => fill("#user", placeholder(asked, "user name")),
        1 => fill("#password", placeholder(asked, "password")),
        2 => Say::call("click", json!({"selector": "#send"})),
        3 => Say::call(
            "goto",
            json!({"url": asked.word("http").replace("classic", "code")}),
        ),
        4 => fill("#code", placeholder(asked, "one-time code")),
        5 => Say::call("press_key", json!({"key": "Enter"})),
        _ => Say::call(
            "completion",
            json!({"success": true, "answer": "signed in"}),
        ),
    }
}

async fn persona_with_credentials(house: &House) -> Value {
    let client = &house.client;
    let body = json!({"create_vault": true});
    let persona = client.post("/personas/create").json(body).ok().await;
    let vault = persona["vault_id"].as_str().unwrap();
    let credentials = json!({"username": "ada", "password": PASSWORD, "mfa_secret": SEED});
    let body = json!({"url": "http://127.0.0.1/", "credentials": credentials});
    let path = format!("/vaults/{vault}/credentials");
    client.post(&path).json(body).ok().await;
    persona
}

#[tokio::test]
async fn a_persona_signs_in_with_what_its_model_never_sees() {
    let house = House::new(signs_in).await;
    let persona = persona_with_credentials(&house).await;
    let url = house.url("/sign-in/page/classic");
    let task = format!("Sign in at {url} and give the code.");
    let agent = house
        .start(json!({"task": task, "url": url, "persona_id": persona["persona_id"]}))
        .await;
    let status = house.ended(&agent).await;
    assert_eq!(status["answer"], "signed in", "{status}");
    let taken = eventually("both forms arrive", async || {
        let takes = house.site.takes();
        (takes.len() == 2).then_some(takes)
    })
    .await;
    let sent: Vec<_> = url::form_urlencoded::parse(taken[0].body.as_bytes()).collect();
    assert_eq!(
        sent,
        [
            ("username".into(), "ada".into()),
            ("password".into(), PASSWORD.into())
        ]
    );
    let code = taken[1].body.strip_prefix("otp=").unwrap().to_owned();
    assert!(
        code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit()),
        "{code}"
    );

    // No byte of it anywhere that a model, a caller or an operator looks.
    let questions: String = (0..house.model.count())
        .map(|number| house.model.asked(number).body.to_string())
        .collect();
    let client = &house.client;
    let trace = client.get(&format!("/agents/{agent}/trace")).ok().await;
    let script = client
        .get(&format!("/agents/{agent}/workflow/code?as_workflow=true"))
        .ok()
        .await;
    let session = client.get(&house.path("")).ok().await;
    for place in [
        questions,
        trace.to_string(),
        script.to_string(),
        session.to_string(),
        house.server.log(),
    ] {
        for secret in [PASSWORD, SEED, &format!("={code}"), &format!("\"{code}\"")] {
            assert!(!place.contains(secret), "{secret} is in {place:.2000}");
        }
    }
}

#[tokio::test]
async fn a_vault_of_nobody_is_not_found() {
    let house = House::new(|_| Say::Hang).await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    let body = json!({"task": "Look", "session_id": house.session, "vault_id": unknown});
    house
        .client
        .post("/agents/start")
        .json(body.clone())
        .refused(404)
        .await;
    let key = house
        .server
        .new_key("default", &["--scopes", "sessions"])
        .await;
    let narrow = house.client.with_key(Some(&key));
    narrow.post("/agents/start").json(body).refused(403).await;
}

#[tokio::test]
async fn what_a_run_put_into_a_page_is_kept_from_its_model_and_from_who_has_no_vault() {
    const READ: &str = "document.querySelector('#password').value";
    let house = House::new(|asked| match asked.number {
        0 => fill("#password", placeholder(asked, "password")),
        1 => Say::call("evaluate_js", json!({"code": READ})),
        _ => Say::call("completion", json!({"success": true, "answer": "tried"})),
    })
    .await;
    let persona = persona_with_credentials(&house).await;
    let rules = json!({"sites": {"127.0.0.1": {"way": "page"}}});
    let vault = persona["vault_id"].as_str().unwrap();
    let path = format!("/vaults/{vault}/fill_rules");
    house.client.put(&path).json(rules).ok().await;
    let url = house.url("/sign-in/page/classic");
    let status = house
        .run(json!({"url": url, "persona_id": persona["persona_id"]}))
        .await;
    let deeds = deeds(&status["steps"]);
    let expected = [
        ("goto".to_owned(), true),
        ("fill".to_owned(), true),
        ("evaluate_js".to_owned(), false),
        ("completion".to_owned(), true),
    ];
    assert_eq!(deeds, expected, "{status}");
    // The key that the run works with may read secrets. Its model may not.
    assert!(!house.model.asked(2).body.to_string().contains(PASSWORD));
    assert!(!status.to_string().contains(PASSWORD));

    let key = house
        .server
        .new_key("default", &["--scopes", "sessions,personas"])
        .await;
    let script = json!({"type": "evaluate_js", "code": READ});
    let lesser = house.client.with_key(Some(&key));
    let path = house.path("/page/execute");
    let done = lesser.post(&path).json(script.clone()).ok().await;
    assert_eq!(done["success"], false, "{done}");
    // Who may read secrets may run it; what it answers goes into the record, where others read it.
    let done = house.client.post(&path).json(script).ok().await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(done["data"]["markdown"], "[password of 127.0.0.1]");
}

/// What the site was sent, once it was sent so many forms.
async fn taken(house: &House, count: usize) -> Vec<String> {
    eventually("the forms arrive", async || {
        let takes = house.site.takes();
        let bodies = || takes.iter().map(|take| take.body.clone()).collect();
        (takes.len() == count).then(bodies)
    })
    .await
}

#[tokio::test]
async fn the_code_of_a_run_signs_in_again_without_a_model() {
    let house = House::new(signs_in).await;
    let persona = persona_with_credentials(&house).await;
    let url = house.url("/sign-in/page/classic");
    let agent = house
        .start(json!({"task": format!("Sign in at {url} and give the code."), "url": url, "persona_id": persona["persona_id"]}))
        .await;
    let status = house.ended(&agent).await;
    assert_eq!(status["answer"], "signed in", "{status}");
    let by_model = taken(&house, 2).await;
    let client = &house.client;
    let vault = persona["vault_id"].as_str().unwrap();
    let asked = house.model.count();
    for path in [
        format!("/agents/{agent}"),
        format!("/sessions/{}", house.session),
    ] {
        let path = format!("{path}/workflow/code?as_workflow=true");
        let code = client.get(&path).ok().await;
        let script = code["python_script"].as_str().unwrap();
        assert!(
            script.contains(&format!("vault_id=\"{vault}\"")),
            "{script}"
        );
        assert!(!script.contains("secret-"), "{script}");
        house.site.reset();
        let session = client.start(json!({"vault_id": vault})).await;
        for action in code["json_actions"].as_array().unwrap() {
            let call = client.post(&format!("/sessions/{session}/page/execute"));
            let done = call.json(action.clone()).ok().await;
            assert_eq!(done["success"], true, "{action}: {done}");
        }
        let again = taken(&house, 2).await;
        assert_eq!(again[0], by_model[0]);
        let code = again[1].strip_prefix("otp=").unwrap();
        assert!(
            code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit()),
            "{code}"
        );
        client.stop(&session).await;
    }
    assert_eq!(house.model.count(), asked, "no model was asked");
}

#[tokio::test]
async fn what_a_model_puts_together_is_not_told_either() {
    // The page shows it in two halves, which nothing finds.
    const TOLD: &str = "It is Tr0ub4dor&3 canary, I think";
    let house = House::new(|asked| match asked.number {
        0 => fill("#user", TOLD.to_owned()),
        1 => Say::words(
            &json!({"state": {"previous_goal_status": "success", "previous_goal_eval": TOLD, "page_summary": TOLD,
                "relevant_interactions": [{"id": TOLD, "reason": TOLD}], "memory": TOLD, "next_goal": TOLD},
                "action": {"type": "wait", "time_ms": 1}})
            .to_string(),
        ),
        2 => Say::call("fill", json!({"selector": format!("#none[title='{TOLD}']"), "value": "x", "timeout": 100})),
        3 => Say::call("evaluate_js", json!({"code": format!("0 /* {TOLD} */")})),
        4 => Say::call("click", json!({"id": TOLD, "timeout": 100})),
        5 => Say::call("scrape", json!({"selector": "h1", "instructions": TOLD})),
        _ => Say::call("completion", json!({"success": true, "answer": json!({TOLD: TOLD}).to_string()})),
    })
    .await;
    let persona = persona_with_credentials(&house).await;
    let url = house.url("/sign-in/page/classic");
    // Whatever it says fits none.
    let schema = json!({"type": "object", "additionalProperties": {"type": "number"}});
    let agent = house
        .start(json!({"url": url, "persona_id": persona["persona_id"], "response_format": schema}))
        .await;
    let address = house.server.address();
    let log = format!("ws://{address}/agents/{agent}/debug/logs?token={KEY}");
    let ear = Ear::at(&log).await;
    let status = house.ended(&agent).await;
    let answer = status["answer"].as_str().unwrap();
    assert!(answer.contains("It is ["), "{answer}");
    let heard = json!(ear.rest().await.messages).to_string();
    assert!(heard.contains("validation"), "{heard}");
    let client = &house.client;
    let mut places = vec![status.to_string(), house.server.log(), heard];
    for path in [
        format!("/agents/{agent}/trace"),
        format!("/agents/{agent}/workflow/code?as_workflow=true"),
        house.path(""),
    ] {
        places.push(client.get(&path).ok().await.to_string());
    }
    for place in places {
        assert!(!place.contains(PASSWORD), "{place:.3000}");
    }
}

#[tokio::test]
async fn a_word_of_another_run_is_not_typed() {
    let house = House::new(|_| Say::Hang).await;
    let persona = persona_with_credentials(&house).await;
    let session = house
        .client
        .start(json!({"vault_id": persona["vault_id"]}))
        .await;
    let path = format!("/sessions/{session}/page/execute");
    let goto = json!({"type": "goto", "url": house.url("/sign-in/page/classic")});
    house.client.post(&path).json(goto).ok().await;
    for (value, typed) in [
        ("secret-abcdefghijkl0123456789AB", false),
        ("secret-abcdefghijkl0123456789A", true),
    ] {
        let fill = json!({"type": "fill", "selector": "#password", "value": value});
        let done = house.client.post(&path).json(fill).ok().await;
        assert_eq!(done["success"], typed, "{value}: {done}");
        assert!(
            typed
                || done["message"]
                    .as_str()
                    .unwrap()
                    .contains("stands for nothing")
        );
    }
}

#[tokio::test]
async fn who_may_not_use_vaults_has_a_model_that_is_told_of_none() {
    let house =
        House::new(|_| Say::call("completion", json!({"success": true, "answer": "x"}))).await;
    let persona = persona_with_credentials(&house).await;
    let session = house
        .client
        .start(json!({"vault_id": persona["vault_id"]}))
        .await;
    let key = house
        .server
        .new_key("default", &["--scopes", "sessions"])
        .await;
    for (client, told) in [
        (&house.client.with_key(Some(&key)), false),
        (&house.client, true),
    ] {
        let before = house.model.count();
        let body = json!({"task": "List the credentials.", "session_id": session});
        let agent = client.post("/agents/start").json(body).ok().await;
        house.ended(agent["agent_id"].as_str().unwrap()).await;
        let asked = house.model.asked(before);
        assert_eq!(asked.text.contains("Credentials."), told, "{}", asked.text);
    }
}

/// Credentials without a site are used by runs alone, which begin at one: words for them are no text for a page.
#[tokio::test]
async fn words_for_credentials_without_a_site_are_not_typed() {
    let house = House::new(|_| Say::Hang).await;
    let client = &house.client;
    let call = client
        .post("/api/v1/personas")
        .json(json!({"name": "Sarah"}));
    let persona = call.created().await;
    let id = persona["id"].as_str().unwrap();
    let credential =
        json!({"label": "shop", "cred_type": "username_password", "password": PASSWORD});
    let path = format!("/api/v1/personas/{id}/credentials");
    client.post(&path).json(credential).created().await;
    let persona = client.get(&format!("/personas/{id}")).ok().await;
    let session = client.start(json!({"vault_id": persona["vault_id"]})).await;
    let path = format!("/sessions/{session}/page/execute");
    let goto = json!({"type": "goto", "url": house.url("/sign-in/page/classic")});
    client.post(&path).json(goto).ok().await;
    let fill = json!({"type": "fill", "selector": "#password", "value": "mycoolpassword"});
    let done = client.post(&path).json(fill).ok().await;
    assert_eq!(done["success"], false, "{done}");
    assert!(
        done["message"]
            .as_str()
            .unwrap()
            .contains("belong to no site"),
        "{done}"
    );
}

/// A script begins where the run did, also where the page was open already.
#[tokio::test]
async fn a_script_begins_at_the_page_that_was_open() {
    let house = House::new(|asked| match asked.number {
        0 => fill("#user", "ada".to_owned()),
        _ => Say::call("completion", json!({"success": true, "answer": "done"})),
    })
    .await;
    let url = house.url("/sign-in/page/classic");
    house.execute(json!({"type": "goto", "url": url})).await;
    let agent = house.start(json!({})).await;
    house.ended(&agent).await;
    let code = format!("/agents/{agent}/workflow/code?as_workflow=false");
    let code = house.client.get(&code).ok().await;
    assert_eq!(
        code["json_actions"][0],
        json!({"type": "goto", "url": url}),
        "{code}"
    );
    let script = code["python_script"].as_str().unwrap();
    assert!(
        script.starts_with("session.execute(type=\"goto\""),
        "{script}"
    );
}
