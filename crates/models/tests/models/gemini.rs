//! Gemini's protocol.

use guise_core::ModelUsage;
use guise_core::TenantId;
use guise_core::ports::{ModelError, Models, ToolCall};
use guise_testmodel::{Reply, TestModel};
use serde_json::json;

use crate::support::{
    KEY, PICTURE_IN_BASE64, ask_once, click, directory, full_question, model_at, question, soon,
};

const MODEL: &str = "gemini/gemini-2.5-flash";

#[tokio::test]
async fn it_goes_to_the_model_below_the_base_address() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let url = provider.url();
    let cases = [
        (
            "",
            "gemini/gemini-2.5-flash",
            "/v1beta/models/gemini-2.5-flash",
        ),
        (
            "/v1beta/",
            "vertex_ai/gemini-2.5-flash",
            "/v1beta/models/gemini-2.5-flash",
        ),
        (
            "/gateway",
            "google/gemini-2.5-flash",
            "/gateway/v1beta/models/gemini-2.5-flash",
        ),
        // A name cannot lead anywhere else.
        (
            "",
            "gemini/../../admin?x#y",
            "/v1beta/models/..%2F..%2Fadmin%3Fx%23y",
        ),
    ];
    for (base, wish, expected) in cases {
        let base_url = format!("{url}{base}");
        let directory = directory(&[("GEMINI_BASE_URL", &base_url), ("GOOGLE_API_KEY", KEY)]);
        let chosen = directory.choose(TenantId::new(), Some(wish)).await.unwrap();
        chosen.model.ask(&question("Hello"), soon()).await.unwrap();
        let request = provider.last_request().unwrap();
        assert_eq!(
            request.path,
            format!("{expected}:streamGenerateContent?alt=sse")
        );
        assert_eq!(request.header("x-goog-api-key"), Some(KEY));
        assert_eq!(request.header("authorization"), None);
    }
}

#[tokio::test]
async fn everything_that_is_asked_is_sent() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("{}"));
    let model = model_at(&provider, MODEL).await;
    model.ask(&full_question(), soon()).await.unwrap();
    assert_eq!(
        provider.last_request().unwrap().body,
        json!({
            "contents": [
                {"role": "user", "parts": [{"text": "Hello"}]},
                {"role": "model", "parts": [{"text": "Hello."}]},
                {"role": "user", "parts": [
                    {"inlineData": {"mimeType": "image/jpeg", "data": PICTURE_IN_BASE64}},
                    {"text": "What is this?"},
                ]},
            ],
            "systemInstruction": {"parts": [{"text": "You are terse."}]},
            "tools": [{"functionDeclarations": [{
                "name": "click", "description": "Presses an element.", "parametersJsonSchema": click().parameters,
            }]}],
            "generationConfig": {
                "responseMimeType": "application/json",
                "responseJsonSchema": full_question().schema.unwrap().schema,
                "maxOutputTokens": 77,
            },
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
    assert_eq!(
        body,
        json!({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]})
    );
}

#[tokio::test]
async fn its_answers_are_read() {
    let reply = Reply::text("Ich drücke.")
        .and_call("click", "{\"id\":\"B1\"}")
        .and_call("noop", "null")
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

#[tokio::test]
async fn a_blocked_question_and_a_blocked_answer_are_told() {
    let blocked = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 3}});
    let replies = [
        (
            Reply::octets("text/event-stream", format!("data: {blocked}\n\n")),
            "the provider blocks the question: PROHIBITED_CONTENT",
        ),
        (
            Reply::text("").because("SAFETY"),
            "it ended with SAFETY before it said anything",
        ),
    ];
    for (reply, expected) in replies {
        let error = ask_once(MODEL, reply, &question("Hello"))
            .await
            .unwrap_err();
        let ModelError::Unreadable { why, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(why, expected);
    }
}
