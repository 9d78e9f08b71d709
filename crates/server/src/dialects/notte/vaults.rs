//! Vaults with credentials by site, and a card.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use guise_core::{Error, Site};
use guise_secrets::{PasswordError, PasswordPolicy};

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::fill_rules::FillRulesBody;
use super::wire::vault::{
    AddCredentialsRequest, AddCredentialsResponse, AddCreditCardRequest, AddCreditCardResponse,
    DeleteCredentialsResponse, DeleteCreditCardResponse, DeleteVaultResponse,
    GenerateCredentialsRequest, GetCredentialsResponse, GetCreditCardResponse,
    ListCredentialsResponse, OneTimeCodeResponse, VaultCreateRequest, VaultPage, VaultResponse,
    VaultUpdateRequest,
};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Answers that hold secrets are not to be kept by anybody on the way.
const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Lists the tenant's vaults, newest first.
#[utoipa::path(get, path = "/vaults", tag = "vaults", operation_id = "list_vaults",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_active" = Option<bool>, Query, description = "Only those that are not deleted; true when absent."),
        ("only_current_token" = Option<bool>, Query, description = "Only those made with this key; false when absent."),
        ("include_system" = Option<bool>, Query, description = "Accepted; there are no hidden vaults."),
    ),
    responses((status = 200, description = "A page of the list.", body = VaultPage)))]
pub(super) async fn list_vaults(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<VaultPage>, Failure> {
    let page = query.page()?;
    let only_active = query.flag("only_active", true)?;
    let only_current = query.flag("only_current_token", false)?;
    query.flag("include_system", true)?;
    let page = app
        .vaults
        .list(&caller, only_active, only_current, page)
        .await?;
    Ok(Json(page.into()))
}

/// Makes a vault.
#[utoipa::path(post, path = "/vaults/create", tag = "vaults", operation_id = "vault_create",
    request_body(content = VaultCreateRequest, description = "All members may be left out, and so may the body."),
    responses(
        (status = 200, description = "The vault.", body = VaultResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn vault_create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<VaultCreateRequest>,
) -> Result<Json<VaultResponse>, Failure> {
    Ok(Json(app.vaults.create(&caller, request.name).await?.into()))
}

/// The credentials of a vault, without their secrets.
#[utoipa::path(get, path = "/vaults/{vault_id}", tag = "vaults", operation_id = "vault_credentials_list",
    params(("vault_id" = String, Path, description = "The vault.")),
    responses(
        (status = 200, description = "All credentials of sites.", body = ListCredentialsResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credentials_list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ListCredentialsResponse>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    Ok(Json(app.vaults.credentials(&vault).await?.into()))
}

/// Names a vault anew.
#[utoipa::path(patch, path = "/vaults/{vault_id}", tag = "vaults", operation_id = "vault_update",
    params(("vault_id" = String, Path, description = "The vault.")),
    request_body = VaultUpdateRequest,
    responses(
        (status = 200, description = "The vault.", body = VaultResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
    ))]
pub(super) async fn vault_update(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<VaultUpdateRequest>,
) -> Result<Json<VaultResponse>, Failure> {
    let vault = app.vaults.rename(&caller, &id, &request.name).await?;
    Ok(Json(vault.into()))
}

/// Deletes a vault with everything in it.
#[utoipa::path(delete, path = "/vaults/{vault_id}", tag = "vaults", operation_id = "vault_delete",
    params(("vault_id" = String, Path, description = "The vault.")),
    responses(
        (status = 200, description = "It is deleted.", body = DeleteVaultResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
    ))]
pub(super) async fn vault_delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<DeleteVaultResponse>, Failure> {
    app.vaults.close(&caller, &id).await?;
    Ok(Json(DeleteVaultResponse {
        status: "success",
        message: "Vault deleted successfully",
    }))
}

/// The credentials of a site in the clear. Needs the scope `vault:reveal`.
#[utoipa::path(get, path = "/vaults/{vault_id}/credentials", tag = "vaults", operation_id = "vault_credentials_get",
    params(
        ("vault_id" = String, Path, description = "The vault."),
        ("url" = String, Query, description = "An address of the site."),
    ),
    responses(
        (status = 200, description = "The credentials.", body = GetCredentialsResponse),
        (status = 404, description = "No such vault, or nothing for that site.", body = ErrorResponse),
        (status = 422, description = "The address has no host.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credentials_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<
    (
        [(HeaderName, &'static str); 1],
        Json<GetCredentialsResponse>,
    ),
    Failure,
> {
    let url = url(&query)?;
    let vault = app.vaults.get(&caller, &id).await?;
    app.reveals.admit(&caller)?;
    let (credential, secrets) = app.vaults.reveal_for_site(&caller, &vault, url).await?;
    let body = GetCredentialsResponse::new(credential, &secrets);
    Ok((NO_STORE, Json(body)))
}

/// Keeps the credentials of a site, in place of those that were there.
#[utoipa::path(post, path = "/vaults/{vault_id}/credentials", tag = "vaults", operation_id = "vault_credentials_add",
    params(("vault_id" = String, Path, description = "The vault.")),
    request_body = AddCredentialsRequest,
    responses(
        (status = 200, description = "They are kept.", body = AddCredentialsResponse),
        (status = 400, description = "A persona's vault takes only the persona's own address.", body = ErrorResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
        (status = 409, description = "Too many write there at the same time.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credentials_add(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<AddCredentialsRequest>,
) -> Result<Json<AddCredentialsResponse>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    let credentials = request.credentials.into_domain();
    app.vaults
        .put_for_site(&vault, &request.url, credentials)
        .await?;
    Ok(Json(AddCredentialsResponse { status: "success" }))
}

/// Keeps a login for a site with a password that is made up here, in place of what was there. Nobody is shown the password.
#[utoipa::path(post, path = "/vaults/{vault_id}/credentials/generate", tag = "vaults",
    operation_id = "vault_credentials_generate",
    params(("vault_id" = String, Path, description = "The vault.")),
    request_body = GenerateCredentialsRequest,
    responses(
        (status = 200, description = "They are kept.", body = AddCredentialsResponse),
        (status = 400, description = "A persona's vault takes only the persona's own address.", body = ErrorResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
        (status = 409, description = "Too many write there at the same time.", body = ErrorResponse),
        (status = 422, description = "A member is wrong, or no password fits.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credentials_generate(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<GenerateCredentialsRequest>,
) -> Result<Json<AddCredentialsResponse>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    let password = PasswordPolicy::from(&request.policy).generate();
    let password = password.map_err(|error| match error {
        PasswordError::Random(error) => Error::internal("cannot make a password", error),
        error => {
            let message = format!("Invalid policy: {error}");
            Error::invalid_member(&["policy"], "value_error", message)
        }
    })?;
    let url = request.url.clone();
    let credentials = request.into_domain(password);
    app.vaults.put_for_site(&vault, &url, credentials).await?;
    Ok(Json(AddCredentialsResponse { status: "success" }))
}

/// Where a vault's secrets may be filled in, and how, beyond what holds for all.
#[utoipa::path(get, path = "/vaults/{vault_id}/fill_rules", tag = "vaults", operation_id = "vault_fill_rules_get",
    params(("vault_id" = String, Path, description = "The vault.")),
    responses(
        (status = 200, description = "The rules.", body = FillRulesBody),
        (status = 404, description = "No such vault.", body = ErrorResponse),
    ))]
pub(super) async fn vault_fill_rules_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<FillRulesBody>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    Ok(Json(vault.fill_rules.into()))
}

/// Sets where a vault's secrets may be filled in, and how, in place of what was set before. Needs the scope `vault:reveal`.
#[utoipa::path(put, path = "/vaults/{vault_id}/fill_rules", tag = "vaults", operation_id = "vault_fill_rules_set",
    params(("vault_id" = String, Path, description = "The vault.")),
    request_body = FillRulesBody,
    responses(
        (status = 200, description = "The rules as they are now.", body = FillRulesBody),
        (status = 404, description = "No such vault.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_fill_rules_set(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<FillRulesBody>,
) -> Result<Json<FillRulesBody>, Failure> {
    let rules = request.into_domain()?;
    let vault = app.vaults.set_fill_rules(&caller, &id, &rules).await?;
    Ok(Json(vault.fill_rules.into()))
}

/// Deletes the credentials of a site.
#[utoipa::path(delete, path = "/vaults/{vault_id}/credentials", tag = "vaults",
    operation_id = "vault_credentials_delete",
    params(
        ("vault_id" = String, Path, description = "The vault."),
        ("url" = String, Query, description = "An address of the site."),
    ),
    responses(
        (status = 200, description = "They are deleted.", body = DeleteCredentialsResponse),
        (status = 404, description = "No such vault, or nothing for that site.", body = ErrorResponse),
        (status = 422, description = "The address has no host.", body = ValidationErrorResponse),
    ))]
pub(super) async fn vault_credentials_delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<DeleteCredentialsResponse>, Failure> {
    let url = url(&query)?;
    let vault = app.vaults.get(&caller, &id).await?;
    app.vaults.delete_for_site(&vault, url).await?;
    Ok(Json(DeleteCredentialsResponse {
        status: "success",
        message: "Credentials deleted successfully",
    }))
}

/// A one-time code of a site's second factor. The seed stays where it is.
#[utoipa::path(get, path = "/vaults/{vault_id}/credentials/code", tag = "vaults",
    operation_id = "vault_credentials_code",
    params(
        ("vault_id" = String, Path, description = "The vault."),
        ("url" = String, Query, description = "An address of the site."),
    ),
    responses(
        (status = 200, description = "The code.", body = OneTimeCodeResponse),
        (status = 400, description = "There is no second factor.", body = ErrorResponse),
        (status = 404, description = "No such vault, or nothing for that site.", body = ErrorResponse),
        (status = 422, description = "The address has no host.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credentials_code(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: Query,
) -> Result<([(HeaderName, &'static str); 1], Json<OneTimeCodeResponse>), Failure> {
    let url = url(&query)?;
    let vault = app.vaults.get(&caller, &id).await?;
    let credential = app.vaults.of_site(&vault, url).await?;
    let code = app.vaults.code(&caller, &credential).await?;
    let body = OneTimeCodeResponse {
        code: code.code.expose().to_owned(),
        valid_for_seconds: code.valid_for.map(|valid| valid.as_secs()),
    };
    Ok((NO_STORE, Json(body)))
}

/// A vault's card in the clear. Needs the scope `vault:reveal`.
#[utoipa::path(get, path = "/vaults/{vault_id}/card", tag = "vaults", operation_id = "vault_credit_card_get",
    params(("vault_id" = String, Path, description = "The vault.")),
    responses(
        (status = 200, description = "The card.", body = GetCreditCardResponse),
        (status = 404, description = "No such vault, or it has no card.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credit_card_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], Json<GetCreditCardResponse>), Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    app.reveals.admit(&caller)?;
    let card = app.vaults.reveal_card(&caller, &vault).await?;
    Ok((NO_STORE, Json((&card).into())))
}

/// Keeps a card, in place of one that was there.
#[utoipa::path(post, path = "/vaults/{vault_id}/card", tag = "vaults", operation_id = "vault_credit_card_set",
    params(("vault_id" = String, Path, description = "The vault.")),
    request_body = AddCreditCardRequest,
    responses(
        (status = 200, description = "It is kept.", body = AddCreditCardResponse),
        (status = 404, description = "No such vault.", body = ErrorResponse),
        (status = 409, description = "Too many write there at the same time.", body = ErrorResponse),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credit_card_set(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Body(request): Body<AddCreditCardRequest>,
) -> Result<Json<AddCreditCardResponse>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    let card = request.credit_card.into_domain();
    app.vaults.put_card(&vault, &card).await?;
    Ok(Json(AddCreditCardResponse { status: "success" }))
}

/// Deletes a vault's card.
#[utoipa::path(delete, path = "/vaults/{vault_id}/card", tag = "vaults", operation_id = "vault_credit_card_delete",
    params(("vault_id" = String, Path, description = "The vault.")),
    responses(
        (status = 200, description = "It is deleted.", body = DeleteCreditCardResponse),
        (status = 404, description = "No such vault, or it has no card.", body = ErrorResponse),
    ))]
pub(super) async fn vault_credit_card_delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<DeleteCreditCardResponse>, Failure> {
    let vault = app.vaults.get(&caller, &id).await?;
    app.vaults.delete_card(&vault).await?;
    Ok(Json(DeleteCreditCardResponse {
        status: "success",
        message: "Credit card deleted successfully",
    }))
}

/// The address that a query names; it must have a host.
fn url(query: &Query) -> Result<&str, Error> {
    let path = ["query", "url"];
    let Some(text) = query.text("url") else {
        let message = "Missing query parameter url: expected an address of the site";
        return Err(Error::invalid_member(&path, "missing", message));
    };
    Site::of(text).map_err(|error| Error::invalid_member(&path, "url_parsing", error.message()))?;
    Ok(text)
}
