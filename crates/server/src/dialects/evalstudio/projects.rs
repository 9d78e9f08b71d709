//! Projects.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::services::{NewProject as New, ProjectTexts};
use guise_core::{Error, Kind, ProjectChange};

use super::body::Body;
use super::error::{ErrorText, Failure};
use super::wire::{NewProject, ProjectBody, ProjectUpdate};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Lists all projects, oldest first.
#[utoipa::path(get, path = "/api/projects", tag = "projects", operation_id = "project_list",
    responses((status = 200, description = "All projects.", body = Vec<ProjectBody>)))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
) -> Result<Json<Vec<ProjectBody>>, Failure> {
    let projects = app.projects.list(&caller).await?;
    Ok(Json(projects.into_iter().map(Into::into).collect()))
}

/// Makes a project.
#[utoipa::path(post, path = "/api/projects", tag = "projects", operation_id = "project_create",
    request_body = NewProject,
    responses(
        (status = 201, description = "The project.", body = ProjectBody),
        (status = 400, description = "It has no name.", body = ErrorText),
        (status = 409, description = "Another project has the name.", body = ErrorText),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    body: Body,
) -> Result<(StatusCode, Json<ProjectBody>), Failure> {
    without_models(&body)?;
    let name = body.required("name", "Name")?;
    let description = body.facet("description", "Description")?;
    let new = New {
        name,
        description,
        ..New::default()
    };
    let project = app.projects.create(&caller, new, ProjectTexts::Any).await?;
    Ok((StatusCode::CREATED, Json(project.into())))
}

/// A project.
#[utoipa::path(get, path = "/api/projects/{id}", tag = "projects", operation_id = "project_get",
    params(("id" = String, Path, description = "The project.")),
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 404, description = "No such project.", body = ErrorText),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ProjectBody>, Failure> {
    let project = app.projects.get(&caller, &id).await.map_err(worded)?;
    Ok(Json(project.into()))
}

/// Changes a project; what is absent or null stays.
#[utoipa::path(put, path = "/api/projects/{id}", tag = "projects", operation_id = "project_change",
    params(("id" = String, Path, description = "The project.")),
    request_body = ProjectUpdate,
    responses(
        (status = 200, description = "The project.", body = ProjectBody),
        (status = 400, description = "Another project has the name, or a member is no text.", body = ErrorText),
        (status = 404, description = "No such project.", body = ErrorText),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<ProjectBody>, Failure> {
    without_models(&body)?;
    let change = ProjectChange {
        name: body.change("name", "Name")?,
        description: body.change("description", "Description")?.into(),
        ..ProjectChange::default()
    };
    let changed = app
        .projects
        .change(&caller, &id, change, ProjectTexts::Any)
        .await;
    let project = changed.map_err(|error| match error.kind() {
        // A clash is a 400 here, although it is a 409 on creation (contract §2.2).
        Kind::Conflict => Failure::said(Kind::Refused, error.message()),
        _ => worded(error),
    })?;
    Ok(Json(project.into()))
}

/// Deletes a project. Its personas stay, and its journeys belong to the default one from then on.
#[utoipa::path(delete, path = "/api/projects/{id}", tag = "projects", operation_id = "project_delete",
    params(("id" = String, Path, description = "The project.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "No such project.", body = ErrorText),
        (status = 409, description = "It is the default one.", body = ErrorText),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    _: Body,
) -> Result<StatusCode, Failure> {
    app.projects.close(&caller, &id).await.map_err(worded)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The text that clients compare where a project is not there.
fn worded(error: Error) -> Failure {
    match error.kind() {
        Kind::NotFound => Failure::said(Kind::NotFound, "Project not found"),
        _ => error.into(),
    }
}

/// A project's language models (contract §2.2): there are none that it could choose from.
fn without_models(body: &Body) -> Result<(), Failure> {
    body.without(
        "llmSettings",
        "this server has no providers of language models",
    )
}
