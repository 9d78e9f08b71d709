//! Personas in the flat form, which names the project in body and query.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::services::{Naming, NewPersona};
use guise_core::{Error, Kind, PersonaChange};

use super::body::Body;
use super::error::{ErrorText, Failure};
use super::wire::{self, PersonaBody, PersonaUpdate};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;
use crate::http::query::Query;

/// Lists personas, oldest first.
#[utoipa::path(get, path = "/api/personas", tag = "project personas", operation_id = "project_persona_list",
    params(("projectId" = Option<String>, Query, description = "Only those of this project.")),
    responses((status = 200, description = "All of them.", body = Vec<PersonaBody>)))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<Vec<PersonaBody>>, Failure> {
    let project = match query.all("projectId").as_slice() {
        [] | [""] => None,
        [id] => match id.parse() {
            Ok(id) => Some(id),
            Err(_) => return Ok(Json(Vec::new())),
        },
        // No project has two identifiers.
        _ => return Ok(Json(Vec::new())),
    };
    let personas = app.personas.list_of(&caller, project).await?;
    Ok(Json(personas.into_iter().map(PersonaBody::flat).collect()))
}

/// Makes a persona.
#[utoipa::path(post, path = "/api/personas", tag = "project personas", operation_id = "project_persona_create",
    request_body = wire::NewPersona,
    responses(
        (status = 201, description = "The persona.", body = PersonaBody),
        (status = 400, description = "It has no project or no name.", body = ErrorText),
        (status = 404, description = "No such project.", body = ErrorText),
        (status = 409, description = "Another persona of the project has the name.", body = ErrorText),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    body: Body,
) -> Result<(StatusCode, Json<PersonaBody>), Failure> {
    let id = body.required("projectId", "Project ID")?;
    let name = body.required("name", "Name")?;
    let project = id.parse().map_err(|_| {
        let text = format!("Project with id \"{id}\" not found");
        Failure::said(Kind::NotFound, text)
    })?;
    let new = NewPersona {
        naming: Naming::InProject { project, name },
        description: body.facet("description", "Description")?,
        system_prompt: body.facet("systemPrompt", "System prompt")?,
        vault: false,
        phone: false,
    };
    let persona = app.personas.create(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(PersonaBody::flat(persona))))
}

/// A persona.
#[utoipa::path(get, path = "/api/personas/{id}", tag = "project personas", operation_id = "project_persona_get",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "The persona.", body = PersonaBody),
        (status = 404, description = "No such persona.", body = ErrorText),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<PersonaBody>, Failure> {
    let persona = app.personas.get(&caller, &id).await.map_err(worded)?;
    Ok(Json(PersonaBody::flat(persona)))
}

/// Changes a persona; what is absent or null stays.
#[utoipa::path(put, path = "/api/personas/{id}", tag = "project personas", operation_id = "project_persona_change",
    params(("id" = String, Path, description = "The persona.")),
    request_body = PersonaUpdate,
    responses(
        (status = 200, description = "The persona.", body = PersonaBody),
        (status = 400, description = "A member is no text.", body = ErrorText),
        (status = 404, description = "No such persona.", body = ErrorText),
        (status = 409, description = "Another persona of the project has the name.", body = ErrorText),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<PersonaBody>, Failure> {
    let change = changes(&body)?;
    let changed = app.personas.change(&caller, &id, change).await;
    Ok(Json(PersonaBody::flat(changed.map_err(worded)?)))
}

/// Deletes a persona.
#[utoipa::path(delete, path = "/api/personas/{id}", tag = "project personas", operation_id = "project_persona_delete",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "No such persona.", body = ErrorText),
        (status = 409, description = "It is the tenant's default.", body = ErrorText),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    _: Body,
) -> Result<StatusCode, Failure> {
    app.personas.close(&caller, &id).await.map_err(worded)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The persona whose identifier is empty.
pub(super) async fn nobody() -> Failure {
    Failure::said(Kind::NotFound, "Persona not found")
}

/// What a body changes.
pub(super) fn changes(body: &Body) -> Result<PersonaChange, Failure> {
    let name = body.change("name", "Name")?;
    Ok(PersonaChange {
        label: name.clone(),
        name,
        description: body.change("description", "Description")?,
        system_prompt: body.change("systemPrompt", "System prompt")?,
    })
}

/// The text that clients compare where a persona is not there.
pub(super) fn worded(error: Error) -> Failure {
    match error.kind() {
        Kind::NotFound => Failure::said(Kind::NotFound, "Persona not found"),
        _ => error.into(),
    }
}
