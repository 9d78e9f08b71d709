//! Anthropic's protocol.

use guise_core::ModelUsage;
use guise_core::TenantId;
use guise_core::ports::{Models, ToolCall};
use guise_testmodel::{Reply, TestModel};
use serde_json::json;

use crate::support::{
    KEY, PICTURE_IN_BASE64, ask_once, click, directory, full_question, model_at, question, schema,
    soon,
};

const MODEL: &str = "anthropic/claude-sonnet-4-5";

#[tokio::test]
async fn it_goes_to_messages_below_the_base_address() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let url = provider.url();
    for base in ["", "/", "/v1", "/v1/", "/gateway", "/gateway/v1"] {
        let base_url = format!("{url}{base}");
        let directory = directory(&[
            ("ANTHROPIC_BASE_URL", &base_url),
            ("ANTHROPIC_API_KEY", KEY),
        ]);
        let chosen = directory
            .choose(TenantId::new(), Some(MODEL))
            .await
            .unwrap();
        chosen.model.ask(&question("Hello"), soon()).await.unwrap();
        let request = provider.last_request().unwrap();
        let prefix = if base.starts_with("/gateway") {
            "/gateway"
        } else {
            ""
        };
        assert_eq!(request.path, format!("{prefix}/v1/messages"));
        assert_eq!(request.header("x-api-key"), Some(KEY));
        assert_eq!(request.header("anthropic-version"), Some("2023-06-01"));
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
            "model": "claude-sonnet-4-5",
            "max_tokens": 77,
            "system": "You are terse.",
            "messages": [
                {"role": "user", "content": "Hello"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": PICTURE_IN_BASE64}},
                    {"type": "text", "text": "What is this?"},
                ]},
            ],
            "stream": true,
            "tools": [{"name": "click", "description": "Presses an element.", "input_schema": click().parameters}],
            "output_config": {"format": {"type": "json_schema", "schema": {
                "type": "object",
                "properties": {"score": {"type": "integer"}, "why": {"type": "string"}},
                "required": ["score"],
                "additionalProperties": false,
            }}},
        })
    );
}

#[tokio::test]
async fn without_a_limit_it_gets_one() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("Hi"));
    model_at(&provider, MODEL)
        .await
        .ask(&question("Hello"), soon())
        .await
        .unwrap();
    let request = provider.last_request().unwrap();
    assert_eq!(*request.at("/max_tokens"), 8192);
    let members: Vec<_> = request.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["model", "max_tokens", "messages", "stream"]);
}

#[tokio::test]
async fn a_schema_is_sent_as_it_takes_it() {
    let provider = TestModel::start().await.unwrap();
    provider.push(Reply::text("{}"));
    let model = model_at(&provider, MODEL).await;
    let mut question = question("Judge");
    question.schema = Some(schema(json!({
        "type": "object",
        "properties": {
            // A member of this name is not a bound.
            "maximum": {"type": "number", "maximum": 3, "exclusiveMinimum": 0},
            "list": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/item"}},
            "either": {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}]},
            "open": {"type": "object", "additionalProperties": true},
        },
        "$defs": {"item": {"properties": {"a": {"type": "string", "enum": ["minimum"]}}}},
        "required": ["maximum"],
    })));
    model.ask(&question, soon()).await.unwrap();
    assert_eq!(
        *provider
            .last_request()
            .unwrap()
            .at("/output_config/format/schema"),
        json!({
            "type": "object",
            "properties": {
                "maximum": {"type": "number"},
                "list": {"type": "array", "items": {"$ref": "#/$defs/item"}},
                "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "open": {"type": "object", "additionalProperties": false},
            },
            "$defs": {"item": {
                "properties": {"a": {"type": "string", "enum": ["minimum"]}}, "additionalProperties": false,
            }},
            "required": ["maximum"],
            "additionalProperties": false,
        })
    );
}

#[tokio::test]
async fn its_answers_are_read() {
    let reply = Reply::text("Ich drücke.")
        .and_call("click", "{\"id\":\"B1\"}")
        .and_call("noop", "")
        .and_call("odd", "{\"id\":")
        .after_reasoning("Hm, was nun?")
        .tokens(1200, 800, 40);
    for size in [1, 13, 100_000] {
        let answer = ask_once(MODEL, reply.clone().torn(size), &question("Press"))
            .await
            .unwrap();
        assert_eq!(answer.text, "Ich drücke.");
        let calls = [
            ("click", json!({"id": "B1"})),
            ("noop", json!({})),
            ("odd", json!("{\"id\":")),
        ]
        .map(|(name, arguments)| ToolCall {
            name: name.to_owned(),
            arguments,
        });
        assert_eq!(answer.calls, calls);
        // Prices: 3 dollars a million in, 0.30 from the cache, 15 out.
        let expected = ModelUsage {
            input_tokens: 1200,
            cached_tokens: 800,
            output_tokens: 40,
            cost_micros: Some(1200 + 240 + 600),
        };
        assert_eq!(answer.usage, expected);
    }
}

#[tokio::test]
async fn what_it_will_add_is_let_pass() {
    let stream = [
        json!({"type": "message_start", "message": {"usage": {"input_tokens": u64::MAX, "cache_read_input_tokens": u64::MAX}}}),
        json!({"type": "something_new", "index": "x"}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "server_tool_use", "id": "a"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{}"}}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "H"}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "citations_delta", "citation": {}}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "i"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "no more"}}),
    ];
    let stream: Vec<_> = stream
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    let reply = Reply::octets("text/event-stream", stream.concat());
    let answer = ask_once(MODEL, reply, &question("Hello")).await.unwrap();
    assert_eq!(answer.text, "Hi");
    assert_eq!(answer.calls, []);
    assert_eq!(answer.usage.input_tokens, u64::MAX);
}
