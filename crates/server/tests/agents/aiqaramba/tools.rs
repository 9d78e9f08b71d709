//! What an agent can do as its persona: see which credentials it has, and read its mails.

use serde_json::{Value, json};

use super::yard::{Yard, completion, made, text};
use crate::support::eventually;
use crate::support::model::{Asked, Say};
use crate::support::smtp;

pub const VALUES: [&str; 3] = ["hunter2-of-the-shop", "hunter2-of-the-bank", "sk-hunter2"];

/// A persona with credentials of all kinds.
pub async fn sarah(yard: &Yard) -> Value {
    let client = &yard.client;
    let call = client
        .post("/api/v1/personas")
        .json(json!({"name": "Sarah"}));
    let persona = call.created().await;
    let path = format!("/api/v1/personas/{}/credentials", text(&persona, "id"));
    for credential in [
        json!({"label": "shop", "cred_type": "username_password", "password": VALUES[0], "auth_notes": "Sign in at the top."}),
        json!({"label": "bank", "cred_type": "external", "email": "sarah@bank.example", "password": VALUES[1]}),
        json!({"label": "token", "cred_type": "secret", "value": VALUES[2]}),
    ] {
        client.post(&path).json(credential).created().await;
    }
    persona
}

/// All that the model was told.
fn told(yard: &Yard) -> Vec<Asked> {
    (0..yard.model.count())
        .map(|number| yard.model.asked(number))
        .collect()
}

#[tokio::test]
async fn credentials_are_listed_without_what_is_secret() {
    let yard = Yard::new(|asked| match asked.turn() {
        1 => Say::call("get_credentials", json!({})),
        2 => Say::call("get_credentials", json!({"label": "shop"})),
        3 => Say::call("get_credentials", json!({"label": "casino"})),
        4 => Say::call("get_credentials", json!({"label": 5})),
        _ => completion("done"),
    })
    .await;
    let persona = sarah(&yard).await;
    let ended = yard
        .run(json!({"persona_id": persona["id"]}), "completed")
        .await;
    let asked = told(&yard);
    let all = asked[1].quoted("tool");
    for part in [
        "shop",
        "username_password",
        persona["email"].as_str().unwrap(),
        "Sign in at the top.",
        "bank",
        "sarah@bank.example",
        "token",
        "never shown",
        "\"placeholders\"",
        "\"password\":\"secret-",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let one = asked[2].quoted("tool");
    assert!(one.contains("shop") && !one.contains("bank"), "{one}");
    let steps = asked[4].quoted("steps");
    for part in ["casino", "shop, bank, token", "Invalid label 5"] {
        assert!(steps.contains(part), "{part}: {steps}");
    }
    // The same stands in the record, and nothing secret does, nor was the model told.
    let work = yard.work(&ended).await.to_string();
    assert!(work.contains("get_credentials"), "{work}");
    for value in VALUES {
        assert!(!work.contains(value));
        assert!(asked.iter().all(|it| !it.body.to_string().contains(value)));
    }
    // A tool of this API's cannot be done again by a script of another.
    let code = format!(
        "/agents/{}/workflow/code?as_workflow=false",
        text(&ended, "run_id")
    );
    let code = yard.client.get(&code).ok().await;
    assert!(!code.to_string().contains("get_credentials"), "{code}");
}

#[tokio::test]
async fn mails_of_the_persona_are_read_and_those_of_others_are_not() {
    let yard = Yard::new(|asked| match asked.turn() {
        1 => Say::call("emails_read", json!({})),
        2 => Say::call("emails_read", json!({"address": "Sarah@bank.example"})),
        3 => Say::call("emails_read", json!({"address": "stranger@guise.example"})),
        4 => Say::call("emails_read", json!({"limit": 0})),
        5 => Say::call("emails_read", json!({"only_unread": "yes"})),
        6 => Say::call(
            "emails_read",
            json!({"address": asked.word("qa@"), "only_unread": false, "timedelta": "PT1H"}),
        ),
        _ => completion("done"),
    })
    .await;
    let client = &yard.client;
    let persona = sarah(&yard).await;
    let address = text(&persona, "email");
    let call = client.post("/api/v1/mailboxes").json(json!({"name": "qa"}));
    let mailbox = call.created().await;
    let stranger = client
        .post("/api/v1/mailboxes")
        .json(json!({"name": "stranger"}));
    stranger.created().await;
    let server = yard.server.mail();
    for (to, code) in [
        (address.as_str(), "771394"),
        (mailbox["address"].as_str().unwrap(), "551277"),
        ("stranger@guise.example", "990011"),
    ] {
        assert_eq!(smtp::send(server, &[to], &smtp::code_mail(code)).await, 250);
    }
    // Mailboxes that are attached to a journey can be read by its runs.
    let journey = json!({"name": "mail", "prompt_template": "Read the mails.", "persona_id": persona["id"],
        "mailboxes": [mailbox["id"]]});
    let journey = made(client, "journeys", journey).await;
    let call = client.post(&format!("/api/v1/journeys/{journey}/run"));
    let overrides = json!({"browser_type": "chromium", "max_iterations": 20});
    let agent = call.json(json!({"overrides": overrides})).created().await;
    yard.once(&agent, "completed").await;
    let asked = told(&yard);
    let own = asked[1].quoted("tool");
    assert!(own.contains("771394") && !own.contains("551277"), "{own}");
    let attached = asked[6].quoted("tool");
    assert!(attached.contains("551277"), "{attached}");
    let steps = asked[6].quoted("steps");
    for part in [
        "external credential 'bank'",
        "stranger@guise.example cannot be read",
        "Invalid limit 0",
        "Invalid only_unread \"yes\"",
    ] {
        assert!(steps.contains(part), "{part}: {steps}");
    }
    assert!(asked.iter().all(|it| !it.text.contains("990011")));
}

#[tokio::test]
async fn credentials_without_a_site_are_for_the_one_that_the_project_begins_at() {
    let yard = Yard::new(|asked| match asked.turn() {
        1 => Say::call("goto", json!({"url": asked.word("http")})),
        2 => Say::call("get_credentials", json!({"label": "shop"})),
        3 => Say::call(
            "fill",
            json!({"selector": "#password", "value": password(asked)}),
        ),
        4 => Say::call("click", json!({"selector": "#send"})),
        _ => completion("done"),
    })
    .await;
    let persona = sarah(&yard).await;
    let url = yard.url("/sign-in/page/classic");
    let begin = json!({"name": "begins at it", "entry_url": url});
    let at_it = made(&yard.client, "projects", begin).await;
    let elsewhere = url.replace("127.0.0.1", "localhost");
    let begin = json!({"name": "begins elsewhere", "entry_url": elsewhere});
    let at_another = made(&yard.client, "projects", begin).await;
    for (project, why_not) in [
        (&at_it, None),
        (&at_another, Some("it is in a document of")),
        (&yard.project, Some("belongs to no site")),
    ] {
        yard.site.reset();
        let wanted = json!({"persona_id": persona["id"], "project_id": project, "prompt": format!("Sign in at {url} today.")});
        let ended = yard.run(wanted, "completed").await;
        let work = yard.work(&ended).await;
        let mut steps = work["steps"].as_array().unwrap().iter();
        let fill = steps.find(|step| {
            step["type"] == "execution_result" && step["value"]["action"]["type"] == "fill"
        });
        let fill = &fill.unwrap()["value"];
        assert_eq!(fill["success"], why_not.is_none(), "{fill}");
        let sent: String = yard.site.takes().into_iter().map(|it| it.body).collect();
        assert_eq!(sent.contains(VALUES[0]), why_not.is_none(), "{sent}");
        let message = fill["message"].as_str().unwrap();
        assert!(message.contains(why_not.unwrap_or_default()), "{message}");
        assert!(!work.to_string().contains(VALUES[0]));
    }
}

/// The word for the password in what the tool gave.
fn password(asked: &Asked) -> String {
    let (_, rest) = asked.text.split_once("\"password\":\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The own address may be named; a script reads the next mail in the place of the one that is used up.
#[tokio::test]
async fn a_script_waits_for_the_next_code_at_the_address_that_was_named() {
    let yard = Yard::new(|asked| match asked.turn() {
        1 => {
            let (_, own) = asked.text.split_once("Mail address: ").unwrap();
            let own = own.split([' ', '\n']).next().unwrap().trim_end_matches('.');
            Say::call("emails_read", json!({"address": own.to_uppercase()}))
        }
        2 => Say::call("fill", json!({"selector": "#username", "value": "771394"})),
        _ => completion("done"),
    })
    .await;
    let persona = sarah(&yard).await;
    let project = json!({"name": "site", "entry_url": yard.url("/login")});
    let project = made(&yard.client, "projects", project).await;
    let agent = yard
        .start(json!({"persona_id": persona["id"], "project_id": project}))
        .await;
    eventually("the model is asked", async || {
        (yard.model.count() > 0).then_some(())
    })
    .await;
    let mail = smtp::code_mail("771394");
    let sent = smtp::send(yard.server.mail(), &[&text(&persona, "email")], &mail).await;
    assert_eq!(sent, 250);
    let ended = yard.once(&agent, "completed").await;
    let code = format!(
        "/agents/{}/workflow/code?as_workflow=true",
        text(&ended, "run_id")
    );
    let code = yard.client.get(&code).ok().await;
    let script = code["python_script"].as_str().unwrap();
    assert!(
        script.contains("value=arrived(mails, ") && !script.contains("771394"),
        "{script}"
    );
}
