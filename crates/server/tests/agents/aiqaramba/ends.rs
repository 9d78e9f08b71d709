//! Agents that end before their task is done.

use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::yard::{Yard, at, completion, patiently, text};
use crate::support::model::Say;

fn busy(asked: &crate::support::model::Asked) -> Say {
    Say::call("evaluate_js", json!({"code": asked.number.to_string()}))
}

#[tokio::test]
async fn steps_and_tokens_are_counted() {
    let yard = Yard::new(busy).await;
    let ended = yard.run(json!({"max_iterations": 2}), "failed").await;
    let result = text(&ended, "result");
    assert!(result.contains("2 steps"), "{result}");
    assert_eq!(yard.model.count(), 2);
    let ended = yard.run(json!({"max_tokens": 1}), "failed").await;
    let result = text(&ended, "result");
    assert!(result.contains("budget of 1 tokens"), "{result}");
    assert_eq!(
        yard.model.count(),
        3,
        "the first answer took more than that"
    );
}

#[tokio::test]
async fn an_agent_says_itself_that_it_failed() {
    let answer = json!({"success": false, "answer": "There is no teapot."});
    let yard = Yard::new(move |_| Say::call("completion", answer.clone())).await;
    let ended = yard.run(json!({}), "failed").await;
    assert_eq!(ended["result"], "There is no teapot.");
}

#[tokio::test]
async fn one_that_works_can_be_stopped_and_deleted() {
    let yard = Yard::new(|_| Say::Hang).await;
    let client = &yard.client;
    for deletes in [false, true] {
        let asked = yard.model.count();
        let agent = yard.start(json!({})).await;
        patiently("the model is asked", async || {
            (yard.model.count() > asked).then_some(())
        })
        .await;
        let running = client.get(&at(&agent, "")).ok().await;
        assert_eq!(running["state"], "running", "{running}");
        if deletes {
            client.delete(&at(&agent, "")).done().await;
            client.get(&at(&agent, "")).refused(404).await;
            client.delete(&at(&agent, "")).refused(404).await;
            client.post(&at(&agent, "/stop")).refused(404).await;
        } else {
            let stopped = client.post(&at(&agent, "/stop")).ok().await;
            assert_eq!(stopped["state"], "failed");
            let result = text(&stopped, "result");
            assert!(result.contains("stopped"), "{result}");
            let again = client.post(&at(&agent, "/stop")).ok().await;
            assert_eq!(again, stopped, "once more is fine");
        }
        let session = format!("/sessions/{}", text(&running, "session_id"));
        patiently("its browser goes", async || {
            let session = client.get(&session).ok().await;
            (session["status"] == "closed").then_some(())
        })
        .await;
    }
    assert_eq!(yard.model.count(), 2, "neither is asked again");
}

#[tokio::test]
async fn one_that_waits_can_be_stopped_and_deleted() {
    let yard = Yard::with(&[("agents_at_once", "1")], |asked| {
        match asked.text.contains("Wait.") {
            true => Say::Hang,
            false => completion("done"),
        }
    })
    .await;
    let client = &yard.client;
    let first = yard.start(json!({"prompt": "Wait."})).await;
    yard.once(&first, "running").await;
    let [stopped, deleted, last] = [
        yard.start(json!({})).await,
        yard.start(json!({})).await,
        yard.start(json!({})).await,
    ];
    let answer = client.post(&at(&stopped, "/stop")).ok().await;
    assert_eq!(answer["state"], "failed");
    client.delete(&at(&deleted, "")).done().await;
    client.post(&at(&first, "/stop")).ok().await;
    yard.once(&last, "completed").await;
    let answer = client.get(&at(&stopped, "")).ok().await;
    assert_eq!(answer["session_id"], json!(null), "it never began");
    client.get(&at(&deleted, "")).refused(404).await;
}

#[tokio::test]
async fn one_ends_with_its_session_and_when_its_persona_is_gone() {
    let yard = Yard::with(&[("agents_at_once", "1")], |_| Say::Hang).await;
    let client = &yard.client;
    let first = yard.start(json!({})).await;
    let running = yard.once(&first, "running").await;
    let call = client.post("/api/v1/personas").json(json!({"name": "Joe"}));
    let persona = text(&call.created().await, "id");
    let second = yard.start(json!({"persona_id": persona})).await;
    client
        .delete(&format!("/api/v1/personas/{persona}"))
        .done()
        .await;
    client.stop(&text(&running, "session_id")).await;
    let ended = yard.once(&first, "failed").await;
    assert!(text(&ended, "result").contains("session"), "{ended}");
    let ended = yard.once(&second, "failed").await;
    assert!(text(&ended, "result").contains(&persona), "{ended}");
}

#[tokio::test]
async fn an_end_that_cannot_be_written_is_written_later() {
    let yard = Yard::new(|_| completion("done")).await;
    let path = yard.server.folder().join("guise.db");
    let url = format!("sqlite:{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE OF ended_at ON assignments
                  WHEN NEW.ended_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'not now'); END";
    database.execute(refuse).await.unwrap();
    let agent = yard.start(json!({})).await;
    patiently("its end is refused", async || {
        let log = yard.server.log();
        log.contains("cannot note the end of an agent")
            .then_some(())
    })
    .await;
    let waits = yard.client.get(&at(&agent, "")).ok().await;
    assert_eq!(waits["state"], "running", "{waits}");
    database.execute("DROP TRIGGER refuse").await.unwrap();
    let ended = yard.once(&agent, "completed").await;
    assert_eq!(ended["result"], "done");
}
