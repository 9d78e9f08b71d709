//! The protocols: what each takes, and how each writes an answer.

mod anthropic;
mod check;
mod gemini;
mod ollama;
mod openai;

use axum::body::Body;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use crate::RecordedRequest;
use crate::body::Part;
use crate::reply::{Answer, FLOOD_PIECE, Flood};
use crate::server::respond;
use check::Problem;

/// A protocol of providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// OpenAI's chat completions.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Gemini's generateContent.
    Gemini,
    /// Ollama's own chat.
    Ollama,
}

impl Protocol {
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        if path.ends_with("/chat/completions") {
            Some(Self::OpenAi)
        } else if path.ends_with("/v1/messages") {
            Some(Self::Anthropic)
        } else if path.ends_with(":streamGenerateContent") || path.ends_with(":generateContent") {
            Some(Self::Gemini)
        } else if path.ends_with("/api/chat") {
            Some(Self::Ollama)
        } else {
            None
        }
    }

    /// Whether the real provider would take this request.
    pub(crate) fn check(self, request: &RecordedRequest) -> Result<(), Problem> {
        check::json_post(request)?;
        match self {
            Self::OpenAi => openai::check(request),
            Self::Anthropic => anthropic::check(request),
            Self::Gemini => gemini::check(request),
            Self::Ollama => ollama::check(request),
        }
    }

    pub(crate) fn is_streamed(self, request: &RecordedRequest) -> bool {
        match self {
            Self::OpenAi | Self::Anthropic => request.body["stream"] == true,
            Self::Gemini => request.path.contains(":streamGenerateContent"),
            // Unlike the others.
            Self::Ollama => request.body["stream"] != false,
        }
    }

    pub(crate) fn stream_type(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Anthropic | Self::Gemini => "text/event-stream",
            Self::Ollama => "application/x-ndjson",
        }
    }

    /// An answer: its content type and its body.
    pub(crate) fn parts(
        self,
        answer: &Answer,
        request: &RecordedRequest,
        streamed: bool,
    ) -> (&'static str, Vec<Part>) {
        if streamed {
            let parts = match self {
                Self::OpenAi => openai::stream(answer, request),
                Self::Anthropic => anthropic::stream(answer, request),
                Self::Gemini => gemini::stream(answer, request),
                Self::Ollama => ollama::stream(answer, request),
            };
            return (self.stream_type(), parts);
        }
        let whole = match self {
            Self::OpenAi => openai::whole(answer, request),
            Self::Anthropic => anthropic::whole(answer, request),
            Self::Gemini => gemini::whole(answer, request),
            Self::Ollama => ollama::whole(answer, request),
        };
        ("application/json", vec![Part::text(whole.to_string())])
    }

    /// A refusal in the protocol's words.
    pub(crate) fn refusal(self, status: u16, words: &str) -> Response {
        let body = self.error(status, words).to_string();
        respond(status, "application/json", Body::from(body))
    }

    fn error(self, status: u16, words: &str) -> Value {
        match self {
            Self::OpenAi => openai::error(status, words),
            Self::Anthropic => anthropic::error(status, words),
            Self::Gemini => gemini::error(status, words),
            Self::Ollama => ollama::error(words),
        }
    }

    /// An answer without an end.
    pub(crate) fn flood(self, flood: Flood) -> Box<dyn Iterator<Item = Part> + Send> {
        let filler = "x".repeat(FLOOD_PIECE);
        if flood == Flood::Line {
            let line = std::iter::repeat_with(move || Part::text(filler.clone()));
            return Box::new(std::iter::once(Part::text("data: ".to_owned())).chain(line));
        }
        let (first, again) = match self {
            Self::OpenAi => openai::flood(flood, &filler),
            Self::Anthropic => anthropic::flood(flood, &filler),
            Self::Gemini => gemini::flood(flood, &filler),
            Self::Ollama => ollama::flood(flood, &filler),
        };
        let again = std::iter::repeat_with(move || Part::text(again.clone()));
        Box::new(std::iter::once(Part::text(first)).chain(again))
    }
}

/// A server-sent event without a name.
fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// What an endless answer without a meaning consists of, where events are sent.
fn comments(filler: &str) -> String {
    format!(": {filler}\n\n")
}

/// A call without any sense, whose arguments are `filler`.
fn nonsense(filler: &str) -> Value {
    json!({"nonsense": filler})
}
