//! Stopping.

use std::sync::Arc;

use guise_core::services::LiveEvent;
use guise_core::{CloseReason, Kind, Status};

use crate::support::{House, seconds, settle};

#[tokio::test(start_paused = true)]
async fn stopping_twice_is_fine() {
    let house = House::new();
    let (id, browser) = house.start().await;
    let first = house.stop(&id).await;
    assert_eq!(first.status, Status::Closed);
    assert_eq!(first.close_reason, Some(CloseReason::Manual));
    assert_eq!(
        (first.traffic.request_bytes, first.traffic.response_bytes),
        (1, 2)
    );
    assert!(browser.is_gone());
    seconds(5).await;
    assert_eq!(house.stop(&id).await, first);
}

#[tokio::test(start_paused = true)]
async fn two_who_stop_at_once_get_the_same_answer() {
    let house = House::new();
    let (id, _) = house.start().await;
    let (first, second) = tokio::join!(house.stop(&id), house.stop(&id));
    assert_eq!(first, second);
    assert_eq!(first.status, Status::Closed);
    assert!(first.closed_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn stopping_what_timed_out_answers_closed_and_keeps_the_truth() {
    let house = House::new();
    let (id, _) = house.start().await;
    seconds(181).await;
    assert_eq!(house.stop(&id).await.status, Status::Closed);
    let kept = house.get(&id).await;
    assert_eq!(kept.status, Status::TimedOut);
    assert_eq!(kept.close_reason, Some(CloseReason::IdleTimeout));
}

#[tokio::test(start_paused = true)]
async fn an_action_under_way_ends_with_its_session() {
    let house = Arc::new(House::new());
    let (id, browser) = house.start().await;
    browser.takes(30);
    let action = tokio::spawn({
        let (house, id) = (Arc::clone(&house), id.clone());
        async move { house.goto(&id, "slow").await }
    });
    let queued = tokio::spawn({
        let (house, id) = (Arc::clone(&house), id.clone());
        async move { house.goto(&id, "queued").await }
    });
    seconds(1).await;
    house.stop(&id).await;
    for call in [action, queued] {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(
            error
                .message()
                .contains("already closed: it ended during this call")
        );
    }
    assert!(browser.done().is_empty());
    // The one that was begun is noted as failed; the other one never was.
    assert_eq!(house.store.begun(), 1);
    assert!(house.told(&id).await[0].contains("already closed"));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_while_stopping_has_stopped() {
    let house = House::new();
    let (id, browser) = house.start().await;
    {
        let stop = house.sessions.stop(&house.caller, &id);
        tokio::pin!(stop);
        assert!(is_pending(stop.as_mut()).await);
    }
    settle().await;
    assert!(browser.is_gone());
    assert_eq!(house.get(&id).await.status, Status::Closed);
}

/// Polls once; whether it is still pending.
async fn is_pending(mut work: std::pin::Pin<&mut impl Future>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context).is_pending()))
        .await
}

#[tokio::test(start_paused = true)]
async fn page_calls_on_an_ended_session_say_how_it_ended() {
    let house = House::new();
    let (stopped, _) = house.start().await;
    house.stop(&stopped).await;
    let (timed_out, _) = house.start().await;
    seconds(181).await;
    let (died, browser) = house.start().await;
    browser.dies("it was killed by signal 9");
    settle().await;
    for (id, how) in [
        (stopped, "start a new one"),
        (timed_out, "it timed out"),
        (died, "it was killed by signal 9"),
    ] {
        let error = house.goto(&id, "a").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("is already closed"), "{error}");
        assert!(error.message().contains(how), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_watches_is_told_of_steps_and_the_end() {
    let house = House::new();
    let (id, _) = house.start().await;
    let mut events = house.sessions.events(id.parse().unwrap()).unwrap();
    house.goto(&id, "a").await.unwrap();
    house.stop(&id).await;
    assert!(matches!(events.recv().await.unwrap(), LiveEvent::Step(_)));
    let LiveEvent::Ended(how) = events.recv().await.unwrap() else {
        panic!("the end was not told");
    };
    assert!(how.contains("closed by the user"), "{how}");
    assert!(house.sessions.events(id.parse().unwrap()).is_err());
}
