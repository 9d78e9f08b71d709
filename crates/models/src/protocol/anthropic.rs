//! Anthropic's messages: <https://docs.anthropic.com/en/api/messages>, and their events:
//! <https://docs.anthropic.com/en/api/messages-streaming>.

use std::collections::BTreeMap;

use guise_core::ModelUsage;
use guise_core::ports::{Message, Question, Speaker};
use serde_json::{Value, json};
use url::Url;

use super::json::{base64, count, text};
use super::{Progress, Reader, parse};
use crate::address::below_version;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::remote::RemoteModel;
use crate::schema::for_anthropic;

/// The version of the API that all of this is about.
pub(super) const VERSION: &str = "2023-06-01";

/// It must be told a limit; this is as much as every model since Claude 3.5 can write.
const MAX_TOKENS: u32 = 8192;

pub(super) fn request(model: &RemoteModel, question: &Question) -> (Url, Value) {
    let messages: Vec<_> = question.messages.iter().map(message).collect();
    let mut body = json!({
        "model": model.model,
        "max_tokens": question.max_tokens.unwrap_or(MAX_TOKENS),
        "messages": messages,
        "stream": true,
    });
    if !question.system.is_empty() {
        body["system"] = json!(question.system);
    }
    if !question.tools.is_empty() {
        let tools = question.tools.iter().map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.parameters,
            })
        });
        body["tools"] = tools.collect();
    }
    if let Some(schema) = &question.schema {
        let schema = for_anthropic(&schema.schema);
        body["output_config"] = json!({"format": {"type": "json_schema", "schema": schema}});
    }
    (below_version(&model.base_url, "v1", &["messages"]), body)
}

fn message(message: &Message) -> Value {
    let role = match message.speaker {
        Speaker::User => "user",
        Speaker::Model => "assistant",
    };
    if message.pictures.is_empty() {
        return json!({"role": role, "content": message.text});
    }
    let mut blocks: Vec<_> = message
        .pictures
        .iter()
        .map(|picture| {
            let source =
                json!({"type": "base64", "media_type": "image/jpeg", "data": base64(picture)});
            json!({"type": "image", "source": source})
        })
        .collect();
    // Its documentation wants pictures before what is said about them; empty texts are refused.
    if !message.text.is_empty() {
        blocks.push(json!({"type": "text", "text": message.text}));
    }
    json!({"role": role, "content": blocks})
}

#[derive(Default)]
pub(super) struct AnthropicReader {
    draft: Draft,
    /// By the index of its block, the place of each call.
    calls: BTreeMap<u64, usize>,
    input: Option<u64>,
    written: Option<u64>,
    cached: Option<u64>,
    output: Option<u64>,
    ended: bool,
}

impl Reader for AnthropicReader {
    fn take(&mut self, frame: &[u8]) -> Result<Progress, Failure> {
        let event = parse(frame)?;
        match event["type"].as_str() {
            Some("message_start") => self.count(&event["message"]["usage"]),
            Some("content_block_start") => return self.begin(&event),
            Some("content_block_delta") => return self.extend(&event),
            Some("message_delta") => {
                self.count(&event["usage"]);
                if let Some(reason) = text(&event["delta"]["stop_reason"]) {
                    self.draft.stop_reason = Some(reason.to_owned());
                }
            }
            Some("message_stop") => {
                self.ended = true;
                return Ok(Progress::End);
            }
            Some("error") => {
                return Err(Failure::reported(status(&event["error"]), &event));
            }
            // Pings, ends of blocks, and whatever will be added, which its documentation says to let pass.
            _ => {}
        }
        Ok(Progress::Nothing)
    }

    fn is_complete(&self) -> bool {
        self.ended
    }

    fn into_draft(self: Box<Self>) -> Draft {
        self.draft
    }
}

impl AnthropicReader {
    fn begin(&mut self, event: &Value) -> Result<Progress, Failure> {
        let block = &event["content_block"];
        if block["type"] == "tool_use" {
            let place = self
                .draft
                .begin_call(block["name"].as_str().unwrap_or_default())?;
            self.calls.insert(count(&event["index"]), place);
            return Ok(Progress::Token);
        }
        match text(&block["text"]) {
            Some(said) => self.draft.say(said).map(|()| Progress::Token),
            None => Ok(Progress::Nothing),
        }
    }

    fn extend(&mut self, event: &Value) -> Result<Progress, Failure> {
        let delta = &event["delta"];
        if let Some(said) = text(&delta["text"]) {
            self.draft.say(said)?;
        } else if let Some(piece) = text(&delta["partial_json"]) {
            if let Some(place) = self.calls.get(&count(&event["index"])) {
                self.draft.extend_call(*place, piece)?;
            }
        } else if text(&delta["thinking"]).is_none() {
            return Ok(Progress::Nothing);
        }
        Ok(Progress::Token)
    }

    /// Later counts replace earlier ones: they are of the whole answer so far.
    fn count(&mut self, usage: &Value) {
        let counts = [
            (&mut self.input, "input_tokens"),
            (&mut self.written, "cache_creation_input_tokens"),
            (&mut self.cached, "cache_read_input_tokens"),
            (&mut self.output, "output_tokens"),
        ];
        for (counted, name) in counts {
            if let Some(now) = usage[name].as_u64() {
                *counted = Some(now);
            }
        }
        let all = [self.input, self.written, self.cached];
        if all.iter().chain([&self.output]).all(Option::is_none) {
            return;
        }
        // What is read from the cache, or written into it, is not among the input tokens.
        let input = all.iter().flatten();
        self.draft.usage = Some(ModelUsage {
            input_tokens: input.fold(0, |sum, count| sum.saturating_add(*count)),
            cached_tokens: self.cached.unwrap_or_default(),
            output_tokens: self.output.unwrap_or_default(),
            cost_micros: None,
        });
    }
}

/// The status that an error in the midst of an answer stands for (its documentation, "Errors").
fn status(error: &Value) -> u16 {
    match error["type"].as_str() {
        Some("invalid_request_error") => 400,
        Some("authentication_error") => 401,
        Some("billing_error") => 402,
        Some("permission_error") => 403,
        Some("not_found_error") => 404,
        Some("request_too_large") => 413,
        Some("rate_limit_error") => 429,
        Some("timeout_error") => 504,
        Some("overloaded_error") => 529,
        _ => 500,
    }
}
