//! Small things that several protocols write or read in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use guise_core::ports::Tool;
use serde_json::{Value, json};

/// A picture, as JSON carries it.
pub(super) fn base64(picture: &Bytes) -> String {
    STANDARD.encode(picture)
}

/// Tools in the form that OpenAI and Ollama share.
pub(super) fn functions(tools: &[Tool]) -> Value {
    let tools = tools.iter().map(|tool| {
        json!({
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        })
    });
    tools.collect()
}

/// A text that has something in it.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A number of tokens; 0 when there is none.
pub(super) fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
