//! What is asked of a run, checked.

use std::fmt;
use std::sync::Arc;

use guise_core::ports::RunTool;
use guise_core::{Error, MAX_PROMPT_BYTES, Result, RunOptions, Violation};
use serde_json::{Value, json};

use crate::schema::Schema;

/// The longest task, in characters: any prompt of a journey is short enough.
const LONGEST_TASK: usize = MAX_PROMPT_BYTES;

/// The longest address to begin with, in characters.
const LONGEST_URL: usize = 4_000;

/// Steps where the asker does not say, and the most there may be (Notte contract §3.6).
const DEFAULT_STEPS: i64 = 20;
const MOST_STEPS: i64 = 150;

/// A request as a dialect read it: types are right, nothing else is checked (Notte API: `ApiAgentStartRequest`).
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "named as on the wire, where they are described"
)]
pub struct RunRequest {
    pub task: String,
    pub session_id: String,
    pub url: Option<String>,
    pub response_format: Option<Value>,
    pub session_offset: Option<i64>,
    pub reasoning_model: Option<String>,
    pub use_vision: Option<bool>,
    pub max_steps: Option<i64>,
    pub persona_id: Option<String>,
    pub vault_id: Option<String>,
    pub notifier_config: Option<Value>,
    /// It ends once its model took so many tokens; no limit when absent.
    pub max_tokens: Option<u64>,
    /// How it goes about its work: told to its model word for word.
    pub instructions: Option<String>,
    /// The uploaded files that it is told of.
    pub files: Vec<String>,
    /// What it can call beside the actions.
    pub tools: RunTools,
}

/// Tools that whoever starts a run gives it.
#[derive(Clone, Default)]
pub struct RunTools(pub Vec<Arc<dyn RunTool>>);

impl fmt::Debug for RunTools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|tool| tool.describe().name);
        f.debug_list().entries(names).finish()
    }
}

impl RunRequest {
    /// How the run will work; who it acts as is found out elsewhere.
    ///
    /// # Errors
    /// Kind `Invalid` with every member that is out of bounds or cannot be granted.
    pub(crate) fn check(&self) -> Result<RunOptions> {
        let mut wrong = Vec::new();
        let mut add = |member: &str, code, message: String, input: Value| {
            wrong.push(Violation {
                path: vec![member.to_owned()],
                code,
                message,
                input: Some(input),
            });
        };
        if self.task.trim().is_empty() {
            let message = "Invalid task: expected what is to be done, in words".to_owned();
            add("task", "too_short", message, json!(self.task));
        }
        let characters = self.task.chars().count();
        if characters > LONGEST_TASK {
            let message = format!(
                "Invalid task: expected at most {LONGEST_TASK} characters, got {characters}"
            );
            add("task", "too_long", message, json!(characters));
        }
        let url = self.url.as_deref().map(str::trim);
        let url = url.filter(|url| !url.is_empty());
        if url.is_some_and(|url| url.chars().count() > LONGEST_URL) {
            let message = format!("Invalid url: expected at most {LONGEST_URL} characters");
            add("url", "too_long", message, json!(null));
        }
        let max_steps = self.max_steps.unwrap_or(DEFAULT_STEPS);
        if !(1..=MOST_STEPS).contains(&max_steps) {
            let message = format!("Invalid max_steps {max_steps}: expected 1 to {MOST_STEPS}");
            add("max_steps", "range", message, json!(max_steps));
        }
        if let Some(offset) = self.session_offset.filter(|offset| *offset < 0) {
            let message = format!("Invalid session_offset {offset}: expected 0 or more");
            add("session_offset", "range", message, json!(offset));
        }
        if self.notifier_config.is_some() {
            let message = "Unsupported option notifier_config: this server sends no notifications; leave it out and ask for \
                           the agent's status, or listen to its log socket"
                .to_owned();
            add("notifier_config", "unsupported", message, json!(null));
        }
        if let Some(format) = &self.response_format
            && let Err(error) = Schema::new(format, "response_format")
        {
            add(
                "response_format",
                "json_schema",
                error.message().to_owned(),
                json!(null),
            );
        }
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        Ok(RunOptions {
            url: url.map(str::to_owned),
            response_format: self.response_format.clone(),
            session_offset: self.session_offset.map(i64::unsigned_abs),
            use_vision: self.use_vision.unwrap_or(true),
            max_steps: u32::try_from(max_steps).unwrap_or(u32::MAX),
            max_tokens: self.max_tokens,
            instructions: self.instructions.clone(),
            files: self.files.clone(),
            persona: None,
            vault: None,
        })
    }
}
