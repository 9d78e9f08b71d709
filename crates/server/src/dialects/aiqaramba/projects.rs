//! Projects.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::ProjectId;
use guise_core::services::ProjectTexts;

use super::error::{Failure, Message};
use super::extract::{Body, Change, Cursor, id};
use super::wire::{NewProject, ProjectBody, ProjectList, ProjectUpdate};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Makes a project.
#[utoipa::path(post, path = "/api/v1/projects", tag = "tenant projects", operation_id = "tenant_project_create",
    request_body = NewProject,
    responses(
        (status = 201, description = "The project.", body = ProjectBody),
        (status = 400, description = "A member is missing or wrong, or names what is not there.", body = Message),
        (status = 409, description = "Another project of the tenant has the name.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewProject>,
) -> Result<(StatusCode, Json<ProjectBody>), Failure> {
    let new = request.try_into()?;
    let project = app
        .projects
        .create(&caller, new, ProjectTexts::Readable)
        .await?;
    let default = app.projects.default_of(&caller).await?;
    Ok((
        StatusCode::CREATED,
        Json(ProjectBody::new(project, default)),
    ))
}

/// Lists the tenant's projects, newest first.
#[utoipa::path(get, path = "/api/v1/projects", tag = "tenant projects", operation_id = "tenant_project_list",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = ProjectList),
        (status = 400, description = "A parameter is wrong.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    cursor: Cursor<ProjectId>,
) -> Result<Json<ProjectList>, Failure> {
    let default = app.projects.default_of(&caller).await?;
    let (projects, more) = app
        .projects
        .list_after(&caller, cursor.after, cursor.limit)
        .await?;
    let last = projects.last().map(|project| project.id.to_string());
    let projects = projects
        .into_iter()
        .map(|project| ProjectBody::new(project, default))
        .collect();
    Ok(Json(ProjectList {
        projects,
        next_cursor: last.filter(|_| more),
    }))
}

/// A project.
#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "tenant projects", operation_id = "tenant_project_get",
    params(("id" = String, Path, description = "The project.")),
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such project.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<ProjectBody>, Failure> {
    id::<ProjectId>("project", &text)?;
    let project = app.projects.get(&caller, &text).await?;
    let default = app.projects.default_of(&caller).await?;
    Ok(Json(ProjectBody::new(project, default)))
}

/// Changes a project; what is absent stays, and null removes what may be absent.
#[utoipa::path(method(patch, put), path = "/api/v1/projects/{id}", tag = "tenant projects",
    operation_id = "tenant_project_change",
    params(("id" = String, Path, description = "The project.")),
    request_body = ProjectUpdate,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 400, description = "The id is no UUID, or a member is wrong or names what is not there.", body = Message),
        (status = 404, description = "No such project.", body = Message),
        (status = 409, description = "Another project of the tenant has the name.", body = Message),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    Change(request): Change<ProjectUpdate>,
) -> Result<Json<ProjectBody>, Failure> {
    id::<ProjectId>("project", &text)?;
    let change = request.try_into()?;
    let project = app
        .projects
        .change(&caller, &text, change, ProjectTexts::Readable)
        .await?;
    let default = app.projects.default_of(&caller).await?;
    Ok(Json(ProjectBody::new(project, default)))
}

/// Deletes a project. Its personas stay, and its journeys belong to the default one from then on.
#[utoipa::path(delete, path = "/api/v1/projects/{id}", tag = "tenant projects", operation_id = "tenant_project_delete",
    params(("id" = String, Path, description = "The project.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such project.", body = Message),
        (status = 409, description = "It is the tenant's default.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    id::<ProjectId>("project", &text)?;
    app.projects.close(&caller, &text).await?;
    Ok(StatusCode::NO_CONTENT)
}
