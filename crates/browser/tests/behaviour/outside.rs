//! Outside clients and dialogs: who listens answers first, and nothing waits for who does not.

use std::sync::Arc;

use bytes::Bytes;
use guise_core::ports::{Browser as _, Channel};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::stage::{PATIENCE, Stage, by, click};

/// What a client does when a dialog opens.
#[derive(Clone, Copy)]
enum Habit {
    /// Accepts it with that text.
    Accepts(&'static str),
    /// Nothing.
    Ignores,
    /// Disconnects.
    Leaves,
}

/// Connects a client that listens for dialogs of all pages; resolves once it does.
async fn connect(stage: &Stage, habit: Habit) -> JoinHandle<()> {
    let (to_browser, incoming) = mpsc::channel(16);
    let (outgoing, mut from_browser) = mpsc::channel::<Bytes>(1024);
    let browser = Arc::clone(&stage.browser);
    let (listens, listening) = oneshot::channel();
    let client = tokio::spawn(async move {
        let send = async |message: Value| to_browser.send(message.to_string().into()).await;
        let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true});
        let attach = json!({"id": 1, "method": "Target.setAutoAttach", "params": attach});
        send(attach).await.unwrap();
        let mut listens = Some(listens);
        while let Some(message) = from_browser.recv().await {
            let message: Value = serde_json::from_slice(&message).unwrap();
            if message["method"] == "Target.attachedToTarget" {
                let session = &message["params"]["sessionId"];
                let enable = json!({"id": 2, "method": "Page.enable", "sessionId": session});
                send(enable).await.unwrap();
            }
            if message["id"] == 2
                && let Some(listens) = listens.take()
            {
                listens.send(()).unwrap();
            }
            if message["method"] != "Page.javascriptDialogOpening" {
                continue;
            }
            match habit {
                Habit::Accepts(text) => {
                    let answer = json!({"accept": true, "promptText": text});
                    let answer = json!({
                        "id": 3, "method": "Page.handleJavaScriptDialog", "params": answer,
                        "sessionId": message["sessionId"],
                    });
                    send(answer).await.unwrap();
                }
                Habit::Ignores => {}
                Habit::Leaves => return,
            }
        }
    });
    tokio::spawn(async move {
        browser
            .serve_client(Channel { incoming, outgoing }, true)
            .await
    });
    timeout(PATIENCE, listening).await.unwrap().unwrap();
    client
}

/// Clicks what asks for a name and checks what came of it.
async fn prompted(stage: &Stage, result: &str, told: &str) {
    let outcome = stage.done(click(by("#prompt"))).await;
    assert!(outcome.message.contains(told), "{}", outcome.message);
    let shown = stage.evaluate("document.getElementById('result').textContent");
    assert_eq!(shown.await, result);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_listens_answers_a_dialog() {
    let stage = Stage::new().await;
    stage.goto("/dialogs").await;
    let client = connect(&stage, Habit::Accepts("Ines")).await;
    prompted(&stage, "prompt: Ines", "was accepted with \"Ines\"").await;
    client.abort();
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_answer_holds_nothing_up() {
    let stage = Stage::new().await;
    stage.goto("/dialogs").await;
    let client = connect(&stage, Habit::Ignores).await;
    prompted(&stage, "prompt: null", "was dismissed").await;
    client.abort();
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_holds_nothing_up() {
    let stage = Stage::new().await;
    stage.goto("/dialogs").await;
    let client = connect(&stage, Habit::Leaves).await;
    prompted(&stage, "prompt: null", "was dismissed").await;
    client.await.unwrap();
    prompted(&stage, "prompt: null", "was dismissed").await;
    stage.end().await;
}
