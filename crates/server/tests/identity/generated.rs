//! A thousand invented people.

use std::collections::HashSet;

use serde_json::json;

use crate::world::{DOMAIN, World, notte_persona, text, texts};

/// So many ask at the same time.
const CLIENTS: usize = 10;
const EACH: usize = 100;

#[tokio::test]
async fn a_thousand_people_are_all_different_and_plausible() {
    let world = World::new().await;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let client = world.client.clone();
            tokio::spawn(async move {
                let mut made = Vec::with_capacity(EACH);
                for _ in 0..EACH {
                    made.push(notte_persona(&client, json!({})).await);
                }
                made
            })
        })
        .collect();
    let mut addresses = HashSet::new();
    let mut ids = HashSet::new();
    let mut people = HashSet::new();
    for client in clients {
        for persona in client.await.unwrap() {
            let address = text(&persona, "email");
            let (local, domain) = address.split_once('@').unwrap();
            assert_eq!(domain, DOMAIN);
            let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-.".contains(&c);
            assert!(
                (1..=64).contains(&local.len()) && local.bytes().all(fits),
                "{address}"
            );
            assert!(addresses.insert(address.clone()), "{address} twice");
            assert!(ids.insert(text(&persona, "persona_id")));
            let names = ["first_name", "last_name"].map(|name| text(&persona, name));
            for name in &names {
                let letters = name.chars().filter(|c| c.is_alphabetic()).count();
                let fits = |c: char| c.is_alphabetic() || " -'’.".contains(c) || is_mark(c);
                assert!(letters >= 1 && name.chars().all(fits), "{name:?}");
                assert_eq!(name.trim(), name);
            }
            people.insert(names);
        }
    }
    assert_eq!(addresses.len(), CLIENTS * EACH);
    assert!(people.len() > 900, "only {} are different", people.len());

    // What the other dialects call them is different, too.
    let mut handles = HashSet::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/personas?limit=100&cursor={cursor}");
        let page = world.client.get(&path).ok().await;
        for handle in texts(&page["personas"], "name") {
            assert!((1..=40).contains(&handle.chars().count()), "{handle}");
            assert!(handles.insert(handle.clone()), "{handle} twice");
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = next.to_owned();
    }
    assert_eq!(handles.len(), CLIENTS * EACH + 1);
    let names = texts(&world.client.get("/api/personas").ok().await, "name");
    let distinct: HashSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), CLIENTS * EACH + 1);
}

/// Vowel signs and the like, which belong to the letters before them.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && !c.is_control() && !c.is_whitespace() && !c.is_numeric()
}
