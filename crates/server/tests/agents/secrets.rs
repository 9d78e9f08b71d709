//! Agents that sign in with what they never see.

use serde_json::{Value, json};

use crate::house::House;
use crate::support::eventually;
use crate::support::model::{Asked, Say};

const PASSWORD: &str = "Tr0ub4dor&3 canary";
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// The word that stands for a part of the one credential.
fn word(asked: &Asked, name: &str) -> String {
    let (_, rest) = asked
        .text
        .split_once(&format!(" {name} secret-"))
        .unwrap_or_else(|| panic!("no {name} in {}", asked.text));
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
    format!("secret-{}", &rest[..end])
}

fn fill(selector: &str, value: String) -> Say {
    Say::call("fill", json!({"selector": selector, "value": value}))
}

/// Signs in, then gives a code; told by the page that it is on.
fn signs_in(asked: &Asked) -> Say {
    match asked.number {
        0 => fill("#user", word(asked, "user name")),
        1 => fill("#password", word(asked, "password")),
        2 => Say::call("click", json!({"selector": "#send"})),
        3 => Say::call(
            "goto",
            json!({"url": asked.word("http").replace("classic", "code")}),
        ),
        4 => fill("#code", word(asked, "one-time code")),
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
