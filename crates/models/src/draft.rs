//! An answer in the making.

use guise_core::ModelUsage;
use guise_core::ports::ToolCall;
use serde_json::{Map, Value};

use crate::Price;
use crate::failure::Failure;

/// Octets of text and arguments together.
const MAX_ANSWER: usize = 1 << 20;
/// How many tools may be called at once.
const MAX_CALLS: usize = 128;

/// Why a model stops that has said all it wanted to: the words of OpenAI, Anthropic, Gemini and Ollama.
const READY: &[&str] = &[
    "stop",
    "tool_calls",
    "function_call",
    "end_turn",
    "tool_use",
    "stop_sequence",
    "STOP",
];

/// What has come of an answer so far.
#[derive(Default)]
pub(crate) struct Draft {
    text: String,
    calls: Vec<Call>,
    octets: usize,
    /// Tokens, as far as the provider has said.
    pub usage: Option<ModelUsage>,
    /// Why the model stopped, in the provider's words.
    pub stop_reason: Option<String>,
}

struct Call {
    name: String,
    arguments: Arguments,
}

enum Arguments {
    /// JSON, in pieces.
    Text(String),
    Value(Value),
}

/// An answer without what the asking adds.
pub(crate) struct Finished {
    pub text: String,
    pub calls: Vec<ToolCall>,
    pub usage: ModelUsage,
}

impl Draft {
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.count(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Begins a call, whose arguments come as text; gives its place.
    pub(crate) fn begin_call(&mut self, name: &str) -> Result<usize, Failure> {
        self.add_call(name, Arguments::Text(String::new()))
    }

    /// More of a call's name, if the provider sends it late.
    pub(crate) fn name_call(&mut self, place: usize, name: &str) -> Result<(), Failure> {
        self.count(name.len())?;
        if let Some(call) = self.calls.get_mut(place) {
            call.name.push_str(name);
        }
        Ok(())
    }

    /// More of the arguments of the call at `place`.
    pub(crate) fn extend_call(&mut self, place: usize, piece: &str) -> Result<(), Failure> {
        self.count(piece.len())?;
        if let Some(Call {
            arguments: Arguments::Text(text),
            ..
        }) = self.calls.get_mut(place)
        {
            text.push_str(piece);
        }
        Ok(())
    }

    /// A whole call.
    pub(crate) fn call(&mut self, name: &str, arguments: Value) -> Result<(), Failure> {
        self.count(arguments.to_string().len())?;
        self.add_call(name, Arguments::Value(arguments)).map(drop)
    }

    fn add_call(&mut self, name: &str, arguments: Arguments) -> Result<usize, Failure> {
        self.count(name.len())?;
        if self.calls.len() == MAX_CALLS {
            return Err(Failure::unreadable(format!(
                "it calls more than {MAX_CALLS} tools at once"
            )));
        }
        self.calls.push(Call {
            name: name.to_owned(),
            arguments,
        });
        Ok(self.calls.len() - 1)
    }

    fn count(&mut self, octets: usize) -> Result<(), Failure> {
        self.octets = self.octets.saturating_add(octets);
        if self.octets > MAX_ANSWER {
            let most = MAX_ANSWER >> 20;
            return Err(Failure::unreadable(format!(
                "its text and arguments have more than {most} MiB"
            )));
        }
        Ok(())
    }

    /// The answer; `price` says what it cost where the provider did not.
    pub(crate) fn finish(self, price: Option<&Price>) -> Result<Finished, Failure> {
        if self.text.is_empty()
            && self.calls.is_empty()
            && let Some(reason) = self.stop_reason
            && !READY.contains(&reason.as_str())
        {
            return Err(Failure::unreadable(format!(
                "it ended with {reason} before it said anything"
            )));
        }
        let usage = self.usage.map(|usage| ModelUsage {
            cost_micros: usage
                .cost_micros
                .or_else(|| price.map(|price| price.of(&usage))),
            ..usage
        });
        let calls = self.calls.into_iter().map(|call| ToolCall {
            name: call.name,
            arguments: call.arguments.into_value(),
        });
        Ok(Finished {
            text: self.text,
            calls: calls.collect(),
            usage: usage.unwrap_or_default(),
        })
    }
}

impl Arguments {
    fn into_value(self) -> Value {
        match self {
            // A tool without parameters is called with nothing.
            Self::Value(Value::Null) => Value::Object(Map::new()),
            Self::Text(text) if text.trim().is_empty() => Value::Object(Map::new()),
            Self::Value(value) => value,
            Self::Text(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }
}
