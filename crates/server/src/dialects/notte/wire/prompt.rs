//! Prompts that are to be made better.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A prompt that is to be made clearer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImprovePromptRequest {
    /// It.
    pub prompt: String,
}

/// A prompt that was made clearer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImprovePromptResponse {
    /// It.
    pub prompt: String,
    /// The names of the variables in it, `{{name}}`; null where there is none.
    pub variables: Option<Vec<String>>,
}

/// An agent that is stuck.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NudgePromptRequest {
    /// What it is to do.
    pub task: String,
    /// What it said, the newest last.
    #[schema(value_type = Vec<Object>)]
    pub agent_messages: Vec<Map<String, Value>>,
}

/// What it should try next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NudgePromptResponse {
    /// In words.
    pub prompt: String,
}
