//! Who may see secrets, and how many.

use std::time::Instant;

use serde_json::json;

use crate::world::{World, text, vault};

/// A vault with credentials that have a second factor, and a card. Gives its path.
async fn filled(world: &World) -> String {
    let path = format!("/vaults/{}", vault(&world.client).await);
    let credentials = json!({"username": "joe", "password": "hunter2!", "mfa_secret": "mysecret"});
    let body = json!({"url": "a.example", "credentials": credentials});
    let call = world.client.post(&format!("{path}/credentials"));
    call.json(body).ok().await;
    let card = json!({"card_holder_name": "Joe", "card_number": "4242", "card_cvv": "1", "card_full_expiration": "1/31"});
    let call = world.client.post(&format!("{path}/card"));
    call.json(json!({"credit_card": card})).ok().await;
    path
}

#[tokio::test]
async fn secrets_are_for_keys_with_the_scope() {
    let world = World::new().await;
    let path = filled(&world).await;
    let agent = world.colleague(&["--scopes", "personas"]).await;
    for secret in ["credentials?url=a.example", "card"] {
        let answer = agent.get(&format!("{path}/{secret}")).send().await;
        assert_eq!(answer.status, 403, "{answer}");
        assert!(answer.message().contains("vault:reveal"), "{answer}");
        assert!(!answer.to_string().contains("hunter2"), "{answer}");
        world.client.get(&format!("{path}/{secret}")).ok().await;
    }
    // Everything else it may do, codes included: they are of use for seconds.
    agent.get(&path).ok().await;
    let code = agent.get(&format!("{path}/credentials/code?url=a.example"));
    assert_eq!(text(&code.ok().await, "code").len(), 6);
    agent
        .delete(&format!("{path}/credentials?url=a.example"))
        .ok()
        .await;
    agent.delete(&format!("{path}/card")).ok().await;
    let revealer = world
        .colleague(&["--scopes", "personas,vault:reveal"])
        .await;
    revealer.get(&format!("{path}/card")).refused(404).await;
}

#[tokio::test]
async fn the_operator_can_forbid_it_to_everybody() {
    let world = World::with(&[("vault_reveal", "never")]).await;
    let path = filled(&world).await;
    for secret in ["credentials?url=a.example", "card"] {
        let message = world
            .client
            .get(&format!("{path}/{secret}"))
            .refused(403)
            .await;
        assert!(message.contains("vault_reveal"), "{message}");
    }
    world.client.get(&path).ok().await;
    let code = world
        .client
        .get(&format!("{path}/credentials/code?url=a.example"));
    code.ok().await;
}

#[tokio::test]
async fn one_key_reveals_sixty_a_minute() {
    let world = World::new().await;
    let path = filled(&world).await;
    let begun = Instant::now();
    let mut revealed = 0;
    let refused = loop {
        // Both count, and together.
        let secret = ["credentials?url=a.example", "card"][revealed % 2];
        let answer = world.client.get(&format!("{path}/{secret}")).send().await;
        if answer.status != 200 {
            break answer;
        }
        revealed += 1;
        assert!(revealed < 1000, "there is no end to it");
    };
    // One comes back every second.
    let most = 61 + usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!((60..=most).contains(&revealed), "{revealed} of {most}");
    assert_eq!(refused.status, 429, "{refused}");
    let after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&after), "{refused}");
    // What is no secret can still be had, and other keys have a count of their own.
    world.client.get(&path).ok().await;
    let code = world
        .client
        .get(&format!("{path}/credentials/code?url=a.example"));
    code.ok().await;
    let colleague = world.colleague(&[]).await;
    colleague.get(&format!("{path}/card")).ok().await;
}

#[tokio::test]
async fn a_name_and_a_password_belong_together_whoever_writes_meanwhile() {
    let world = World::new().await;
    let path = format!("/vaults/{}/credentials", vault(&world.client).await);
    let put = async |name: &str| {
        let credentials = json!({"username": name, "password": name.to_uppercase()});
        let body = json!({"url": "a.example", "credentials": credentials});
        world.client.post(&path).json(body).ok().await;
    };
    put("ada").await;
    let reading = async {
        // A key may reveal no more in a minute.
        for _ in 0..55 {
            let url = format!("{path}?url=a.example");
            let revealed = world.client.get(&url).ok().await["credentials"].clone();
            let name = text(&revealed, "username");
            assert_eq!(text(&revealed, "password"), name.to_uppercase());
        }
    };
    let writing = async {
        loop {
            put("bob").await;
            put("ada").await;
        }
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
}
