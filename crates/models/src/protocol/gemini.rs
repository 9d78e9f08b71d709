//! Gemini's generateContent: <https://ai.google.dev/api/generate-content>.

use guise_core::ModelUsage;
use guise_core::ports::{Message, Question, Speaker};
use serde_json::{Map, Value, json};
use url::Url;

use super::json::{base64, count, text};
use super::{Progress, Reader, parse};
use crate::address::below_version;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::remote::RemoteModel;

pub(super) fn request(model: &RemoteModel, question: &Question) -> (Url, Value) {
    let contents: Vec<_> = question.messages.iter().map(content).collect();
    let mut body = json!({"contents": contents});
    if !question.system.is_empty() {
        body["systemInstruction"] = json!({"parts": [{"text": question.system}]});
    }
    if !question.tools.is_empty() {
        let declarations: Vec<_> = question
            .tools
            .iter()
            .map(|tool| {
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "parametersJsonSchema": tool.parameters,
                })
            })
            .collect();
        body["tools"] = json!([{"functionDeclarations": declarations}]);
    }
    let mut config = Map::new();
    if let Some(schema) = &question.schema {
        config.insert("responseMimeType".to_owned(), json!("application/json"));
        config.insert("responseJsonSchema".to_owned(), schema.schema.clone());
    }
    if let Some(most) = question.max_tokens {
        config.insert("maxOutputTokens".to_owned(), json!(most));
    }
    if !config.is_empty() {
        body["generationConfig"] = Value::Object(config);
    }
    let method = format!("{}:streamGenerateContent", model.model);
    let mut url = below_version(&model.base_url, "v1beta", &["models", &method]);
    url.query_pairs_mut().append_pair("alt", "sse");
    (url, body)
}

fn content(message: &Message) -> Value {
    let role = match message.speaker {
        Speaker::User => "user",
        Speaker::Model => "model",
    };
    let mut parts: Vec<_> = message
        .pictures
        .iter()
        .map(|picture| json!({"inlineData": {"mimeType": "image/jpeg", "data": base64(picture)}}))
        .collect();
    if !message.text.is_empty() || parts.is_empty() {
        parts.push(json!({"text": message.text}));
    }
    json!({"role": role, "parts": parts})
}

#[derive(Default)]
pub(super) struct GeminiReader {
    draft: Draft,
}

impl Reader for GeminiReader {
    fn take(&mut self, frame: &[u8]) -> Result<Progress, Failure> {
        let event = parse(frame)?;
        if !event["error"].is_null() {
            let code = event["error"]["code"].as_u64();
            let code = code.and_then(|code| u16::try_from(code).ok());
            return Err(Failure::reported(code.unwrap_or(500), &event));
        }
        if let Some(reason) = text(&event["promptFeedback"]["blockReason"]) {
            return Err(Failure::unreadable(format!(
                "the provider blocks the question: {reason}"
            )));
        }
        if event["usageMetadata"].is_object() {
            self.draft.usage = Some(usage_of(&event["usageMetadata"]));
        }
        let candidate = &event["candidates"][0];
        let mut progress = Progress::Nothing;
        for part in candidate["content"]["parts"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let call = &part["functionCall"];
            if call.is_object() {
                let name = call["name"].as_str().unwrap_or_default();
                self.draft.call(name, call["args"].clone())?;
            } else if let Some(said) = text(&part["text"]) {
                if part["thought"] != true {
                    self.draft.say(said)?;
                }
            } else {
                continue;
            }
            progress = Progress::Token;
        }
        if let Some(reason) = text(&candidate["finishReason"]) {
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

fn usage_of(usage: &Value) -> ModelUsage {
    let sum = |names: [&str; 2]| {
        let [one, other] = names.map(|name| count(&usage[name]));
        one.saturating_add(other)
    };
    ModelUsage {
        input_tokens: sum(["promptTokenCount", "toolUsePromptTokenCount"]),
        cached_tokens: count(&usage["cachedContentTokenCount"]),
        // What it thought is paid for as well, and counted apart.
        output_tokens: sum(["candidatesTokenCount", "thoughtsTokenCount"]),
        cost_micros: None,
    }
}
