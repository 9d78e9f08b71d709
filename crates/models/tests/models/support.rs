//! What the tests share.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use guise_core::TenantId;
use guise_core::ports::{
    Answer, AnswerSchema, Message, Model, ModelError, Models, Question, Speaker, Tool,
};
use guise_models::{ModelDirectory, ModelSettings, SettingsError};
use guise_testmodel::{Reply, TestModel};
use serde_json::{Value, json};
use tokio::time::Instant;

pub const KEY: &str = "sk-test-0123456789abcdef";

/// One model of each protocol.
pub const NAMES: [&str; 4] = [
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "ollama/qwen3",
];

pub fn read(variables: &[(&str, &str)]) -> Result<ModelSettings, SettingsError> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    ModelSettings::from_variables(|name| variables.get(name).map(|value| (*value).to_owned()))
}

pub fn directory(variables: &[(&str, &str)]) -> ModelDirectory {
    ModelDirectory::new(read(variables).unwrap(), None).unwrap()
}

/// All providers at `provider`, with the key.
pub fn directory_at(provider: &TestModel) -> ModelDirectory {
    let (url, openai) = (provider.url(), provider.openai_url());
    directory(&[
        ("OPENAI_BASE_URL", &openai),
        ("OPENAI_API_KEY", KEY),
        ("OPENROUTER_BASE_URL", &openai),
        ("OPENROUTER_API_KEY", KEY),
        ("ANTHROPIC_BASE_URL", &url),
        ("ANTHROPIC_API_KEY", KEY),
        ("GEMINI_BASE_URL", &url),
        ("GEMINI_API_KEY", KEY),
        ("OLLAMA_HOST", &url),
        ("OLLAMA_API_KEY", KEY),
        (
            "GUISE_MODEL_PRICES",
            "anthropic/claude-sonnet-4-5=3/0.30/15, openrouter/priced=1/1",
        ),
    ])
}

pub async fn model_at(provider: &TestModel, name: &str) -> Arc<dyn Model> {
    let directory = directory_at(provider);
    let chosen = directory.choose(TenantId::new(), Some(name)).await.unwrap();
    assert_eq!(chosen.note, None);
    chosen.model
}

/// Asks a model of a provider that answers once as told.
pub async fn ask_once(name: &str, reply: Reply, question: &Question) -> Result<Answer, ModelError> {
    let provider = TestModel::start().await.unwrap();
    provider.push(reply);
    model_at(&provider, name).await.ask(question, soon()).await
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(300)
}

pub fn question(text: &str) -> Question {
    Question {
        messages: vec![said(Speaker::User, text)],
        ..Question::default()
    }
}

pub fn said(speaker: Speaker, text: &str) -> Message {
    Message {
        speaker,
        text: text.to_owned(),
        pictures: Vec::new(),
    }
}

/// Begins as JPEG pictures do.
pub fn picture() -> Bytes {
    Bytes::from_static(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
}

pub const PICTURE_IN_BASE64: &str = "/9j/4AECAw==";

pub fn click() -> Tool {
    Tool {
        name: "click".to_owned(),
        description: "Presses an element.".to_owned(),
        parameters: json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}),
    }
}

pub fn schema(schema: Value) -> AnswerSchema {
    AnswerSchema {
        name: "verdict".to_owned(),
        schema,
    }
}

/// Everything that can be asked at once.
pub fn full_question() -> Question {
    let mut last = said(Speaker::User, "What is this?");
    last.pictures.push(picture());
    Question {
        system: "You are terse.".to_owned(),
        messages: vec![
            said(Speaker::User, "Hello"),
            said(Speaker::Model, "Hello."),
            last,
        ],
        tools: vec![click()],
        schema: Some(schema(json!({
            "type": "object",
            "properties": {"score": {"type": "integer", "minimum": 0}, "why": {"type": "string"}},
            "required": ["score"],
        }))),
        max_tokens: Some(77),
    }
}

/// Does `work` while time passes on its own: a quarter of a second whenever everything that needs no time has been done.
/// What is on its way over a socket needs none, so no time passes before it has arrived.
pub async fn as_time_passes<T>(work: impl Future<Output = T>) -> T {
    tokio::time::pause();
    let mut work = pin!(work);
    loop {
        // After each of these, the sockets were looked at.
        for turn in 0..50 {
            tokio::select! {
                biased;
                done = &mut work => {
                    tokio::time::resume();
                    return done;
                }
                () = tokio::task::yield_now() => {}
            }
            if turn % 10 == 0 {
                // On a busy machine, the kernel needs the processor for what is on its way.
                std::thread::yield_now();
            }
        }
        tokio::time::advance(Duration::from_millis(250)).await;
    }
}
