//! Ollama's own chat: <https://docs.ollama.com/api/chat>.

use guise_core::ModelUsage;
use guise_core::ports::{Message, Question, Speaker};
use serde_json::{Value, json};
use url::Url;

use super::json::{base64, count, functions, text};
use super::{Progress, Reader, parse};
use crate::address::below;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::remote::RemoteModel;

pub(super) fn request(model: &RemoteModel, question: &Question) -> (Url, Value) {
    let mut messages = Vec::with_capacity(question.messages.len() + 1);
    if !question.system.is_empty() {
        messages.push(json!({"role": "system", "content": question.system}));
    }
    messages.extend(question.messages.iter().map(message));
    let mut body = json!({"model": model.model, "messages": messages, "stream": true});
    if !question.tools.is_empty() {
        body["tools"] = functions(&question.tools);
    }
    if let Some(schema) = &question.schema {
        body["format"] = schema.schema.clone();
    }
    if let Some(most) = question.max_tokens {
        body["options"] = json!({"num_predict": most});
    }
    (below(&model.base_url, &["api", "chat"]), body)
}

fn message(message: &Message) -> Value {
    let role = match message.speaker {
        Speaker::User => "user",
        Speaker::Model => "assistant",
    };
    let mut written = json!({"role": role, "content": message.text});
    if !message.pictures.is_empty() {
        written["images"] = message.pictures.iter().map(base64).collect();
    }
    written
}

#[derive(Default)]
pub(super) struct OllamaReader {
    draft: Draft,
    ended: bool,
}

impl Reader for OllamaReader {
    fn take(&mut self, frame: &[u8]) -> Result<Progress, Failure> {
        let line = parse(frame)?;
        if !line["error"].is_null() {
            // It has no numbers for these; what it cannot do at all, it says before.
            return Err(Failure::reported(500, &line));
        }
        let message = &line["message"];
        let mut progress = Progress::Nothing;
        if let Some(said) = text(&message["content"]) {
            self.draft.say(said)?;
            progress = Progress::Token;
        }
        if text(&message["thinking"]).is_some() {
            progress = Progress::Token;
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let function = &call["function"];
            let name = function["name"].as_str().unwrap_or_default();
            self.draft.call(name, function["arguments"].clone())?;
            progress = Progress::Token;
        }
        if line["done"] == true {
            self.draft.stop_reason = text(&line["done_reason"]).map(str::to_owned);
            self.draft.usage = Some(ModelUsage {
                input_tokens: count(&line["prompt_eval_count"]),
                cached_tokens: count(&line["prompt_eval_cached_count"]),
                output_tokens: count(&line["eval_count"]),
                cost_micros: None,
            });
            self.ended = true;
            progress = Progress::End;
        }
        Ok(progress)
    }

    fn is_complete(&self) -> bool {
        self.ended
    }

    fn into_draft(self: Box<Self>) -> Draft {
        self.draft
    }
}
