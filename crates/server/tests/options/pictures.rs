//! `screenshot_type`: what is drawn into `/page/screenshot`.

use serde_json::json;

use crate::house::{House, Opened};

/// A picture as the session takes it.
async fn picture(session: &Opened) -> Vec<u8> {
    let answer = session.post("/page/screenshot").send().await;
    assert_eq!(answer.header("content-type"), Some("image/jpeg"));
    assert_eq!(answer.body[..2], [0xff, 0xd8]);
    answer.body.to_vec()
}

/// The page's own picture and that of a session with that type, in the same state: one element observed and filled.
async fn pictures(kind: &str) -> (Vec<u8>, Vec<u8>) {
    let house = House::new().await;
    let mut taken = Vec::new();
    for kind in ["raw", kind] {
        let session = house.open(json!({"screenshot_type": kind})).await;
        session.goto(&house.site.url("/article")).await;
        let seen = session.post("/page/observe").ok().await;
        let link = &seen["space"]["interaction_actions"][0]["id"];
        // Without a caret or a focus ring, so that only boxes can differ.
        session
            .evaluate("document.addEventListener('click', event => event.preventDefault(), true)")
            .await;
        session.done(json!({"type": "click", "id": link})).await;
        session.evaluate("document.activeElement.blur()").await;
        taken.push(picture(&session).await);
    }
    let drawn = taken.pop().unwrap();
    (taken.pop().unwrap(), drawn)
}

#[tokio::test]
async fn raw_draws_nothing() {
    let (raw, same) = pictures("raw").await;
    assert_eq!(raw, same);
}

#[tokio::test]
async fn last_action_draws_its_box() {
    let (raw, drawn) = pictures("last_action").await;
    assert_ne!(raw, drawn);
}

#[tokio::test]
async fn full_draws_more_than_the_last_action() {
    let (raw, drawn) = pictures("full").await;
    assert_ne!(raw, drawn);
    let (_, last) = pictures("last_action").await;
    assert_ne!(last, drawn);
}
