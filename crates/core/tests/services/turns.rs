//! Many callers on one session.

use std::sync::Arc;

use guise_core::{Execution, Kind, Result};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::{House, hang_up, seconds, settle};

fn call(house: &Arc<House>, id: &str, url: &str) -> JoinHandle<Result<Execution>> {
    let (house, id, url) = (Arc::clone(house), id.to_owned(), url.to_owned());
    tokio::spawn(async move { house.goto(&id, &url).await })
}

#[tokio::test(start_paused = true)]
async fn ten_callers_take_turns_and_none_is_lost() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.takes(1);
    let urls: Vec<String> = (0..10).map(|number| format!("page {number}")).collect();
    let calls: Vec<_> = urls.iter().map(|url| call(&house, &id, url)).collect();
    for (url, call) in urls.iter().zip(calls) {
        assert_eq!(call.await.unwrap().unwrap().outcome.message, *url);
    }
    assert_eq!(browser.done(), urls);
    assert_eq!(house.told(&id).await, urls);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_midway_disturbs_nobody() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.takes(3);
    let first = call(&house, &id, "first");
    settle().await;
    let waits = call(&house, &id, "leaves while waiting");
    let third = call(&house, &id, "third");
    seconds(1).await;
    // Both hang up: one whose action is under way, one who still waits.
    first.abort();
    waits.abort();
    third.await.unwrap().unwrap();
    assert_eq!(browser.done(), ["first", "third"]);
    assert_eq!(house.told(&id).await, ["first", "third"]);
    assert_eq!(house.store.begun(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_ends_before_the_next_turn() {
    let house = House::new();
    let (id, browser) = house.start().await;
    browser.takes(5);
    hang_up(house.goto(&id, "first")).await;
    assert_eq!(house.store.begun(), 1);
    let began = Instant::now();
    house.goto(&id, "second").await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 4 + 5);
    assert_eq!(house.told(&id).await, ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn a_picture_is_kept_when_its_caller_hung_up() {
    let house = House::new();
    let (id, browser) = house.start().await;
    browser.takes(5);
    let request = guise_core::ObserveRequest::default();
    hang_up(house.sessions.observe(&house.caller, &id, &request, true)).await;
    seconds(5).await;
    assert_eq!(house.told(&id).await, ["A page"]);
    assert_eq!(house.blobs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_turn_is_part_of_a_calls_time() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.takes(39);
    let first = call(&house, &id, "first");
    let second = call(&house, &id, "second");
    first.await.unwrap().unwrap();
    // It got its turn with a second left: too little, and the browser says so.
    let outcome = second.await.unwrap().unwrap().outcome;
    assert_eq!(outcome.exception.unwrap(), "It did not end in time");
    assert_eq!(browser.done(), ["first"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_turn_beyond_the_deadline() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.goes_deaf();
    let first = call(&house, &id, "first");
    settle().await;
    let error = house.goto(&id, "second").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(error.message().contains("busy"), "{error}");
    first.await.unwrap().unwrap_err();
    assert_eq!(house.store.begun(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_keeps_no_deadline_does_not_hold_up_the_next_caller() {
    let house = House::new();
    let (id, browser) = house.start().await;
    browser.goes_deaf();
    let error = house.goto(&id, "first").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout);
    assert!(
        error.message().contains("did not answer in time"),
        "{error}"
    );
    assert_eq!(house.told(&id).await, [error.message()]);
    let error = house.goto(&id, "second").await.unwrap_err();
    assert!(
        error.message().contains("did not answer in time"),
        "{error}"
    );
}
