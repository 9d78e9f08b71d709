//! Personas below their project, as later versions of the API have them: the path names the project, bodies do not.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::services::{Naming, NewPersona};
use guise_core::{Caller, Error, Kind, Persona, Project};

use super::body::Body;
use super::error::{ErrorText, Failure};
use super::personas::{changes, worded};
use super::wire::{NewPersonaOfProject, PersonaBody, PersonaUpdate};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Lists a project's personas, oldest first.
#[utoipa::path(get, path = "/api/projects/{project_id}/personas", tag = "project personas",
    operation_id = "personas_of_project_list",
    params(("project_id" = String, Path, description = "The project.")),
    responses(
        (status = 200, description = "All of them.", body = Vec<PersonaBody>),
        (status = 404, description = "No such project.", body = ErrorText),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(project): Path<String>,
) -> Result<Json<Vec<PersonaBody>>, Failure> {
    let project = self::project(&app, &caller, &project).await?;
    let personas = app.personas.list_of(&caller, Some(project.id)).await?;
    Ok(Json(
        personas.into_iter().map(PersonaBody::in_project).collect(),
    ))
}

/// Makes a persona in a project.
#[utoipa::path(post, path = "/api/projects/{project_id}/personas", tag = "project personas",
    operation_id = "personas_of_project_create",
    params(("project_id" = String, Path, description = "The project.")),
    request_body = NewPersonaOfProject,
    responses(
        (status = 201, description = "The persona.", body = PersonaBody),
        (status = 400, description = "It has no name, or headers.", body = ErrorText),
        (status = 404, description = "No such project.", body = ErrorText),
        (status = 409, description = "Another persona of the project has the name.", body = ErrorText),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(project): Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<PersonaBody>), Failure> {
    let project = self::project(&app, &caller, &project).await?;
    without_headers(&body)?;
    let name = body.required("name", "Name")?;
    let new = NewPersona {
        naming: Naming::InProject {
            project: project.id,
            name: name.clone(),
        },
        description: body.facet("description", "Description")?,
        system_prompt: body.facet("systemPrompt", "System prompt")?,
        vault: false,
        phone: false,
    };
    let created = app.personas.create(&caller, new).await;
    let persona = created.map_err(|error| taken(error, &name))?;
    Ok((StatusCode::CREATED, Json(PersonaBody::in_project(persona))))
}

/// A persona of a project.
#[utoipa::path(get, path = "/api/projects/{project_id}/personas/{id}", tag = "project personas",
    operation_id = "personas_of_project_get",
    params(
        ("project_id" = String, Path, description = "The project."),
        ("id" = String, Path, description = "The persona."),
    ),
    responses(
        (status = 200, description = "The persona.", body = PersonaBody),
        (status = 404, description = "No such project, or it has no such persona.", body = ErrorText),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((project, id)): Path<(String, String)>,
) -> Result<Json<PersonaBody>, Failure> {
    let persona = persona(&app, &caller, &project, &id).await?;
    Ok(Json(PersonaBody::in_project(persona)))
}

/// Changes a persona of a project; what is absent or null stays.
#[utoipa::path(put, path = "/api/projects/{project_id}/personas/{id}", tag = "project personas",
    operation_id = "personas_of_project_change",
    params(
        ("project_id" = String, Path, description = "The project."),
        ("id" = String, Path, description = "The persona."),
    ),
    request_body = PersonaUpdate,
    responses(
        (status = 200, description = "The persona.", body = PersonaBody),
        (status = 400, description = "A member is no text, or cannot be kept.", body = ErrorText),
        (status = 404, description = "No such project, or it has no such persona.", body = ErrorText),
        (status = 409, description = "Another persona of the project has the name.", body = ErrorText),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((project, id)): Path<(String, String)>,
    body: Body,
) -> Result<Json<PersonaBody>, Failure> {
    let persona = persona(&app, &caller, &project, &id).await?;
    without_headers(&body)?;
    body.without("imageUrl", "this server has no images")?;
    let change = changes(&body)?;
    let name = change.name.clone().unwrap_or_default();
    let id = persona.id.to_string();
    let changed = app.personas.change(&caller, &id, change).await;
    let persona = changed.map_err(|error| taken(error, &name))?;
    Ok(Json(PersonaBody::in_project(persona)))
}

/// Deletes a persona of a project.
#[utoipa::path(delete, path = "/api/projects/{project_id}/personas/{id}", tag = "project personas",
    operation_id = "personas_of_project_delete",
    params(
        ("project_id" = String, Path, description = "The project."),
        ("id" = String, Path, description = "The persona."),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "No such project, or it has no such persona.", body = ErrorText),
        (status = 409, description = "It is the tenant's default.", body = ErrorText),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((project, id)): Path<(String, String)>,
    _: Body,
) -> Result<StatusCode, Failure> {
    let persona = persona(&app, &caller, &project, &id).await?;
    let id = persona.id.to_string();
    app.personas.close(&caller, &id).await.map_err(worded)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn project(app: &App, caller: &Caller, id: &str) -> Result<Project, Failure> {
    let found = app.projects.get(caller, id).await;
    found.map_err(|error| match error.kind() {
        Kind::NotFound => Failure::said(Kind::NotFound, format!("Project \"{id}\" not found")),
        _ => error.into(),
    })
}

async fn persona(app: &App, caller: &Caller, project: &str, id: &str) -> Result<Persona, Failure> {
    let project = self::project(app, caller, project).await?;
    let persona = app.personas.get(caller, id).await.map_err(worded)?;
    if persona.project == project.id {
        Ok(persona)
    } else {
        Err(Failure::said(Kind::NotFound, "Persona not found"))
    }
}

/// Headers for the persona's agent (contract §9) may hold its credentials, and lists would show them.
fn without_headers(body: &Body) -> Result<(), Failure> {
    body.without(
        "headers",
        "lists would show what is in them; credentials belong into the persona's vault",
    )
}

/// Below a project, the clash does not speak of the project (contract §9).
fn taken(error: Error, name: &str) -> Failure {
    match error.kind() {
        Kind::Conflict => {
            let text = format!("Persona with name \"{name}\" already exists");
            Failure::said(Kind::Conflict, text)
        }
        _ => worded(error),
    }
}
