//! The protocols of providers: how each is asked, and how its answers are read.

mod anthropic;
mod gemini;
mod json;
mod ollama;
mod openai;
mod openai_reader;

use bytes::Bytes;
use guise_core::Secret;
use guise_core::ports::Question;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue};
use serde_json::Value;
use url::Url;

use crate::draft::Draft;
use crate::failure::Failure;
use crate::frames::Framing;
use crate::remote::RemoteModel;

/// A protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    OpenAi,
    Anthropic,
    Gemini,
    Ollama,
}

/// What is sent.
pub(crate) struct Request {
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What a piece of an answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing that the model said.
    Nothing,
    /// Something that it said, or thought.
    Token,
    /// The end, after which nothing is read.
    End,
}

/// Reads an answer, event by event.
pub(crate) trait Reader: Send {
    fn take(&mut self, frame: &[u8]) -> Result<Progress, Failure>;

    /// Whether the answer is complete when the body ends here.
    fn is_complete(&self) -> bool;

    fn into_draft(self: Box<Self>) -> Draft;
}

impl Protocol {
    pub(crate) fn request(self, model: &RemoteModel, question: &Question) -> Request {
        let (url, body) = match self {
            Self::OpenAi => openai::request(model, question),
            Self::Anthropic => anthropic::request(model, question),
            Self::Gemini => gemini::request(model, question),
            Self::Ollama => ollama::request(model, question),
        };
        Request {
            url,
            headers: model.headers.clone(),
            body: body.to_string().into(),
        }
    }

    /// The headers, with the key, which does not show in their `Debug`.
    pub(crate) fn headers(self, key: Option<&Secret>) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self == Self::Anthropic {
            let version = HeaderValue::from_static(anthropic::VERSION);
            headers.insert("anthropic-version", version);
        }
        if let Some(key) = key.map(Secret::expose) {
            let (name, value) = match self {
                Self::OpenAi | Self::Ollama => (
                    "authorization",
                    HeaderValue::from_str(&format!("Bearer {key}")),
                ),
                Self::Anthropic => ("x-api-key", HeaderValue::from_str(key)),
                Self::Gemini => ("x-goog-api-key", HeaderValue::from_str(key)),
            };
            let mut value = value?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    pub(crate) fn framing(self) -> Framing {
        match self {
            Self::OpenAi | Self::Anthropic | Self::Gemini => Framing::Events,
            Self::Ollama => Framing::Lines,
        }
    }

    pub(crate) fn reader(self) -> Box<dyn Reader> {
        match self {
            Self::OpenAi => Box::<openai_reader::OpenAiReader>::default(),
            Self::Anthropic => Box::<anthropic::AnthropicReader>::default(),
            Self::Gemini => Box::<gemini::GeminiReader>::default(),
            Self::Ollama => Box::<ollama::OllamaReader>::default(),
        }
    }
}

/// One event's JSON.
fn parse(frame: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(frame)
        .map_err(|error| Failure::unreadable(format!("one event of it is no JSON: {error}")))
}
