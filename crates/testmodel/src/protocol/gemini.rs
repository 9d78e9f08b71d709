//! Gemini's generateContent: <https://ai.google.dev/api/generate-content>.

use serde_json::{Value, json};

use super::check::{self, Problem, bad, require};
use super::{comments, nonsense};
use crate::RecordedRequest;
use crate::body::Part;
use crate::reply::{Answer, Flood, Then, pieces};

const KNOWN: &[&str] = &[
    "contents",
    "systemInstruction",
    "tools",
    "toolConfig",
    "generationConfig",
];

const KNOWN_CONFIG: &[&str] = &[
    "maxOutputTokens",
    "responseMimeType",
    "responseJsonSchema",
    "temperature",
];

pub(super) fn check(request: &RecordedRequest) -> Result<(), Problem> {
    if request.header("x-goog-api-key").is_none_or(str::is_empty) {
        return Err(Problem {
            status: 403,
            words: "Method doesn't allow unregistered callers".to_owned(),
        });
    }
    let streamed = request.path.contains(":streamGenerateContent");
    require(
        !streamed || request.path.ends_with("?alt=sse"),
        "without alt=sse, the stream is one JSON list",
    )?;
    let body = &request.body;
    check::only(body, KNOWN)?;
    for content in check::filled_list(body, "contents")? {
        let role = content["role"].as_str().unwrap_or_default();
        require(
            ["user", "model"].contains(&role),
            "Please use a valid role: user, model.",
        )?;
        check_parts(content)?;
    }
    if !body["systemInstruction"].is_null() {
        check_parts(&body["systemInstruction"])?;
    }
    if !body["tools"].is_null() {
        for tool in check::filled_list(body, "tools")? {
            for declared in check::filled_list(tool, "functionDeclarations")? {
                check::name(&declared["name"])?;
                check::object_schema(&declared["parametersJsonSchema"])?;
            }
        }
    }
    let config = &body["generationConfig"];
    check::only(config, KNOWN_CONFIG)?;
    require(
        config["responseJsonSchema"].is_null() || config["responseMimeType"] == "application/json",
        "responseJsonSchema needs responseMimeType application/json",
    )
}

fn check_parts(content: &Value) -> Result<(), Problem> {
    for part in check::filled_list(content, "parts")? {
        if part["text"].is_string() {
            continue;
        }
        // It takes the names of members in either spelling.
        let camel = part["inlineData"].is_object();
        let (picture, kind) = if camel {
            (&part["inlineData"], "mimeType")
        } else {
            (&part["inline_data"], "mime_type")
        };
        if picture[kind] != "image/jpeg" {
            return Err(bad(
                "a part has a text, or inlineData of mimeType image/jpeg",
            ));
        }
        check::jpeg(&picture["data"])?;
    }
    Ok(())
}

pub(super) fn error(status: u16, words: &str) -> Value {
    let name = match status {
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
    json!({"error": {"code": status, "message": words, "status": name}})
}

fn event(data: &Value) -> String {
    format!("data: {data}\r\n\r\n")
}

fn usage(answer: &Answer) -> Value {
    let tokens = answer.tokens();
    // What was thought is not among the candidates' tokens; here it is a third of all.
    let thought = if answer.reasoning.is_empty() {
        0
    } else {
        tokens.output / 3
    };
    let mut usage = json!({
        "promptTokenCount": tokens.input,
        "candidatesTokenCount": tokens.output - thought,
        "totalTokenCount": tokens.input + tokens.output,
    });
    if thought > 0 {
        usage["thoughtsTokenCount"] = json!(thought);
    }
    if tokens.cached > 0 {
        usage["cachedContentTokenCount"] = json!(tokens.cached);
    }
    usage
}

fn chunk(parts: &[Value]) -> Value {
    json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0}], "modelVersion": "test"})
}

fn calls(answer: &Answer) -> Vec<Value> {
    let calls = answer.calls.iter();
    calls
        .map(|call| json!({"functionCall": {"name": call.name, "args": call.value()}, "thoughtSignature": "c2lnbmVk"}))
        .collect()
}

fn last(answer: &Answer, parts: &[Value]) -> Value {
    let mut chunk = chunk(parts);
    let reason = answer.stop_reason.as_deref().unwrap_or("STOP");
    chunk["candidates"][0]["finishReason"] = json!(reason);
    chunk["usageMetadata"] = usage(answer);
    chunk
}

pub(super) fn stream(answer: &Answer, _: &RecordedRequest) -> Vec<Part> {
    let mut chunks = Vec::new();
    for piece in pieces(&answer.reasoning) {
        chunks.push(chunk(&[json!({"text": piece, "thought": true})]));
    }
    for piece in pieces(&answer.text) {
        let mut chunk = chunk(&[json!({"text": piece})]);
        chunk["usageMetadata"] = json!({"promptTokenCount": answer.tokens().input});
        chunks.push(chunk);
    }
    let calls = calls(answer);
    if !calls.is_empty() {
        chunks.push(chunk(&calls));
    }
    let mut end = Vec::new();
    match answer.then {
        // The last one has no parts at all, as it comes from the real one.
        Then::End => {
            let mut last = last(answer, &[]);
            last["candidates"][0]["content"] = json!({"role": "model"});
            chunks.push(last);
        }
        Then::Silence => end.push(Part::Silence),
        Then::Cut => end.push(Part::Cut),
        Then::Stop => {}
        Then::Error(status) => chunks.push(error(status, "it went wrong on the way")),
    }
    let events = chunks.iter().map(|data| Part::text(event(data)));
    events.chain(end).collect()
}

pub(super) fn whole(answer: &Answer, _: &RecordedRequest) -> Value {
    let mut parts = Vec::new();
    if !answer.text.is_empty() {
        parts.push(json!({"text": answer.text}));
    }
    parts.extend(calls(answer));
    last(answer, &parts)
}

pub(super) fn flood(flood: Flood, filler: &str) -> (String, String) {
    let begin = event(&chunk(&[]));
    let again = match flood {
        Flood::Arguments => {
            let call = json!({"functionCall": {"name": "endless", "args": nonsense(filler)}});
            event(&chunk(&[call]))
        }
        Flood::Calls => event(&chunk(&[
            json!({"functionCall": {"name": "endless", "args": {}}}),
        ])),
        Flood::Reasoning => event(&chunk(&[json!({"text": filler, "thought": true})])),
        Flood::Nothing => comments(filler),
        Flood::Text | Flood::Line => event(&chunk(&[json!({"text": filler})])),
    };
    (begin, again)
}
