//! How answers in OpenAI's protocol are read
//! (<https://platform.openai.com/docs/api-reference/chat-streaming>), with what others have added to it.

use guise_core::ModelUsage;
use serde_json::Value;

use super::json::{count, text};
use super::{Progress, Reader, parse};
use crate::draft::Draft;
use crate::failure::Failure;

#[derive(Default)]
pub(super) struct OpenAiReader {
    draft: Draft,
    calls: Vec<OpenCall>,
}

/// A call whose arguments are coming in.
struct OpenCall {
    index: Option<u64>,
    id: String,
    place: usize,
    named: bool,
}

impl Reader for OpenAiReader {
    fn take(&mut self, frame: &[u8]) -> Result<Progress, Failure> {
        if frame.trim_ascii() == b"[DONE]" {
            return Ok(Progress::End);
        }
        let event = parse(frame)?;
        if !event["error"].is_null() {
            return Err(Failure::reported(status(&event["error"]), &event));
        }
        // Groq has it elsewhere.
        for usage in [&event["x_groq"]["usage"], &event["usage"]] {
            if usage.is_object() {
                self.draft.usage = Some(usage_of(usage));
            }
        }
        let choice = &event["choices"][0];
        // A server that does not stream sends a message instead of what is new in it.
        let delta = if choice["delta"].is_object() {
            &choice["delta"]
        } else {
            &choice["message"]
        };
        let mut progress = Progress::Nothing;
        if self.say(&delta["content"])? || self.say(&delta["refusal"])? {
            progress = Progress::Token;
        }
        let thoughts = [&delta["reasoning_content"], &delta["reasoning"]];
        if thoughts.iter().any(|thought| text(thought).is_some()) {
            progress = Progress::Token;
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.call(call)?;
            progress = Progress::Token;
        }
        if let Some(reason) = text(&choice["finish_reason"]) {
            self.draft.stop_reason = Some(reason.to_owned());
        }
        Ok(progress)
    }

    fn is_complete(&self) -> bool {
        self.draft.stop_reason.is_some()
    }

    fn into_draft(self: Box<Self>) -> Draft {
        self.draft
    }
}

impl OpenAiReader {
    /// Takes what is said; a text, or a list of parts as Mistral sends them. Gives whether there was anything.
    fn say(&mut self, content: &Value) -> Result<bool, Failure> {
        let mut any = false;
        if let Some(said) = text(content) {
            self.draft.say(said)?;
            any = true;
        }
        for part in content.as_array().into_iter().flatten() {
            if let Some(said) = text(&part["text"]) {
                self.draft.say(said)?;
            }
            any = true;
        }
        Ok(any)
    }

    /// Takes a piece of a call. It belongs to the call with its index, unless its id is another one: some servers give all
    /// calls the same index, or none.
    fn call(&mut self, piece: &Value) -> Result<(), Failure> {
        let index = piece["index"].as_u64();
        let id = text(&piece["id"]).unwrap_or_default();
        let same_id = |open: &OpenCall| id.is_empty() || open.id.is_empty() || open.id == id;
        let last = self.calls.len().checked_sub(1);
        let known = match index {
            Some(_) => self.calls.iter().rposition(|open| open.index == index),
            None => last,
        };
        let at = match known.filter(|at| self.calls.get(*at).is_some_and(same_id)) {
            Some(at) => at,
            None => {
                let place = self.draft.begin_call("")?;
                self.calls.push(OpenCall {
                    index,
                    id: String::new(),
                    place,
                    named: false,
                });
                self.calls.len() - 1
            }
        };
        let Some(open) = self.calls.get_mut(at) else {
            return Ok(());
        };
        if open.id.is_empty() {
            open.id = id.to_owned();
        }
        let function = &piece["function"];
        if let Some(name) = text(&function["name"])
            && !open.named
        {
            open.named = true;
            self.draft.name_call(open.place, name)?;
        }
        match &function["arguments"] {
            Value::Null => Ok(()),
            Value::String(arguments) => self.draft.extend_call(open.place, arguments),
            // Not as text, as it should be.
            other => self.draft.extend_call(open.place, &other.to_string()),
        }
    }
}

/// The status that an error in the midst of an answer stands for. OpenRouter has it as `code`.
fn status(error: &Value) -> u16 {
    let code = error["code"]
        .as_u64()
        .or_else(|| error["code"].as_str()?.parse().ok());
    let code = code.and_then(|code| u16::try_from(code).ok());
    match (code, error["type"].as_str()) {
        (Some(code @ 400..600), _) => code,
        (_, Some("invalid_request_error")) => 400,
        _ => 500,
    }
}

fn usage_of(usage: &Value) -> ModelUsage {
    let input_tokens = count(&usage["prompt_tokens"]);
    let said = count(&usage["completion_tokens"]);
    // xAI leaves out what was thought, but not in the total.
    let rest = count(&usage["total_tokens"]).saturating_sub(input_tokens);
    let cached = &usage["prompt_tokens_details"]["cached_tokens"];
    // The second one is DeepSeek's.
    let cached_tokens = count(cached).max(count(&usage["prompt_cache_hit_tokens"]));
    let cost = usage["cost"].as_f64().map(|dollars| dollars * 1e6);
    let cost = cost.filter(|micros| (0.0..1e15).contains(micros));
    ModelUsage {
        input_tokens,
        cached_tokens,
        output_tokens: said.max(rest),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and 10^15"
        )]
        cost_micros: cost.map(|micros| micros.round() as u64),
    }
}
