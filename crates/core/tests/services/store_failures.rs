//! A store that fails leaves nothing behind.

use std::sync::atomic::Ordering;

use guise_core::{Action, Kind, ObserveRequest, Status};

use crate::support::{House, goto, seconds, settle};

/// What may change something elsewhere is noted where it outlives the machine; what is safe need not be.
#[tokio::test(start_paused = true)]
async fn nothing_is_done_that_cannot_be_noted() {
    for (noting, action, told) in [
        ("begin_step", Action::Reload, "reload"),
        ("begin_step_in_haste", goto("a"), "a"),
    ] {
        let house = House::new();
        let (id, browser) = house.start().await;
        house.store.fails(noting);
        let error = house.execute(&id, action.clone()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Internal, "{noting}");
        assert!(browser.done().is_empty(), "{noting}");
        house.store.heals();
        house.execute(&id, action).await.unwrap();
        assert_eq!(house.told(&id).await, [told]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_cannot_be_noted_is_no_success() {
    let house = House::new();
    let (id, browser) = house.start().await;
    house.store.fails("finish_step");
    let error = house.goto(&id, "a").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert_eq!(browser.done(), ["a"]);
    house.store.heals();
    house.goto(&id, "b").await.unwrap();
    assert_eq!(house.told(&id).await, ["b"]);
    assert_eq!(house.store.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_picture_stays_behind_without_its_step() {
    let house = House::new();
    let (id, _) = house.start().await;
    let request = ObserveRequest::default();
    let observe = async || {
        house
            .sessions
            .observe(&house.caller, &id, &request, true)
            .await
    };
    house.store.fails("add_step");
    assert_eq!(observe().await.unwrap_err().kind(), Kind::Internal);
    assert_eq!(house.blobs.count(), 0);
    house.store.heals();
    house.blobs.fails.store(true, Ordering::Relaxed);
    assert_eq!(observe().await.unwrap_err().kind(), Kind::Internal);
    assert_eq!(house.store.begun(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_also_when_its_end_cannot_be_noted() {
    let house = House::with(|settings| settings.slots = 1);
    let (id, browser) = house.start().await;
    house.store.fails("end_session");
    let error = house.sessions.stop(&house.caller, &id).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    settle().await;
    assert!(browser.is_gone());
    assert_eq!(house.sessions.running(), 0);
    assert_eq!(
        house.goto(&id, "a").await.unwrap_err().kind(),
        Kind::Refused
    );
    let ended_at = house.now();
    house.start().await;

    seconds(12).await;
    assert_eq!(house.get(&id).await.status, Status::Active);
    // As soon as the store works again, the row says what happened, and when.
    house.store.heals();
    seconds(6).await;
    let session = house.get(&id).await;
    assert_eq!(session.status, Status::Closed);
    assert!(session.closed_at.unwrap() <= ended_at);
}

#[tokio::test(start_paused = true)]
async fn a_session_times_out_also_when_that_cannot_be_noted() {
    let house = House::with(|settings| settings.slots = 1);
    let (id, browser) = house.start().await;
    house.store.fails("end_session");
    seconds(181).await;
    assert!(browser.is_gone());
    house.start().await;
    house.store.heals();
    seconds(6).await;
    assert_eq!(house.get(&id).await.status, Status::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_cannot_be_counted_lets_nobody_in() {
    let house = House::with(|settings| settings.sessions_per_tenant = Some(1));
    house.store.fails("count_active");
    assert_eq!(house.try_start().await.unwrap_err().kind(), Kind::Internal);
    assert_eq!(house.browsers.started(), 0);
    house.store.heals();
    house.start().await;
}
