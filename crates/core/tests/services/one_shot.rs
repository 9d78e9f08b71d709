//! Reading a page in one call.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use guise_core::services::SessionRequest;
use guise_core::{DataSpace, Kind, Result, ScrapeOptions, Status};

use crate::support::{House, hang_up, seconds, settle};

async fn read(house: &House) -> Result<DataSpace> {
    let (request, options) = (SessionRequest::default(), ScrapeOptions::default());
    let url = "https://example.org/".to_owned();
    house
        .sessions
        .one_shot(&house.caller, request, url, options)
        .await
}

fn assert_nothing_is_left(house: &House) {
    assert_eq!(house.browsers.alive(), 0);
    assert_eq!(house.sessions.running(), 0);
    let rows = house.store.sessions();
    assert!(rows.iter().all(|row| row.status == Status::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_page_is_read_and_the_session_stopped() {
    let house = House::new();
    assert_eq!(read(&house).await.unwrap().markdown, "# A page");
    settle().await;
    let done = house.browsers.last().done();
    assert_eq!(done, ["https://example.org/", "scrape"]);
    assert_nothing_is_left(&house);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_reached_is_an_error_with_the_reason() {
    let house = Arc::new(House::new());
    let browsers = Arc::clone(&house.browsers);
    browsers.set(|manner| manner.start_takes = Duration::from_secs(1));
    let spoil = async {
        while browsers.started() == 0 {
            settle().await;
        }
        let browser = browsers.last();
        browser.finds_nothing.store(true, Ordering::Relaxed);
    };
    house.store.slows();
    let (result, ()) = tokio::join!(read(&house), spoil);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), Kind::Browser);
    assert_eq!(error.message(), "Cannot reach https://example.org/");
    seconds(1).await;
    assert_nothing_is_left(&house);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_leaves_no_session() {
    // While the browser starts, and while the first row is written.
    for (starts, writes) in [(5, false), (0, true)] {
        let house = House::new();
        house
            .browsers
            .set(|manner| manner.start_takes = Duration::from_secs(starts));
        if writes {
            house.store.slows();
        }
        hang_up(read(&house)).await;
        seconds(10).await;
        assert_nothing_is_left(&house);
        assert_eq!(house.browsers.started(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_midway_ends_the_session_at_once() {
    let house = Arc::new(House::new());
    let call = tokio::spawn({
        let house = Arc::clone(&house);
        async move { read(&house).await }
    });
    while house.browsers.started() == 0 {
        tokio::task::yield_now().await;
    }
    house.browsers.last().takes(30);
    seconds(1).await;
    assert_eq!(house.store.begun(), 1);
    call.abort();
    settle().await;
    assert_nothing_is_left(&house);
    assert!(house.browsers.last().done().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_start_is_its_own_error() {
    let house = House::new();
    house.browsers.set(|manner| manner.fails_to_start = true);
    assert_eq!(read(&house).await.unwrap_err().kind(), Kind::Browser);
    assert_nothing_is_left(&house);
}
