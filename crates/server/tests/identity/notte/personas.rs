//! Personas: made, listed, labelled, closed.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::world::{DOMAIN, NOBODY, World, members, notte_persona, text, texts};

#[tokio::test]
async fn a_persona_is_a_whole_person_at_once() {
    let world = World::new().await;
    let client = &world.client;
    let bare = client.post("/personas/create").ok().await;
    let expected = [
        "created_at",
        "email",
        "email_provider",
        "first_name",
        "internal_email",
        "last_name",
        "name",
        "persona_id",
        "phone_number",
        "status",
        "vault_id",
    ];
    assert_eq!(members(&bare), expected, "{bare}");
    assert_eq!(bare["status"], "active");
    assert_eq!(
        (&bare["name"], &bare["phone_number"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(bare["vault_id"], Value::Null);
    assert_eq!(bare["email"], bare["internal_email"]);
    let address = text(&bare, "email");
    assert!(address.ends_with(&format!("@{DOMAIN}")), "{address}");

    let wanted = json!({"create_vault": true, "create_phone_number": false, "name": "For the shop", "email_provider": "notte"});
    let whole = notte_persona(client, wanted).await;
    assert_eq!(whole["name"], "For the shop");
    let vault = text(&whole, "vault_id");
    client.get(&format!("/vaults/{vault}")).ok().await;
    for persona in [&bare, &whole] {
        let path = format!("/personas/{}", text(persona, "persona_id"));
        assert_eq!(client.get(&path).ok().await, *persona);
        assert_eq!(client.get(&format!("{path}/emails")).ok().await, json!([]));
        assert_eq!(client.get(&format!("{path}/sms")).ok().await, json!([]));
    }
    // Several may have one label.
    notte_persona(client, json!({"name": "For the shop"})).await;
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let client = &world.client;
    let call = |body: Value| client.post("/personas/create").json(body);
    let message = call(json!({"create_phone_number": true}))
        .refused(501)
        .await;
    assert!(message.contains("phone_provider"), "{message}");
    for provider in ["agentmail", "resend", "Notte", ""] {
        let message = call(json!({"email_provider": provider})).refused(422).await;
        assert!(message.contains("notte"), "{message}");
    }
    for (body, name) in [
        (json!({"create_vault": "yes"}), "create_vault"),
        (json!({"create_vault": 1}), "create_vault"),
        (json!({"name": 7}), "name"),
        (json!({"first_name": "Joe"}), "first_name"),
    ] {
        let message = call(body).refused(422).await;
        assert!(message.contains(name), "{message}");
    }
    let list = client.get("/personas?only_active=false").ok().await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test]
async fn a_deleted_persona_is_gone_and_deleting_it_again_says_why() {
    let world = World::new().await;
    let client = &world.client;
    let persona = notte_persona(client, json!({"create_vault": true})).await;
    let id = text(&persona, "persona_id");
    let path = format!("/personas/{id}");
    let deleted = client.delete(&path).ok().await;
    assert_eq!(
        deleted,
        json!({"status": "success", "message": "Persona deleted successfully"})
    );
    let message = client.delete(&path).refused(404).await.to_lowercase();
    assert!(
        message.contains("already") && message.contains("deleted"),
        "{message}"
    );
    client.get(&path).refused(404).await;
    client
        .patch(&path)
        .json(json!({"name": "x"}))
        .refused(404)
        .await;
    client.get(&format!("{path}/emails")).refused(404).await;
    client.get(&format!("{path}/sms")).refused(404).await;
    client
        .post(&format!("{path}/sms/number"))
        .refused(404)
        .await;
    client
        .delete(&format!("{path}/sms/number"))
        .refused(404)
        .await;
    // Its vault went with it.
    let vault = format!("/vaults/{}", text(&persona, "vault_id"));
    client.get(&vault).refused(404).await;
    client.get(&format!("{vault}/card")).refused(404).await;

    // Who asks for closed ones still sees it.
    let active = client.get("/personas").ok().await;
    assert!(!texts(&active["items"], "persona_id").contains(&id));
    let all = client.get("/personas?only_active=False").ok().await;
    let closed = &all["items"][0];
    assert_eq!(
        (&closed["persona_id"], &closed["status"]),
        (&json!(id), &json!("closed"))
    );
    assert_eq!(closed["vault_id"], Value::Null);
    assert_eq!(closed["email"], persona["email"]);

    for unknown in [NOBODY, "nonexistent-persona-id"] {
        let message = client
            .delete(&format!("/personas/{unknown}"))
            .refused(404)
            .await;
        assert!(
            message.contains(unknown) && message.contains("not found"),
            "{message}"
        );
        assert!(!message.contains("already"), "{message}");
    }
    // Neither does another tenant learn that it was there.
    let stranger = world.stranger().await;
    let message = stranger.delete(&path).refused(404).await;
    assert!(!message.contains("already"), "{message}");
}

#[tokio::test]
async fn the_default_persona_cannot_be_deleted() {
    let world = World::new().await;
    let default = text(&world.default_persona().await, "id");
    let path = format!("/personas/{default}");
    let message = world.client.delete(&path).refused(409).await;
    assert!(message.contains("default"), "{message}");
    world.client.get(&path).ok().await;
}

/// The pages of a list, each with the size asked for.
async fn pages(client: &Client, query: &str, size: u32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    for page in 1..100 {
        let path = format!("/personas?page={page}&page_size={size}&{query}");
        let list = client.get(&path).ok().await;
        assert_eq!(
            (&list["page"], &list["page_size"]),
            (&json!(page), &json!(size))
        );
        assert_eq!(list["has_previous"], page > 1);
        pages.push(texts(&list["items"], "persona_id"));
        if list["has_next"] == false {
            return pages;
        }
    }
    panic!("it does not end");
}

#[tokio::test]
async fn lists_are_pages_newest_first() {
    let world = World::new().await;
    let colleague = world.colleague(&[]).await;
    let mut all = vec![text(&world.default_persona().await, "id")];
    let mut theirs = Vec::new();
    for number in 0..23 {
        let maker = if number % 4 == 0 {
            &colleague
        } else {
            &world.client
        };
        let made = text(&notte_persona(maker, json!({})).await, "persona_id");
        all.insert(0, made.clone());
        if number % 4 == 0 {
            theirs.insert(0, made);
        }
    }
    let client = &world.client;
    for path in ["/personas", "/personas/"] {
        let first = client.get(path).ok().await;
        assert_eq!(texts(&first["items"], "persona_id"), all[..10]);
        assert_eq!(
            (&first["page"], &first["page_size"]),
            (&json!(1), &json!(10))
        );
    }
    for size in [1, 7, 12, 23, 24, 25, 100] {
        assert_eq!(pages(client, "", size).await.concat(), all, "by {size}");
    }
    let beyond = client.get("/personas?page=1000").ok().await;
    assert_eq!(
        (&beyond["items"], &beyond["has_next"]),
        (&json!([]), &json!(false))
    );

    // Two are closed: one of each.
    for id in [&all[0], &theirs[0]] {
        client.delete(&format!("/personas/{id}")).ok().await;
    }
    let active: Vec<_> = all
        .iter()
        .filter(|id| **id != all[0] && **id != theirs[0])
        .cloned()
        .collect();
    assert_eq!(pages(client, "only_active=true", 5).await.concat(), active);
    assert_eq!(
        pages(client, "only_active=0&include_system=True", 5)
            .await
            .concat(),
        all
    );
    let mine = pages(&colleague, "only_current_token=True", 3)
        .await
        .concat();
    assert_eq!(mine, theirs[1..]);
    let mine = pages(&colleague, "only_current_token=1&only_active=FALSE", 3).await;
    assert_eq!(mine.concat(), theirs);
}

#[tokio::test]
async fn a_label_changes_and_nothing_else_does() {
    let world = World::new().await;
    let client = &world.client;
    let made = notte_persona(client, json!({"name": "before"})).await;
    let path = format!("/personas/{}", text(&made, "persona_id"));
    for name in ["after", "\u{1F600}", &"x".repeat(200)] {
        let mut expected = made.clone();
        expected["name"] = json!(name);
        let changed = client.patch(&path).json(json!({"name": name})).ok().await;
        assert_eq!(changed, expected);
        assert_eq!(client.get(&path).ok().await, expected);
    }
    for body in [
        json!({}),
        json!({"name": null}),
        json!({"name": 7}),
        json!({"name": ""}),
        json!({"name": "x".repeat(201)}),
        json!([]),
    ] {
        client.patch(&path).json(body).refused(422).await;
    }
    let unknown = client.patch(&format!("/personas/{NOBODY}"));
    unknown.json(json!({"name": "x"})).refused(404).await;
}

#[tokio::test]
async fn the_operator_chooses_where_people_are_from() {
    let world = World::with(&[
        ("persona_locale", "ja-JP"),
        ("mail_domain", "Agents.Example.ORG."),
    ])
    .await;
    let mut names = HashSet::new();
    for _ in 0..5 {
        let made = notte_persona(&world.client, json!({})).await;
        let name = format!("{} {}", text(&made, "last_name"), text(&made, "first_name"));
        assert!(!name.is_ascii(), "{name}");
        assert!(
            text(&made, "email").ends_with("@agents.example.org"),
            "{made}"
        );
        names.insert(name);
    }
    assert!(names.len() > 1, "{names:?}");
}

#[tokio::test]
async fn messages_are_asked_for_within_bounds() {
    let world = World::new().await;
    let client = &world.client;
    let persona = text(&notte_persona(client, json!({})).await, "persona_id");
    for kind in ["emails", "sms"] {
        let path = format!("/personas/{persona}/{kind}");
        for fine in [
            "limit=10",
            "limit=100&only_unread=False",
            "timedelta=PT5M",
            "timedelta=P1DT3S",
            "timedelta=0%3A05%3A00",
            "timedelta=1+day%2C+0%3A00%3A03",
            "timedelta=300",
            "only_unread=True&wait_seconds=0",
        ] {
            let got = client.get(&format!("{path}?{fine}")).ok().await;
            assert_eq!(got, json!([]), "{fine}");
        }
        for wrong in [
            "limit=0",
            "limit=101",
            "limit=ten",
            "timedelta=tomorrow",
            "only_unread=maybe",
            "wait_seconds=31",
        ] {
            let name = wrong.split('=').next().unwrap();
            let answer = client.get(&format!("{path}?{wrong}")).send().await;
            assert_eq!(answer.status, 422, "{wrong}: {answer}");
            assert_eq!(answer.json()["detail"][0]["loc"], json!(["query", name]));
        }
    }
}
