//! A session's trajectory: what was done and seen, in order.

use serde::{Deserialize, Serialize};

use crate::{Action, ElementId, Execution, ModelUsage, Observation, RunId, SessionId, Timestamp};

/// One element of a trajectory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", content = "value", rename_all = "snake_case")]
pub enum Step {
    /// An action and what became of it.
    Execution(Box<Execution>),
    /// A look at the page.
    Observation(Box<Observation>),
    /// A run begins a step of its own.
    RunStepBegan(StepMark),
    /// A run's model decided what to do.
    Decision(Box<Decision>),
    /// A run ended a step of its own.
    RunStepEnded(Box<StepEnd>),
}

/// Where a step of a run begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMark {
    /// The run.
    pub run: RunId,
    /// Which of its steps, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
}

/// The end of a step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEnd {
    /// Where it ends.
    #[serde(flatten)]
    pub mark: StepMark,
    /// What the model was asked, where it gave no answer that could be used: the step has no decision then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_vain: Option<AskedInVain>,
}

/// A model that was asked and gave no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedInVain {
    /// When it was asked.
    pub started_at: Timestamp,
    /// What asking took.
    pub asked: Asked,
    /// What was wrong with its last answer.
    pub why: String,
}

/// What a model decided to do, and why (Notte API: `AgentCompletion`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What it thinks.
    pub goal: Goal,
    /// What it wants done.
    pub action: Action,
    /// When it was asked.
    pub started_at: Timestamp,
    /// When it had answered.
    pub ended_at: Timestamp,
    /// What asking took; absent where no model was asked.
    pub asked: Option<Asked>,
}

/// What a model thinks of how its task stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// How the last step's goal stands.
    pub previous_goal_status: GoalStatus,
    /// Why.
    pub previous_goal_eval: String,
    /// What the page is.
    pub page_summary: String,
    /// The elements that matter.
    pub relevant_interactions: Vec<Relevant>,
    /// What it wants to remember.
    pub memory: String,
    /// What comes next.
    pub next_goal: String,
}

/// How a goal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStatus {
    /// It was reached.
    Success,
    /// It was not.
    Failure,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// An element that matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relevant {
    /// Its name in the observation.
    pub id: ElementId,
    /// Why it matters.
    pub reason: String,
}

/// What asking a model took, its second try included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The model, written `provider/model`.
    pub model: String,
    /// How long the prompt was, in characters; pictures do not count.
    pub prompt_characters: u64,
    /// How many pictures went with it.
    pub pictures: u32,
    /// How many requests it took, those that the provider failed included.
    pub attempts: u32,
    /// Tokens and cost.
    pub usage: ModelUsage,
    /// Milliseconds until the whole answer was there.
    pub took_ms: u64,
    /// What was wrong with the first answer, where there was a second one.
    pub repaired: Option<String>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPlace {
    /// The session.
    pub session: SessionId,
    /// Its place in the session's trajectory, from 0.
    pub sequence: u64,
    /// The run that does it, where it is not a caller's own call.
    pub run: Option<RunId>,
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
