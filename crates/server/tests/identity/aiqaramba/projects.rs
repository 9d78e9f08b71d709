//! Projects, and what they say of the runs in them.

use http::Method;
use serde_json::{Value, json};

use crate::world::{NOBODY, World, members, role, tenant_persona, tenant_project, text, texts};

#[tokio::test]
async fn a_project_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let hasty = text(&role(client, "Hasty").await, "id");
    let sarah = text(&tenant_persona(client, "Sarah").await, "id");
    let wanted = json!({"name": "shop", "description": "Sells\nthings", "entry_url": "https://shop.example/?a=b",
        "default_role_id": hasty, "default_persona_id": sarah});
    let made = tenant_project(client, wanted.clone()).await;
    let expected = [
        "created_at",
        "default_persona_id",
        "default_role_id",
        "description",
        "entry_url",
        "id",
        "is_default",
        "name",
        "tenant_id",
        "updated_at",
    ];
    assert_eq!(members(&made), expected, "{made}");
    for (member, value) in wanted.as_object().unwrap() {
        assert_eq!(&made[member], value);
    }
    assert_eq!(made["is_default"], false);
    assert_eq!(made["created_at"], made["updated_at"]);
    let bare = tenant_project(
        client,
        json!({"name": "bare", "url": "http://localhost:3000"}),
    )
    .await;
    assert_eq!(bare["entry_url"], "http://localhost:3000");
    for member in ["description", "default_role_id", "default_persona_id"] {
        assert_eq!(bare[member], Value::Null);
    }

    let path = format!("/api/v1/projects/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/projects").ok().await;
    assert_eq!(members(&list), ["next_cursor", "projects"]);
    assert_eq!(
        texts(&list["projects"], "name"),
        ["bare", "shop", "default"]
    );
    assert_eq!(list["projects"][1], made);
    assert_eq!(list["projects"][2]["is_default"], true);

    client.delete(&path).done().await;
    for call in [
        client.get(&path),
        client.delete(&path),
        client.patch(&path).json(json!({})),
        client.put(&path).json(json!({})),
    ] {
        let message = call.refused(404).await;
        assert!(message.contains(&text(&made, "id")), "{message}");
    }
    // Its name is free again.
    tenant_project(client, json!({"name": "shop"})).await;
}

#[tokio::test]
async fn what_is_absent_stays_and_null_removes() {
    let world = World::new().await;
    let client = &world.client;
    let hasty = text(&role(client, "Hasty").await, "id");
    let sarah = text(&tenant_persona(client, "Sarah").await, "id");
    let full = json!({"name": "shop", "description": "Sells", "entry_url": "https://shop.example/",
        "default_role_id": hasty, "default_persona_id": sarah});
    let mut one = tenant_project(client, json!({"name": "bare"})).await;
    let path = format!("/api/v1/projects/{}", text(&one, "id"));
    for method in [Method::PATCH, Method::PUT] {
        for (member, value) in full.as_object().unwrap() {
            // The name cannot be removed.
            let emptied = if member == "name" {
                value
            } else {
                &Value::Null
            };
            for (sent, kept) in [(value, value), (&Value::Null, emptied), (value, value)] {
                let change = json!({member: sent});
                let changed = client.call(method.clone(), &path).json(change).ok().await;
                one[member] = kept.clone();
                one["updated_at"] = changed["updated_at"].clone();
                assert_eq!(changed, one, "{method} {member}");
            }
        }
        let same = client.call(method, &path).json(json!({})).ok().await;
        assert_eq!(same["description"], "Sells");
        let other = client
            .patch(&path)
            .json(json!({"url": "https://bank.example"}));
        assert_eq!(other.ok().await["entry_url"], "https://bank.example");
        let all = client.put(&path).json(
            json!({"name": "bare", "description": null, "entry_url": null,
            "default_role_id": null, "default_persona_id": null}),
        );
        one = all.ok().await;
        assert_eq!(one["default_role_id"], Value::Null);
    }
    assert_eq!(client.get(&path).ok().await, one);
}

#[tokio::test]
async fn members_that_cannot_be_are_named() {
    let world = World::new().await;
    let client = &world.client;
    let stranger = world.stranger().await;
    let closed = text(&role(client, "Closed").await, "id");
    client
        .delete(&format!("/api/v1/roles/{closed}"))
        .done()
        .await;
    let gone = text(&tenant_persona(client, "Gone").await, "id");
    client
        .delete(&format!("/api/v1/personas/{gone}"))
        .done()
        .await;
    let their_role = text(&role(&stranger, "Theirs").await, "id");
    let their_persona = text(&tenant_persona(&stranger, "Theirs").await, "id");
    let made = tenant_project(client, json!({"name": "shop"})).await;
    let path = format!("/api/v1/projects/{}", text(&made, "id"));
    let never = [
        json!(7),
        json!(["x"]),
        json!({"a": 1}),
        json!(true),
        json!(""),
        json!(" "),
        json!("a\u{0}b"),
    ];
    for (member, wrong) in [
        (
            "name",
            vec![json!("x".repeat(101)), json!(" x"), json!("x\t")],
        ),
        (
            "description",
            vec![json!("x".repeat(20_001)), json!("\u{7}")],
        ),
        (
            "entry_url",
            vec![
                json!("shop.example"),
                json!("file:///etc/passwd"),
                json!("https://joe:hunter2@shop.example/"),
                json!(format!("https://shop.example/{}", "x".repeat(2048))),
            ],
        ),
        (
            "default_role_id",
            vec![json!("x"), json!(NOBODY), json!(closed), json!(their_role)],
        ),
        (
            "default_persona_id",
            vec![json!("x"), json!(NOBODY), json!(gone), json!(their_persona)],
        ),
    ] {
        for value in wrong.iter().chain(&never) {
            let mut body = json!({"name": "new"});
            body[member] = value.clone();
            let change = json!({member: value});
            for call in [
                client.post("/api/v1/projects").json(body),
                client.patch(&path).json(change.clone()),
                client.put(&path).json(change),
            ] {
                let message = call.refused(400).await;
                assert!(message.contains(member), "{value}: {message}");
                assert!(!message.contains("hunter2"), "{message}");
            }
        }
    }
    for body in [
        json!({}),
        json!({"name": null}),
        json!({"description": "x"}),
    ] {
        let message = client
            .post("/api/v1/projects")
            .json(body)
            .refused(400)
            .await;
        assert!(message.contains("name"), "{message}");
    }
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/projects").ok().await;
    assert_eq!(texts(&list["projects"], "name"), ["shop", "default"]);
}

#[tokio::test]
async fn a_name_is_one_projects_at_a_time() {
    let world = World::new().await;
    let client = &world.client;
    let made = tenant_project(client, json!({"name": "shop"})).await;
    let path = format!("/api/v1/projects/{}", text(&made, "id"));
    for taken in ["shop", "default"] {
        let call = client.post("/api/v1/projects").json(json!({"name": taken}));
        let message = call.refused(409).await;
        assert!(message.contains(taken), "{message}");
    }
    for method in [Method::PATCH, Method::PUT] {
        let rename = client.call(method.clone(), &path);
        rename
            .json(json!({"name": "default", "description": "x"}))
            .refused(409)
            .await;
        client
            .call(method, &path)
            .json(json!({"name": "shop"}))
            .ok()
            .await;
    }
    assert_eq!(client.get(&path).ok().await["description"], Value::Null);
    tenant_project(&world.stranger().await, json!({"name": "shop"})).await;
}

#[tokio::test]
async fn the_default_project_stays() {
    let world = World::new().await;
    let client = &world.client;
    let path = format!("/api/v1/projects/{}", world.default_project().await);
    let message = client.delete(&path).refused(409).await;
    assert!(message.contains("default"), "{message}");
    // It may be called otherwise, and is still the one that stays.
    let renamed = client.patch(&path).json(json!({"name": "main"})).ok().await;
    assert_eq!(
        (&renamed["name"], &renamed["is_default"]),
        (&json!("main"), &json!(true))
    );
    client.delete(&path).refused(409).await;
    let other = tenant_project(client, json!({"name": "default"})).await;
    assert_eq!(other["is_default"], false);
    client
        .delete(&format!("/api/v1/projects/{}", text(&other, "id")))
        .done()
        .await;
    client.get(&path).ok().await;
}

#[tokio::test]
async fn what_a_project_names_goes_with_a_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let hasty = text(&role(client, "Hasty").await, "id");
    let sarah = text(&tenant_persona(client, "Sarah").await, "id");
    let wanted = json!({"name": "shop", "default_role_id": hasty, "default_persona_id": sarah});
    let mut shop = tenant_project(client, wanted).await;
    let path = format!("/api/v1/projects/{}", text(&shop, "id"));
    for (gone, member) in [
        (format!("/api/v1/roles/{hasty}"), "default_role_id"),
        (format!("/api/v1/personas/{sarah}"), "default_persona_id"),
    ] {
        client.delete(&gone).done().await;
        shop[member] = Value::Null;
        assert_eq!(client.get(&path).ok().await, shop);
        let list = client.get("/api/v1/projects?limit=1").ok().await;
        assert_eq!(list["projects"][0], shop);
    }
}

#[tokio::test]
async fn a_strangers_project_is_not_there() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    let made = tenant_project(&world.client, json!({"name": "shop"})).await;
    for id in [text(&made, "id"), NOBODY.to_owned()] {
        let path = format!("/api/v1/projects/{id}");
        stranger.get(&path).refused(404).await;
        stranger.delete(&path).refused(404).await;
        let change = json!({"name": "bank"});
        stranger
            .patch(&path)
            .json(change.clone())
            .refused(404)
            .await;
        stranger.put(&path).json(change).refused(404).await;
    }
    for id in ["x", "0", "%20", &NOBODY[1..]] {
        let path = format!("/api/v1/projects/{id}");
        for call in [
            stranger.get(&path),
            stranger.delete(&path),
            stranger.patch(&path).json(json!({})),
            stranger.put(&path).json(json!({})),
        ] {
            assert!(call.refused(400).await.contains("project"));
        }
    }
    let path = format!("/api/v1/projects/{}", text(&made, "id"));
    assert_eq!(world.client.get(&path).ok().await, made);
}
