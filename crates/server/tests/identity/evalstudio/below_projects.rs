//! Personas below their project: the path names it, objects do not.

use serde_json::json;

use crate::world::{NOBODY, World, members, project, project_persona, text, texts};

#[tokio::test]
async fn both_forms_show_one_persona() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let list = format!("/api/projects/{shop}/personas");
    let wanted = json!({"name": "hasty", "systemPrompt": null, "projectId": NOBODY, "headers": {}, "imageUrl": "x"});
    let made = client.post(&list).json(wanted).created().await;
    let expected = ["createdAt", "id", "name", "systemPrompt", "updatedAt"];
    assert_eq!(members(&made), expected, "{made}");
    let id = text(&made, "id");
    let (below, flat) = (format!("{list}/{id}"), format!("/api/personas/{id}"));
    assert_eq!(client.get(&below).ok().await, made);
    assert_eq!(client.get(&list).ok().await, json!([made]));
    let mut whole = made.clone();
    whole["projectId"] = json!(shop);
    assert_eq!(client.get(&flat).ok().await, whole);

    let changed = client
        .put(&below)
        .json(json!({"description": "Wants answers"}));
    let changed = changed.ok().await;
    assert_eq!(changed.get("projectId"), None);
    assert_eq!(client.get(&flat).ok().await["description"], "Wants answers");
    client.put(&flat).json(json!({"name": "calm"})).ok().await;
    assert_eq!(client.get(&below).ok().await["name"], "calm");

    // What would be lost is refused.
    let with_headers = json!({"name": "eager", "headers": {"authorization": "Bearer 1"}});
    for call in [client.post(&list), client.put(&below)] {
        let refused = call.json(with_headers.clone()).refused(400).await;
        assert!(refused.starts_with("headers cannot be kept: "), "{refused}");
    }
    let refused = client.put(&below).json(json!({"imageUrl": "x"}));
    let refused = refused.refused(400).await;
    assert!(
        refused.starts_with("imageUrl cannot be kept: "),
        "{refused}"
    );

    // Made in the other form it is there just as well.
    project_persona(client, &shop, "flat").await;
    assert_eq!(
        texts(&client.get(&list).ok().await, "name"),
        ["calm", "flat"]
    );
    client.delete(&below).done().await;
    assert_eq!(client.get(&flat).refused(404).await, "Persona not found");
    assert_eq!(
        client.delete(&below).refused(404).await,
        "Persona not found"
    );
}

#[tokio::test]
async fn errors_are_told_word_for_word() {
    let world = World::new().await;
    let client = &world.client;
    let [shop, bank] = [project(client, "shop").await, project(client, "bank").await];
    let hasty = text(&project_persona(client, &shop, "hasty").await, "id");
    let calm = text(&project_persona(client, &shop, "calm").await, "id");
    let list = format!("/api/projects/{shop}/personas");
    for body in [json!({}), json!({"name": ""}), json!({"name": null})] {
        let message = client.post(&list).json(body).refused(400).await;
        assert_eq!(message, "Name is required");
    }
    // The text does not speak of a project here.
    let taken = "Persona with name \"hasty\" already exists";
    let body = json!({"name": "hasty"});
    assert_eq!(
        client.post(&list).json(body.clone()).refused(409).await,
        taken
    );
    let rename = client.put(&format!("{list}/{calm}")).json(body.clone());
    assert_eq!(rename.refused(409).await, taken);

    for unknown in [NOBODY, "x", "%20"] {
        let shown = if unknown == "%20" { " " } else { unknown };
        let nowhere = format!("Project \"{shown}\" not found");
        let list = format!("/api/projects/{unknown}/personas");
        let one = format!("{list}/{hasty}");
        for call in [
            client.get(&list),
            client.post(&list).json(json!({})),
            client.get(&one),
            client.put(&one).json(body.clone()),
            client.delete(&one),
        ] {
            assert_eq!(call.refused(404).await, nowhere);
        }
    }
    // Another project's personas are not this one's.
    for id in [&hasty[..], NOBODY, "x"] {
        let path = format!("/api/projects/{bank}/personas/{id}");
        for call in [
            client.get(&path),
            client.put(&path).json(body.clone()),
            client.delete(&path),
        ] {
            assert_eq!(call.refused(404).await, "Persona not found");
        }
    }
    client.get(&format!("{list}/{hasty}")).ok().await;
}
