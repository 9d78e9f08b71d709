//! Personas.

use axum::Json;
use axum::extract::State;
use guise_core::services::{Naming, NewPersona};
use guise_core::{Error, Facet, PersonaChange};

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::persona::{
    DeletePersonaResponse, EmailProvider, PersonaCreateRequest, PersonaPage, PersonaResponse,
    PersonaUpdateRequest,
};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Lists the tenant's personas, newest first.
#[utoipa::path(get, path = "/personas", tag = "personas", operation_id = "list_personas",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_active" = Option<bool>, Query, description = "Only those that are not deleted; true when absent."),
        ("only_current_token" = Option<bool>, Query, description = "Only those made with this key; false when absent."),
        ("include_system" = Option<bool>, Query, description = "Accepted; there are no hidden personas."),
    ),
    responses((status = 200, description = "A page of the list.", body = PersonaPage)))]
pub(super) async fn list_personas(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<PersonaPage>, Failure> {
    let page = query.page()?;
    let only_active = query.flag("only_active", true)?;
    let only_current = query.flag("only_current_token", false)?;
    query.flag("include_system", true)?;
    let page = app
        .personas
        .list(&caller, only_active, only_current, page)
        .await?;
    Ok(Json(PersonaPage::new(page, |persona| {
        app.vaults.address(persona)
    })))
}

/// Makes a persona: a name, an address, and what else is asked for.
#[utoipa::path(post, path = "/personas/create", tag = "personas", operation_id = "persona_create",
    request_body(content = PersonaCreateRequest, description = "All members may be left out, and so may the body."),
    responses(
        (status = 200, description = "The persona.", body = PersonaResponse),
        (status = 400, description = "There is no phone number left.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 501, description = "No phone provider is configured.", body = ErrorResponse),
    ))]
pub(super) async fn persona_create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<PersonaCreateRequest>,
) -> Result<Json<PersonaResponse>, Failure> {
    if request.email_provider != EmailProvider::Notte {
        let message = "This server receives mail itself: expected email_provider 'notte'";
        return Err(Error::invalid_member(&["email_provider"], "literal_error", message).into());
    }
    let new = NewPersona {
        naming: Naming::Invented {
            label: request.name,
        },
        description: Facet::Unset,
        system_prompt: Facet::Unset,
        vault: request.create_vault,
        phone: request.create_phone_number,
    };
    let persona = app.personas.create(&caller, new).await?;
    let email = app.vaults.address(&persona);
    Ok(Json(PersonaResponse::new(persona, email)))
}

/// A persona. One that was deleted is not found.
#[utoipa::path(get, path = "/personas/{persona_id}", tag = "personas", operation_id = "persona_get",
    params(("persona_id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "The persona.", body = PersonaResponse),
        (status = 404, description = "No such persona.", body = ErrorResponse),
    ))]
pub(super) async fn persona_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<PersonaResponse>, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    let email = app.vaults.address(&persona);
    Ok(Json(PersonaResponse::new(persona, email)))
}

/// Names a persona for lists.
#[utoipa::path(patch, path = "/personas/{persona_id}", tag = "personas", operation_id = "persona_update",
    params(("persona_id" = String, Path, description = "The persona.")),
    request_body = PersonaUpdateRequest,
    responses(
        (status = 200, description = "The persona.", body = PersonaResponse),
        (status = 404, description = "No such persona.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn persona_update(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<PersonaUpdateRequest>,
) -> Result<Json<PersonaResponse>, Failure> {
    let change = PersonaChange {
        label: Some(request.name),
        ..PersonaChange::default()
    };
    let persona = app.personas.change(&caller, &id, change).await?;
    let email = app.vaults.address(&persona);
    Ok(Json(PersonaResponse::new(persona, email)))
}

/// Deletes a persona: it is still listed as closed, but its secrets, mail and phone number are gone.
#[utoipa::path(delete, path = "/personas/{persona_id}", tag = "personas", operation_id = "persona_delete",
    params(("persona_id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "It is deleted.", body = DeletePersonaResponse),
        (status = 404, description = "No such persona, or it is deleted already.", body = ErrorResponse),
        (status = 409, description = "It is the tenant's default.", body = ErrorResponse),
    ))]
pub(super) async fn persona_delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<DeletePersonaResponse>, Failure> {
    app.personas.close(&caller, &id).await?;
    Ok(Json(DeletePersonaResponse {
        status: "success",
        message: "Persona deleted successfully",
    }))
}
