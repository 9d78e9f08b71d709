//! Vaults of their own.

use serde_json::{Value, json};

use crate::world::{NOBODY, World, members, notte_persona, text, texts, vault};

#[tokio::test]
async fn a_vault_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let made = client.post("/vaults/create").ok().await;
    assert_eq!(
        members(&made),
        ["created_at", "for_persona", "name", "vault_id"]
    );
    assert_eq!(
        (&made["name"], &made["for_persona"]),
        (&json!("default"), &json!(false))
    );
    let path = format!("/vaults/{}", text(&made, "vault_id"));
    assert_eq!(client.get(&path).ok().await, json!({"credentials": []}));
    let renamed = client.patch(&path).json(json!({"name": "shop"})).ok().await;
    let mut expected = made.clone();
    expected["name"] = json!("shop");
    assert_eq!(renamed, expected);
    let list = client.get("/vaults").ok().await;
    assert_eq!(list["items"], json!([expected]));

    let login =
        json!({"url": "a.example", "credentials": {"username": "joe", "password": "hunter2!"}});
    client
        .post(&format!("{path}/credentials"))
        .json(login.clone())
        .ok()
        .await;
    let deleted = client.delete(&path).ok().await;
    assert_eq!(
        deleted,
        json!({"status": "success", "message": "Vault deleted successfully"})
    );
    let credentials = format!("{path}/credentials");
    for call in [
        client.delete(&path),
        client.get(&path),
        client.patch(&path).json(json!({"name": "x"})),
        client.get(&format!("{credentials}?url=a.example")),
        client.delete(&format!("{credentials}?url=a.example")),
        client.get(&format!("{credentials}/code?url=a.example")),
        client.post(&credentials).json(login),
        client.get(&format!("{path}/card")),
        client.delete(&format!("{path}/card")),
    ] {
        call.refused(404).await;
    }
    assert_eq!(client.get("/vaults").ok().await["items"], json!([]));
    let all = client.get("/vaults?only_active=False").ok().await;
    assert_eq!(all["items"], json!([expected]));
}

#[tokio::test]
async fn names_say_something_and_need_not_be_unique() {
    let world = World::new().await;
    let client = &world.client;
    let call = |name: Value| client.post("/vaults/create").json(json!({"name": name}));
    let long = "é".repeat(200);
    for name in ["shop", "shop", " x ", &long] {
        assert_eq!(call(json!(name)).ok().await["name"], name);
    }
    assert_eq!(call(Value::Null).ok().await["name"], "default");
    let vault = vault(client).await;
    let path = format!("/vaults/{vault}");
    for name in [
        json!(""),
        json!(" \t"),
        json!("é".repeat(201)),
        json!(7),
        json!([]),
    ] {
        assert!(call(name.clone()).refused(422).await.contains("name"));
        let rename = client.patch(&path).json(json!({"name": name}));
        assert!(rename.refused(422).await.contains("name"));
    }
    client.patch(&path).json(json!({})).refused(422).await;
    let unknown = client.patch(&format!("/vaults/{NOBODY}"));
    unknown.json(json!({"name": "x"})).refused(404).await;
    let more = client
        .post("/vaults/create")
        .json(json!({"name": "x", "colour": "red"}));
    assert!(more.refused(422).await.contains("colour"));
}

#[tokio::test]
async fn lists_are_pages_newest_first() {
    let world = World::new().await;
    let client = &world.client;
    let colleague = world.colleague(&[]).await;
    let mut all = Vec::new();
    for number in 0..12 {
        let maker = if number % 3 == 0 { &colleague } else { client };
        all.insert(0, vault(maker).await);
    }
    let persona = notte_persona(client, json!({"create_vault": true, "name": "Shop"})).await;
    all.insert(0, text(&persona, "vault_id"));
    for path in ["/vaults", "/vaults/"] {
        let first = client.get(path).ok().await;
        assert_eq!(texts(&first["items"], "vault_id"), all[..10]);
        assert_eq!(
            (&first["has_next"], &first["has_previous"]),
            (&json!(true), &json!(false))
        );
        let mine = &first["items"][0];
        assert_eq!(
            (&mine["for_persona"], &mine["name"]),
            (&json!(true), &json!("Shop"))
        );
    }
    let second = client.get("/vaults?page=2&page_size=10").ok().await;
    assert_eq!(texts(&second["items"], "vault_id"), all[10..]);
    assert_eq!(
        (&second["has_next"], &second["has_previous"]),
        (&json!(false), &json!(true))
    );
    let theirs = colleague.get("/vaults?only_current_token=true").ok().await;
    let expected: Vec<_> = all[1..].iter().rev().step_by(3).rev().cloned().collect();
    assert_eq!(texts(&theirs["items"], "vault_id"), expected);
    client.delete(&format!("/vaults/{}", all[1])).ok().await;
    let active = client.get("/vaults?page_size=100").ok().await;
    let left = [&all[..1], &all[2..]].concat();
    assert_eq!(texts(&active["items"], "vault_id"), left);
    let whole = client
        .get("/vaults?page_size=100&only_active=false")
        .ok()
        .await;
    assert_eq!(texts(&whole["items"], "vault_id"), all);
}
