//! Full machines, used-up allowances, too many calls.

use http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::eventually;
use crate::support::server::Server;

#[tokio::test]
async fn a_full_machine_says_so_and_when_to_come_back() {
    let server = Server::with(&[("slots", "1"), ("slots_wait_seconds", "0")]).await;
    let client = server.client().await;
    let first = client.start(json!({})).await;
    for path in ["/sessions/start", "/scrape"] {
        let answer = client.post(path).json(match path {
            "/scrape" => json!({"url": "http://127.0.0.1/"}),
            _ => json!({}),
        });
        let answer = answer.send().await;
        assert_eq!(answer.status.as_u16(), 529, "{answer}");
        assert!(answer.message().contains("slots"), "{answer}");
    }
    client.get("/health").ok().await;
    client.stop(&first).await;
    // The slot is free once the last process is gone.
    eventually("a slot is free", async || {
        let answer = client.post("/sessions/start").send().await;
        (answer.status == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_start_waits_for_a_slot_and_no_more_than_may_wait() {
    let server = Server::with(&[
        ("slots", "1"),
        ("slots_wait_seconds", "20"),
        ("slots_waiting", "1"),
    ])
    .await;
    let client = server.client().await;
    let first = client.start(json!({})).await;
    let mut starts = JoinSet::new();
    for _ in 0..2 {
        starts.spawn(client.post("/sessions/start").send());
    }
    // One waits; the other one is sent away at once.
    let refused = starts.join_next().await.unwrap().unwrap();
    assert_eq!(refused.status.as_u16(), 529, "{refused}");
    client.stop(&first).await;
    let started = starts.join_next().await.unwrap().unwrap();
    assert_eq!(started.status, StatusCode::OK, "{started}");
}

#[tokio::test]
async fn a_tenant_may_have_so_many_sessions_and_others_are_not_concerned() {
    let server = Server::with(&[("sessions_per_tenant", "1")]).await;
    let client = server.client().await;
    let first = client.start(json!({})).await;
    let answer = client.post("/sessions/start").send().await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
    assert!(
        answer
            .message()
            .contains("exceeded the maximum of active sessions"),
        "{answer}"
    );
    server.command(&["tenants", "create", "other"]).await;
    let key = server.new_key("other", &[]).await;
    client.with_key(Some(&key)).start(json!({})).await;
    client.stop(&first).await;
    client.start(json!({})).await;
}

#[tokio::test]
async fn starts_at_the_same_moment_do_not_slip_past_the_quota() {
    let server = Server::with(&[("sessions_per_tenant", "2")]).await;
    let client = server.client().await;
    let starts: Vec<_> = (0..6)
        .map(|_| tokio::spawn(client.post("/sessions/start").send()))
        .collect();
    let mut started = 0;
    for start in starts {
        let answer = start.await.unwrap();
        assert!([200, 429].contains(&answer.status.as_u16()), "{answer}");
        started += u32::from(answer.status == StatusCode::OK);
    }
    assert_eq!(started, 2);
}

#[tokio::test]
async fn calls_are_limited_per_key_when_the_operator_says_so() {
    let server = Server::with(&[("rate_limit_per_minute", "5")]).await;
    let client = server.client().await;
    for left in (0..5).rev() {
        let answer = client.get("/sessions").send().await;
        assert_eq!(answer.status, StatusCode::OK, "{answer}");
        assert_eq!(answer.header("x-ratelimit-limit"), Some("5"));
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            Some(&left.to_string()[..])
        );
        assert!(
            answer
                .header("x-ratelimit-reset")
                .is_some_and(|it| it.parse::<u64>().is_ok()),
            "{answer}"
        );
    }
    let answer = client.get("/sessions").send().await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
    assert!(answer.header("x-ratelimit-reset").is_some(), "{answer}");
    client.get("/health").ok().await;
    let key = server.new_key("default", &[]).await;
    client.with_key(Some(&key)).get("/sessions").ok().await;
    // Wrong keys do not use up anybody's calls.
    client
        .with_key(Some("no-such-key-0123456789"))
        .get("/sessions")
        .refused(401)
        .await;
}

#[tokio::test]
async fn every_dialect_says_in_its_own_words_that_it_was_too_much() {
    let server = Server::with(&[("rate_limit_per_minute", "1")]).await;
    let client = server.client().await;
    client.get("/personas").ok().await;
    for path in ["/vaults", "/api/v1/personas", "/api/personas"] {
        let message = client.get(path).refused(429).await;
        assert!(message.contains("Rate limit exceeded"), "{path}: {message}");
    }
}
