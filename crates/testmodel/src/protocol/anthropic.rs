//! Anthropic's messages: <https://docs.anthropic.com/en/api/messages>.

use serde_json::{Value, json};

use super::check::{self, Problem, bad, require};
use super::{comments, nonsense};
use crate::RecordedRequest;
use crate::body::Part;
use crate::reply::{Answer, Flood, Then, pieces};

const KNOWN: &[&str] = &[
    "model",
    "messages",
    "system",
    "max_tokens",
    "stream",
    "tools",
    "tool_choice",
    "output_config",
];

/// What its structured output does not take, as its documentation lists it.
const UNSUPPORTED: &[&str] = &[
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
];

pub(super) fn check(request: &RecordedRequest) -> Result<(), Problem> {
    if request.header("x-api-key").is_none_or(str::is_empty) {
        return Err(Problem {
            status: 401,
            words: "x-api-key header is required".to_owned(),
        });
    }
    require(
        request.header("anthropic-version") == Some("2023-06-01"),
        "anthropic-version: header is required",
    )?;
    let body = &request.body;
    check::only(body, KNOWN)?;
    check::model(body)?;
    let bounded = body["max_tokens"].as_u64().is_some_and(|count| count > 0);
    require(bounded, "max_tokens: Field required")?;
    let system = &body["system"];
    require(
        system.is_null() || system.as_str().is_some_and(|text| !text.is_empty()),
        "system: text content blocks must be non-empty",
    )?;
    let messages = check::filled_list(body, "messages")?;
    require(
        messages[0]["role"] == "user",
        "messages: first message must use the \"user\" role",
    )?;
    for message in messages {
        check_message(message)?;
    }
    if !body["tools"].is_null() {
        for tool in check::filled_list(body, "tools")? {
            check::name(&tool["name"])?;
            check::object_schema(&tool["input_schema"])?;
        }
    }
    let format = &body["output_config"]["format"];
    if format.is_null() {
        return Ok(());
    }
    require(
        format["type"] == "json_schema",
        "format: type is json_schema",
    )?;
    check_schema(&format["schema"])
}

fn check_message(message: &Value) -> Result<(), Problem> {
    let role = message["role"].as_str().unwrap_or_default();
    require(
        ["user", "assistant"].contains(&role),
        "the role of a message is user or assistant",
    )?;
    if let Some(text) = message["content"].as_str() {
        return require(
            !text.is_empty(),
            "messages: all messages must have non-empty content",
        );
    }
    for part in check::filled_list(message, "content")? {
        match part["type"].as_str() {
            Some("text") => require(
                part["text"].as_str().is_some_and(|text| !text.is_empty()),
                "messages: text content blocks must be non-empty",
            )?,
            Some("image") => {
                let source = &part["source"];
                require(
                    source["type"] == "base64" && source["media_type"] == "image/jpeg",
                    "the source of an image is of type base64 and media_type image/jpeg",
                )?;
                check::jpeg(&source["data"])?;
            }
            _ => return Err(bad("the type of a block is text or image")),
        }
    }
    Ok(())
}

fn check_schema(schema: &Value) -> Result<(), Problem> {
    let members = schema
        .as_object()
        .ok_or_else(|| bad("a schema is an object"))?;
    for name in UNSUPPORTED {
        if members.contains_key(*name) {
            return Err(bad(format!(
                "output_config.format.schema: {name} is not supported"
            )));
        }
    }
    let properties = schema["properties"].as_object();
    if schema["type"] == "object" || properties.is_some() {
        require(
            schema["additionalProperties"] == false,
            "output_config.format.schema: for 'object' type, 'additionalProperties' must be explicitly set to false",
        )?;
    }
    let choices = schema["anyOf"].as_array().into_iter().flatten();
    for below in properties
        .into_iter()
        .flat_map(|all| all.values())
        .chain(choices)
    {
        check_schema(below)?;
    }
    if schema["items"].is_object() {
        check_schema(&schema["items"])?;
    }
    Ok(())
}

fn error_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

pub(super) fn error(status: u16, words: &str) -> Value {
    json!({"type": "error", "error": {"type": error_type(status), "message": words}, "request_id": "req_1"})
}

fn event(data: &Value) -> String {
    let name = data["type"].as_str().unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}

fn usage(answer: &Answer) -> Value {
    let tokens = answer.tokens();
    // What was written into the cache is neither from it nor in input_tokens; here it is a third of the rest.
    let rest = tokens.input.saturating_sub(tokens.cached);
    json!({
        "input_tokens": rest - rest / 3,
        "cache_creation_input_tokens": rest / 3,
        "cache_read_input_tokens": tokens.cached,
        "output_tokens": 1,
    })
}

fn stop_reason(answer: &Answer) -> &str {
    match &answer.stop_reason {
        Some(reason) => reason,
        None if answer.calls.is_empty() => "end_turn",
        None => "tool_use",
    }
}

fn start(model: &Value, usage: &Value) -> String {
    event(&json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage,
    }}))
}

fn block(index: usize, block: &Value, deltas: Vec<Value>) -> Vec<Part> {
    let mut events =
        vec![json!({"type": "content_block_start", "index": index, "content_block": block})];
    events.extend(
        deltas
            .into_iter()
            .map(|delta| json!({"type": "content_block_delta", "index": index, "delta": delta})),
    );
    events.push(json!({"type": "content_block_stop", "index": index}));
    events.iter().map(|data| Part::text(event(data))).collect()
}

pub(super) fn stream(answer: &Answer, request: &RecordedRequest) -> Vec<Part> {
    let mut parts = vec![
        Part::text(start(&request.body["model"], &usage(answer))),
        Part::text(event(&json!({"type": "ping"}))),
    ];
    let mut index = 0;
    if !answer.reasoning.is_empty() {
        let mut deltas: Vec<_> = pieces(&answer.reasoning)
            .into_iter()
            .map(|piece| json!({"type": "thinking_delta", "thinking": piece}))
            .collect();
        deltas.push(json!({"type": "signature_delta", "signature": "c2lnbmVk"}));
        parts.extend(block(
            index,
            &json!({"type": "thinking", "thinking": "", "signature": ""}),
            deltas,
        ));
        index += 1;
    }
    if !answer.text.is_empty() {
        let deltas = pieces(&answer.text)
            .into_iter()
            .map(|piece| json!({"type": "text_delta", "text": piece}))
            .collect();
        parts.extend(block(index, &json!({"type": "text", "text": ""}), deltas));
        index += 1;
    }
    for call in &answer.calls {
        let begin = json!({"type": "tool_use", "id": format!("toolu_{index}"), "name": call.name, "input": {}});
        let deltas = std::iter::once(String::new())
            .chain(pieces(&call.arguments))
            .map(|piece| json!({"type": "input_json_delta", "partial_json": piece}))
            .collect();
        parts.extend(block(index, &begin, deltas));
        index += 1;
    }
    match answer.then {
        Then::End => {
            for data in [
                json!({
                    "type": "message_delta",
                    "delta": {"stop_reason": stop_reason(answer), "stop_sequence": null},
                    "usage": {"output_tokens": answer.tokens().output},
                }),
                json!({"type": "message_stop"}),
            ] {
                parts.push(Part::text(event(&data)));
            }
        }
        Then::Silence => parts.push(Part::Silence),
        Then::Cut => parts.push(Part::Cut),
        Then::Stop => {}
        Then::Error(status) => {
            parts.push(Part::text(event(&error(
                status,
                "it went wrong on the way",
            ))));
        }
    }
    parts
}

pub(super) fn whole(answer: &Answer, request: &RecordedRequest) -> Value {
    let mut content = Vec::new();
    if !answer.text.is_empty() {
        content.push(json!({"type": "text", "text": answer.text}));
    }
    for (index, call) in answer.calls.iter().enumerate() {
        content.push(json!({
            "type": "tool_use", "id": format!("toolu_{index}"), "name": call.name, "input": call.value(),
        }));
    }
    let mut usage = usage(answer);
    usage["output_tokens"] = json!(answer.tokens().output);
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": request.body["model"], "content": content,
        "stop_reason": stop_reason(answer), "stop_sequence": null, "usage": usage,
    })
}

pub(super) fn flood(flood: Flood, filler: &str) -> (String, String) {
    let usage = json!({"input_tokens": 1, "output_tokens": 1});
    let begin = |block: Value| {
        start(&json!("endless"), &usage)
            + &event(&json!({"type": "content_block_start", "index": 0, "content_block": block}))
    };
    let more =
        |delta: Value| event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}));
    let call = json!({"type": "tool_use", "id": "toolu_0", "name": "endless", "input": {}});
    match flood {
        Flood::Arguments => (
            begin(call),
            more(json!({"type": "input_json_delta", "partial_json": filler})),
        ),
        Flood::Calls => (
            begin(call.clone()),
            event(&json!({"type": "content_block_start", "index": 1, "content_block": call})),
        ),
        Flood::Reasoning => (
            begin(json!({"type": "thinking", "thinking": ""})),
            more(json!({"type": "thinking_delta", "thinking": filler})),
        ),
        Flood::Nothing => (
            begin(json!({"type": "text", "text": ""})),
            comments(filler) + &event(&json!({"type": "ping", "ignored": nonsense("")})),
        ),
        Flood::Text | Flood::Line => (
            begin(json!({"type": "text", "text": ""})),
            more(json!({"type": "text_delta", "text": filler})),
        ),
    }
}
