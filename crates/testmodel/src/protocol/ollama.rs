//! Ollama's chat: <https://docs.ollama.com/api/chat>.

use serde_json::{Value, json};

use super::check::{self, Problem, require};
use super::nonsense;
use crate::RecordedRequest;
use crate::body::Part;
use crate::reply::{Answer, Flood, Then, pieces};

const KNOWN: &[&str] = &[
    "model", "messages", "stream", "tools", "format", "options", "think",
];

pub(super) fn check(request: &RecordedRequest) -> Result<(), Problem> {
    let body = &request.body;
    check::only(body, KNOWN)?;
    check::model(body)?;
    for message in check::filled_list(body, "messages")? {
        let role = message["role"].as_str().unwrap_or_default();
        require(
            ["system", "user", "assistant"].contains(&role),
            "the role of a message is system, user or assistant",
        )?;
        require(
            message["content"].is_string(),
            "the content of a message is a text",
        )?;
        for picture in message["images"].as_array().into_iter().flatten() {
            check::jpeg(picture)?;
        }
    }
    if !body["tools"].is_null() {
        for tool in check::filled_list(body, "tools")? {
            require(tool["type"] == "function", "tools are of type function")?;
            check::name(&tool["function"]["name"])?;
            check::object_schema(&tool["function"]["parameters"])?;
        }
    }
    require(
        body["format"].is_null() || body["format"].is_object(),
        "format is a JSON Schema",
    )
}

pub(super) fn error(words: &str) -> Value {
    json!({"error": words})
}

fn line(data: &Value) -> String {
    format!("{data}\n")
}

fn chunk(message: &Value, done: bool) -> Value {
    json!({"model": "test", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": done})
}

fn message(content: &str) -> Value {
    json!({"role": "assistant", "content": content})
}

fn with_calls(answer: &Answer, content: &str) -> Value {
    let mut message = message(content);
    if !answer.calls.is_empty() {
        let calls = answer.calls.iter().enumerate();
        let calls: Vec<_> = calls
            .map(|(index, call)| {
                json!({"function": {"index": index, "name": call.name, "arguments": call.value()}})
            })
            .collect();
        message["tool_calls"] = json!(calls);
    }
    message
}

fn last(answer: &Answer, message: &Value) -> Value {
    let tokens = answer.tokens();
    let mut last = chunk(message, true);
    last["done_reason"] = json!(answer.stop_reason.as_deref().unwrap_or("stop"));
    last["total_duration"] = json!(1_000_000);
    last["prompt_eval_count"] = json!(tokens.input);
    last["eval_count"] = json!(tokens.output);
    if tokens.cached > 0 {
        last["prompt_eval_cached_count"] = json!(tokens.cached);
    }
    last
}

pub(super) fn stream(answer: &Answer, _: &RecordedRequest) -> Vec<Part> {
    let mut lines = Vec::new();
    for piece in pieces(&answer.reasoning) {
        lines.push(chunk(
            &json!({"role": "assistant", "content": "", "thinking": piece}),
            false,
        ));
    }
    for piece in pieces(&answer.text) {
        lines.push(chunk(&message(&piece), false));
    }
    if !answer.calls.is_empty() {
        lines.push(chunk(&with_calls(answer, ""), false));
    }
    let mut end = Vec::new();
    match answer.then {
        Then::End => lines.push(last(answer, &message(""))),
        Then::Silence => end.push(Part::Silence),
        Then::Cut => end.push(Part::Cut),
        Then::Stop => {}
        Then::Error(_) => lines.push(error("it went wrong on the way")),
    }
    let lines = lines.iter().map(|data| Part::text(line(data)));
    lines.chain(end).collect()
}

pub(super) fn whole(answer: &Answer, _: &RecordedRequest) -> Value {
    last(answer, &with_calls(answer, &answer.text))
}

pub(super) fn flood(flood: Flood, filler: &str) -> (String, String) {
    let call = |arguments: &Value| {
        let mut message = message("");
        message["tool_calls"] = json!([{"function": {"name": "endless", "arguments": arguments}}]);
        line(&chunk(&message, false))
    };
    let again = match flood {
        Flood::Arguments => call(&nonsense(filler)),
        Flood::Calls => call(&json!({})),
        Flood::Reasoning => line(&chunk(
            &json!({"role": "assistant", "content": "", "thinking": filler}),
            false,
        )),
        Flood::Nothing => line(&chunk(&message(""), false)) + "\n",
        Flood::Text | Flood::Line => line(&chunk(&message(filler), false)),
    };
    (line(&chunk(&message(""), false)), again)
}
