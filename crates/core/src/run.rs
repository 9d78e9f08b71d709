//! A run: a model that works on a task in a session (Notte API: an agent).

use serde::{Deserialize, Serialize};

use crate::{KeyId, ModelUsage, PersonaId, RunId, SessionId, TenantId, Timestamp, VaultId};

/// A run as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: RunId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The key that started it.
    pub key: KeyId,
    /// Where it works.
    pub session: SessionId,
    /// What is to be done, in the words of whoever wants it.
    pub task: String,
    /// How.
    pub options: RunOptions,
    /// The model that answers, written `provider/model`.
    pub model: String,
    /// What differs from what was asked for, in words.
    pub note: Option<String>,
    /// What its model took so far.
    pub usage: ModelUsage,
    /// When it began.
    pub created_at: Timestamp,
    /// How it ended; absent while it is under way.
    pub end: Option<RunEnd>,
}

/// How a run works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Where it goes first.
    pub url: Option<String>,
    /// The JSON Schema that its answer must fit.
    pub response_format: Option<serde_json::Value>,
    /// The first step of the session that it may look back to.
    pub session_offset: Option<u64>,
    /// The model sees pictures of the page.
    pub use_vision: bool,
    /// At most so many steps.
    pub max_steps: u32,
    /// It ends once its model took so many tokens, those of questions and of answers together; no limit when absent.
    #[serde(default)]
    pub max_tokens: Option<u64>,
    /// How it goes about its work: told to its model word for word.
    #[serde(default)]
    pub instructions: Option<String>,
    /// The uploaded files that it is told of.
    #[serde(default)]
    pub files: Vec<String>,
    /// Who it acts as.
    pub persona: Option<PersonaId>,
    /// Whose credentials it may use.
    pub vault: Option<VaultId>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnd {
    /// When.
    pub at: Timestamp,
    /// The task was done, as far as the model can tell.
    pub success: bool,
    /// What it answers, text or JSON text; why it did not succeed, where there is no answer.
    pub answer: String,
}

/// Which runs to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that were started with this key.
    pub key: Option<KeyId>,
    /// Only those that are under way.
    pub only_active: bool,
}
