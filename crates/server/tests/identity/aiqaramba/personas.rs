//! Personas: names, ids, the default one.

use std::collections::HashSet;

use rstest::rstest;
use serde_json::json;

use crate::support::eventually;
use crate::world::{DOMAIN, NOBODY, World, members, tenant_persona, text};

#[tokio::test]
async fn a_persona_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let made = tenant_persona(client, "Sarah").await;
    let expected = [
        "created_at",
        "email",
        "id",
        "is_default",
        "name",
        "tenant_id",
        "updated_at",
    ];
    assert_eq!(members(&made), expected, "{made}");
    assert_eq!(made["name"], "Sarah");
    assert_eq!(made["is_default"], false);
    assert_eq!(made["created_at"], made["updated_at"]);
    assert_eq!(
        made["tenant_id"],
        world.default_persona().await["tenant_id"]
    );

    let path = format!("/api/v1/personas/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/personas").ok().await;
    assert_eq!(members(&list), ["next_cursor", "personas"]);
    assert_eq!(list["personas"][0], made, "{list}");

    client.delete(&path).done().await;
    client.get(&path).refused(404).await;
    client.delete(&path).refused(404).await;
    client.put(&format!("{path}/default")).refused(404).await;
    client
        .get(&format!("{path}/credentials"))
        .refused(404)
        .await;
    client.get(&format!("{path}/emails")).refused(404).await;
    let credential = json!({"label": "x", "cred_type": "magic_link"});
    let call = client.post(&format!("{path}/credentials"));
    call.json(credential).refused(404).await;
    let list = client.get("/api/v1/personas").ok().await;
    assert_eq!(list["personas"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test]
async fn names_have_1_to_40_characters_whatever_their_bytes() {
    let world = World::new().await;
    let call = |name: &str| {
        let call = world.client.post("/api/v1/personas");
        call.json(json!({"name": name}))
    };
    for character in ["a", "é", "佐", "😀"] {
        let longest = character.repeat(40);
        let made = call(&longest).created().await;
        assert_eq!(made["name"], *longest);
        let message = call(&character.repeat(41)).refused(400).await;
        assert!(
            message.contains("41") && message.contains("40"),
            "{message}"
        );
    }
    for fine in [
        "x",
        "Sarah O'Connor",
        "a  b",
        "<b>&\"",
        "../..",
        "%00",
        "null",
        "0",
        "e\u{301}",
    ] {
        assert_eq!(call(fine).created().await["name"], fine);
    }
    for blank in ["", " ", "\t", "\u{3000}\u{2003}", "\n"] {
        call(blank).refused(400).await;
    }
    for wrong in [" Sarah", "Sarah ", "Sa\nrah", "Sa\u{0}rah", "Sa\u{1b}rah"] {
        call(wrong).refused(400).await;
    }
    for body in [
        json!({}),
        json!({"name": null}),
        json!({"name": 42}),
        json!({"name": ["Sarah"]}),
        json!({"names": "Sarah"}),
    ] {
        let message = world.client.post("/api/v1/personas").json(body);
        assert!(message.refused(400).await.contains("name"));
    }
}

#[tokio::test]
async fn a_name_is_one_personas_at_a_time() {
    let world = World::new().await;
    let client = &world.client;
    // Byte for byte: these are all different.
    let names = [
        "Sarah", "sarah", "SARAH", "Sarah!", "Sarah.", "S-arah", "\u{e9}", "e\u{301}", "佐", "佑",
        "😀", "😁",
    ];
    let mut addresses = HashSet::new();
    for name in names {
        let made = tenant_persona(client, name).await;
        let address = text(&made, "email");
        let (local, domain) = address.split_once('@').unwrap();
        assert_eq!(domain, DOMAIN);
        assert!(local.len() <= 64, "{address}");
        let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        assert!(local.bytes().all(fits), "{address}");
        assert!(addresses.insert(address.clone()), "{address} twice");
    }
    for name in names {
        let call = client.post("/api/v1/personas").json(json!({"name": name}));
        let message = call.refused(409).await;
        assert!(message.contains(name), "{message}");
    }
    // Another tenant's names are its own, and so are the addresses behind them.
    let stranger = world.stranger().await;
    for name in names {
        let address = text(&tenant_persona(&stranger, name).await, "email");
        assert!(addresses.insert(address.clone()), "{address} twice");
    }
}

#[tokio::test]
async fn a_malformed_id_is_told_before_anything_is_looked_up() {
    let world = World::new().await;
    let client = &world.client;
    let persona = text(&tenant_persona(client, "Sarah").await, "id");
    let body = json!({"label": "x", "cred_type": "magic_link"});
    for bad in [
        "x",
        "123",
        "nonexistent",
        &NOBODY[1..],
        &format!("{NOBODY}0"),
        "%20",
    ] {
        let at = |rest: &str| format!("/api/v1/personas/{bad}{rest}");
        client.get(&at("")).refused(400).await;
        client.delete(&at("")).refused(400).await;
        client.put(&at("/default")).refused(400).await;
        client.get(&at("/emails")).refused(400).await;
        client.get(&at("/credentials")).refused(400).await;
        client
            .post(&at("/credentials"))
            .json(body.clone())
            .refused(400)
            .await;
        client
            .delete(&at(&format!("/credentials/{NOBODY}")))
            .refused(400)
            .await;
        client
            .get(&at(&format!("/credentials/{NOBODY}/code")))
            .refused(400)
            .await;
        // The persona is not there either, but that is not what is told.
        for owner in [NOBODY, &persona] {
            let at = |rest: &str| format!("/api/v1/personas/{owner}/credentials/{bad}{rest}");
            client.delete(&at("")).refused(400).await;
            client.get(&at("/code")).refused(400).await;
        }
        client
            .get(&format!("/api/v1/mailboxes/{bad}"))
            .refused(400)
            .await;
        client
            .delete(&format!("/api/v1/mailboxes/{bad}"))
            .refused(400)
            .await;
        client
            .get(&format!("/api/v1/mailboxes/{bad}/emails"))
            .refused(400)
            .await;
    }
    for rest in ["", "/default", "/credentials", "/emails"] {
        let path = format!("/api/v1/personas/{NOBODY}{rest}");
        let call = match rest {
            "/default" => client.put(&path),
            _ => client.get(&path),
        };
        call.refused(404).await;
    }
}

#[tokio::test]
async fn the_default_moves_and_is_never_lost() {
    let world = World::new().await;
    let client = &world.client;
    let first = world.default_persona().await;
    let sarah = tenant_persona(client, "Sarah").await;
    let [first_path, sarah_path] =
        [&first, &sarah].map(|persona| format!("/api/v1/personas/{}", text(persona, "id")));

    let message = client.delete(&first_path).refused(409).await;
    assert!(message.contains("default"), "{message}");
    // Whole seconds: the change shows once the second in which it was made has passed.
    let swapped = eventually("the change is later than the creation", async || {
        client.put(&format!("{first_path}/default")).ok().await;
        let swapped = client.put(&format!("{sarah_path}/default")).ok().await;
        (swapped["updated_at"] != sarah["updated_at"]).then_some(swapped)
    })
    .await;
    assert_eq!(swapped["is_default"], true);
    for member in ["id", "tenant_id", "name", "email", "created_at"] {
        assert_eq!(swapped[member], sarah[member]);
    }
    assert_eq!(client.get(&first_path).ok().await["is_default"], false);
    assert_eq!(world.default_persona().await, swapped);
    // Once more changes nothing.
    let again = client.put(&format!("{sarah_path}/default")).ok().await;
    assert_eq!(again, swapped);

    client
        .put(&format!("/api/v1/personas/{NOBODY}/default"))
        .refused(404)
        .await;
    client.delete(&sarah_path).refused(409).await;
    assert_eq!(world.default_persona().await, swapped);
    client.delete(&first_path).done().await;
    assert_eq!(world.default_persona().await, swapped);
}

#[rstest]
#[case::none(None)]
#[case::an_object(Some("{}"))]
#[case::nothing_readable(Some("{"))]
#[tokio::test]
async fn the_default_is_set_whatever_the_body_says(#[case] body: Option<&str>) {
    let world = World::new().await;
    let sarah = tenant_persona(&world.client, "Sarah").await;
    let path = format!("/api/v1/personas/{}/default", text(&sarah, "id"));
    let mut call = world.client.put(&path);
    if let Some(body) = body {
        call = call.body("application/json", body.to_owned());
    }
    assert_eq!(call.ok().await["is_default"], true);
}
