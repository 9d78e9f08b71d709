//! Why one attempt did not bring an answer.

use std::time::Duration;

use serde_json::Value;

/// Characters of a provider's own words that are passed on.
pub(crate) const MAX_WORDS: usize = 300;

/// What went wrong. The texts may have in them whatever the provider said, and are made presentable before anybody sees
/// them.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection came about.
    Connect(String),
    /// The connection broke.
    Broken(String),
    /// The provider reports a failure: by its status, or in the midst of an answer.
    Status {
        status: u16,
        retry_after: Option<Duration>,
        words: String,
    },
    /// Time was over.
    Late(String),
    /// What came is no answer.
    Unreadable(String),
}

impl Failure {
    pub(crate) fn unreadable(why: impl Into<String>) -> Self {
        Self::Unreadable(why.into())
    }

    /// What a provider reports in the midst of an answer.
    pub(crate) fn reported(status: u16, error: &Value) -> Self {
        Self::Status {
            status,
            retry_after: None,
            words: words_of(error),
        }
    }

    /// Whether it may go better the next time.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Broken(_) => true,
            Self::Status { status, .. } => {
                matches!(status, 408 | 409 | 429) || (500..600).contains(status)
            }
            Self::Late(_) | Self::Unreadable(_) => false,
        }
    }
}

/// What an error says, wherever the provider puts that: in `error.message`, `error`, `message` or `detail`, else all texts
/// that are in it. OpenRouter hands on what another provider said in `error.metadata.raw`.
///
/// Never as JSON or `Debug`: in these, a key that is divided by what does not show is not recognised any more.
pub(crate) fn words_of(body: &Value) -> String {
    let error = body.get("error").unwrap_or(body);
    let places = [&error["message"], error, &body["message"], &body["detail"]];
    let mut words = match places.iter().find_map(|place| place.as_str()) {
        Some(found) => found.to_owned(),
        None => all_texts(body),
    };
    if let Some(raw) = error["metadata"]["raw"].as_str() {
        words.push_str(": ");
        words.push_str(raw);
    }
    words
}

/// Its depth is what the JSON parser lets through.
fn all_texts(value: &Value) -> String {
    let texts: Vec<_> = match value {
        Value::String(text) => return text.clone(),
        Value::Array(values) => values.iter().map(all_texts).collect(),
        Value::Object(members) => members.values().map(all_texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    };
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(", ")
}
