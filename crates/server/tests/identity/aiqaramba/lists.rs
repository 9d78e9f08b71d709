//! Lists by pages with a cursor.

use serde_json::Value;

use crate::support::client::Client;
use crate::world::{NOBODY, World, journey, role, tenant_persona, tenant_project, text, texts};

/// The pages of a list, walked to its end with a limit.
async fn walk(client: &Client, list: &str, limit: u32) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/{list}?limit={limit}&cursor={cursor}");
        let page = client.get(&path).ok().await;
        pages.push(texts(&page[list], "name"));
        match &page["next_cursor"] {
            Value::Null => return pages,
            next => cursor = next.as_str().unwrap().to_owned(),
        }
        assert!(pages.len() < 100, "it does not end");
    }
}

/// Names for 25 rows, and what a list of them must be: newest first.
fn names() -> (Vec<String>, Vec<String>) {
    let made: Vec<_> = (0..25).map(|number| format!("n{number}")).collect();
    let listed = made.iter().rev().cloned().collect();
    (made, listed)
}

#[tokio::test]
async fn pages_hold_everything_once_newest_first() {
    let world = World::new().await;
    let client = &world.client;
    // The default persona comes first of all.
    world.default_persona().await;
    let (made, mut listed) = names();
    for name in &made {
        tenant_persona(client, name).await;
        let body = serde_json::json!({"name": name});
        client
            .post("/api/v1/mailboxes")
            .json(body.clone())
            .created()
            .await;
        role(client, name).await;
        tenant_project(client, body.clone()).await;
        journey(client, body).await;
    }
    for limit in [1, 2, 7, 20, 24, 25, 26, 27, 100] {
        for list in ["mailboxes", "journeys"] {
            let pages = walk(client, list, limit).await;
            assert_eq!(pages.concat(), listed, "{list} by {limit}");
        }
    }
    listed.push("default".to_owned());
    for limit in [1, 2, 7, 20, 25, 26, 27, 100] {
        for list in ["personas", "projects"] {
            let pages = walk(client, list, limit).await;
            assert_eq!(pages.concat(), listed, "{list} by {limit}");
            let (last, full) = pages.split_last().unwrap();
            assert!(full.iter().all(|page| page.len() == limit as usize));
            assert!(!last.is_empty(), "the last page is not an empty one");
        }
    }
    listed.pop();
    listed.extend(["UX Auditor", "Functional QA", "Discovery Explorer"].map(str::to_owned));
    for limit in [1, 2, 7, 20, 27, 28, 29, 100] {
        let pages = walk(client, "roles", limit).await;
        assert_eq!(pages.concat(), listed, "roles by {limit}");
    }
}

#[tokio::test]
async fn limits_are_clamped_and_what_is_no_number_is_refused() {
    let world = World::new().await;
    let client = &world.client;
    for number in 0..120 {
        tenant_persona(client, &format!("n{number}")).await;
    }
    for (limit, rows) in [
        ("", 20),
        ("?limit=", 20),
        ("?limit=1", 1),
        ("?limit=0", 1),
        ("?limit=-1", 1),
        ("?limit=-99999999999999999999", 1),
        ("?limit=100", 100),
        ("?limit=101", 100),
        ("?limit=4294967297", 100),
        ("?limit=99999999999999999999", 100),
        ("?limit=2&limit=3", 3),
        ("?LIMIT=2&page_size=3", 20),
    ] {
        let list = client.get(&format!("/api/v1/personas{limit}")).ok().await;
        let count = list["personas"].as_array().unwrap().len();
        assert_eq!(count, rows, "{limit}");
        assert!(list["next_cursor"].is_string(), "{limit}");
    }
    for list in ["personas", "mailboxes", "roles", "projects", "journeys"] {
        for limit in ["x", "1.5", "1e1", "%20", "0x10", "%FF"] {
            let path = format!("/api/v1/{list}?limit={limit}");
            assert!(client.get(&path).refused(400).await.contains("limit"));
        }
        for cursor in ["x", "0", &NOBODY[1..], "%FF", "null"] {
            let path = format!("/api/v1/{list}?cursor={cursor}");
            assert!(client.get(&path).refused(400).await.contains("cursor"));
        }
    }
}

#[tokio::test]
async fn a_cursor_outlives_what_it_points_at() {
    let world = World::new().await;
    let client = &world.client;
    world.default_persona().await;
    let (made, listed) = names();
    for name in &made {
        tenant_persona(client, name).await;
    }
    let first = client.get("/api/v1/personas?limit=10").ok().await;
    assert_eq!(texts(&first["personas"], "name"), listed[..10]);
    let cursor = text(&first, "next_cursor");

    // The row that it names goes, one of the next page, too, and new ones come.
    for row in [&first["personas"][9], &first["personas"][0]] {
        let path = format!("/api/v1/personas/{}", text(row, "id"));
        client.delete(&path).done().await;
    }
    client
        .delete(&format!("/api/v1/personas/{cursor}"))
        .send()
        .await;
    tenant_persona(client, "late").await;
    let path = format!("/api/v1/personas?limit=10&cursor={cursor}");
    let second = client.get(&path).ok().await;
    let expected: Vec<_> = listed[10..20].to_vec();
    assert_eq!(texts(&second["personas"], "name"), expected);
}

#[tokio::test]
async fn a_strangers_cursor_shows_nothing_of_the_stranger() {
    let world = World::new().await;
    let stranger = world.stranger().await;
    tenant_persona(&world.client, "ours").await;
    for number in 0..3 {
        tenant_persona(&stranger, &format!("theirs{number}")).await;
    }
    let theirs = stranger.get("/api/v1/personas?limit=1").ok().await;
    let cursor = text(&theirs, "next_cursor");
    let path = format!("/api/v1/personas?cursor={cursor}");
    let ours = world.client.get(&path).ok().await;
    assert_eq!(texts(&ours["personas"], "name"), ["ours", "default"]);
    // One that never was anybody's is as good as any other.
    let path = format!("/api/v1/personas?cursor={NOBODY}");
    world.client.get(&path).ok().await;
}
