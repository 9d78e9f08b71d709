//! Who may start a session, and when.

use std::sync::Arc;
use std::time::Duration;

use guise_core::Kind;
use guise_core::services::SessionRequest;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::{House, hang_up, settle, somebody};

#[tokio::test(start_paused = true)]
async fn a_full_machine_says_so_after_a_bounded_wait() {
    let house = House::with(|settings| settings.slots = 1);
    house.start().await;
    let began = Instant::now();
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Full);
    assert!(error.retry_after().is_some());
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn only_so_many_starts_wait() {
    let house = Arc::new(House::with(|settings| {
        settings.slots = 1;
        settings.waiting = 1;
    }));
    let (id, _) = house.start().await;
    let waiter = tokio::spawn({
        let house = Arc::clone(&house);
        async move { house.try_start().await }
    });
    settle().await;
    let began = Instant::now();
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Full);
    assert!(began.elapsed().is_zero(), "it waited");

    house.stop(&id).await;
    waiter.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_waiting_caller_who_hangs_up_leaves_the_queue() {
    let house = House::with(|settings| {
        settings.slots = 1;
        settings.waiting = 1;
    });
    let (id, _) = house.start().await;
    hang_up(house.try_start()).await;
    let (started, _) = tokio::join!(house.try_start(), house.stop(&id));
    started.unwrap();
    assert_eq!(house.browsers.started(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_free_when_the_browser_is_gone_and_not_before() {
    let house = House::with(|settings| settings.slots = 1);
    house
        .browsers
        .set(|manner| manner.end_takes = Duration::from_secs(3));
    let (id, first) = house.start().await;
    house.stop(&id).await;
    assert!(!first.is_gone());
    house.start().await;
    assert!(first.is_gone(), "two browsers ran in one slot");
}

#[tokio::test(start_paused = true)]
async fn a_tenant_has_only_so_many_sessions() {
    let house = House::with(|settings| settings.sessions_per_tenant = Some(2));
    let (id, _) = house.start().await;
    house.start().await;
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Quota);
    assert!(error.retry_after().is_some());
    assert!(error.message().contains("2 of 2"), "{error}");

    let other = somebody();
    let request = SessionRequest::default();
    house.sessions.start(&other, request).await.unwrap();

    house.sessions.stop(&house.caller, &id).await.unwrap();
    house.try_start().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_quota_holds_when_many_start_at_once() {
    let house = Arc::new(House::with(|settings| {
        settings.slots = 20;
        settings.sessions_per_tenant = Some(2);
    }));
    house
        .browsers
        .set(|manner| manner.start_takes = Duration::from_secs(1));
    let mut starts = JoinSet::new();
    for _ in 0..10 {
        let house = Arc::clone(&house);
        starts.spawn(async move { house.try_start().await });
    }
    let results = starts.join_all().await;
    let refused = results.iter().filter_map(|result| result.as_ref().err());
    assert!(refused.clone().all(|error| error.kind() == Kind::Quota));
    assert_eq!(refused.count(), 8);
    assert_eq!(house.browsers.started(), 2);
}

#[tokio::test(start_paused = true)]
async fn rows_of_other_servers_count_too() {
    let house = House::with(|settings| settings.sessions_per_tenant = Some(1));
    let (id, _) = house.start().await;
    // Its end cannot be written: the row stays active.
    house.store.fails("end_session");
    house.sessions.stop(&house.caller, &id).await.unwrap_err();
    let error = house.try_start().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Quota);
}

#[tokio::test(start_paused = true)]
async fn work_that_nobody_waits_for_waits_for_a_slot_however_long() {
    let house = Arc::new(House::with(|settings| {
        settings.slots = 1;
        settings.waiting = 0;
    }));
    let (id, _) = house.start().await;
    let patient = || {
        let house = Arc::clone(&house);
        let request = SessionRequest::default();
        tokio::spawn(async move { house.sessions.start_when_free(&house.caller, request).await })
    };
    let first = patient();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!first.is_finished());
    house.stop(&id).await;
    first.await.unwrap().unwrap();

    // A server that stops is not waited for.
    let second = patient();
    settle().await;
    let deadline = Instant::now() + Duration::from_secs(10);
    house.sessions.shutdown(deadline).await;
    let error = second.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), Kind::Full);
    assert!(Instant::now() < deadline);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_is_told_to_those_who_have_too_many() {
    let house = Arc::new(House::with(|settings| {
        settings.sessions_per_tenant = Some(1);
    }));
    let (id, _) = house.start().await;
    let request = SessionRequest::default();
    let error = house
        .sessions
        .start_when_free(&house.caller, request)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Quota);
    let began = Instant::now();
    let stop = house.sessions.stop(&house.caller, &id);
    let ((), stopped) = tokio::join!(house.sessions.until_one_ends(), stop);
    stopped.unwrap();
    assert!(began.elapsed().as_secs() < 5, "nobody told");
    house.try_start().await.unwrap();
    // Nobody tells of what ends elsewhere.
    let began = Instant::now();
    house.sessions.until_one_ends().await;
    assert_eq!(began.elapsed().as_secs(), 5);
}
