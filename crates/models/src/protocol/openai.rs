//! How OpenAI's chat completions are asked for, of OpenAI and of all who took its protocol over
//! (<https://platform.openai.com/docs/api-reference/chat/create>).

use guise_core::ports::{AnswerSchema, Message, Question, Speaker};
use serde_json::{Value, json};
use url::Url;

use super::json::{base64, functions};
use crate::address::below;
use crate::remote::RemoteModel;
use crate::schema::is_strict;

pub(super) fn request(model: &RemoteModel, question: &Question) -> (Url, Value) {
    let mut messages = Vec::with_capacity(question.messages.len() + 1);
    if !question.system.is_empty() {
        messages.push(json!({"role": "system", "content": question.system}));
    }
    messages.extend(question.messages.iter().map(message));
    let mut body = json!({
        "model": model.model,
        "messages": messages,
        "stream": true,
        // Without it, streams do not say what they took.
        "stream_options": {"include_usage": true},
    });
    if !question.tools.is_empty() {
        body["tools"] = functions(&question.tools);
    }
    if let Some(schema) = &question.schema {
        body["response_format"] = response_format(schema);
    }
    if let Some(most) = question.max_tokens {
        body[limit_name(&model.model)] = json!(most);
    }
    if model.asks_for_cost {
        body["usage"] = json!({"include": true});
    }
    (below(&model.base_url, &["chat", "completions"]), body)
}

fn message(message: &Message) -> Value {
    let role = match message.speaker {
        Speaker::User => "user",
        Speaker::Model => "assistant",
    };
    if message.pictures.is_empty() {
        return json!({"role": role, "content": message.text});
    }
    let mut parts = Vec::with_capacity(message.pictures.len() + 1);
    if !message.text.is_empty() {
        parts.push(json!({"type": "text", "text": message.text}));
    }
    parts.extend(message.pictures.iter().map(|picture| {
        let url = format!("data:image/jpeg;base64,{}", base64(picture));
        json!({"type": "image_url", "image_url": {"url": url}})
    }));
    json!({"role": role, "content": parts})
}

/// With `strict`, the model can write nothing else; but a schema that is not made for it would be refused.
fn response_format(schema: &AnswerSchema) -> Value {
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": schema.name,
            "schema": schema.schema,
            "strict": is_strict(&schema.schema),
        },
    })
}

/// OpenAI's models that think (o1 and later, GPT-5 and later) refuse the old name, and many others' servers do not
/// know the new one.
fn limit_name(model: &str) -> &'static str {
    let name = model.rsplit('/').next().unwrap_or(model);
    let number = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let thinks = name.strip_prefix('o').and_then(number).is_some()
        || name
            .strip_prefix("gpt-")
            .and_then(number)
            .is_some_and(|it| it >= 5);
    if thinks {
        "max_completion_tokens"
    } else {
        "max_tokens"
    }
}
