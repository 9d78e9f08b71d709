//! A server that stops, and the next one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use guise_core::services::Recovered;
use guise_core::{CloseReason, Kind, Status};
use tokio::time::Instant;

use crate::support::{House, seconds, settle};

fn in_ten_seconds() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[tokio::test(start_paused = true)]
async fn sessions_of_an_earlier_run_are_noted_as_ended() {
    let house = House::new();
    let session = house.try_start().await.unwrap();
    let (stopped, _) = house.start().await;
    house.stop(&stopped).await;
    assert_eq!(house.sessions.recover(None).await.unwrap().lost, 1);
    let kept = house.get(&session.id.to_string()).await;
    assert_eq!(kept.status, Status::Error);
    assert_eq!(kept.close_reason, Some(CloseReason::Error));
    assert_eq!(kept.error.as_deref(), Some("the server was restarted"));
    assert_eq!(house.get(&stopped).await.status, Status::Closed);
    assert_eq!(
        house.sessions.recover(None).await.unwrap(),
        Recovered::default()
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_ends_all_and_waits_for_their_browsers() {
    let house = Arc::new(House::new());
    house
        .browsers
        .set(|manner| manner.end_takes = Duration::from_secs(3));
    let (id, browser) = house.start().await;
    house.start().await;
    browser.takes(30);
    let action = tokio::spawn({
        let (house, id) = (Arc::clone(&house), id.clone());
        async move { house.goto(&id, "slow").await }
    });
    settle().await;
    house.sessions.shutdown(in_ten_seconds()).await;
    assert_eq!(house.browsers.alive(), 0);
    assert_eq!(house.sessions.running(), 0);
    assert!(house.browsers.shut_down.load(Ordering::Relaxed));
    let rows = house.store.sessions();
    assert!(rows.iter().all(|row| row.status == Status::Closed));
    assert_eq!(action.await.unwrap().unwrap_err().kind(), Kind::Refused);
    assert_eq!(house.told(&id).await.len(), 1);
    assert_eq!(house.try_start().await.unwrap_err().kind(), Kind::Full);
}

#[tokio::test(start_paused = true)]
async fn no_start_slips_through_while_the_server_stops() {
    let house = Arc::new(House::with(|settings| settings.slots = 1));
    house
        .browsers
        .set(|manner| manner.start_takes = Duration::from_secs(20));
    let start = |house: &Arc<House>| {
        let house = Arc::clone(house);
        tokio::spawn(async move { house.try_start().await })
    };
    let under_way = start(&house);
    settle().await;
    let waiting = start(&house);
    seconds(1).await;
    let began = Instant::now();
    house.sessions.shutdown(in_ten_seconds()).await;
    assert!(began.elapsed() < Duration::from_secs(10));
    for start in [under_way, waiting] {
        assert_eq!(start.await.unwrap().unwrap_err().kind(), Kind::Full);
    }
    assert_eq!(house.browsers.alive(), 0);
    assert_eq!(house.store.sessions(), []);
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_does_not_go_holds_the_stop_up_until_the_deadline_only() {
    let house = House::new();
    house
        .browsers
        .set(|manner| manner.end_takes = Duration::from_secs(3600));
    house.start().await;
    let began = Instant::now();
    house.sessions.shutdown(in_ten_seconds()).await;
    assert_eq!(began.elapsed().as_secs(), 10);
    assert!(house.browsers.shut_down.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_does_not_hold_the_stop_up() {
    let house = House::new();
    house.start().await;
    house.store.fails("end_session");
    let began = Instant::now();
    house.sessions.shutdown(in_ten_seconds()).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(house.browsers.alive(), 0);
}
