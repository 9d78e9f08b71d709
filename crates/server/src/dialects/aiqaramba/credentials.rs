//! The keychain of a persona. Nothing secret ever comes back.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use guise_core::services::LabelledCredential;
use guise_core::{CredentialId, CredentialKind, CredentialSecrets, Error, PersonaId, Secret};

use super::error::{Failure, Message};
use super::extract::{Body, id};
use super::wire::{CodeBody, CredentialBody, CredentialList, NewCredential};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Lists a persona's credentials, oldest first.
#[utoipa::path(get, path = "/api/v1/personas/{id}/credentials", tag = "tenant personas",
    operation_id = "tenant_credential_list",
    params(("id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "All of them.", body = CredentialList),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<CredentialList>, Failure> {
    id::<PersonaId>("persona", &text)?;
    let persona = app.personas.get(&caller, &text).await?;
    let mut credentials = Vec::new();
    if let Some(vault) = persona.vault {
        let vault = app.vaults.get(&caller, &vault.to_string()).await?;
        credentials = app.vaults.credentials(&vault).await?;
    }
    let credentials = credentials
        .into_iter()
        .map(|credential| CredentialBody::new(&persona, credential))
        .collect();
    Ok(Json(CredentialList { credentials }))
}

/// Adds a credential to a persona.
#[utoipa::path(post, path = "/api/v1/personas/{id}/credentials", tag = "tenant personas",
    operation_id = "tenant_credential_create",
    params(("id" = String, Path, description = "The persona.")),
    request_body = NewCredential,
    responses(
        (status = 201, description = "The credential.", body = CredentialBody),
        (status = 400, description = "A member is missing, wrong, or does not belong to the type.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
        (status = 409, description = "The persona has a credential for that site already, or too many write there at the same time.", body = Message),
        (status = 503, description = "The keyring is locked.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    Body(request): Body<NewCredential>,
) -> Result<(StatusCode, Json<CredentialBody>), Failure> {
    id::<PersonaId>("persona", &text)?;
    let persona = app.personas.get(&caller, &text).await?;
    let kind = CredentialKind::from_name(&request.cred_type).ok_or_else(|| {
        let shown: String = request.cred_type.chars().take(80).collect();
        let message = format!(
            "invalid cred_type '{shown}': expected one of username_password, magic_link, secret, external"
        );
        Error::invalid_member(&["cred_type"], "literal_error", message)
    })?;
    let new = LabelledCredential {
        label: request.label,
        kind,
        site: request.site,
        email: request.email,
        notes: request.auth_notes,
        secrets: CredentialSecrets {
            password: request.password.map(Secret::new),
            value: request.value.map(Secret::new),
            seed: request.mfa_secret.map(Secret::new),
        },
    };
    let credential = app.vaults.add_labelled(&caller, &persona, new).await?;
    Ok((
        StatusCode::CREATED,
        Json(CredentialBody::new(&persona, credential)),
    ))
}

/// Deletes a credential.
#[utoipa::path(delete, path = "/api/v1/personas/{id}/credentials/{credential_id}", tag = "tenant personas",
    operation_id = "tenant_credential_delete",
    params(
        ("id" = String, Path, description = "The persona."),
        ("credential_id" = String, Path, description = "The credential."),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "An id is no UUID.", body = Message),
        (status = 404, description = "No such persona, or it has no such credential.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((text, credential)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    id::<PersonaId>("persona", &text)?;
    id::<CredentialId>("credential", &credential)?;
    let persona = app.personas.get(&caller, &text).await?;
    let credential = app.vaults.of_persona_by_id(&persona, &credential).await?;
    app.vaults.delete(&credential).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A one-time code of a credential's second factor. The seed stays where it is.
#[utoipa::path(get, path = "/api/v1/personas/{id}/credentials/{credential_id}/code", tag = "tenant personas",
    operation_id = "tenant_credential_code",
    params(
        ("id" = String, Path, description = "The persona."),
        ("credential_id" = String, Path, description = "The credential."),
    ),
    responses(
        (status = 200, description = "The code.", body = CodeBody),
        (status = 400, description = "An id is no UUID, or there is no second factor.", body = Message),
        (status = 404, description = "No such persona, or it has no such credential.", body = Message),
        (status = 503, description = "The keyring is locked.", body = Message),
    ))]
pub(super) async fn code(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((text, credential)): Path<(String, String)>,
) -> Result<([(HeaderName, &'static str); 1], Json<CodeBody>), Failure> {
    id::<PersonaId>("persona", &text)?;
    id::<CredentialId>("credential", &credential)?;
    let persona = app.personas.get(&caller, &text).await?;
    let credential = app.vaults.of_persona_by_id(&persona, &credential).await?;
    let code = app.vaults.code(&caller, &credential).await?;
    let body = CodeBody {
        code: code.code.expose().to_owned(),
        valid_for_seconds: code.valid_for.map(|valid| valid.as_secs()),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)))
}
