//! A tenant's own keys for providers of models: an addition to the Notte API.

use axum::Json;
use axum::extract::State;
use guise_core::Secret;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::wire::model_keys::{ModelKeyBody, ModelKeyListBody, ModelKeyStatusBody};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Tells for which providers the tenant has brought a key. Keys themselves are never shown.
#[utoipa::path(get, path = "/models/keys", tag = "models", operation_id = "model_keys_list",
    responses((status = 200, description = "The providers.", body = ModelKeyListBody)))]
pub(super) async fn model_keys_list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
) -> Result<Json<ModelKeyListBody>, Failure> {
    let providers = app.model_keys.list(&caller).await?;
    Ok(Json(ModelKeyListBody { providers }))
}

/// Brings a key for a provider, in the place of an earlier one. It comes before the operator's, and goes to that provider only.
#[utoipa::path(put, path = "/models/keys/{provider}", tag = "models", operation_id = "model_key_set",
    params(("provider" = String, Path, description = "The provider, such as `anthropic`.")),
    request_body = ModelKeyBody,
    responses(
        (status = 200, description = "It is kept.", body = ModelKeyStatusBody),
        (status = 409, description = "Others write it at the same time.", body = ErrorResponse),
        (status = 422, description = "The provider is not known, or the key can be none.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn model_key_set(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(provider): Path<String>,
    Body(request): Body<ModelKeyBody>,
) -> Result<Json<ModelKeyStatusBody>, Failure> {
    let key = Secret::new(request.key);
    let provider = app.model_keys.set(&caller, &provider, key).await?;
    let status = "saved";
    Ok(Json(ModelKeyStatusBody { provider, status }))
}

/// Forgets the tenant's key for a provider.
#[utoipa::path(delete, path = "/models/keys/{provider}", tag = "models", operation_id = "model_key_delete",
    params(("provider" = String, Path, description = "The provider, such as `anthropic`.")),
    responses(
        (status = 200, description = "It is gone.", body = ModelKeyStatusBody),
        (status = 404, description = "There is no key of the tenant's for it.", body = ErrorResponse),
        (status = 422, description = "The provider is not known.", body = ValidationErrorResponse),
    ))]
pub(super) async fn model_key_delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(provider): Path<String>,
) -> Result<Json<ModelKeyStatusBody>, Failure> {
    let provider = app.model_keys.remove(&caller, &provider).await?;
    let status = "deleted";
    Ok(Json(ModelKeyStatusBody { provider, status }))
}
