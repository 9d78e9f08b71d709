//! Ollama's protocol.

use guise_core::ModelUsage;
use guise_core::ports::ToolCall;
use guise_testmodel::{Reply, TestModel};
use serde_json::json;

use crate::support::{
    KEY, PICTURE_IN_BASE64, ask_once, click, full_question, model_at, question, soon,
};

const MODEL: &str = "ollama/qwen3:0.6b";

#[tokio::test]
async fn everything_that_is_asked_is_sent() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("{}"));
    let model = model_at(&provider, MODEL).await;
    model.ask(&full_question(), soon()).await.unwrap();
    let request = provider.last_request().unwrap();
    assert_eq!(request.path, "/api/chat");
    let authorization = format!("Bearer {KEY}");
    assert_eq!(
        request.header("authorization"),
        Some(authorization.as_str())
    );
    assert_eq!(
        request.body,
        json!({
            "model": "qwen3:0.6b",
            "messages": [
                {"role": "system", "content": "You are terse."},
                {"role": "user", "content": "Hello"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": "What is this?", "images": [PICTURE_IN_BASE64]},
            ],
            "stream": true,
            "tools": [{"type": "function", "function": {
                "name": "click", "description": "Presses an element.", "parameters": click().parameters,
            }}],
            "format": full_question().schema.unwrap().schema,
            "options": {"num_predict": 77},
        })
    );
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_asked() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("Hi"));
    model_at(&provider, MODEL)
        .await
        .ask(&question("Hello"), soon())
        .await
        .unwrap();
    let body = provider.last_request().unwrap().body;
    let messages = json!([{"role": "user", "content": "Hello"}]);
    assert_eq!(
        body,
        json!({"model": "qwen3:0.6b", "messages": messages, "stream": true})
    );
}

#[tokio::test]
async fn its_answers_are_read() {
    let reply = Reply::text("Ich drücke.")
        .and_call("click", "{\"id\":\"B1\"}")
        .and_call("noop", "{}")
        .after_reasoning("Hm, was nun?")
        .tokens(1200, 800, 40);
    for size in [1, 13, 100_000] {
        let answer = ask_once(MODEL, reply.clone().torn(size), &question("Press"))
            .await
            .unwrap();
        assert_eq!(answer.text, "Ich drücke.");
        let calls = [("click", json!({"id": "B1"})), ("noop", json!({}))];
        let calls = calls.map(|(name, arguments)| ToolCall {
            name: name.to_owned(),
            arguments,
        });
        assert_eq!(answer.calls, calls);
        let expected = ModelUsage {
            input_tokens: 1200,
            cached_tokens: 800,
            output_tokens: 40,
            cost_micros: None,
        };
        assert_eq!(answer.usage, expected);
    }
}
