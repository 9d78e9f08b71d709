//! Personas in the flat form: shape, exact texts, names, lists.

use serde_json::{Value, json};

use crate::world::{NOBODY, World, members, project, project_persona, text, texts};

#[tokio::test]
async fn a_persona_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let wanted = json!({
        "projectId": shop, "name": "hasty", "description": "Wants answers", "systemPrompt": "You are in a hurry.",
        // What the client says of these does not count.
        "id": NOBODY, "createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": 7, "tenant_id": NOBODY, "is_default": true,
    });
    let made = client.post("/api/personas").json(wanted).created().await;
    let expected = [
        "createdAt",
        "description",
        "id",
        "name",
        "projectId",
        "systemPrompt",
        "updatedAt",
    ];
    assert_eq!(members(&made), expected, "{made}");
    assert_eq!(made["projectId"], *shop);
    assert_eq!(made["name"], "hasty");
    assert_eq!(made["description"], "Wants answers");
    assert_eq!(made["systemPrompt"], "You are in a hurry.");
    assert_eq!(made["createdAt"], made["updatedAt"]);
    assert_ne!(made["id"], NOBODY);
    assert_ne!(made["createdAt"], "2020-01-01T00:00:00.000Z");

    let path = format!("/api/personas/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get(&format!("/api/personas?projectId={shop}"));
    assert_eq!(list.ok().await, json!([made]));
    client.delete(&path).done().await;
    for call in [
        client.get(&path),
        client.delete(&path),
        client.put(&path).json(json!({})),
    ] {
        assert_eq!(call.refused(404).await, "Persona not found");
    }
    let list = client.get(&format!("/api/personas?projectId={shop}"));
    assert_eq!(list.ok().await, json!([]));
}

#[tokio::test]
async fn absent_stays_absent_and_null_stays_null() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    for (name, description, prompt) in [
        ("neither", None, None),
        ("nulls", Some(Value::Null), Some(Value::Null)),
        ("one of each", Some(json!("")), Some(json!("x"))),
        ("only one", None, Some(json!("\u{1F600}\n\t\"'"))),
    ] {
        let mut wanted = json!({"projectId": shop, "name": name});
        for (member, value) in [("description", &description), ("systemPrompt", &prompt)] {
            if let Some(value) = value {
                wanted[member] = value.clone();
            }
        }
        let made = client.post("/api/personas").json(wanted).created().await;
        let path = format!("/api/personas/{}", text(&made, "id"));
        for seen in [made, client.get(&path).ok().await] {
            assert_eq!(seen.get("description"), description.as_ref(), "{seen}");
            assert_eq!(seen.get("systemPrompt"), prompt.as_ref(), "{seen}");
        }
    }
}

/// Only the text of a persona's own members is ever shown: this API has no others.
#[tokio::test]
async fn errors_are_told_in_order_and_word_for_word() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    project_persona(client, &shop, "hasty").await;
    let unknown = format!("Project with id \"{NOBODY}\" not found");
    let taken = "Persona with name \"hasty\" already exists in this project";
    for (body, status, expected) in [
        (json!({}), 400, "Project ID is required"),
        (json!({"name": "x"}), 400, "Project ID is required"),
        (
            json!({"projectId": "", "name": "x"}),
            400,
            "Project ID is required",
        ),
        (
            json!({"projectId": null, "name": "x"}),
            400,
            "Project ID is required",
        ),
        (json!({"projectId": shop}), 400, "Name is required"),
        (
            json!({"projectId": shop, "name": ""}),
            400,
            "Name is required",
        ),
        (
            json!({"projectId": shop, "name": null}),
            400,
            "Name is required",
        ),
        // Before the project is looked up.
        (json!({"projectId": NOBODY}), 400, "Name is required"),
        (json!({"projectId": "no uuid"}), 400, "Name is required"),
        (json!({"projectId": NOBODY, "name": "hasty"}), 404, &unknown),
        (
            json!({"projectId": "x y", "name": "x"}),
            404,
            "Project with id \"x y\" not found",
        ),
        (json!({"projectId": shop, "name": "hasty"}), 409, taken),
    ] {
        let call = client.post("/api/personas").json(body.clone());
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{body}: {answer}");
        assert_eq!(answer.json(), json!({"error": expected}), "{body}");
    }
    // Kept as text, so nothing but text is taken.
    for (member, what) in [
        ("projectId", "Project ID"),
        ("name", "Name"),
        ("description", "Description"),
        ("systemPrompt", "System prompt"),
    ] {
        for value in [json!(42), json!([1]), json!({}), json!(true)] {
            let mut body = json!({"projectId": shop, "name": "x"});
            body[member] = value;
            let message = client.post("/api/personas").json(body).refused(400).await;
            assert_eq!(message, format!("{what} must be a string"));
        }
    }
    let other = text(&project_persona(client, &shop, "calm").await, "id");
    let call = client.put(&format!("/api/personas/{other}"));
    let message = call.json(json!({"name": "hasty"})).refused(409).await;
    assert_eq!(message, taken);
    for id in [NOBODY, "x", "%20"] {
        let path = format!("/api/personas/{id}");
        let named = json!({"name": "hasty"});
        for call in [
            client.get(&path),
            client.put(&path).json(named),
            client.delete(&path),
        ] {
            assert_eq!(call.refused(404).await, "Persona not found");
        }
    }
}

#[tokio::test]
async fn names_are_compared_byte_by_byte_and_have_any_length() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let long = "佐".repeat(5000);
    // They share all that a handle has room for.
    let alike = format!("{long}!");
    let names = [
        "a", "A", " ", " a", "a ", "\t", "\u{e9}", "e\u{301}", &long, &alike,
    ];
    for name in names {
        let made = project_persona(client, &shop, name).await;
        assert_eq!(made["name"], name);
    }
    let list = client.get(&format!("/api/personas?projectId={shop}"));
    assert_eq!(texts(&list.ok().await, "name"), names);
    for name in names {
        let call = client.post("/api/personas");
        let again = call.json(json!({"projectId": shop, "name": name}));
        let expected = format!("Persona with name \"{name}\" already exists in this project");
        assert_eq!(again.refused(409).await, expected);
    }
}

#[tokio::test]
async fn one_name_in_any_number_of_projects() {
    let world = World::new().await;
    let client = &world.client;
    for number in 0..70 {
        let home = project(client, &format!("project {number}")).await;
        project_persona(client, &home, "impatient").await;
    }
    let all = client.get("/api/v1/personas?limit=100").ok().await;
    let handles = texts(&all["personas"], "name");
    let distinct: std::collections::HashSet<_> = handles.iter().collect();
    assert_eq!(distinct.len(), 71);
    assert!(handles.iter().all(|handle| handle.chars().count() <= 40));
}

#[tokio::test]
async fn lists_are_bare_and_in_the_order_of_creation() {
    let world = World::new().await;
    let client = &world.client;
    let [shop, bank] = [project(client, "shop").await, project(client, "bank").await];
    let mut expected = vec![("default".to_owned(), world.default_project().await)];
    for number in 0..30 {
        let home = if number % 3 == 0 { &bank } else { &shop };
        let name = format!("n{number}");
        project_persona(client, home, &name).await;
        expected.push((name, home.clone()));
    }
    let seen = |list: &Value| -> Vec<_> {
        texts(list, "name")
            .into_iter()
            .zip(texts(list, "projectId"))
            .collect()
    };
    // An empty filter is none; parameters that nobody knows do not count.
    for path in [
        "/api/personas",
        "/api/personas?projectId=",
        "/api/personas?limit=1",
    ] {
        assert_eq!(seen(&client.get(path).ok().await), expected, "{path}");
    }
    for home in [&shop, &bank] {
        let path = format!("/api/personas?projectId={home}");
        let of_it: Vec<_> = expected
            .iter()
            .filter(|(_, it)| it == home)
            .cloned()
            .collect();
        assert_eq!(seen(&client.get(&path).ok().await), of_it);
    }
    for path in [
        format!("/api/personas?projectId={NOBODY}"),
        "/api/personas?projectId=x".to_owned(),
        // No project has two ids.
        format!("/api/personas?projectId={shop}&projectId={shop}"),
        format!("/api/personas?projectId={shop}&projectId={bank}"),
    ] {
        assert_eq!(client.get(&path).ok().await, json!([]), "{path}");
    }
}
