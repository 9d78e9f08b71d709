//! Answers that are none, or nearly one.

use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{Model, ModelError, Question};
use guise_testmodel::{Reply, TestModel};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::support::{NAMES, as_time_passes, ask_once, model_at, question};

#[tokio::test]
async fn numbers_that_are_too_large_are_harmless() {
    let most = u64::MAX;
    let cases = [
        json!({"choices": [{"delta": {"tool_calls": [{"index": 4_294_967_295_u64, "id": "a", "function": {"name": "f"}}]},
            "finish_reason": "stop"}], "usage": {"prompt_tokens": most, "completion_tokens": most, "cost": f64::MAX}}),
        json!({"type": "message_start", "message": {"usage": {"input_tokens": most, "cache_read_input_tokens": most,
            "cache_creation_input_tokens": most, "output_tokens": most}}}),
        json!({"type": "content_block_start", "index": most, "content_block": {"type": "tool_use", "name": "f"}}),
        json!({"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": most, "toolUsePromptTokenCount": most, "candidatesTokenCount": most,
            "thoughtsTokenCount": most}}),
        json!({"message": {"content": "x"}, "done": true, "prompt_eval_count": most, "eval_count": most}),
    ];
    for name in NAMES {
        for event in &cases {
            for (kind, framed) in [
                ("text/event-stream", format!("data: {event}\n\n")),
                ("application/x-ndjson", format!("{event}\n")),
            ] {
                match ask_once(name, Reply::octets(kind, framed), &question("Hello")).await {
                    Ok(_) | Err(ModelError::Unreadable { .. }) => {}
                    other => panic!("{name} {event}: {other:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn json_of_any_depth_is_harmless() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for name in NAMES {
        let reply = Reply::octets("text/event-stream", format!("data: {deep}\n\n"));
        let outcome = ask_once(name, reply, &question("Hello")).await;
        assert!(
            matches!(outcome, Err(ModelError::Unreadable { .. })),
            "{outcome:?}"
        );
    }
    let arguments = format!("{{\"a\":{deep}}}");
    let answer = ask_once(
        NAMES[0],
        Reply::raw_call("f", arguments.clone()),
        &question("Hello"),
    )
    .await
    .unwrap();
    assert_eq!(answer.calls[0].arguments, Value::String(arguments));
}

/// A modest number of cases, the same ones each time; a hundred times as many others with `GUISE_TEST_SOAK`.
fn cases() -> Config {
    let (cases, rng_seed) = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        (12_800, RngSeed::Random)
    } else {
        (128, RngSeed::Fixed(0))
    };
    Config {
        cases,
        rng_seed,
        failure_persistence: None,
        ..Config::default()
    }
}

/// A provider, and a model of each protocol there.
struct Stage {
    runtime: Runtime,
    provider: TestModel,
    models: Vec<Arc<dyn Model>>,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (provider, models) = runtime.block_on(async {
            let provider = TestModel::start().await.unwrap();
            let mut models = Vec::new();
            for name in NAMES {
                models.push(model_at(&provider, name).await);
            }
            (provider, models)
        });
        Self {
            runtime,
            provider,
            models,
        }
    }

    /// Asks each model, and lets it be answered with `octets`: that ends in an answer or in an error, and within the time.
    fn answer_all(&self, octets: &[u8]) {
        for content_type in [
            "text/event-stream",
            "application/x-ndjson",
            "application/json",
        ] {
            for model in &self.models {
                let reply = Reply::octets(content_type, octets);
                self.provider.answer_with(move |_| reply.clone());
                let question: Question = question("Hello");
                self.runtime.block_on(async {
                    let deadline = Instant::now() + Duration::from_secs(600);
                    let outcome = as_time_passes(model.ask(&question, deadline)).await;
                    let late = matches!(
                        outcome,
                        Err(ModelError::Late { .. } | ModelError::Unreachable { .. })
                    );
                    assert!(!late, "{}: {outcome:?}", model.name());
                });
            }
        }
    }
}

/// Members and values that the protocols give a meaning, put together anyhow.
fn event() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z{}\\[\\]\":,0-9é世]{0,12}".prop_map(Value::from),
        proptest::sample::select(vec![
            "message_start",
            "content_block_start",
            "content_block_delta",
            "message_delta",
            "message_stop",
            "error",
            "tool_use",
            "text",
            "stop",
            "STOP",
            "SAFETY",
            "length",
        ])
        .prop_map(Value::from),
    ];
    let names = proptest::sample::select(vec![
        "choices",
        "delta",
        "message",
        "content",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "index",
        "id",
        "usage",
        "finish_reason",
        "type",
        "content_block",
        "text",
        "partial_json",
        "thinking",
        "candidates",
        "parts",
        "functionCall",
        "args",
        "finishReason",
        "usageMetadata",
        "done",
        "done_reason",
        "prompt_tokens",
        "input_tokens",
        "cost",
        "error",
        "code",
    ]);
    scalar.prop_recursive(6, 40, 5, move |inner| {
        let members = proptest::collection::vec((names.clone(), inner.clone()), 0..5);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

#[test]
fn octets_of_any_kind_end_in_an_answer_or_an_error() {
    let stage = Stage::new();
    proptest!(cases(), |(octets in proptest::collection::vec(any::<u8>(), 0..400))| {
        stage.answer_all(&octets);
    });
}

#[test]
fn events_of_any_kind_end_in_an_answer_or_an_error() {
    let stage = Stage::new();
    proptest!(cases(), |(events in proptest::collection::vec(event(), 0..6), data in any::<bool>())| {
        let (before, after) = if data { ("data: ", "\n\n") } else { ("", "\n") };
        let octets: String = events.iter().map(|event| format!("{before}{event}{after}")).collect();
        stage.answer_all(octets.as_bytes());
    });
}

#[test]
fn a_whole_answer_with_an_octet_changed_ends_in_an_answer_or_an_error() {
    let stage = Stage::new();
    let answers = [
        "data: {\"choices\":[{\"delta\":{\"content\":\"H\u{f6}\",\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":\
         {\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}\n\ndata: [DONE]\n\n",
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"name\":\"f\"}}\n\n\
         data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"partial_json\":\"{}\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"H\u{f6}\"},{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]},\
         \"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":1}}\r\n\r\n",
        "{\"message\":{\"content\":\"H\u{f6}\"},\"done\":false}\n{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\
         \"arguments\":{}}}]},\"done\":true,\"eval_count\":1}\n",
    ];
    let answer = proptest::sample::select(answers.to_vec());
    proptest!(cases(), |(answer in answer, at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<bool>())| {
        let mut octets = answer.as_bytes().to_vec();
        let at = at.index(octets.len());
        octets[at] = octet;
        if cut {
            octets.truncate(at + 1);
        }
        stage.answer_all(&octets);
    });
}
