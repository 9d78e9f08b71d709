//! What is answered.

use serde_json::Value;

/// Octets of each piece of an endless answer.
pub(crate) const FLOOD_PIECE: usize = 16 * 1024;

/// One answer, made by one of the functions and altered by the others.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// In the words of the protocol.
    Answer(Answer),
    /// A status with a body.
    Status(Status),
    /// Status 200 with these octets.
    Octets {
        content_type: String,
        octets: Vec<u8>,
    },
    /// The head of an answer, then nothing, and no end.
    Silence,
    /// Not even a head.
    NoResponse,
    /// An answer without an end.
    Flood(Flood),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub text: String,
    pub reasoning: String,
    pub calls: Vec<ToolCall>,
    pub stop_reason: Option<String>,
    pub tokens: Option<Tokens>,
    pub cost: Option<f64>,
    pub torn: Option<usize>,
    pub then: Then,
}

/// What comes after the text and the calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Then {
    #[default]
    End,
    Silence,
    Cut,
    Stop,
    Error(u16),
}

#[derive(Clone, Debug)]
pub(crate) struct Status {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub endless: bool,
}

/// What an endless answer repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flood {
    /// Text.
    Text,
    /// Arguments of one call.
    Arguments,
    /// Calls, one after the other.
    Calls,
    /// What the model thinks before it answers.
    Reasoning,
    /// Comments, empty lines or whatever else the protocol lets through without meaning.
    Nothing,
    /// One line.
    Line,
}

/// How many tokens an answer says it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Of the question, those from the cache included.
    pub input: u64,
    /// Those from the cache.
    pub cached: u64,
    /// Of the answer.
    pub output: u64,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ToolCall {
    /// The tool.
    pub name: String,
    /// Its arguments as the model writes them: JSON, or not.
    pub arguments: String,
}

impl Reply {
    /// This text, in many pieces.
    pub fn text(text: impl Into<String>) -> Self {
        Self::answer(Answer {
            text: text.into(),
            ..Answer::default()
        })
    }

    /// A call of `tool`, its arguments in many pieces where the protocol has pieces of them.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that json!(…) can be written"
    )]
    pub fn call(tool: &str, arguments: Value) -> Self {
        Self::text("").and_call(tool, arguments.to_string())
    }

    /// A call whose arguments are this text, JSON or not. Gemini and Ollama cannot send what is no JSON.
    pub fn raw_call(tool: &str, arguments: impl Into<String>) -> Self {
        Self::text("").and_call(tool, arguments)
    }

    /// One more call.
    #[must_use]
    pub fn and_call(self, tool: &str, arguments: impl Into<String>) -> Self {
        self.alter(|answer| {
            answer.calls.push(ToolCall {
                name: tool.to_owned(),
                arguments: arguments.into(),
            });
        })
    }

    /// A status with a body, which is sent as it is.
    pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            kind: Kind::Status(Status {
                status,
                headers: Vec::new(),
                body: body.into(),
                endless: false,
            }),
        }
    }

    /// Status 200 with these octets, said to be of `content_type`.
    pub fn octets(content_type: &str, octets: impl Into<Vec<u8>>) -> Self {
        Self {
            kind: Kind::Octets {
                content_type: content_type.to_owned(),
                octets: octets.into(),
            },
        }
    }

    /// An answer that begins, says nothing and does not end.
    #[must_use]
    pub fn silence() -> Self {
        Self {
            kind: Kind::Silence,
        }
    }

    /// No answer at all, on a connection that stays.
    #[must_use]
    pub fn no_response() -> Self {
        Self {
            kind: Kind::NoResponse,
        }
    }

    /// An answer without an end.
    #[must_use]
    pub fn endless(flood: Flood) -> Self {
        Self {
            kind: Kind::Flood(flood),
        }
    }

    /// What the model thinks before it says anything, where the protocol can show it.
    #[must_use]
    pub fn after_reasoning(self, reasoning: impl Into<String>) -> Self {
        self.alter(|answer| answer.reasoning = reasoning.into())
    }

    /// Why the model stopped, in the protocol's words; without it, because it was ready.
    #[must_use]
    pub fn because(self, stop_reason: impl Into<String>) -> Self {
        self.alter(|answer| answer.stop_reason = Some(stop_reason.into()))
    }

    /// How many tokens it says it took; 12, none of them from the cache, and 5 without it.
    #[must_use]
    pub fn tokens(self, input: u64, cached: u64, output: u64) -> Self {
        self.alter(|answer| {
            answer.tokens = Some(Tokens {
                input,
                cached,
                output,
            });
        })
    }

    /// What it says it cost in US dollars, as OpenRouter does.
    #[must_use]
    pub fn cost(self, dollars: f64) -> Self {
        self.alter(|answer| answer.cost = Some(dollars))
    }

    /// Sent in pieces of `octets`, without regard for characters or events.
    #[must_use]
    pub fn torn(self, octets: usize) -> Self {
        self.alter(|answer| answer.torn = Some(octets.max(1)))
    }

    /// Then it says nothing more, and does not end.
    #[must_use]
    pub fn then_silence(self) -> Self {
        self.alter(|answer| answer.then = Then::Silence)
    }

    /// Then the connection breaks.
    #[must_use]
    pub fn then_cut(self) -> Self {
        self.alter(|answer| answer.then = Then::Cut)
    }

    /// Then the body ends as bodies do, but without what the protocol says ends an answer.
    #[must_use]
    pub fn then_stop(self) -> Self {
        self.alter(|answer| answer.then = Then::Stop)
    }

    /// Then it reports, in the midst of the answer, what would have been this status.
    #[must_use]
    pub fn then_error(self, status: u16) -> Self {
        self.alter(|answer| answer.then = Then::Error(status))
    }

    /// A header, for a status.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Status(status) = &mut self.kind {
            status.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The body is repeated without an end, for a status.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        if let Kind::Status(status) = &mut self.kind {
            status.endless = true;
        }
        self
    }

    fn answer(answer: Answer) -> Self {
        Self {
            kind: Kind::Answer(answer),
        }
    }

    fn alter(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        if let Kind::Answer(answer) = &mut self.kind {
            change(answer);
        }
        self
    }
}

impl Answer {
    pub(crate) fn tokens(&self) -> Tokens {
        self.tokens.unwrap_or(Tokens {
            input: 12,
            cached: 0,
            output: 5,
        })
    }
}

impl ToolCall {
    /// The arguments as JSON; a text where they are none.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.arguments)
            .unwrap_or_else(|_| Value::String(self.arguments.clone()))
    }
}

/// A text in pieces of three characters, or in a thousand pieces when it is long; none when it is empty.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let size = characters.len().div_ceil(1000).max(3);
    let pieces = characters.chunks(size);
    pieces.map(|piece| piece.iter().collect()).collect()
}
