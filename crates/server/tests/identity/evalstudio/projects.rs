//! Projects.

use serde_json::json;

use crate::world::{NOBODY, World, members, project, project_persona, text, texts};

#[tokio::test]
async fn a_project_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let wanted = json!({"name": "shop", "description": "Sells", "id": NOBODY, "llmSettings": {"evaluation": null}});
    let made = client.post("/api/projects").json(wanted).created().await;
    let expected = ["createdAt", "description", "id", "name", "updatedAt"];
    assert_eq!(members(&made), expected, "{made}");
    assert_ne!(made["id"], NOBODY);
    assert_eq!(made["createdAt"], made["updatedAt"]);
    let models = json!({"name": "smart", "llmSettings": {"evaluation": {"providerId": "x"}}});
    for call in [
        client.post("/api/projects"),
        client.put(&format!("/api/projects/{}", text(&made, "id"))),
    ] {
        let refused = call.json(models.clone()).refused(400).await;
        assert!(
            refused.starts_with("llmSettings cannot be kept: "),
            "{refused}"
        );
    }
    let bare = client.post("/api/projects").json(json!({"name": "bare"}));
    assert_eq!(bare.created().await.get("description"), None);
    let path = format!("/api/projects/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/projects").ok().await;
    assert_eq!(texts(&list, "name"), ["default", "shop", "bare"]);
    client.delete(&path).done().await;
    for call in [
        client.get(&path),
        client.delete(&path),
        client.put(&path).json(json!({})),
    ] {
        assert_eq!(call.refused(404).await, "Project not found");
    }
    let list = client.get("/api/projects").ok().await;
    assert_eq!(texts(&list, "name"), ["default", "bare"]);
    // Its name is free again.
    project(client, "shop").await;
}

#[tokio::test]
async fn errors_are_told_word_for_word() {
    let world = World::new().await;
    let client = &world.client;
    project(client, "shop").await;
    let bank = format!("/api/projects/{}", project(client, "bank").await);
    let taken = "Project with name \"shop\" already exists";
    let create = |body| client.post("/api/projects").json(body);
    for body in [json!({}), json!({"name": ""}), json!({"name": null})] {
        assert_eq!(create(body).refused(400).await, "Name is required");
    }
    assert_eq!(create(json!({"name": "shop"})).refused(409).await, taken);
    let message = create(json!({"name": 7})).refused(400).await;
    assert_eq!(message, "Name must be a string");
    let message = create(json!({"name": "x", "description": 7}))
        .refused(400)
        .await;
    assert_eq!(message, "Description must be a string");
    // A clash is another status here than on creation.
    let rename = client.put(&bank).json(json!({"name": "shop"}));
    assert_eq!(rename.refused(400).await, taken);
    client.put(&bank).json(json!({"name": "bank"})).ok().await;
    for id in [NOBODY, "x", "%20"] {
        let path = format!("/api/projects/{id}");
        let named = json!({"name": "shop"});
        for call in [
            client.get(&path),
            client.put(&path).json(named),
            client.delete(&path),
        ] {
            assert_eq!(call.refused(404).await, "Project not found");
        }
    }
    for name in [
        "Shop",
        "shop ",
        " ",
        "\u{e9}",
        "e\u{301}",
        &"x".repeat(5000),
    ] {
        assert_eq!(create(json!({"name": name})).created().await["name"], name);
    }
}

#[tokio::test]
async fn personas_stay_when_their_project_goes() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let hasty = project_persona(client, &shop, "hasty").await;
    client.delete(&format!("/api/projects/{shop}")).done().await;
    let path = format!("/api/personas/{}", text(&hasty, "id"));
    assert_eq!(client.get(&path).ok().await, hasty);
    let list = client.get(&format!("/api/personas?projectId={shop}"));
    assert_eq!(list.ok().await, json!([hasty]));
    let renamed = client.put(&path).json(json!({"name": "calm"})).ok().await;
    assert_eq!(
        (&renamed["name"], &renamed["projectId"]),
        (&json!("calm"), &json!(shop))
    );
    let call = client.post("/api/personas");
    let call = call.json(json!({"projectId": shop, "name": "new"}));
    let expected = format!("Project with id \"{shop}\" not found");
    assert_eq!(call.refused(404).await, expected);
    let below = client.get(&format!("/api/projects/{shop}/personas"));
    assert_eq!(
        below.refused(404).await,
        format!("Project \"{shop}\" not found")
    );
    client.delete(&path).done().await;
}

#[tokio::test]
async fn the_default_project_stays() {
    let world = World::new().await;
    let client = &world.client;
    let default = world.default_project().await;
    let path = format!("/api/projects/{default}");
    let message = client.delete(&path).refused(409).await;
    assert!(message.contains("default"), "{message}");
    let call = client
        .post("/api/projects")
        .json(json!({"name": "default"}));
    call.refused(409).await;
    // It may be called otherwise, and is still the one that stays.
    client.put(&path).json(json!({"name": "main"})).ok().await;
    client.delete(&path).refused(409).await;
    project(client, "default").await;
    let list = client.get("/api/projects").ok().await;
    assert_eq!(texts(&list, "name"), ["main", "default"]);
}
