//! A session's trajectory: what was done and seen, in order.

use serde::{Deserialize, Serialize};

use crate::{Execution, Observation, Timestamp};

/// One element of a trajectory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", content = "value", rename_all = "snake_case")]
pub enum Step {
    /// An action and what became of it.
    Execution(Box<Execution>),
    /// A look at the page.
    Observation(Box<Observation>),
}

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRecord {
    /// Its place in the session's trajectory, from 0; places of steps that never finished are missing.
    pub sequence: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// What happened; absent while it is under way, or for ever when the server died during it (its effect is unknown).
    pub step: Option<Step>,
    /// The blob with its picture, for an observation.
    pub picture: Option<String>,
}
