//! Several callers on one session: one after the other, none lost, and none left waiting when it stops.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::house::House;
use crate::support::eventually;

#[tokio::test]
async fn ten_callers_take_turns() {
    let house = House::new().await;
    let session = Arc::new(house.open(json!({})).await);
    session.goto(&house.site.url("/article")).await;
    session.evaluate("window.seen = []").await;
    let mut callers = JoinSet::new();
    for number in 0..10 {
        let session = Arc::clone(&session);
        callers.spawn(async move {
            let code = format!(
                "new Promise(done => {{ seen.push({number}); setTimeout(() => {{ seen.push({number}); done({number}) }}, 20) }})"
            );
            let done = session
                .done(json!({"type": "evaluate_js", "code": code}))
                .await;
            assert_eq!(done["data"]["markdown"], number.to_string());
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    let seen = session.evaluate_json("seen").await;
    let seen: Vec<u64> = seen
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    let turns: Vec<u64> = seen.chunks(2).map(|turn| turn[0]).collect();
    assert!(seen.chunks(2).all(|turn| turn[0] == turn[1]), "{seen:?}");
    let mut sorted = turns.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..10).collect::<Vec<_>>());
    // What was kept of them has the same order.
    let status = session.status().await;
    let kept: Vec<u64> = status["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["value"]["data"]["markdown"].as_str()?.parse().ok())
        .collect();
    assert_eq!(kept, turns);
}

#[tokio::test]
async fn an_action_ends_with_its_session() {
    let house = House::new().await;
    let session = Arc::new(house.open(json!({})).await);
    session.goto(&house.site.url("/article")).await;
    let waiting = Arc::clone(&session);
    let hung = tokio::spawn(async move {
        let code = "fetch('/headers?begun').then(() => new Promise(() => {}))";
        let action = json!({"type": "evaluate_js", "code": code});
        waiting
            .post("/page/execute")
            .json(action)
            .refused(400)
            .await
    });
    let queued = Arc::clone(&session);
    eventually("the action began", || async {
        (!house.site.hits_of("/headers").is_empty()).then_some(())
    })
    .await;
    let behind = tokio::spawn(async move {
        let action = json!({"type": "wait", "time_ms": 1});
        queued.post("/page/execute").json(action).refused(400).await
    });
    session.client.stop(&session.id).await;
    for message in [hung.await.unwrap(), behind.await.unwrap()] {
        assert!(message.contains("closed"), "{message}");
    }
    let action = json!({"type": "wait", "time_ms": 1});
    session
        .post("/page/execute")
        .json(action)
        .refused(400)
        .await;
}
