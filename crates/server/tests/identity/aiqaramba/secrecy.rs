//! Nothing secret ever comes back, in no answer and not in the log.

use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::world::{World, tenant_persona, text};

/// What must be seen nowhere. The number stands for a secret that was sent as one.
const SECRETS: [&str; 4] = [
    "Zyklop-8841-pass",
    "Zyklop-8842-value",
    "ZYKLOPSEED234567",
    "884377884377",
];

fn assert_silent(answer: &Answer) {
    let text = answer.to_string();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{answer}");
    }
}

#[tokio::test]
async fn nothing_secret_ever_comes_back() {
    let world = World::with(&[("log_level", "debug")]).await;
    let client = &world.client;
    let sarah = text(&tenant_persona(client, "Sarah").await, "id");
    let path = format!("/api/v1/personas/{sarah}/credentials");
    let [password, value, seed, number] = SECRETS;
    let number: u64 = number.parse().unwrap();
    let base = json!({"label": "x", "cred_type": "username_password"});
    let with = |more: Value| {
        let mut body = base.clone();
        for (name, member) in more.as_object().unwrap() {
            body[name] = member.clone();
        }
        body
    };
    let bodies = [
        // Taken.
        with(json!({"password": password, "mfa_secret": seed})),
        with(json!({"cred_type": "secret", "value": value})),
        with(json!({"cred_type": "external", "password": password, "email": "a@b.example"})),
        // Refused for what they have or lack.
        with(json!({"password": password, "value": value})),
        with(json!({"password": password, "label": ""})),
        with(json!({"cred_type": "magic_link", "password": password})),
        with(json!({"cred_type": "external", "password": password})),
        with(json!({"cred_type": "external", "password": password, "email": "nowhere"})),
        with(json!({"password": password, "mfa_secret": format!("{seed}!")})),
        with(json!({"password": value.repeat(10_000)})),
        // Refused for their types.
        with(json!({"password": number})),
        with(json!({"value": number})),
        with(json!({"mfa_secret": number})),
        with(json!({"password": [password]})),
        with(json!({"password": {"is": password}})),
        with(json!({"value": [[value]]})),
        with(json!({"mfa_secret": {seed: seed}})),
        json!([password, value, seed]),
        json!(password),
        json!({"credentials": password}),
    ];
    let mut taken = Vec::new();
    for body in bodies {
        let answer = client.post(&path).json(body.clone()).send().await;
        assert!([201, 400].contains(&answer.status.as_u16()), "{answer}");
        assert_silent(&answer);
        if answer.status == 201 {
            taken.push(text(&answer.json(), "id"));
        }
    }
    assert_eq!(taken.len(), 3);
    // JSON that breaks off within the secret.
    let broken = format!("{{\"label\": \"x\", \"password\": \"{password}");
    let call = client.post(&path).body("application/json", broken);
    assert_silent(&call.send().await);

    for path in [
        path.clone(),
        format!("/api/v1/personas/{sarah}"),
        format!("/api/v1/personas/{sarah}/emails"),
        "/api/v1/personas".to_owned(),
        format!("{path}/{}/code", taken[0]),
        format!("{path}/{}/code", taken[1]),
        format!("/personas/{sarah}"),
        "/personas".to_owned(),
        "/vaults".to_owned(),
        format!("/api/personas/{sarah}"),
        "/api/personas".to_owned(),
        "/metrics".to_owned(),
    ] {
        assert_silent(&client.get(&path).send().await);
    }
    let persona = client.get(&format!("/personas/{sarah}")).ok().await;
    let vault = text(&persona, "vault_id");
    assert_silent(&client.get(&format!("/vaults/{vault}")).send().await);
    for credential in taken {
        assert_silent(&client.delete(&format!("{path}/{credential}")).send().await);
    }
    assert_silent(
        &client
            .delete(&format!("/api/v1/personas/{sarah}"))
            .send()
            .await,
    );
    for secret in SECRETS {
        assert!(
            !world.server.log().contains(secret),
            "{secret} is in the log"
        );
    }
}
