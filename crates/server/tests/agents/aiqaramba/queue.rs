//! Whose turn it is.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::yard::{Yard, at, completion, made, once, patiently, text, texts};
use crate::house::MEANWHILE;
use crate::support::model::Say;

#[tokio::test]
async fn twenty_work_two_at_a_time_in_the_order_of_their_creation() {
    let order: Arc<Mutex<Vec<usize>>> = Arc::default();
    let noted = Arc::clone(&order);
    let yard = Yard::with(&[("agents_at_once", "2")], move |asked| {
        let (_, number) = asked.text.split_once("Number ").unwrap();
        let number = number.split('.').next().unwrap().parse().unwrap();
        match asked.turn() {
            1 => {
                noted.lock().unwrap().push(number);
                Say::call("evaluate_js", json!({"code": "1"}))
            }
            _ => completion(&number.to_string()),
        }
    })
    .await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let agent = yard
            .start(json!({"prompt": format!("Number {number}.")}))
            .await;
        ids.push(text(&agent, "id"));
    }
    let all = patiently("all are done", async || {
        let running = yard.client.get("/api/v1/agents?state=running").ok().await;
        let running = texts(&running["agents"], "id");
        assert!(running.len() <= 2, "{running:?}");
        let done = yard.client.get("/api/v1/agents?state=completed").ok().await;
        (done["agents"].as_array().unwrap().len() == 20).then_some(done)
    })
    .await;
    let mut listed = texts(&all["agents"], "id");
    listed.reverse();
    assert_eq!(listed, ids);
    let order = order.lock().unwrap();
    assert_eq!(order.len(), 20);
    // When one begins, all before it have begun, but for the one that may be at work beside it.
    for (place, number) in order.iter().enumerate() {
        assert!(place + 1 >= *number, "{order:?}");
    }
}

#[tokio::test]
async fn a_full_machine_and_a_used_up_allowance_are_waited_for() {
    for setting in ["slots", "sessions_per_tenant"] {
        let settings = [(setting, "1"), ("slots_wait_seconds", "0")];
        let yard = Yard::with(&settings, |_| completion("done")).await;
        // A browser that ends keeps its place for a moment.
        let session = patiently("there is room", async || {
            let call = yard.client.post("/sessions/start").json(json!({}));
            let answer = call.send().await;
            answer.status.is_success().then(|| answer.json())
        })
        .await;
        let session = text(&session, "session_id");
        let agent = yard.start(json!({})).await;
        tokio::time::sleep(MEANWHILE).await;
        let waiting = yard.client.get(&at(&agent, "")).ok().await;
        assert_eq!(waiting["state"], "pending", "{setting}: {waiting}");
        yard.client.stop(&session).await;
        yard.once(&agent, "completed").await;
    }
}

#[tokio::test]
async fn who_has_too_many_sessions_does_not_hold_up_others() {
    let settings = [("sessions_per_tenant", "1"), ("agents_at_once", "1")];
    let yard = Yard::with(&settings, |_| completion("done")).await;
    let session = yard.client.start(json!({})).await;
    let [first, second] = [yard.start(json!({})).await, yard.start(json!({})).await];
    yard.server.command(&["tenants", "create", "other"]).await;
    let key = yard.server.new_key("other", &[]).await;
    let other = yard.client.with_key(Some(&key));
    let project = made(&other, "projects", json!({"name": "theirs"})).await;
    let theirs = yard.wanted(json!({"project_id": project}));
    let call = other.post("/api/v1/agents").json(theirs);
    let theirs = call.created().await;
    once(&other, &theirs, "completed").await;
    for agent in [&first, &second] {
        let agent = yard.client.get(&at(agent, "")).ok().await;
        assert_eq!(agent["state"], "pending");
    }
    yard.client.post(&at(&first, "/stop")).ok().await;
    yard.client.stop(&session).await;
    yard.once(&second, "completed").await;
    let first = yard.client.get(&at(&first, "")).ok().await;
    assert_eq!(first["session_id"], json!(null), "{first}");
}

#[tokio::test]
async fn one_that_waits_for_a_place_can_be_stopped() {
    let settings = [("slots", "1"), ("agents_at_once", "1")];
    let yard = Yard::with(&settings, |_| completion("done")).await;
    let session = yard.client.start(json!({})).await;
    let first = yard.start(json!({})).await;
    let second = yard.start(json!({})).await;
    yard.client.post(&at(&first, "/stop")).ok().await;
    yard.client.stop(&session).await;
    yard.once(&second, "completed").await;
    let first = yard.client.get(&at(&first, "")).ok().await;
    assert_eq!(
        (&first["state"], &first["session_id"]),
        (&json!("failed"), &json!(null))
    );
}
