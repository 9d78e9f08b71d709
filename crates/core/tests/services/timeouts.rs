//! Sessions that nobody uses, and sessions whose time is up.

use guise_core::services::SessionRequest;
use guise_core::{CloseReason, Status};

use crate::support::{House, goto, seconds};

async fn short(house: &House, idle: i64, max: i64) -> String {
    let request = SessionRequest {
        idle_timeout_minutes: Some(idle),
        max_duration_minutes: Some(max),
        ..SessionRequest::default()
    };
    let session = house.sessions.start(&house.caller, request).await.unwrap();
    session.id.to_string()
}

async fn has_ended(house: &House, id: &str) -> Option<CloseReason> {
    let session = house.get(id).await;
    assert_eq!(session.closed_at.is_some(), session.close_reason.is_some());
    match session.close_reason {
        None => assert_eq!(session.status, Status::Active),
        Some(_) => assert_eq!(session.status, Status::TimedOut),
    }
    session.close_reason
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_uses_ends() {
    let house = House::new();
    let id = short(&house, 1, 10).await;
    seconds(59).await;
    assert_eq!(has_ended(&house, &id).await, None);
    seconds(2).await;
    assert_eq!(has_ended(&house, &id).await, Some(CloseReason::IdleTimeout));
    let session = house.get(&id).await;
    let lasted = session.closed_at.unwrap().since(session.created_at);
    assert_eq!(lasted.as_secs(), 60);
    assert_eq!(house.browsers.alive(), 0);
}

#[tokio::test(start_paused = true)]
async fn use_puts_the_end_off() {
    let house = House::new();
    let id = short(&house, 1, 10).await;
    for _ in 0..3 {
        seconds(50).await;
        house.goto(&id, "a").await.unwrap();
    }
    assert_eq!(house.get(&id).await.last_accessed_at, house.now());
    seconds(50).await;
    house
        .sessions
        .cookies(&house.caller, &id, true)
        .await
        .unwrap();
    seconds(50).await;
    assert_eq!(has_ended(&house, &id).await, None);
    seconds(11).await;
    assert_eq!(has_ended(&house, &id).await, Some(CloseReason::IdleTimeout));
}

#[tokio::test(start_paused = true)]
async fn idle_time_counts_from_the_end_of_a_call() {
    let house = House::new();
    let id = short(&house, 1, 10).await;
    house.browsers.last().takes(35);
    house.goto(&id, "a").await.unwrap();
    seconds(59).await;
    assert_eq!(has_ended(&house, &id).await, None);
}

#[tokio::test(start_paused = true)]
async fn use_that_does_not_count_puts_nothing_off() {
    let house = House::new();
    let id = short(&house, 1, 10).await;
    let created = house.get(&id).await.created_at;
    seconds(50).await;
    let caller = &house.caller;
    let sessions = &house.sessions;
    let options = guise_core::ScrapeOptions::default();
    let request = guise_core::ObserveRequest::default();
    sessions
        .execute(caller, &id, goto("a"), false)
        .await
        .unwrap();
    sessions
        .observe(caller, &id, &request, false)
        .await
        .unwrap();
    sessions.scrape(caller, &id, &options, false).await.unwrap();
    sessions.screenshot(caller, &id, false).await.unwrap();
    sessions.cookies(caller, &id, false).await.unwrap();
    sessions.set_cookies(caller, &id, &[], false).await.unwrap();
    sessions.debug(caller, &id, false).await.unwrap();
    assert_eq!(house.get(&id).await.last_accessed_at, created);
    seconds(11).await;
    assert_eq!(has_ended(&house, &id).await, Some(CloseReason::IdleTimeout));
    assert_eq!(house.get(&id).await.last_accessed_at, created);
}

#[tokio::test(start_paused = true)]
async fn outside_clients_use_a_session_too() {
    let house = House::new();
    let id = short(&house, 1, 10).await;
    seconds(50).await;
    house.sessions.touch(id.parse().unwrap());
    let touched = house.now();
    seconds(50).await;
    assert_eq!(has_ended(&house, &id).await, None);
    seconds(11).await;
    assert_eq!(has_ended(&house, &id).await, Some(CloseReason::IdleTimeout));
    assert_eq!(house.get(&id).await.last_accessed_at, touched);
}

#[tokio::test(start_paused = true)]
async fn nothing_puts_the_longest_time_off() {
    let house = House::new();
    let id = short(&house, 1, 2).await;
    for _ in 0..3 {
        seconds(39).await;
        house.goto(&id, "a").await.unwrap();
    }
    seconds(4).await;
    assert_eq!(has_ended(&house, &id).await, Some(CloseReason::MaxDuration));
    assert_eq!(house.browsers.alive(), 0);
}
