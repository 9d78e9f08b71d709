//! Browsers that die.

use std::sync::Arc;

use guise_core::ports::Channel;
use guise_core::{CloseReason, Kind, Status};
use tokio::sync::mpsc;

use crate::support::{House, seconds, settle};

#[tokio::test(start_paused = true)]
async fn a_session_whose_browser_died_says_why() {
    let house = House::with(|settings| settings.slots = 1);
    let (id, browser) = house.start().await;
    browser.dies("it was killed by signal 9");
    settle().await;
    let session = house.get(&id).await;
    assert_eq!(session.status, Status::Error);
    assert_eq!(session.close_reason, Some(CloseReason::Error));
    assert_eq!(session.error.as_deref(), Some("it was killed by signal 9"));
    house.start().await;
}

#[tokio::test(start_paused = true)]
async fn death_is_noticed_also_when_no_more_is_told() {
    let house = House::new();
    let (id, browser) = house.start().await;
    browser.falls_silent();
    settle().await;
    browser.dies("it is gone");
    settle().await;
    assert_eq!(house.get(&id).await.status, Status::Error);
}

#[tokio::test(start_paused = true)]
async fn an_action_ends_with_its_browser() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.takes(30);
    let action = tokio::spawn({
        let (house, id) = (Arc::clone(&house), id.clone());
        async move { house.goto(&id, "slow").await }
    });
    seconds(1).await;
    browser.dies("it is gone");
    let error = action.await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), Kind::Browser | Kind::Refused));
    assert_eq!(house.told(&id).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_outside_client_leaves_with_the_session() {
    let house = Arc::new(House::new());
    let (id, _) = house.start().await;
    let (said, incoming) = mpsc::channel(1);
    let (outgoing, _told) = mpsc::channel(1);
    let client = tokio::spawn({
        let (house, id) = (Arc::clone(&house), id.parse().unwrap());
        let channel = Channel { incoming, outgoing };
        async move { house.sessions.serve_client(id, channel, false).await }
    });
    settle().await;
    house.stop(&id).await;
    assert_eq!(client.await.unwrap().unwrap_err().kind(), Kind::Refused);
    assert!(said.is_closed());
}
