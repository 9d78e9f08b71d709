//! One project, two faces: made in one API it is seen, changed and deleted in the other.

use serde_json::{Value, json};

use crate::world::{
    World, journey, members, notte_persona, project, project_persona, role, tenant_project, text,
    texts,
};

#[tokio::test]
async fn made_by_aiqaramba_it_is_used_by_evalstudio() {
    let world = World::new().await;
    let client = &world.client;
    let hasty = text(&role(client, "Hasty").await, "id");
    let wanted = json!({"name": "shop", "description": "Sells", "entry_url": "https://shop.example/", "default_role_id": hasty});
    let made = tenant_project(client, wanted).await;
    let id = text(&made, "id");
    let (ours, theirs) = (
        format!("/api/v1/projects/{id}"),
        format!("/api/projects/{id}"),
    );
    let seen = client.get(&theirs).ok().await;
    let expected = ["createdAt", "description", "id", "name", "updatedAt"];
    assert_eq!(members(&seen), expected, "{seen}");
    assert_eq!(
        (&seen["name"], &seen["description"]),
        (&json!("shop"), &json!("Sells"))
    );
    let list = client.get("/api/projects").ok().await;
    assert_eq!(texts(&list, "name"), ["default", "shop"]);

    // A change there leaves what only this API knows.
    client.put(&theirs).json(json!({"name": "bank"})).ok().await;
    let changed = client.get(&ours).ok().await;
    assert_eq!(changed["name"], "bank");
    for member in ["description", "entry_url", "default_role_id"] {
        assert_eq!(changed[member], made[member]);
    }
    // And one here what is null: it is left out there.
    let change = json!({"description": null, "default_role_id": null});
    client.patch(&ours).json(change).ok().await;
    let seen = client.get(&theirs).ok().await;
    assert_eq!(
        members(&seen),
        ["createdAt", "id", "name", "updatedAt"],
        "{seen}"
    );

    // A persona of that API can do what is to be done in the project.
    let persona = project_persona(client, &id, "Sarah").await;
    let cast = json!({"default_persona_id": persona["id"]});
    let cast = client.patch(&ours).json(cast).ok().await;
    assert_eq!(cast["default_persona_id"], persona["id"]);
    let doer = journey(
        client,
        json!({"project_id": id, "persona_id": persona["id"]}),
    )
    .await;
    let doer = format!("/api/v1/journeys/{}", text(&doer, "id"));

    client.delete(&theirs).done().await;
    client.get(&ours).refused(404).await;
    let left = client.get(&doer).ok().await;
    assert_eq!(
        (&left["project_id"], &left["persona_id"]),
        (&Value::Null, &persona["id"])
    );
    let list = client.get("/api/v1/projects").ok().await;
    assert_eq!(texts(&list["projects"], "name"), ["default"]);
}

#[tokio::test]
async fn made_by_evalstudio_it_is_used_by_aiqaramba() {
    let world = World::new().await;
    let client = &world.client;
    // Names that this API would not take, and descriptions that it does not tell apart.
    let long = "x".repeat(5000);
    for (name, description, seen) in [
        ("shop", json!({}), Value::Null),
        (" ", json!({"description": null}), Value::Null),
        (&long, json!({"description": ""}), json!("")),
    ] {
        let mut body = description.clone();
        body["name"] = json!(name);
        let made = client.post("/api/projects").json(body).created().await;
        let path = format!("/api/v1/projects/{}", text(&made, "id"));
        let found = client.get(&path).ok().await;
        assert_eq!(
            (&found["name"], &found["description"]),
            (&json!(name), &seen)
        );
        assert_eq!(found["entry_url"], Value::Null);
        // Whatever it is called, it can be changed, also by one who sends all of it back but the name.
        let change = json!({"url": "https://shop.example/"});
        assert_eq!(client.patch(&path).json(change).ok().await["name"], name);
        let theirs = client.get(&format!("/api/projects/{}", text(&made, "id")));
        assert_eq!(
            theirs.ok().await.get("description"),
            made.get("description")
        );
        client.delete(&path).done().await;
        let gone = client.get(&format!("/api/projects/{}", text(&made, "id")));
        gone.refused(404).await;
    }
    // One name is one in both.
    project(client, "bank").await;
    let call = client
        .post("/api/v1/projects")
        .json(json!({"name": "bank"}));
    call.refused(409).await;
    tenant_project(client, json!({"name": "school"})).await;
    let call = client.post("/api/projects").json(json!({"name": "school"}));
    call.refused(409).await;
}

#[tokio::test]
async fn whoever_makes_a_persona_it_can_do_a_journey() {
    let world = World::new().await;
    let client = &world.client;
    let home = world.default_project().await;
    let notte = text(&notte_persona(client, json!({})).await, "persona_id");
    let studio = text(&project_persona(client, &home, "Joe").await, "id");
    let default = text(&world.default_persona().await, "id");
    for id in [&notte, &studio, &default] {
        let made = journey(client, json!({"persona_id": id})).await;
        assert_eq!(made["persona_id"], **id);
    }
    // Closed where it was made, it is not named here any more.
    client.delete(&format!("/personas/{notte}")).ok().await;
    client
        .delete(&format!("/api/personas/{studio}"))
        .done()
        .await;
    let list = client.get("/api/v1/journeys").ok().await;
    let named: Vec<_> = list["journeys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["persona_id"])
        .collect();
    assert_eq!(named, [&json!(default), &Value::Null, &Value::Null]);
    let late = json!({"name": "x", "prompt_template": "x", "persona_id": notte});
    let message = client
        .post("/api/v1/journeys")
        .json(late)
        .refused(400)
        .await;
    assert!(message.contains("persona_id"), "{message}");
}
