//! Starting, listing, looking at and stopping agents.

use axum::Json;
use axum::extract::State;
use guise_core::{Error, Step};

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::agent::{
    AgentPage, AgentResponse, AgentStatusResponse, AgentTrace, ApiAgentStartRequest, AskedBody,
};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Starts an agent in an active session. It works on when this has answered.
#[utoipa::path(post, path = "/agents/start", tag = "agents", operation_id = "agent_start",
    request_body = ApiAgentStartRequest,
    responses(
        (status = 200, description = "The agent.", body = AgentResponse),
        (status = 400, description = "The session has ended, or no model is set up; the message says what to set.", body = ErrorResponse),
        (status = 403, description = "The key may not act as personas.", body = ErrorResponse),
        (status = 404, description = "No such session or persona.", body = ErrorResponse),
        (status = 413, description = "The body is too large.", body = ErrorResponse),
        (status = 422, description = "A member is wrong or cannot be granted.", body = ValidationErrorResponse),
        (status = 529, description = "The server is being stopped.", body = ErrorResponse),
    ))]
pub(super) async fn agent_start(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<ApiAgentStartRequest>,
) -> Result<Json<AgentResponse>, Failure> {
    let run = app.runs.start(&caller, request.into()).await?;
    Ok(Json(AgentResponse::new(&run)))
}

/// Lists the tenant's agents, newest first.
#[utoipa::path(get, path = "/agents", tag = "agents", operation_id = "list_agents",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_active" = Option<bool>, Query, description = "Only those that work; true when absent."),
        ("only_current_token" = Option<bool>, Query, description = "Only those started with this key; false when absent."),
        ("only_saved" = Option<bool>, Query, description = "Only those that are kept beyond the others; none is, so the list is empty."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = AgentPage),
    ))]
pub(super) async fn list_agents(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<AgentPage>, Failure> {
    let page = query.page()?;
    let only_active = query.flag("only_active", true)?;
    let only_current = query.flag("only_current_token", false)?;
    let only_saved = query.flag("only_saved", false)?;
    let mut page = app
        .runs
        .list(&caller, only_active, only_current, page)
        .await?;
    if only_saved {
        page.items.clear();
        page.has_next = false;
    }
    Ok(Json(page.into()))
}

/// How an agent stands, with what it did.
#[utoipa::path(get, path = "/agents/{agent_id}", tag = "agents", operation_id = "agent_status",
    params(("agent_id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The agent.", body = AgentStatusResponse),
        (status = 404, description = "No such agent.", body = ErrorResponse),
    ))]
pub(super) async fn agent_status(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<AgentStatusResponse>, Failure> {
    let run = app.runs.get(&caller, &id).await?;
    let steps = app.runs.steps(&run).await?;
    Ok(Json(AgentStatusResponse::new(run, steps)))
}

/// Stops an agent; its session goes on. Stopping one that has ended is fine.
#[utoipa::path(delete, path = "/agents/{agent_id}/stop", tag = "agents", operation_id = "agent_stop",
    params(
        ("agent_id" = String, Path, description = "The agent."),
        ("session_id" = String, Query, description = "The session that it works in."),
    ),
    responses(
        (status = 200, description = "The agent, closed.", body = AgentStatusResponse),
        (status = 404, description = "No such agent in that session.", body = ErrorResponse),
        (status = 422, description = "The session is not named.", body = ValidationErrorResponse),
    ))]
pub(super) async fn agent_stop(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<AgentStatusResponse>, Failure> {
    let Some(session) = query.text("session_id") else {
        return Err(Error::invalid_member(
            &["query", "session_id"],
            "missing",
            "Missing query parameter 'session_id': expected the session that the agent works in",
        )
        .into());
    };
    let run = app.runs.stop(&caller, &id, session).await?;
    let steps = app.runs.steps(&run).await?;
    Ok(Json(AgentStatusResponse::new(run, steps)))
}

/// All that is known of how an agent worked: its steps with their pictures, and what asking its model took.
#[utoipa::path(get, path = "/agents/{agent_id}/trace", tag = "agents", operation_id = "agent_trace",
    params(("agent_id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The trace.", body = AgentTrace),
        (status = 404, description = "No such agent.", body = ErrorResponse),
    ))]
pub(super) async fn agent_trace(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<AgentTrace>, Failure> {
    let run = app.runs.get(&caller, &id).await?;
    let steps = app.runs.steps(&run).await?;
    let asked = steps
        .iter()
        .filter_map(|record| match &record.step {
            Some(Step::Decision(decision)) => {
                let asked = decision.asked.clone()?;
                Some(AskedBody::new(decision.started_at, asked, None))
            }
            // A scrape that a model read.
            Some(Step::Execution(execution)) => {
                let asked = execution.outcome.asked()?.clone();
                Some(AskedBody::new(execution.started_at, asked, None))
            }
            Some(Step::RunStepEnded(end)) => {
                let vain = end.in_vain.clone()?;
                Some(AskedBody::new(vain.started_at, vain.asked, Some(vain.why)))
            }
            _ => None,
        })
        .collect();
    Ok(Json(AgentTrace {
        agent: AgentStatusResponse::new(run, steps),
        asked,
    }))
}
