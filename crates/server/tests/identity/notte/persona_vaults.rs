//! The vault of a persona takes the persona's own address and no other.

use serde_json::{Value, json};

use crate::world::{World, notte_persona, text};

#[tokio::test]
async fn a_personas_vault_knows_one_address() {
    let world = World::new().await;
    let client = &world.client;
    let persona = notte_persona(client, json!({"create_vault": true})).await;
    let own = text(&persona, "email");
    let path = format!("/vaults/{}/credentials", text(&persona, "vault_id"));
    let put = |url: &str, credentials: Value| {
        let call = client.post(&path);
        call.json(json!({"url": url, "credentials": credentials}))
    };
    for email in [
        "other@example.com",
        &own.to_uppercase(),
        &format!("x{own}"),
        &own.replace('@', "+tag@"),
    ] {
        let call = put("a.example", json!({"email": email, "password": "p"}));
        let message = call.refused(400).await;
        let expected = "This vault can only store one email address accross all credentials";
        assert!(message.contains(expected), "{message}");
    }
    client
        .get(&format!("{path}?url=a.example"))
        .refused(404)
        .await;
    let with_own = json!({"email": own, "password": "p"});
    put("a.example", with_own.clone()).ok().await;
    let revealed = client.get(&format!("{path}?url=a.example")).ok().await;
    assert_eq!(revealed["credentials"], with_own);
    // A name is no address.
    let with_name = json!({"username": "joe", "password": "p"});
    put("b.example", with_name.clone()).ok().await;
    let revealed = client.get(&format!("{path}?url=b.example")).ok().await;
    assert_eq!(revealed["credentials"], with_name);
    // What is refused changes nothing of what was there.
    let call = put(
        "b.example",
        json!({"email": "other@example.com", "password": "q"}),
    );
    call.refused(400).await;
    let revealed = client.get(&format!("{path}?url=b.example")).ok().await;
    assert_eq!(revealed["credentials"], with_name);
}

#[tokio::test]
async fn a_personas_vault_is_a_vault_like_any_other() {
    let world = World::new().await;
    let client = &world.client;
    let persona = notte_persona(client, json!({"create_vault": true})).await;
    let id = text(&persona, "persona_id");
    let vault = format!("/vaults/{}", text(&persona, "vault_id"));
    assert_eq!(client.get(&vault).ok().await, json!({"credentials": []}));
    let listed = client.get("/vaults").ok().await;
    assert_eq!(listed["items"][0]["for_persona"], true, "{listed}");
    client.patch(&vault).json(json!({"name": "x"})).ok().await;
    // Deleted alone it leaves the persona without one.
    client.delete(&vault).ok().await;
    let left = client.get(&format!("/personas/{id}")).ok().await;
    assert_eq!(
        (&left["vault_id"], &left["status"]),
        (&Value::Null, &json!("active"))
    );
    client.delete(&format!("/personas/{id}")).ok().await;
}
