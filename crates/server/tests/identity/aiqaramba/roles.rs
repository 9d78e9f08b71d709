//! Roles: names and texts, and those that each tenant has from the beginning.

use http::Method;
use serde_json::{Value, json};

use crate::world::{NOBODY, World, members, role, text, texts};

/// The roles that a tenant begins with, newest first.
const DEFAULTS: [&str; 3] = ["UX Auditor", "Functional QA", "Discovery Explorer"];

#[tokio::test]
async fn a_role_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let wanted = json!({"name": "Power User", "description": "Use the keyboard.\nSkip what may be skipped.", "id": NOBODY});
    let made = client.post("/api/v1/roles").json(wanted).created().await;
    let expected = [
        "created_at",
        "description",
        "id",
        "is_default",
        "name",
        "tenant_id",
        "updated_at",
    ];
    assert_eq!(members(&made), expected, "{made}");
    assert_ne!(made["id"], NOBODY);
    assert_eq!(made["name"], "Power User");
    assert_eq!(
        made["description"],
        "Use the keyboard.\nSkip what may be skipped."
    );
    assert_eq!(made["is_default"], false);
    assert_eq!(made["created_at"], made["updated_at"]);
    assert_eq!(
        made["tenant_id"],
        world.default_persona().await["tenant_id"]
    );

    let path = format!("/api/v1/roles/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/roles").ok().await;
    assert_eq!(members(&list), ["next_cursor", "roles"]);
    assert_eq!(list["roles"][0], made, "{list}");
    assert_eq!(list["next_cursor"], Value::Null);

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
    let list = client.get("/api/v1/roles").ok().await;
    assert_eq!(texts(&list["roles"], "name"), DEFAULTS);
    // Its name is free again.
    assert_ne!(role(client, "Power User").await["id"], made["id"]);
}

#[tokio::test]
async fn each_tenant_has_three_roles_that_stay() {
    let world = World::new().await;
    let client = &world.client;
    let list = client.get("/api/v1/roles").ok().await;
    assert_eq!(texts(&list["roles"], "name"), DEFAULTS);
    let stranger = world.stranger().await;
    let theirs = stranger.get("/api/v1/roles").ok().await;
    assert_eq!(texts(&theirs["roles"], "name"), DEFAULTS);
    for (number, one) in list["roles"].as_array().unwrap().iter().enumerate() {
        assert_eq!(one["is_default"], true);
        assert!(text(one, "description").len() > 100, "{one}");
        assert_ne!(one["id"], theirs["roles"][number]["id"]);
        let path = format!("/api/v1/roles/{}", text(one, "id"));
        let message = client.delete(&path).refused(409).await;
        assert!(message.contains(&text(one, "name")), "{message}");
        // The texts are the tenant's.
        let change = json!({"name": format!("mine {number}"), "description": "Do as I say"});
        let changed = client.patch(&path).json(change).ok().await;
        assert_eq!(changed["name"], format!("mine {number}"));
        assert_eq!(changed["description"], "Do as I say");
        assert_eq!(changed["is_default"], true);
        client.delete(&path).refused(409).await;
        assert_eq!(client.get(&path).ok().await, changed);
    }
    let again = stranger.get("/api/v1/roles").ok().await;
    assert_eq!(again, theirs);

    // Also after a restart, when nobody remembers having given them.
    let server = world.server.restart().await;
    let list = server.client().await.get("/api/v1/roles").ok().await;
    assert_eq!(
        texts(&list["roles"], "name"),
        ["mine 0", "mine 1", "mine 2"]
    );
}

#[tokio::test]
async fn what_is_absent_or_null_stays() {
    let world = World::new().await;
    let client = &world.client;
    let made = role(client, "Hasty").await;
    let path = format!("/api/v1/roles/{}", text(&made, "id"));
    for method in [Method::PATCH, Method::PUT] {
        for (change, name, description) in [
            (json!({}), "Hasty", "Be quick."),
            (
                json!({"name": null, "description": null}),
                "Hasty",
                "Be quick.",
            ),
            (json!({"description": "Be slow."}), "Hasty", "Be slow."),
            (json!({"name": "Slow"}), "Slow", "Be slow."),
            // Its own name is no clash.
            (
                json!({"name": "Slow", "is_default": true}),
                "Slow",
                "Be slow.",
            ),
            (
                json!({"name": "Hasty", "description": "Be quick."}),
                "Hasty",
                "Be quick.",
            ),
        ] {
            let changed = client
                .call(method.clone(), &path)
                .json(change.clone())
                .ok()
                .await;
            let got = (
                &changed["name"],
                &changed["description"],
                &changed["is_default"],
            );
            let expected = (&json!(name), &json!(description), &json!(false));
            assert_eq!(got, expected, "{method} {change}");
            assert_eq!(client.get(&path).ok().await, changed);
        }
    }
}

#[tokio::test]
async fn members_that_cannot_be_are_named() {
    let world = World::new().await;
    let client = &world.client;
    let made = role(client, "Hasty").await;
    let path = format!("/api/v1/roles/{}", text(&made, "id"));
    let long_name = "x".repeat(101);
    let long_text = "x".repeat(20_001);
    let names = [
        json!(""),
        json!(" "),
        json!(" x"),
        json!("x\n"),
        json!("a\u{0}b"),
        json!("\u{1b}"),
        json!(long_name),
        json!(7),
        json!(["x"]),
        json!({"a": 1}),
        json!(true),
    ];
    let descriptions = [
        json!(""),
        json!(" \n"),
        json!("a\u{0}b"),
        json!("\u{1b}[31m"),
        json!(long_text),
        json!(7),
        json!(["x"]),
        json!({"a": 1}),
        json!(false),
    ];
    for (member, wrong) in [("name", &names[..]), ("description", &descriptions[..])] {
        for value in wrong {
            let mut body = json!({"name": "New", "description": "x"});
            body[member] = value.clone();
            let change = json!({member: value});
            for call in [
                client.post("/api/v1/roles").json(body),
                client.patch(&path).json(change.clone()),
                client.put(&path).json(change),
            ] {
                let message = call.refused(400).await;
                assert!(message.contains(member), "{value}: {message}");
            }
        }
        // Both are needed.
        for missing in [json!(null), Value::Null] {
            let mut body = json!({"name": "New", "description": "x"});
            body[member] = missing;
            let message = client.post("/api/v1/roles").json(body).refused(400).await;
            assert!(message.contains(member), "{message}");
        }
    }
    for body in [
        json!({}),
        json!({"name": "New"}),
        json!({"description": "x"}),
    ] {
        client.post("/api/v1/roles").json(body).refused(400).await;
    }
    // Nothing of it happened.
    assert_eq!(client.get(&path).ok().await, made);
    let longest = json!({"name": "é".repeat(100), "description": "é".repeat(20_000)});
    client.post("/api/v1/roles").json(longest).created().await;
    let list = client.get("/api/v1/roles").ok().await;
    assert_eq!(list["roles"].as_array().unwrap().len(), 5, "{list}");
}

#[tokio::test]
async fn a_name_is_one_roles_at_a_time() {
    let world = World::new().await;
    let client = &world.client;
    let made = role(client, "Hasty").await;
    let path = format!("/api/v1/roles/{}", text(&made, "id"));
    for taken in ["Hasty", "UX Auditor", "Functional QA", "Discovery Explorer"] {
        let body = json!({"name": taken, "description": "x"});
        let message = client.post("/api/v1/roles").json(body).refused(409).await;
        assert!(message.contains(taken), "{message}");
        if taken != "Hasty" {
            let rename = json!({"name": taken, "description": "x"});
            client.patch(&path).json(rename.clone()).refused(409).await;
            client.put(&path).json(rename).refused(409).await;
        }
    }
    assert_eq!(client.get(&path).ok().await, made);
    // To the letter.
    for other in ["hasty", "Hasty!", "ux auditor"] {
        role(client, other).await;
    }
    role(&world.stranger().await, "Hasty").await;
}

#[tokio::test]
async fn a_strangers_role_is_not_there() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    let made = role(&world.client, "Hasty").await;
    let path = format!("/api/v1/roles/{}", text(&made, "id"));
    for id in [text(&made, "id"), NOBODY.to_owned()] {
        let path = format!("/api/v1/roles/{id}");
        stranger.get(&path).refused(404).await;
        stranger.delete(&path).refused(404).await;
        let change = json!({"name": "Slow"});
        stranger
            .patch(&path)
            .json(change.clone())
            .refused(404)
            .await;
        stranger.put(&path).json(change).refused(404).await;
    }
    for id in ["x", "0", "%20", &NOBODY[1..]] {
        let path = format!("/api/v1/roles/{id}");
        for call in [
            stranger.get(&path),
            stranger.delete(&path),
            stranger.patch(&path).json(json!({})),
            stranger.put(&path).json(json!({})),
        ] {
            assert!(call.refused(400).await.contains("role"));
        }
    }
    assert_eq!(world.client.get(&path).ok().await, made);
}
