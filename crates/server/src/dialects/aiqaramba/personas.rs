//! Personas.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::services::{Naming, NewPersona as New};
use guise_core::{Facet, PersonaId};

use super::error::{Failure, Message};
use super::extract::{Body, Cursor, id};
use super::wire::{NewPersona, PersonaBody, PersonaList};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Makes a persona.
#[utoipa::path(post, path = "/api/v1/personas", tag = "tenant personas", operation_id = "tenant_persona_create",
    request_body = NewPersona,
    responses(
        (status = 201, description = "The persona.", body = PersonaBody),
        (status = 400, description = "The name cannot be one.", body = Message),
        (status = 409, description = "Another persona of the tenant has the name.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewPersona>,
) -> Result<(StatusCode, Json<PersonaBody>), Failure> {
    let new = New {
        naming: Naming::Handle(request.name),
        description: Facet::Unset,
        system_prompt: Facet::Unset,
        vault: false,
        phone: false,
    };
    let persona = app.personas.create(&caller, new).await?;
    let email = app.vaults.address(&persona);
    Ok((StatusCode::CREATED, Json(PersonaBody::new(persona, email))))
}

/// Lists the tenant's personas, newest first.
#[utoipa::path(get, path = "/api/v1/personas", tag = "tenant personas", operation_id = "tenant_persona_list",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = PersonaList),
        (status = 400, description = "A parameter is wrong.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    cursor: Cursor<PersonaId>,
) -> Result<Json<PersonaList>, Failure> {
    let (personas, more) = app
        .personas
        .list_after(&caller, cursor.after, cursor.limit)
        .await?;
    let last = personas.last().map(|persona| persona.id.to_string());
    let personas = personas
        .into_iter()
        .map(|persona| {
            let email = app.vaults.address(&persona);
            PersonaBody::new(persona, email)
        })
        .collect();
    Ok(Json(PersonaList {
        personas,
        next_cursor: last.filter(|_| more),
    }))
}

/// A persona.
#[utoipa::path(get, path = "/api/v1/personas/{id}", tag = "tenant personas", operation_id = "tenant_persona_get",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "The persona.", body = PersonaBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<PersonaBody>, Failure> {
    id::<PersonaId>("persona", &text)?;
    let persona = app.personas.get(&caller, &text).await?;
    let email = app.vaults.address(&persona);
    Ok(Json(PersonaBody::new(persona, email)))
}

/// Deletes a persona with its credentials and its mail.
#[utoipa::path(delete, path = "/api/v1/personas/{id}", tag = "tenant personas", operation_id = "tenant_persona_delete",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
        (status = 409, description = "It is the tenant's default.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    id::<PersonaId>("persona", &text)?;
    app.personas.close(&caller, &text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a persona the tenant's default in place of the one that was.
#[utoipa::path(put, path = "/api/v1/personas/{id}/default", tag = "tenant personas",
    operation_id = "tenant_persona_make_default",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "The persona, now the default.", body = PersonaBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
    ))]
pub(super) async fn make_default(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<PersonaBody>, Failure> {
    id::<PersonaId>("persona", &text)?;
    let persona = app.personas.set_default(&caller, &text).await?;
    let email = app.vaults.address(&persona);
    Ok(Json(PersonaBody::new(persona, email)))
}
