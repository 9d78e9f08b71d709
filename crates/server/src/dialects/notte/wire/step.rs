//! Elements of a trajectory: `{"type", "value"}`.

use guise_core::{Step, StepRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::agent::{AgentCompletion, AgentStepStart, AgentStepStop};
use super::execution::ApiExecutionResponse;
use super::observation::ObservationBody;

/// One element of a trajectory.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum TrajectoryStep {
    /// An action and what became of it.
    ExecutionResult(Box<ApiExecutionResponse>),
    /// A look at the page.
    Observation(Box<ObservationBody>),
    /// An agent begins a step.
    AgentStepStart(AgentStepStart),
    /// An agent's model decided what to do.
    AgentCompletion(Box<AgentCompletion>),
    /// An agent ended a step.
    AgentStepStop(AgentStepStop),
}

impl TrajectoryStep {
    /// The wire form of a step.
    pub fn new(session_id: &str, step: Step) -> Self {
        match step {
            Step::Execution(execution) => Self::ExecutionResult(Box::new(
                ApiExecutionResponse::new(session_id.to_owned(), *execution),
            )),
            Step::Observation(observation) => Self::Observation(Box::new(ObservationBody::new(
                session_id.to_owned(),
                *observation,
            ))),
            Step::RunStepBegan(mark) => Self::AgentStepStart(mark.into()),
            Step::Decision(decision) => Self::AgentCompletion(Box::new((*decision).into())),
            Step::RunStepEnded(end) => Self::AgentStepStop(end.mark.into()),
        }
    }

    /// The wire forms of what was kept; steps without a result are left out.
    pub fn list(session_id: &str, records: Vec<StepRecord>) -> Vec<Self> {
        records
            .into_iter()
            .filter_map(|record| record.step)
            .map(|step| Self::new(session_id, step))
            .collect()
    }
}
