//! OpenAI's protocol.

use std::time::Duration;

use guise_core::ModelUsage;
use guise_core::TenantId;
use guise_core::ports::{ModelError, Models, ToolCall};
use guise_testmodel::{Reply, TestModel};
use serde_json::{Value, json};

use crate::support::{
    KEY, PICTURE_IN_BASE64, ask_once, click, directory, full_question, model_at, picture, question,
    schema, soon,
};

const MODEL: &str = "openai/gpt-4o";

#[tokio::test]
async fn it_goes_to_the_base_address_and_chat_completions() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let url = provider.url();
    let bases = [
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("", "/chat/completions"),
        ("/", "/chat/completions"),
        (
            "/a%20b/deployments/x",
            "/a%20b/deployments/x/chat/completions",
        ),
        ("/v1?api-version=1", "/v1/chat/completions?api-version=1"),
    ];
    for (base, expected) in bases {
        let base = format!("{url}{base}");
        let directory = directory(&[("OPENAI_BASE_URL", &base), ("OPENAI_API_KEY", KEY)]);
        let chosen = directory
            .choose(TenantId::new(), Some(MODEL))
            .await
            .unwrap();
        chosen.model.ask(&question("Hello"), soon()).await.unwrap();
        let request = provider.last_request().unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", expected)
        );
        let authorization = format!("Bearer {KEY}");
        assert_eq!(
            request.header("authorization"),
            Some(authorization.as_str())
        );
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
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "You are terse."},
                {"role": "user", "content": "Hello"},
                {"role": "assistant", "content": "Hello."},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": format!("data:image/jpeg;base64,{PICTURE_IN_BASE64}")}},
                ]},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "tools": [{"type": "function", "function": {
                "name": "click", "description": "Presses an element.", "parameters": click().parameters,
            }}],
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "verdict", "schema": full_question().schema.unwrap().schema, "strict": false,
            }},
            "max_tokens": 77,
        })
    );
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_asked() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let model = model_at(&provider, MODEL).await;
    let mut only_picture = question("");
    only_picture.messages[0].pictures.push(picture());
    for question in [question("Hello"), only_picture] {
        model.ask(&question, soon()).await.unwrap();
        let body = provider.last_request().unwrap().body;
        let members: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["model", "messages", "stream", "stream_options"]);
        assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    }
    let parts = provider
        .last_request()
        .unwrap()
        .at("/messages/0/content")
        .clone();
    assert_eq!(parts.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_schema_is_strict_where_it_is_made_for_it() {
    let closed = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
        "additionalProperties": false});
    let open =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let optional = json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
    let holding = |inner: &Value| {
        json!({"type": "object", "required": ["a"], "additionalProperties": false,
            "properties": {"a": {"type": "array", "items": {"anyOf": [inner, {"type": "null"}]}}}})
    };
    let schemas = [
        (closed.clone(), true),
        (open.clone(), false),
        (optional.clone(), false),
        (holding(&closed), true),
        (holding(&open), false),
        (holding(&optional), false),
        (json!({"type": "array", "items": closed}), false),
        (
            json!({"type": "object", "additionalProperties": false}),
            false,
        ),
        (json!({}), false),
    ];
    let provider = TestModel::answering(|_| Reply::text("{}")).await.unwrap();
    let model = model_at(&provider, MODEL).await;
    for (it, strict) in schemas {
        let mut question = question("Judge");
        question.schema = Some(schema(it.clone()));
        model.ask(&question, soon()).await.unwrap();
        let sent = provider.last_request().unwrap();
        let format = sent.at("/response_format/json_schema");
        assert_eq!(format["strict"], strict, "{it}");
        assert_eq!(format["schema"], it);
    }
}

#[tokio::test]
async fn the_limit_has_the_name_that_the_model_knows() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    let mut question = question("Hello");
    question.max_tokens = Some(5);
    let names = [
        ("openai/gpt-4o", "max_tokens"),
        ("openai/gpt-oss-120b", "max_tokens"),
        ("openai/olmo", "max_tokens"),
        ("openai/gpt-5-mini", "max_completion_tokens"),
        ("openai/gpt-10", "max_completion_tokens"),
        ("openai/o3-mini", "max_completion_tokens"),
        ("openrouter/openai/gpt-5", "max_completion_tokens"),
        ("openrouter/google/gemma-3", "max_tokens"),
    ];
    for (name, member) in names {
        model_at(&provider, name)
            .await
            .ask(&question, soon())
            .await
            .unwrap();
        let body = provider.last_request().unwrap().body;
        assert_eq!(body[member], 5, "{name}");
    }
}

#[tokio::test]
async fn a_models_name_is_sent_as_it_is() {
    let provider = TestModel::answering(|_| Reply::text("Hi")).await.unwrap();
    for name in [
        "gpt-5.1-codex-max",
        "mistral-medium",
        "a::b",
        "o3-mini-high",
        "x/y/z:free",
    ] {
        let model = model_at(&provider, &format!("openai/{name}")).await;
        model.ask(&question("Hello"), soon()).await.unwrap();
        assert_eq!(*provider.last_request().unwrap().at("/model"), name);
    }
}

#[tokio::test]
async fn a_text_is_whole_however_it_is_torn() {
    let text = "Grüße, 世界 👩‍👩‍👧! \"\\n\" data: [DONE]\n\ndata: x";
    let provider = TestModel::start().await.unwrap();
    let model = model_at(&provider, MODEL).await;
    for size in [1, 2, 3, 5, 64, 100_000] {
        provider.push(Reply::text(text).torn(size));
        let answer = model.ask(&question("Hello"), soon()).await.unwrap();
        assert_eq!(answer.text, text);
        assert_eq!(answer.calls, []);
        assert_eq!(answer.attempts, 1);
    }
}

#[tokio::test]
async fn calls_come_with_their_arguments() {
    let reply = Reply::text("I press it.")
        .and_call("click", "{\"id\":\"B1\",\"times\":[1,2]}")
        .and_call("noop", "")
        .and_call("odd", "{\"id\":")
        .torn(7);
    let answer = ask_once(MODEL, reply, &question("Press")).await.unwrap();
    assert_eq!(answer.text, "I press it.");
    let call = |name: &str, arguments| ToolCall {
        name: name.to_owned(),
        arguments,
    };
    assert_eq!(
        answer.calls,
        [
            call("click", json!({"id": "B1", "times": [1, 2]})),
            call("noop", json!({})),
            call("odd", json!("{\"id\":")),
        ]
    );
}

#[tokio::test]
async fn what_it_took_is_told() {
    let reply = Reply::text("Hi")
        .tokens(1200, 800, 40)
        .after_reasoning("Hm.");
    let answer = ask_once(MODEL, reply, &question("Hello")).await.unwrap();
    assert_eq!(answer.text, "Hi");
    assert_eq!(
        answer.usage,
        ModelUsage {
            input_tokens: 1200,
            cached_tokens: 800,
            output_tokens: 40,
            cost_micros: None,
        }
    );
    assert!(answer.took < Duration::from_secs(300));
}

#[tokio::test]
async fn a_cost_is_the_providers_or_the_operators() {
    let provider = TestModel::start().await.unwrap();
    let cases = [
        ("openrouter/priced", Some(0.001_234_5), Some(1235)),
        ("openrouter/priced", None, Some(1500)),
        ("openrouter/unpriced", Some(0.0), Some(0)),
        ("openrouter/unpriced", None, None),
        ("openrouter/unpriced", Some(-1.0), None),
        ("openrouter/unpriced", Some(1e300), None),
    ];
    for (name, said, expected) in cases {
        let reply = Reply::text("Hi").tokens(1000, 0, 500);
        provider.push(match said {
            Some(cost) => reply.cost(cost),
            None => reply,
        });
        let model = model_at(&provider, name).await;
        let answer = model.ask(&question("Hello"), soon()).await.unwrap();
        assert_eq!(answer.usage.cost_micros, expected, "{name} {said:?}");
        assert_eq!(*provider.last_request().unwrap().at("/usage/include"), true);
    }
}

#[tokio::test]
async fn an_answer_that_ended_for_another_reason_before_it_began_is_none() {
    for reason in ["length", "content_filter"] {
        let reply = Reply::text("").because(reason);
        let error = ask_once(MODEL, reply, &question("Hello"))
            .await
            .unwrap_err();
        let ModelError::Unreadable { why, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(why.contains(reason), "{why}");
        // Cut, it is still an answer.
        let reply = Reply::text("Half an ans").because(reason);
        let answer = ask_once(MODEL, reply, &question("Hello")).await.unwrap();
        assert_eq!(answer.text, "Half an ans");
    }
    let answer = ask_once(MODEL, Reply::text(""), &question("Hello"))
        .await
        .unwrap();
    assert_eq!(answer.text, "");
}
