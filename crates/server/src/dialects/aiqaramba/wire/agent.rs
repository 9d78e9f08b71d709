//! Agents: tasks with a browser of their own.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use guise_core::services::{AssignmentRequest, AttachedFile, CastWish};
use guise_core::{Assignment, AssignmentId, Error, Summary, Verdict};
use guise_models::ModelName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::extract::optional_id;
use super::seconds;

/// Base64, whether it is padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An agent to be started.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantAgentCreateRequest)]
#[serde(deny_unknown_fields)]
pub(in crate::dialects::aiqaramba) struct NewAgent {
    /// The project that it belongs to. It begins at the project's `entry_url`, if there is one.
    #[schema(format = "uuid")]
    pub(in crate::dialects::aiqaramba) project_id: String,
    /// What it is to do, up to 64 KiB.
    prompt: String,
    /// Who it is; the project's persona when absent, or else the tenant's.
    #[schema(format = "uuid")]
    persona_id: Option<String>,
    /// How it goes about it; the project's role when absent, or else the tenant's.
    #[schema(format = "uuid")]
    role_id: Option<String>,
    /// What it is called, 1 to 100 characters; the beginning of its prompt when absent.
    name: Option<String>,
    /// The language model, such as `gemini-3-flash-preview` or `openai/gpt-4o`; the server's own one when absent, or when there
    /// is no key for its provider.
    model: Option<String>,
    /// `chrome` (the full browser, when absent) or `chromium` (the small build).
    browser_type: Option<String>,
    /// It ends once its model took so many tokens; 2,000,000 when absent.
    #[schema(minimum = 1)]
    max_tokens: Option<i64>,
    /// It ends after so many steps, 1 to 150; 100 when absent.
    #[schema(minimum = 1, maximum = 150)]
    max_iterations: Option<i64>,
    /// Videos are not recorded: only false is granted.
    record_video: Option<bool>,
    /// Every agent has a fresh browser, so both are granted.
    clean_session: Option<bool>,
    /// Files that it can attach to forms, at most 50 and 10 MiB together. They are its own, and are gone once it has ended.
    files: Option<Vec<AgentFile>>,
}

/// A file for an agent.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantAgentFile)]
#[serde(deny_unknown_fields)]
pub(in crate::dialects::aiqaramba) struct AgentFile {
    /// Its name, or a path that ends with it. It goes before an upload of that name.
    path: String,
    /// What is in it, in base64.
    #[schema(format = "byte")]
    content: String,
}

impl NewAgent {
    /// Who it is to be, and how it goes about it.
    pub(in crate::dialects::aiqaramba) fn wish(&self) -> Result<CastWish, Error> {
        wish(self.role_id.as_ref(), self.persona_id.as_ref())
    }
}

impl TryFrom<NewAgent> for AssignmentRequest {
    type Error = Error;

    fn try_from(new: NewAgent) -> Result<Self, Error> {
        Ok(Self {
            prompt: new.prompt,
            ..request(AgentOverrides {
                name: new.name,
                model: new.model,
                browser_type: new.browser_type,
                max_tokens: new.max_tokens,
                max_iterations: new.max_iterations,
                record_video: new.record_video,
                clean_session: new.clean_session,
                files: new.files,
            })?
        })
    }
}

/// A run of a journey.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = JourneyRunRequest)]
#[serde(deny_unknown_fields)]
pub(in crate::dialects::aiqaramba) struct NewJourneyRun {
    /// A text for each variable of the journey's prompt template.
    #[serde(default)]
    #[schema(required = false)]
    pub(in crate::dialects::aiqaramba) variables: BTreeMap<String, String>,
    /// Who does it; the journey's persona when absent, or else the project's, or else the tenant's.
    #[schema(format = "uuid")]
    persona_id: Option<String>,
    /// How it is gone about; the journey's role when absent, or else the project's, or else the tenant's.
    #[schema(format = "uuid")]
    role_id: Option<String>,
    /// What else is to be otherwise than for any run.
    overrides: Option<AgentOverrides>,
}

/// How a run of a journey is to differ from what an agent gets.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = JourneyRunOverrides)]
#[serde(deny_unknown_fields)]
pub(in crate::dialects::aiqaramba) struct AgentOverrides {
    /// What the agent is called; as the journey when absent.
    name: Option<String>,
    /// The language model, as for `POST /api/v1/agents`.
    model: Option<String>,
    /// `chrome` or `chromium`.
    browser_type: Option<String>,
    /// At most so many tokens.
    #[schema(minimum = 1)]
    max_tokens: Option<i64>,
    /// At most so many steps.
    #[schema(minimum = 1, maximum = 150)]
    max_iterations: Option<i64>,
    /// Only false is granted.
    record_video: Option<bool>,
    /// Both are granted.
    clean_session: Option<bool>,
    /// Files that the agent can attach to forms.
    files: Option<Vec<AgentFile>>,
}

impl NewJourneyRun {
    /// Who does it, and how.
    pub(in crate::dialects::aiqaramba) fn wish(&self) -> Result<CastWish, Error> {
        wish(self.role_id.as_ref(), self.persona_id.as_ref())
    }

    /// The agent, but for its prompt.
    pub(in crate::dialects::aiqaramba) fn request(self) -> Result<AssignmentRequest, Error> {
        request(self.overrides.unwrap_or_default())
    }
}

fn wish(role: Option<&String>, persona: Option<&String>) -> Result<CastWish, Error> {
    Ok(CastWish {
        role: optional_id("role_id", role.cloned())?,
        persona: optional_id("persona_id", persona.cloned())?,
    })
}

fn request(wanted: AgentOverrides) -> Result<AssignmentRequest, Error> {
    let files = wanted.files.unwrap_or_default().into_iter().enumerate();
    Ok(AssignmentRequest {
        name: wanted.name,
        prompt: String::new(),
        model: wanted.model.as_deref().map(model).transpose()?,
        browser_type: wanted.browser_type,
        max_tokens: wanted.max_tokens,
        max_iterations: wanted.max_iterations,
        record_video: wanted.record_video.unwrap_or(false),
        clean_session: wanted.clean_session.unwrap_or(false),
        files: files
            .map(|(index, file)| attached(index, file))
            .collect::<Result<_, _>>()?,
    })
}

/// This API names models without their provider.
fn model(text: &str) -> Result<String, Error> {
    let name = ModelName::with_or_without_provider(text).map_err(|error| {
        let message = format!("Invalid model: {error}");
        Error::invalid_member(&["model"], "model_name", message)
    })?;
    Ok(name.to_string())
}

fn attached(index: usize, file: AgentFile) -> Result<AttachedFile, Error> {
    let content = BASE64.decode(&file.content).map_err(|error| {
        let message = format!("Invalid files.{index}.content: {error}; expected base64");
        let place = index.to_string();
        Error::invalid_member(&["files", &place, "content"], "base64", message)
    })?;
    Ok(AttachedFile {
        path: file.path,
        content: content.into(),
    })
}

/// A task with a browser of its own.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAgent)]
pub(in crate::dialects::aiqaramba) struct AgentBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// The project that it belongs to.
    #[schema(format = "uuid")]
    project_id: String,
    /// The journey that it is a run of.
    #[schema(format = "uuid")]
    journey_id: Option<String>,
    /// Who it is.
    #[schema(format = "uuid")]
    persona_id: String,
    /// How it goes about it.
    #[schema(format = "uuid")]
    role_id: String,
    /// What it is called.
    name: String,
    /// What it is to do.
    prompt: String,
    /// `pending`, `running`, `completed` or `failed`.
    state: String,
    /// What came of it, or why it failed; null before it has ended.
    result: Option<String>,
    /// The language model that was asked for, written `provider/model`; null for the server's own one.
    model: Option<String>,
    /// `chrome` or `chromium`.
    browser_type: String,
    /// At most so many tokens.
    max_tokens: u64,
    /// At most so many steps.
    max_iterations: u32,
    /// Videos are not recorded.
    record_video: bool,
    /// Whether a fresh browser was asked for, which every agent has.
    clean_session: bool,
    /// The names of the files that it was given.
    files: Vec<String>,
    /// The browser session that it works in: what `/sessions/{session_id}` shows. Null before it works.
    #[schema(format = "uuid")]
    session_id: Option<String>,
    /// Its work, step by step: what `/agents/{run_id}` shows. Null before it works.
    #[schema(format = "uuid")]
    run_id: Option<String>,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it last began or ended; when it was made, before that.
    #[schema(format = "date-time")]
    updated_at: String,
    /// When its browser was there.
    #[schema(format = "date-time")]
    started_at: Option<String>,
    /// When it ended.
    #[schema(format = "date-time")]
    finished_at: Option<String>,
}

impl From<Assignment> for AgentBody {
    fn from(it: Assignment) -> Self {
        let options = it.options;
        let updated_at = it.ended_at.or(it.started_at).unwrap_or(it.created_at);
        Self {
            id: it.id.to_string(),
            tenant_id: it.tenant.to_string(),
            project_id: it.project.to_string(),
            journey_id: it.journey.map(|id| id.to_string()),
            persona_id: it.persona.to_string(),
            role_id: it.role.to_string(),
            name: it.name,
            prompt: it.prompt,
            state: it.state.as_str().to_owned(),
            result: it.result,
            model: options.model,
            browser_type: options.browser_type.as_str().to_owned(),
            max_tokens: options.max_tokens,
            max_iterations: options.max_steps,
            record_video: false,
            clean_session: options.clean_session,
            files: options.files,
            session_id: it.session.map(|id| id.to_string()),
            run_id: it.run.map(|id| id.to_string()),
            created_at: seconds(it.created_at),
            updated_at: seconds(updated_at),
            started_at: it.started_at.map(seconds),
            finished_at: it.ended_at.map(seconds),
        }
    }
}

/// A page of agents, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAgentList)]
pub(in crate::dialects::aiqaramba) struct AgentList {
    /// The agents.
    agents: Vec<AgentBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    next_cursor: Option<String>,
}

impl From<(Vec<Assignment>, bool)> for AgentList {
    fn from((list, more): (Vec<Assignment>, bool)) -> Self {
        Self {
            next_cursor: next(&list, more),
            agents: list.into_iter().map(Into::into).collect(),
        }
    }
}

/// A page of a journey's runs, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = JourneyRunList)]
pub(in crate::dialects::aiqaramba) struct RunList {
    /// The agents that ran it.
    runs: Vec<AgentBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    next_cursor: Option<String>,
}

impl From<(Vec<Assignment>, bool)> for RunList {
    fn from((list, more): (Vec<Assignment>, bool)) -> Self {
        Self {
            next_cursor: next(&list, more),
            runs: list.into_iter().map(Into::into).collect(),
        }
    }
}

fn next(list: &[Assignment], more: bool) -> Option<String> {
    list.last().filter(|_| more).map(|last| last.id.to_string())
}

/// What an agent did, in a language model's words.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAgentSummary)]
pub(in crate::dialects::aiqaramba) struct SummaryBody {
    /// The agent.
    #[schema(format = "uuid")]
    agent_id: String,
    /// The words.
    summary: String,
    /// When they were written.
    #[schema(format = "date-time")]
    created_at: String,
}

impl SummaryBody {
    pub(in crate::dialects::aiqaramba) fn new(agent: AssignmentId, summary: Summary) -> Self {
        Self {
            agent_id: agent.to_string(),
            summary: summary.text,
            created_at: seconds(summary.at),
        }
    }
}

/// Whether an agent did what its prompt asks for, as a language model sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAgentVerification)]
pub(in crate::dialects::aiqaramba) struct VerificationBody {
    /// It did.
    passed: bool,
    /// Why.
    reason: String,
    /// When it was judged.
    #[schema(format = "date-time")]
    checked_at: String,
}

impl From<Verdict> for VerificationBody {
    fn from(verdict: Verdict) -> Self {
        Self {
            passed: verdict.passed,
            reason: verdict.reason,
            checked_at: seconds(verdict.at),
        }
    }
}
