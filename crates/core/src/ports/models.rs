//! Language models, seen from the services.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

use crate::{Error, ModelUsage, Result, Secret, TenantId};

/// Finds models.
#[async_trait]
pub trait Models: Send + Sync {
    /// The model that answers a tenant who wishes for `wish`, written `provider/model`; the operator's own one when there is
    /// no wish.
    ///
    /// Where the wished provider has no key, the operator's own model answers instead, and [`ChosenModel::note`] says so.
    ///
    /// # Errors
    /// Kind `Invalid` for a wish that is not of that form; `Refused`, saying what to set, when there is no model at all.
    async fn choose(&self, tenant: TenantId, wish: Option<&str>) -> Result<ChosenModel>;
}

/// Keys that tenants have brought for themselves.
#[async_trait]
pub trait TenantModelKeys: Send + Sync {
    /// The key of `tenant` for the provider of that name, such as `anthropic`; none where it has brought none. It is used
    /// instead of the operator's, and sent to that provider only.
    ///
    /// # Errors
    /// When keys cannot be read.
    async fn key(&self, tenant: TenantId, provider: &str) -> Result<Option<Secret>>;
}

/// A model that was found.
#[derive(Clone)]
pub struct ChosenModel {
    /// It.
    pub model: Arc<dyn Model>,
    /// What differs from what was wished for, in words.
    pub note: Option<String>,
}

/// One language model.
#[async_trait]
pub trait Model: Send + Sync {
    /// Its name, written `provider/model`.
    fn name(&self) -> &str;

    /// Asks once, and waits for the whole answer. A provider that is busy or fails is asked again a few times, each time
    /// later, as long as `deadline` allows.
    ///
    /// # Errors
    /// See [`ModelError`].
    async fn ask(&self, question: &Question, deadline: Instant) -> Result<Answer, ModelError>;
}

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// What it is and what it must keep to.
    pub system: String,
    /// The conversation so far, oldest first; the last one is the asker's.
    pub messages: Vec<Message>,
    /// What it may call instead of answering in text.
    pub tools: Vec<Tool>,
    /// What its text must be, where it must be JSON.
    pub schema: Option<AnswerSchema>,
    /// At most so many tokens of answer; the provider's own limit when absent.
    pub max_tokens: Option<u32>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Whose it is.
    pub speaker: Speaker,
    /// What is said.
    pub text: String,
    /// JPEG pictures that belong to it.
    pub pictures: Vec<Bytes>,
}

/// Whose a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The asker's.
    User,
    /// The model's.
    Model,
}

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Letters, digits and `_`, at most 64.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of its arguments, an object.
    pub parameters: Value,
}

/// A JSON Schema for a whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerSchema {
    /// Letters, digits and `_`, at most 64.
    pub name: String,
    /// The schema.
    pub schema: Value,
}

/// What a model says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Its text; empty when it only calls.
    pub text: String,
    /// What it calls, in its order.
    pub calls: Vec<ToolCall>,
    /// What it took.
    pub usage: ModelUsage,
    /// How many times it was asked until it answered, 1 or more.
    pub attempts: u32,
    /// From asking to the whole answer, waits between attempts included.
    pub took: Duration,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// The tool.
    pub name: String,
    /// Its arguments; whatever the model wrote, so not always an object.
    pub arguments: Value,
}

/// Why a model did not answer. The text is for whoever started the run, and never holds a key.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be reached.
    #[error("The model {model} cannot be reached at {address}: {why}")]
    Unreachable {
        /// Its name.
        model: String,
        /// Scheme, host and port.
        address: String,
        /// What the network says.
        why: String,
    },
    /// Its provider refuses the question: the key is wrong, the model unknown, the question too long.
    #[error("The provider of the model {model} refuses the question with status {status}: {why}")]
    Refused {
        /// Its name.
        model: String,
        /// The HTTP status.
        status: u16,
        /// What the provider says, cut.
        why: String,
    },
    /// Its provider is busy or broken, however often it was asked.
    #[error("The provider of the model {model} failed {attempts} times, the last time with: {why}")]
    Failing {
        /// Its name.
        model: String,
        /// How many times it was asked.
        attempts: u32,
        /// The last failure.
        why: String,
    },
    /// It did not begin to answer, or did not end, in time.
    #[error("The model {model} did not answer in time: {what}")]
    Late {
        /// Its name.
        model: String,
        /// Which time was over.
        what: String,
    },
    /// What came is no answer of that provider's protocol, or too long.
    #[error("What the model {model} answered cannot be read: {why}")]
    Unreadable {
        /// Its name.
        model: String,
        /// What is wrong with it.
        why: String,
    },
}

impl From<ModelError> for Error {
    /// A model that fails is nothing that the caller did wrong, and nothing that is wrong with this server.
    fn from(error: ModelError) -> Self {
        Self::refused(error.to_string()).with_source(error)
    }
}
