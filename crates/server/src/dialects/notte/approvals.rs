//! What is done only once somebody has allowed it: an addition to the Notte API.

use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::error::{ErrorResponse, Failure, ValidationErrorResponse};
use super::query::Query;
use super::wire::approvals::{ApprovalBody, ApprovalPage, ApprovalPolicyBody};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// What waits for an approval before it is done. Needs the scope `approve` or `sessions`.
#[utoipa::path(get, path = "/approvals/policy", tag = "approvals", operation_id = "approval_policy_get",
    responses((status = 200, description = "The policy.", body = ApprovalPolicyBody)))]
pub(super) async fn approval_policy_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
) -> Result<Json<ApprovalPolicyBody>, Failure> {
    Ok(Json(app.approvals.policy(&caller).await?.into()))
}

/// Sets what waits for an approval before it is done, in place of what was set before. Needs the scope `approve`.
#[utoipa::path(put, path = "/approvals/policy", tag = "approvals", operation_id = "approval_policy_set",
    request_body = ApprovalPolicyBody,
    responses(
        (status = 200, description = "The policy as it is now.", body = ApprovalPolicyBody),
        (status = 422, description = "A member is wrong.", body = ValidationErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn approval_policy_set(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<ApprovalPolicyBody>,
) -> Result<Json<ApprovalPolicyBody>, Failure> {
    let policy = app.approvals.set_policy(&caller, request.into()).await?;
    Ok(Json(policy.into()))
}

/// Lists the tenant's approvals, newest first. Needs the scope `approve` or `sessions`.
#[utoipa::path(get, path = "/approvals", tag = "approvals", operation_id = "list_approvals",
    params(
        ("page" = Option<u32>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "1 to 100; 10 when absent."),
        ("only_pending" = Option<bool>, Query, description = "Only those that nobody has decided about yet; false when absent."),
    ),
    responses((status = 200, description = "A page of the list.", body = ApprovalPage)))]
pub(super) async fn list_approvals(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Json<ApprovalPage>, Failure> {
    let page = query.page()?;
    let only_pending = query.flag("only_pending", false)?;
    let page = app.approvals.list(&caller, only_pending, page).await?;
    Ok(Json(page.into()))
}

/// One approval. Needs the scope `approve` or `sessions`.
#[utoipa::path(get, path = "/approvals/{approval_id}", tag = "approvals", operation_id = "approval_get",
    params(("approval_id" = String, Path, description = "The approval.")),
    responses(
        (status = 200, description = "The approval.", body = ApprovalBody),
        (status = 404, description = "No such approval.", body = ErrorResponse),
    ))]
pub(super) async fn approval_get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ApprovalBody>, Failure> {
    Ok(Json(app.approvals.get(&caller, &id).await?.into()))
}

/// Allows what waits. It counts for ten minutes, for the same thing on the same site in the same session. Needs the scope
/// `approve`.
#[utoipa::path(post, path = "/approvals/{approval_id}/approve", tag = "approvals", operation_id = "approval_approve",
    params(("approval_id" = String, Path, description = "The approval.")),
    responses(
        (status = 200, description = "It is approved.", body = ApprovalBody),
        (status = 404, description = "No such approval.", body = ErrorResponse),
        (status = 409, description = "It was denied, or has expired.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn approval_approve(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ApprovalBody>, Failure> {
    let approval = app.approvals.decide(&caller, &id, true).await?;
    Ok(Json(approval.into()))
}

/// Refuses what waits. It counts for ten minutes, for the same thing on the same site in the same session. Needs the scope
/// `approve`.
#[utoipa::path(post, path = "/approvals/{approval_id}/deny", tag = "approvals", operation_id = "approval_deny",
    params(("approval_id" = String, Path, description = "The approval.")),
    responses(
        (status = 200, description = "It is denied.", body = ApprovalBody),
        (status = 404, description = "No such approval.", body = ErrorResponse),
        (status = 409, description = "It was approved, or has expired.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn approval_deny(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<ApprovalBody>, Failure> {
    let approval = app.approvals.decide(&caller, &id, false).await?;
    Ok(Json(approval.into()))
}
