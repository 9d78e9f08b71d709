//! What became of an action.

use serde::{Deserialize, Serialize};

use crate::{Action, ApprovalId, Asked, DataSpace, NodeSelectors, Timestamp};

/// What the browser made of one action. An action that does not succeed is an outcome, not an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// It had its effect.
    pub success: bool,
    /// One past-tense sentence, or why it failed. Never holds a secret.
    pub message: String,
    /// The failure as clients raise it. Absent on success, and for failures that callers expect (a script that throws).
    pub exception: Option<String>,
    /// What it read.
    pub data: Option<DataSpace>,
    /// Where the element was found.
    pub selectors: Option<NodeSelectors>,
    /// The element's label.
    pub text_label: Option<String>,
    /// The approval that it waits for: it was not done, or not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<ApprovalId>,
    /// The approvals that requests of pages wait for, which go on by themselves: nothing is to be done again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_for: Vec<ApprovalId>,
}

impl Outcome {
    /// It worked.
    pub fn done(message: impl Into<String>) -> Self {
        Self {
            success: true,
            message: message.into(),
            ..Self::default()
        }
    }

    /// It worked and read something.
    pub fn read(message: impl Into<String>, data: DataSpace) -> Self {
        Self {
            data: Some(data),
            ..Self::done(message)
        }
    }

    /// It failed; clients that raise on failure raise `message`.
    pub fn failed(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            exception: Some(message.clone()),
            message,
            ..Self::default()
        }
    }

    /// What asking a model for data took, where one was asked.
    pub fn asked(&self) -> Option<&Asked> {
        self.data.as_ref()?.structured.as_ref()?.asked.as_ref()
    }

    /// It did not succeed in a way that clients take as an answer, not as a failure.
    pub fn unsuccessful(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }
}

/// An action with what became of it: one element of a session's trajectory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// What was asked.
    pub action: Action,
    /// What became of it.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}
