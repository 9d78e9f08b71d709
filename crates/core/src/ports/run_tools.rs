//! Tools that whoever starts a run gives it, beside the browser's actions.

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::Instant;

use crate::ports::Tool;
use crate::{Outcome, Placeholders, Result, Timestamp};

/// A tool of a run.
#[async_trait]
pub trait RunTool: Send + Sync {
    /// What the model is told of it. Its name is always the same, and no action's.
    fn describe(&self) -> Tool;

    /// The actions that it takes the place of: the model is not told of them.
    fn replaces(&self) -> &'static [&'static str] {
        &[]
    }

    /// Calls it. `placeholders` are those of the run, if it may have secrets filled in. Arguments that are wrong are a failed outcome, which the model reads. What it answers is kept in the session's
    /// trajectory, so it holds no secret.
    ///
    /// # Errors
    /// When it could not be tried at all, such as when the store fails.
    async fn call(
        &self,
        arguments: &Value,
        placeholders: Option<&Placeholders>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Outcome>;
}
