//! How actions are written, for a model to read and to write.

use guise_core::ports::Tool;
use guise_core::{Action, Result};
use serde_json::Value;

/// A wire form of actions.
pub trait Language: Send + Sync {
    /// The action that `value` says: an object with `type` and the members of that type.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member and what would be right.
    fn read(&self, value: Value) -> Result<Action>;

    /// The action as [`Language::read`] takes it, with what a reader needs and no more.
    fn write(&self, action: &Action) -> Value;

    /// One tool for each type of action. Its arguments are the members of that type without `type`.
    fn tools(&self) -> Vec<Tool>;
}
