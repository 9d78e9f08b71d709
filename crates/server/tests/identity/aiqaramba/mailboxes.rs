//! Mailboxes of their own, and what arrives for personas.

use serde_json::json;

use crate::world::{DOMAIN, NOBODY, World, members, tenant_persona, text};

#[tokio::test]
async fn a_mailbox_lives_from_its_creation_to_its_deletion() {
    let world = World::new().await;
    let client = &world.client;
    let call = |name: &str| {
        let call = client.post("/api/v1/mailboxes");
        call.json(json!({"name": name}))
    };
    let made = call("signups").created().await;
    let expected = ["address", "created_at", "id", "name", "tenant_id"];
    assert_eq!(members(&made), expected, "{made}");
    assert_eq!(made["name"], "signups");
    assert_eq!(made["address"], format!("signups@{DOMAIN}"));
    let path = format!("/api/v1/mailboxes/{}", text(&made, "id"));
    assert_eq!(client.get(&path).ok().await, made);
    let list = client.get("/api/v1/mailboxes").ok().await;
    assert_eq!(list, json!({"mailboxes": [made], "next_cursor": null}));
    let emails = client.get(&format!("{path}/emails")).ok().await;
    assert_eq!(emails, json!({"emails": []}));

    // Whoever gets these is taken for the owner of the domain.
    for reserved in ["postmaster", "admin", "hostmaster", "webmaster", "abuse"] {
        let message = call(reserved).refused(400).await;
        assert!(message.contains(reserved), "{message}");
    }

    // A name is one on the whole server: there is only one domain.
    let stranger = world.stranger().await;
    let theirs = stranger.post("/api/v1/mailboxes");
    theirs.json(json!({"name": "signups"})).refused(409).await;
    let message = call("signups").refused(409).await;
    assert!(message.contains("signups"), "{message}");
    stranger.get(&path).refused(404).await;
    stranger.delete(&path).refused(404).await;
    stranger.get(&format!("{path}/emails")).refused(404).await;

    client.delete(&path).done().await;
    client.get(&path).refused(404).await;
    client.delete(&path).refused(404).await;
    client.get(&format!("{path}/emails")).refused(404).await;
    let list = client.get("/api/v1/mailboxes").ok().await;
    assert_eq!(list, json!({"mailboxes": [], "next_cursor": null}));
    let theirs = stranger.post("/api/v1/mailboxes");
    let again = theirs.json(json!({"name": "signups"})).created().await;
    assert_ne!(again["id"], made["id"]);
}

#[tokio::test]
async fn names_can_stand_before_an_at() {
    let world = World::new().await;
    let call = |name: &str| {
        let call = world.client.post("/api/v1/mailboxes");
        call.json(json!({"name": name}))
    };
    for fine in ["a", "7", "a-b", "a--b", "0-0", &"x".repeat(40)] {
        assert_eq!(call(fine).created().await["name"], fine);
    }
    for wrong in [
        "",
        "-",
        "-a",
        "a-",
        "A",
        "a b",
        "a.b",
        "a+b",
        "a_b",
        "é",
        "a@b",
        "a\n",
        &"x".repeat(41),
    ] {
        let message = call(wrong).refused(400).await;
        assert!(message.contains("name"), "{wrong}: {message}");
    }
    for body in [json!({}), json!({"name": null}), json!({"name": 7})] {
        let call = world.client.post("/api/v1/mailboxes").json(body);
        assert!(call.refused(400).await.contains("name"));
    }
}

#[tokio::test]
async fn an_address_belongs_to_a_persona_or_to_a_mailbox() {
    let world = World::new().await;
    let client = &world.client;
    let sarah = tenant_persona(client, "Sarah").await;
    let address = text(&sarah, "email");
    let name = address.split('@').next().unwrap();
    let call = |client: &crate::support::client::Client| {
        let call = client.post("/api/v1/mailboxes");
        call.json(json!({"name": name}))
    };
    call(client).refused(409).await;
    let stranger = world.stranger().await;
    call(&stranger).refused(409).await;
    // A persona's inbox is not listed among the mailboxes.
    let list = client.get("/api/v1/mailboxes").ok().await;
    assert_eq!(list["mailboxes"], json!([]));

    // Nor does anybody get the address once the persona is gone: whoever still writes there means the persona. Only its
    // successor does.
    let path = format!("/api/v1/personas/{}", text(&sarah, "id"));
    client.delete(&path).done().await;
    call(client).refused(409).await;
    call(&stranger).refused(409).await;
    let again = tenant_persona(client, "Sarah").await;
    assert_eq!(again["email"], *address);
}

#[tokio::test]
async fn emails_are_asked_for_within_bounds() {
    let world = World::new().await;
    let client = &world.client;
    let sarah = text(&tenant_persona(client, "Sarah").await, "id");
    let mailbox = client
        .post("/api/v1/mailboxes")
        .json(json!({"name": "box"}));
    let mailbox = text(&mailbox.created().await, "id");
    for path in [
        format!("/api/v1/personas/{sarah}/emails"),
        format!("/api/v1/mailboxes/{mailbox}/emails"),
    ] {
        for fine in [
            "limit=1",
            "limit=100",
            "timedelta=PT5M",
            "timedelta=0:05:00",
            "timedelta=1+day%2C+0%3A00%3A03",
            "timedelta=300",
            "only_unread=True",
            "only_unread=0",
            "wait_seconds=0",
            "colour=red",
        ] {
            let got = client.get(&format!("{path}?{fine}")).ok().await;
            assert_eq!(got, json!({"emails": []}), "{fine}");
        }
        for wrong in [
            "limit=0",
            "limit=101",
            "limit=x",
            "timedelta=soon",
            "timedelta=-5",
            "only_unread=maybe",
            "wait_seconds=31",
            "wait_seconds=-1",
        ] {
            let name = wrong.split('=').next().unwrap();
            let message = client.get(&format!("{path}?{wrong}")).refused(400).await;
            assert!(message.contains(name), "{wrong}: {message}");
        }
    }
    let path = format!("/api/v1/personas/{NOBODY}/emails?limit=0");
    client.get(&path).refused(404).await;
}
