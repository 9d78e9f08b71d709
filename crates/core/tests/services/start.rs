//! How a session begins.

use std::time::Duration;

use guise_core::{Kind, Status};

use crate::support::{House, hang_up, seconds, settle};

#[tokio::test(start_paused = true)]
async fn a_session_is_active_when_start_returns() {
    let house = House::new();
    let session = house.try_start().await.unwrap();
    assert_eq!(session.status, Status::Active);
    assert_eq!(session.created_at, session.last_accessed_at);
    assert_eq!(house.store.sessions(), [session]);
    assert_eq!(house.sessions.running(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_browser_without_a_row_is_ended() {
    let house = House::with(|settings| settings.slots = 1);
    house.store.fails("add_session");
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert_eq!((house.browsers.started(), house.browsers.alive()), (1, 0));
    assert_eq!(house.sessions.running(), 0);

    house.store.heals();
    house.start().await;
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_does_not_start_leaves_nothing() {
    let house = House::with(|settings| {
        settings.slots = 1;
        settings.sessions_per_tenant = Some(1);
    });
    house.browsers.set(|manner| manner.fails_to_start = true);
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Browser);
    assert_eq!(house.store.sessions(), []);

    house.browsers.set(|manner| manner.fails_to_start = false);
    house.start().await;
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_cannot_be_granted_waits_for_no_slot() {
    let house = House::with(|settings| {
        settings.slots = 0;
        settings.waiting = 0;
    });
    house.browsers.set(|manner| manner.refuses = true);
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_caller_hung_up_is_ended() {
    let house = House::with(|settings| {
        settings.slots = 1;
        settings.sessions_per_tenant = Some(1);
    });
    house
        .browsers
        .set(|manner| manner.start_takes = Duration::from_secs(5));
    hang_up(house.try_start()).await;
    seconds(5).await;
    settle().await;
    assert_eq!((house.browsers.started(), house.browsers.alive()), (1, 0));
    assert_eq!(house.sessions.running(), 0);
    let kept = house.store.sessions().pop().unwrap();
    assert_eq!(kept.status, Status::Closed);
    assert!(kept.error.unwrap().contains("hung up"));
    house.start().await;
}
