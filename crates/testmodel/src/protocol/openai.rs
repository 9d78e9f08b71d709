//! OpenAI's chat completions: <https://platform.openai.com/docs/api-reference/chat>.

use serde_json::{Value, json};

use super::check::{self, Problem, bad, require};
use super::{comments, event, nonsense};
use crate::RecordedRequest;
use crate::body::Part;
use crate::reply::{Answer, Flood, Then, pieces};

const KNOWN: &[&str] = &[
    "model",
    "messages",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "response_format",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    // OpenRouter's.
    "usage",
];

pub(super) fn check(request: &RecordedRequest) -> Result<(), Problem> {
    let body = &request.body;
    check::only(body, KNOWN)?;
    check::model(body)?;
    for message in check::filled_list(body, "messages")? {
        check_message(message)?;
    }
    if !body["stream_options"].is_null() {
        let streamed = body["stream"] == true;
        require(streamed, "stream_options is only for streams")?;
    }
    if !body["tools"].is_null() {
        for tool in check::filled_list(body, "tools")? {
            require(tool["type"] == "function", "tools are of type function")?;
            check::name(&tool["function"]["name"])?;
            check::object_schema(&tool["function"]["parameters"])?;
        }
    }
    let reasons = body["model"]
        .as_str()
        .is_some_and(|name| name.starts_with("gpt-5"));
    require(
        !reasons || body["max_tokens"].is_null(),
        "max_tokens is not supported with this model: use max_completion_tokens",
    )?;
    check_format(&body["response_format"])
}

fn check_message(message: &Value) -> Result<(), Problem> {
    let role = message["role"].as_str().unwrap_or_default();
    require(
        ["system", "developer", "user", "assistant"].contains(&role),
        "the role of a message is system, user or assistant",
    )?;
    if message["content"].is_string() {
        return Ok(());
    }
    for part in check::filled_list(message, "content")? {
        match part["type"].as_str() {
            Some("text") => require(part["text"].is_string(), "a part of type text has a text")?,
            Some("image_url") if role == "user" => {
                let url = part["image_url"]["url"].as_str().unwrap_or_default();
                let base64 = url.strip_prefix("data:image/jpeg;base64,");
                check::jpeg(&json!(base64))?;
            }
            _ => {
                return Err(bad(
                    "the type of a part is text, or image_url in a user's message",
                ));
            }
        }
    }
    Ok(())
}

fn check_format(format: &Value) -> Result<(), Problem> {
    if format.is_null() {
        return Ok(());
    }
    require(
        format["type"] == "json_schema",
        "the type of response_format is json_schema",
    )?;
    let schema = &format["json_schema"];
    check::name(&schema["name"])?;
    require(schema["schema"].is_object(), "a schema is an object")?;
    require(
        schema["strict"] != true || is_strict(&schema["schema"]),
        "with strict, every object has additionalProperties: false and requires all of its properties",
    )
}

/// What OpenAI asks of a strict schema, as far as objects, lists and choices go.
fn is_strict(schema: &Value) -> bool {
    let below = |list: &Value| list.as_array().is_none_or(|all| all.iter().all(is_strict));
    let Some(properties) = schema["properties"].as_object() else {
        return schema["type"] != "object" && below(&schema["anyOf"]) && {
            schema["items"].is_null() || is_strict(&schema["items"])
        };
    };
    let required = schema["required"].as_array();
    let all = properties.keys().all(|name| {
        required.is_some_and(|list| list.iter().any(|other| other.as_str() == Some(name)))
    });
    all && schema["additionalProperties"] == false && properties.values().all(is_strict)
}

pub(super) fn error(status: u16, words: &str) -> Value {
    let kind = if status == 401 {
        "authentication_error"
    } else {
        "invalid_request_error"
    };
    json!({"error": {"message": words, "type": kind, "param": null, "code": null}})
}

fn usage(answer: &Answer) -> Value {
    let tokens = answer.tokens();
    let mut usage = json!({
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached},
    });
    if let Some(cost) = answer.cost {
        usage["cost"] = json!(cost);
    }
    usage
}

fn stop_reason(answer: &Answer) -> &str {
    match &answer.stop_reason {
        Some(reason) => reason,
        None if answer.calls.is_empty() => "stop",
        None => "tool_calls",
    }
}

/// The part that all chunks have in common, with these choices.
fn chunk(model: &Value, choices: &Value) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": model,
        "choices": choices,
    })
}

fn delta(model: &Value, delta: &Value, finish_reason: Option<&str>) -> Part {
    let choices =
        json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason}]);
    Part::text(event(&chunk(model, &choices)))
}

pub(super) fn stream(answer: &Answer, request: &RecordedRequest) -> Vec<Part> {
    let model = &request.body["model"];
    let mut parts = vec![
        Part::text(": a comment, which means nothing\n\n".to_owned()),
        delta(model, &json!({"role": "assistant", "content": ""}), None),
    ];
    for piece in pieces(&answer.reasoning) {
        parts.push(delta(model, &json!({"reasoning_content": piece}), None));
    }
    for piece in pieces(&answer.text) {
        parts.push(delta(model, &json!({"content": piece}), None));
    }
    for (index, call) in answer.calls.iter().enumerate() {
        let first = json!({"tool_calls": [{
            "index": index, "id": format!("call_{index}"), "type": "function",
            "function": {"name": call.name, "arguments": ""},
        }]});
        parts.push(delta(model, &first, None));
        for piece in pieces(&call.arguments) {
            let more = json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]});
            parts.push(delta(model, &more, None));
        }
    }
    match answer.then {
        Then::End => {
            parts.push(delta(model, &json!({}), Some(stop_reason(answer))));
            if request.at("/stream_options/include_usage") == true {
                let mut last = chunk(model, &json!([]));
                last["usage"] = usage(answer);
                parts.push(Part::text(event(&last)));
            }
            parts.push(Part::text("data: [DONE]\n\n".to_owned()));
        }
        Then::Silence => parts.push(Part::Silence),
        Then::Cut => parts.push(Part::Cut),
        Then::Stop => {}
        Then::Error(status) => {
            let mut last =
                json!({"error": {"message": "it went wrong on the way", "code": status}});
            last["choices"] =
                json!([{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]);
            parts.push(Part::text(event(&last)));
        }
    }
    parts
}

pub(super) fn whole(answer: &Answer, request: &RecordedRequest) -> Value {
    let calls: Vec<_> = answer
        .calls
        .iter()
        .enumerate()
        .map(|(index, call)| {
            json!({
                "id": format!("call_{index}"), "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            })
        })
        .collect();
    let mut message = json!({"role": "assistant", "content": answer.text, "refusal": null});
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": request.body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": stop_reason(answer)}],
        "usage": usage(answer),
    })
}

pub(super) fn flood(flood: Flood, filler: &str) -> (String, String) {
    let write = |delta: &Value| {
        event(&chunk(
            &json!("endless"),
            &json!([{"index": 0, "delta": delta, "finish_reason": null}]),
        ))
    };
    let call = json!({"tool_calls": [{"index": 0, "id": "call_0", "type": "function",
        "function": {"name": "endless", "arguments": ""}}]});
    match flood {
        Flood::Arguments => (
            write(&call),
            write(&json!({"tool_calls": [{"index": 0, "function": {"arguments": filler}}]})),
        ),
        Flood::Calls => {
            // Without an index, as some do; each id is a call of its own.
            let other = |id: &str| {
                write(&json!({"tool_calls": [{"id": id, "type": "function",
                    "function": {"name": "endless", "arguments": "{}"}}]}))
            };
            (write(&call), other("call_1") + &other("call_2"))
        }
        Flood::Reasoning => (
            write(&json!({})),
            write(&json!({"reasoning_content": filler})),
        ),
        Flood::Nothing => (write(&json!({})), comments(filler)),
        Flood::Text | Flood::Line => (
            write(&json!({"role": "assistant"})),
            write(&json!({"content": filler, "ignored": nonsense("")})),
        ),
    }
}
