//! Agents: starting, listing, looking at, stopping and judging them.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use guise_core::{AssignmentFilter, AssignmentId, AssignmentState, Error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{Failure, Message};
use super::extract::{Body, Cursor, id, member_id};
use super::journeys::{id_in_query, project};
use super::wire::{
    AgentBody, AgentList, NewAgent, NewJourneyRun, RunList, SummaryBody, VerificationBody,
};
use crate::app::App;
use crate::dialects::notte::body_limits;
use crate::http::caller::Authenticated;
use crate::http::path::Path;
use crate::http::query::{self, Query};

/// The operations.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(run_journey))
        .layer(DefaultBodyLimit::max(body_limits::WITH_FILES))
        .routes(routes!(list))
        .routes(routes!(get, delete))
        .routes(routes!(stop))
        .routes(routes!(summary))
        .routes(routes!(verification))
        .routes(routes!(verify))
        .routes(routes!(runs_of_journey))
}

/// Starts an agent: it waits for its turn, gets a browser of its own, and works in it.
#[utoipa::path(post, path = "/api/v1/agents", tag = "tenant agents", operation_id = "tenant_agent_create",
    request_body = NewAgent,
    responses(
        (status = 201, description = "The agent.", body = AgentBody),
        (status = 400, description = "A member is missing or wrong, cannot be granted, or names what is not there; or no model is set up.", body = Message),
        (status = 403, description = "The key lacks the scope personas or sessions.", body = Message),
        (status = 429, description = "Too many agents of the tenant wait.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewAgent>,
) -> Result<(StatusCode, Json<AgentBody>), Failure> {
    let project = member_id("project_id", &request.project_id)?;
    let wish = request.wish()?;
    let agent = app
        .assignments
        .create(&caller, project, wish, request.try_into()?)
        .await?;
    Ok((StatusCode::CREATED, Json(agent.into())))
}

/// Lists the tenant's agents, newest first.
#[utoipa::path(get, path = "/api/v1/agents", tag = "tenant agents", operation_id = "tenant_agent_list",
    params(
        ("project" = Option<String>, Query, description = "Only those of this project."),
        ("project_id" = Option<String>, Query, description = "Another name of `project`."),
        ("journey" = Option<String>, Query, description = "Only runs of this journey; journey_id is taken, too."),
        ("state" = Option<String>, Query, description = "`pending`, `running`, `completed` or `failed`."),
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before: the id of an agent."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = AgentList),
        (status = 400, description = "A parameter is wrong, or asks for experiments, of which there are none.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
    cursor: Cursor<AssignmentId>,
) -> Result<Json<AgentList>, Failure> {
    let filter = filter(&query)?;
    let page = app
        .assignments
        .list_after(&caller, filter, cursor.after, cursor.limit)
        .await?;
    Ok(Json(page.into()))
}

fn filter(query: &Query) -> Result<AssignmentFilter, Error> {
    if let Some(name) = query.names().find(|name| name.starts_with("experiment")) {
        let shown: String = name.chars().take(80).collect();
        let message = format!(
            "Unsupported query parameter {shown}: there are no experiments here; leave it out, or filter by project, journey or state"
        );
        return Err(Error::invalid_member(
            &["query", &shown],
            "unsupported",
            message,
        ));
    }
    let state = query.text("state").filter(|text| !text.is_empty());
    let state = state.map(|text| {
        let expected = "pending, running, completed or failed";
        AssignmentState::from_name(text)
            .ok_or_else(|| query::invalid("state", "literal_error", text, expected))
    });
    Ok(AssignmentFilter {
        project: project(query)?,
        journey: id_in_query(query, ["journey", "journey_id"])?,
        state: state.transpose()?,
    })
}

/// An agent.
#[utoipa::path(get, path = "/api/v1/agents/{id}", tag = "tenant agents", operation_id = "tenant_agent_get",
    params(("id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The agent.", body = AgentBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such agent.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<AgentBody>, Failure> {
    let agent = app.assignments.get(&caller, id("agent", &text)?).await?;
    Ok(Json(agent.into()))
}

/// Deletes an agent. One that waits or works is stopped; what it did stays in its session.
#[utoipa::path(delete, path = "/api/v1/agents/{id}", tag = "tenant agents", operation_id = "tenant_agent_delete",
    params(("id" = String, Path, description = "The agent.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such agent.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    app.assignments.delete(&caller, id("agent", &text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops an agent that waits or works: it has failed then. Stopping one that has ended is fine.
#[utoipa::path(post, path = "/api/v1/agents/{id}/stop", tag = "tenant agents", operation_id = "tenant_agent_stop",
    params(("id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The agent.", body = AgentBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such agent.", body = Message),
    ))]
pub(super) async fn stop(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<AgentBody>, Failure> {
    let agent = app.assignments.stop(&caller, id("agent", &text)?).await?;
    Ok(Json(agent.into()))
}

/// What an agent that has ended did, in a language model's words. They are kept.
#[utoipa::path(get, path = "/api/v1/agents/{id}/summary", tag = "tenant agents", operation_id = "tenant_agent_summary",
    params(
        ("id" = String, Path, description = "The agent."),
        ("force" = Option<bool>, Query, description = "Whether it is written anew although there is one; false when absent."),
    ),
    responses(
        (status = 200, description = "The summary.", body = SummaryBody),
        (status = 400, description = "The id is no UUID, a parameter is wrong, or the model does not answer.", body = Message),
        (status = 404, description = "No such agent.", body = Message),
        (status = 409, description = "It has not ended.", body = Message),
    ))]
pub(super) async fn summary(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    query: Query,
) -> Result<Json<SummaryBody>, Failure> {
    let id = id("agent", &text)?;
    let anew = query.flag("force", false)?;
    let summary = app.assignments.summary(&caller, id, anew).await?;
    Ok(Json(SummaryBody::new(id, summary)))
}

/// What a language model last judged of an agent's outcome.
#[utoipa::path(get, path = "/api/v1/agents/{id}/verification", tag = "tenant agents", operation_id = "tenant_agent_verification",
    params(("id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The verdict.", body = VerificationBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such agent, or it was never verified.", body = Message),
    ))]
pub(super) async fn verification(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<VerificationBody>, Failure> {
    let verdict = app
        .assignments
        .verdict(&caller, id("agent", &text)?)
        .await?;
    Ok(Json(verdict.into()))
}

/// Has a language model judge whether an agent that has ended did what its prompt asks for. The verdict is kept.
#[utoipa::path(post, path = "/api/v1/agents/{id}/verify", tag = "tenant agents", operation_id = "tenant_agent_verify",
    params(("id" = String, Path, description = "The agent.")),
    responses(
        (status = 200, description = "The verdict.", body = VerificationBody),
        (status = 400, description = "The id is no UUID, or the model does not answer.", body = Message),
        (status = 404, description = "No such agent.", body = Message),
        (status = 409, description = "It has not ended.", body = Message),
    ))]
pub(super) async fn verify(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<VerificationBody>, Failure> {
    let verdict = app.assignments.verify(&caller, id("agent", &text)?).await?;
    Ok(Json(verdict.into()))
}

/// Runs a journey: an agent works on its prompt, with a text in the place of each variable.
#[utoipa::path(post, path = "/api/v1/journeys/{id}/run", tag = "journeys", operation_id = "journey_run",
    params(("id" = String, Path, description = "The journey.")),
    request_body = NewJourneyRun,
    responses(
        (status = 201, description = "The agent.", body = AgentBody),
        (status = 400, description = "The id is no UUID; or a variable is missing, a member is wrong or names what is not there.", body = Message),
        (status = 403, description = "The key lacks the scope personas or sessions.", body = Message),
        (status = 404, description = "No such journey.", body = Message),
        (status = 429, description = "Too many agents of the tenant wait.", body = Message),
    ))]
pub(super) async fn run_journey(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    Body(mut request): Body<NewJourneyRun>,
) -> Result<(StatusCode, Json<AgentBody>), Failure> {
    let journey = id("journey", &text)?;
    let variables = std::mem::take(&mut request.variables);
    let wish = request.wish()?;
    let agent = app
        .assignments
        .run_journey(&caller, journey, &variables, wish, request.request()?)
        .await?;
    Ok((StatusCode::CREATED, Json(agent.into())))
}

/// Lists the runs of a journey, newest first.
#[utoipa::path(get, path = "/api/v1/journeys/{id}/runs", tag = "journeys", operation_id = "journey_runs",
    params(
        ("id" = String, Path, description = "The journey."),
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = RunList),
        (status = 400, description = "The id is no UUID, or a parameter is wrong.", body = Message),
        (status = 404, description = "No such journey.", body = Message),
    ))]
pub(super) async fn runs_of_journey(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    cursor: Cursor<AssignmentId>,
) -> Result<Json<RunList>, Failure> {
    let journey = id("journey", &text)?;
    let page = app
        .assignments
        .runs_of(&caller, journey, cursor.after, cursor.limit)
        .await?;
    Ok(Json(page.into()))
}
