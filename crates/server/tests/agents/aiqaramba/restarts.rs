//! Servers that end while agents work and wait.

use serde_json::{Value, json};

use super::yard::{Yard, at, completion, once, patiently, text};
use crate::support::model::{Asked, Say};

fn script(asked: &Asked) -> Say {
    match asked.text.contains("Hang.") {
        true => Say::Hang,
        false => completion("done"),
    }
}

/// One agent that works, and two that wait.
async fn three() -> (Yard, [Value; 3]) {
    let yard = Yard::with(&[("agents_at_once", "1")], script).await;
    let agents = [
        yard.start(json!({"prompt": "Hang."})).await,
        yard.start(json!({"name": "second"})).await,
        yard.start(json!({"name": "third"})).await,
    ];
    patiently("the first works", async || {
        (yard.model.count() > 0).then_some(())
    })
    .await;
    (yard, agents)
}

#[tokio::test]
async fn what_worked_has_failed_after_a_crash_and_what_waited_is_done() {
    let (yard, [first, second, third]) = three().await;
    let stage = yard.stage;
    let mut server = stage.server;
    server.kill();
    let server = server.restart().await;
    let client = server.client().await;
    let failed = client.get(&at(&first, "")).ok().await;
    assert_eq!(failed["state"], "failed");
    assert!(text(&failed, "result").contains("restarted"), "{failed}");
    once(&client, &second, "completed").await;
    once(&client, &third, "completed").await;
    assert_eq!(stage.model.count(), 3);
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_stops_and_what_waited_is_done_later() {
    let (yard, [first, second, third]) = three().await;
    let stage = yard.stage;
    let mut server = stage.server;
    // It ends within its time, although a model does not answer.
    assert!(server.terminate().success());
    let server = server.restart().await;
    let client = server.client().await;
    let failed = client.get(&at(&first, "")).ok().await;
    assert_eq!(failed["state"], "failed");
    assert!(text(&failed, "result").contains("stopped"), "{failed}");
    once(&client, &second, "completed").await;
    once(&client, &third, "completed").await;
}
