//! What servers that took OpenAI's protocol over do differently.

use guise_core::ModelUsage;
use guise_testmodel::Reply;
use serde_json::{Value, json};

use crate::support::{ask_once, question};

const MODEL: &str = "openai/gpt-4o";

/// Events as servers of others write them.
fn events(events: &[Value]) -> Reply {
    let events: Vec<_> = events
        .iter()
        .map(|event| format!("data:{event}\r\n\r\n"))
        .collect();
    Reply::octets("text/event-stream; charset=utf-8", events.concat())
}

fn delta(delta: Value) -> Value {
    json!({"choices": [{"delta": delta}]})
}

#[tokio::test]
async fn what_others_do_differently_is_read_as_well() {
    let end = json!({"choices": [{"delta": {"content": null, "tool_calls": null}, "finish_reason": "stop"}], "usage": null});
    let call = |index: Value, id: Value, name: Value, arguments: Value| {
        delta(
            json!({"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]}),
        )
    };
    let (null, zero) = (Value::Null, json!(0));
    let cases = [
        // Mistral: parts, one of them a thought; and no [DONE].
        (
            vec![
                delta(
                    json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]}),
                ),
                delta(json!({"content": [{"type": "text", "text": "Hi"}]})),
            ],
            "Hi",
            json!([]),
        ),
        // Gemini's imitation: all calls with the same index, each in one piece.
        (
            vec![
                call(zero.clone(), json!("a"), json!("one"), json!("{\"x\":1}")),
                call(zero.clone(), json!("b"), json!("two"), json!("{}")),
            ],
            "",
            json!([["one", {"x": 1}], ["two", {}]]),
        ),
        // No index at all, and arguments that are not text.
        (
            vec![
                call(null.clone(), json!("a"), json!("one"), json!({"x": 1})),
                call(null.clone(), json!("b"), json!("two"), json!("{\"y\"")),
                call(null.clone(), null.clone(), null.clone(), json!(":2}")),
            ],
            "",
            json!([["one", {"x": 1}], ["two", {"y": 2}]]),
        ),
        // The name and the id again with each piece, and a late one first.
        (
            vec![
                call(json!(1), json!("b"), json!("two"), json!("{\"y\"")),
                call(json!(0), json!("a"), json!("one"), json!("{}")),
                call(json!(1), json!("b"), json!("two"), json!(":2}")),
            ],
            "",
            json!([["two", {"y": 2}], ["one", {}]]),
        ),
        (
            vec![delta(json!({"refusal": "I will not."}))],
            "I will not.",
            json!([]),
        ),
    ];
    for (mut list, text, calls) in cases {
        list.push(end.clone());
        let answer = ask_once(MODEL, events(&list), &question("Hello"))
            .await
            .unwrap();
        assert_eq!(answer.text, text);
        let read: Vec<_> = answer
            .calls
            .iter()
            .map(|call| json!([call.name, call.arguments]))
            .collect();
        assert_eq!(json!(read), calls);
    }
}

#[tokio::test]
async fn tokens_are_counted_where_others_put_them() {
    let end = |member: &str, usage: Value| {
        let mut event = json!({"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]});
        event[member] = usage;
        event
    };
    let usage = |input_tokens, cached_tokens, output_tokens| ModelUsage {
        input_tokens,
        cached_tokens,
        output_tokens,
        cost_micros: None,
    };
    let cases = [
        (
            end(
                "x_groq",
                json!({"usage": {"prompt_tokens": 5, "completion_tokens": 2}}),
            ),
            usage(5, 0, 2),
        ),
        (
            end(
                "usage",
                json!({"prompt_tokens": 5, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}),
            ),
            usage(5, 4, 2),
        ),
        // xAI: what was thought is in the total only.
        (
            end(
                "usage",
                json!({"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 100}),
            ),
            usage(5, 0, 95),
        ),
        (
            end(
                "usage",
                json!({"prompt_tokens": -1, "completion_tokens": "2", "total_tokens": null, "cost": {}}),
            ),
            usage(0, 0, 0),
        ),
        (
            end(
                "usage",
                json!({"prompt_tokens": u64::MAX, "completion_tokens": u64::MAX, "total_tokens": u64::MAX}),
            ),
            usage(u64::MAX, 0, u64::MAX),
        ),
    ];
    for (event, expected) in cases {
        let answer = ask_once(MODEL, events(&[event]), &question("Hello"))
            .await
            .unwrap();
        assert_eq!(answer.usage, expected);
    }
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_as_well() {
    let body = json!({
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": "Hi",
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "click", "arguments": "{\"id\":\"B1\"}"}}]}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    });
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    let reply = Reply::octets("application/json; charset=utf-8", pretty);
    let answer = ask_once(MODEL, reply, &question("Hello")).await.unwrap();
    assert_eq!(answer.text, "Hi");
    assert_eq!(answer.calls[0].arguments, json!({"id": "B1"}));
    assert_eq!(answer.usage.output_tokens, 2);
}
