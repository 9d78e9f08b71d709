//! What was asked.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::Protocol;

/// One request that came in.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// Which protocol its path is of.
    pub protocol: Protocol,
    /// `POST`, as a rule.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// All headers; several of one name are joined by a comma and a space.
    pub headers: BTreeMap<String, String>,
    /// The body as JSON; `null` when it is none.
    pub body: Value,
    /// The body as it came in.
    #[serde(skip)]
    pub octets: Bytes,
}

impl RecordedRequest {
    pub(crate) fn new(
        protocol: Protocol,
        method: &str,
        path: &str,
        headers: &HeaderMap,
        octets: Bytes,
    ) -> Self {
        let mut joined = BTreeMap::<String, String>::new();
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            joined
                .entry(name.as_str().to_owned())
                .and_modify(|text| {
                    text.push_str(", ");
                    text.push_str(&value);
                })
                .or_insert_with(|| value.into_owned());
        }
        Self {
            protocol,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: joined,
            body: serde_json::from_slice(&octets).unwrap_or_default(),
            octets,
        }
    }

    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The member of the body at a JSON pointer such as `/messages/0/content`; `null` when there is none.
    #[must_use]
    pub fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// What was said last by the asker, whichever the protocol: the texts of the last message.
    #[must_use]
    pub fn last_text(&self) -> String {
        let messages = match self.protocol {
            Protocol::Gemini => "contents",
            Protocol::OpenAi | Protocol::Anthropic | Protocol::Ollama => "messages",
        };
        let last = self.body[messages].as_array().and_then(|all| all.last());
        let Some(last) = last else {
            return String::new();
        };
        if let Some(text) = last["content"].as_str() {
            return text.to_owned();
        }
        let parts = last["content"].as_array().or(last["parts"].as_array());
        let texts = parts.into_iter().flatten();
        texts.filter_map(|part| part["text"].as_str()).collect()
    }
}
