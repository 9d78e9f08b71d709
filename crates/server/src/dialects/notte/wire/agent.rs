//! Agents: models that work on tasks in sessions.

use guise_agent::{Language as _, RunRequest};
use guise_core::{Asked, Decision, GoalStatus, Page, Run, StepMark, StepRecord, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::action::AnyAction;
use super::step::TrajectoryStep;
use crate::dialects::notte::language::NotteActions;

/// What is wanted of an agent (Notte API: `ApiAgentStartRequest`).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiAgentStartRequest {
    /// What is to be done, in words.
    pub task: String,
    /// Where: an active session.
    pub session_id: String,
    /// Where it goes first.
    pub url: Option<String>,
    /// The JSON Schema that its answer must fit.
    #[schema(value_type = Option<Object>)]
    pub response_format: Option<Value>,
    /// The first step of the session that it may look back to.
    pub session_offset: Option<i64>,
    /// The model, written `provider/model`; the server's own one when absent, or when there is no key for its provider.
    pub reasoning_model: Option<String>,
    /// The model sees pictures of the page; true when absent.
    pub use_vision: Option<bool>,
    /// At most so many steps, 1 to 150; 20 when absent.
    pub max_steps: Option<i64>,
    /// The vault whose credentials it may use.
    pub vault_id: Option<String>,
    /// The persona that it acts as.
    pub persona_id: Option<String>,
    /// Refused: there are no notifications.
    #[schema(value_type = Option<Object>)]
    pub notifier_config: Option<Value>,
}

impl From<ApiAgentStartRequest> for RunRequest {
    fn from(body: ApiAgentStartRequest) -> Self {
        Self {
            task: body.task,
            session_id: body.session_id,
            url: body.url,
            response_format: body.response_format,
            session_offset: body.session_offset,
            reasoning_model: body.reasoning_model,
            use_vision: body.use_vision,
            max_steps: body.max_steps,
            persona_id: body.persona_id,
            vault_id: body.vault_id,
            notifier_config: body.notifier_config,
            ..Self::default()
        }
    }
}

/// How an agent stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// It works.
    Active,
    /// It has ended; `success` says how.
    Closed,
}

/// An agent (Notte API: `AgentResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentResponse {
    /// Its identifier.
    pub agent_id: String,
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Where it works.
    pub session_id: String,
    /// How it stands.
    pub status: AgentStatus,
    /// When it ended.
    pub closed_at: Option<String>,
    /// It is kept beyond the others; none is.
    pub saved: bool,
    /// The model that answers.
    pub reasoning_model: String,
    /// What differs from what was asked for.
    pub note: Option<String>,
}

impl AgentResponse {
    /// The wire form.
    pub fn new(run: &Run) -> Self {
        Self {
            agent_id: run.id.to_string(),
            created_at: run.created_at.to_string(),
            session_id: run.session.to_string(),
            status: match run.end {
                None => AgentStatus::Active,
                Some(_) => AgentStatus::Closed,
            },
            closed_at: run.end.as_ref().map(|end| end.at.to_string()),
            saved: false,
            reasoning_model: run.model.clone(),
            note: run.note.clone(),
        }
    }
}

/// An agent with what it did (Notte API: `AgentStatusResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentStatusResponse {
    /// The agent.
    #[serde(flatten)]
    pub agent: AgentResponse,
    /// What it is to do.
    pub task: String,
    /// Where it went first.
    pub url: Option<String>,
    /// Whether the task was done; null while it works.
    pub success: Option<bool>,
    /// Its answer, or why there is none.
    pub answer: Option<String>,
    /// What it did: a part of the session's steps.
    pub steps: Vec<TrajectoryStep>,
    /// What its model took.
    pub usage: UsageBody,
}

/// What a model took.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ModelUsage)]
pub struct UsageBody {
    /// Tokens of what it was asked.
    pub input_tokens: u64,
    /// Those of them that came from the provider's cache.
    pub cached_tokens: u64,
    /// Tokens of what it answered.
    pub output_tokens: u64,
    /// US dollars; null when the price is not known.
    pub cost: Option<f64>,
}

impl From<guise_core::ModelUsage> for UsageBody {
    fn from(usage: guise_core::ModelUsage) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "money far below 2^52 millionths"
        )]
        let cost = usage.cost_micros.map(|micros| micros as f64 / 1e6);
        Self {
            input_tokens: usage.input_tokens,
            cached_tokens: usage.cached_tokens,
            output_tokens: usage.output_tokens,
            cost,
        }
    }
}

impl AgentStatusResponse {
    /// The wire form.
    pub fn new(run: Run, records: Vec<StepRecord>) -> Self {
        Self {
            agent: AgentResponse::new(&run),
            steps: TrajectoryStep::list(&run.session.to_string(), records),
            task: run.task,
            url: run.options.url,
            success: run.end.as_ref().map(|end| end.success),
            answer: run.end.map(|end| end.answer),
            usage: run.usage.into(),
        }
    }
}

/// A page of a list of agents, newest first (Notte API: `PaginatedResponse[AgentResponse]`).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PaginatedResponse_AgentResponse_)]
pub struct AgentPage {
    /// What is on it.
    pub items: Vec<AgentResponse>,
    /// Which page it is.
    pub page: u32,
    /// How many items a page holds.
    pub page_size: u32,
    /// There is a further page.
    pub has_next: bool,
    /// There is an earlier page.
    pub has_previous: bool,
}

impl From<Page<Run>> for AgentPage {
    fn from(page: Page<Run>) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page.items.iter().map(AgentResponse::new).collect(),
        }
    }
}

/// What a model decided to do, and why (Notte API: `AgentCompletion`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentCompletion {
    /// What it thinks.
    pub state: AgentState,
    /// What it wants done, without the members that only show or tune.
    #[schema(value_type = AnyAction)]
    pub action: Value,
    /// When it was asked, RFC 3339.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it had answered, RFC 3339.
    #[schema(format = DateTime)]
    pub ended_at: String,
}

/// What a model thinks of how its task stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentState {
    /// `success`, `failure` or `unknown`.
    pub previous_goal_status: &'static str,
    /// Why.
    pub previous_goal_eval: String,
    /// What the page is.
    pub page_summary: String,
    /// The elements that matter.
    pub relevant_interactions: Vec<RelevantInteraction>,
    /// What it wants to remember.
    pub memory: String,
    /// What comes next.
    pub next_goal: String,
}

/// An element that matters.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RelevantInteraction {
    /// Its name in the observation.
    pub id: String,
    /// Why it matters.
    pub reason: String,
}

impl From<Decision> for AgentCompletion {
    fn from(decision: Decision) -> Self {
        let goal = decision.goal;
        Self {
            state: AgentState {
                previous_goal_status: match goal.previous_goal_status {
                    GoalStatus::Success => "success",
                    GoalStatus::Failure => "failure",
                    GoalStatus::Unknown => "unknown",
                },
                previous_goal_eval: goal.previous_goal_eval,
                page_summary: goal.page_summary,
                relevant_interactions: goal
                    .relevant_interactions
                    .into_iter()
                    .map(|relevant| RelevantInteraction {
                        id: relevant.id.to_string(),
                        reason: relevant.reason,
                    })
                    .collect(),
                memory: goal.memory,
                next_goal: goal.next_goal,
            },
            action: NotteActions.write(&decision.action),
            started_at: decision.started_at.to_string(),
            ended_at: decision.ended_at.to_string(),
        }
    }
}

/// Where a step of an agent begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentStepStart {
    /// Which of its steps, from 1.
    pub step_number: u32,
    /// The agent.
    pub agent_id: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    pub started_at: String,
}

/// Where a step of an agent ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentStepStop {
    /// Which of its steps, from 1.
    pub step_number: u32,
    /// The agent.
    pub agent_id: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    pub ended_at: String,
}

impl From<StepMark> for AgentStepStart {
    fn from(mark: StepMark) -> Self {
        Self {
            step_number: mark.number,
            agent_id: mark.run.to_string(),
            started_at: mark.at.to_string(),
        }
    }
}

impl From<StepMark> for AgentStepStop {
    fn from(mark: StepMark) -> Self {
        Self {
            step_number: mark.number,
            agent_id: mark.run.to_string(),
            ended_at: mark.at.to_string(),
        }
    }
}

/// All that is known of how an agent worked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentTrace {
    /// The agent with its steps.
    pub agent: AgentStatusResponse,
    /// What asking its model took, for each of its steps in order, those without a decision included.
    pub asked: Vec<AskedBody>,
}

/// What asking a model took.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ModelCall)]
pub struct AskedBody {
    /// When it was asked, RFC 3339.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// The model.
    pub model: String,
    /// How long the prompt was, in characters.
    pub prompt_characters: u64,
    /// How many pictures went with it.
    pub pictures: u32,
    /// How many requests it took.
    pub attempts: u32,
    /// Tokens and cost.
    pub usage: UsageBody,
    /// Milliseconds until the whole answer was there.
    pub took_ms: u64,
    /// What was wrong with the first answer, where there was a second one.
    pub repaired: Option<String>,
    /// What was wrong with the last answer, where none could be used.
    pub unusable: Option<String>,
}

impl AskedBody {
    /// The wire form.
    pub fn new(started_at: Timestamp, asked: Asked, unusable: Option<String>) -> Self {
        Self {
            started_at: started_at.to_string(),
            model: asked.model,
            prompt_characters: asked.prompt_characters,
            pictures: asked.pictures,
            attempts: asked.attempts,
            usage: asked.usage.into(),
            took_ms: asked.took_ms,
            repaired: asked.repaired,
            unusable,
        }
    }
}
