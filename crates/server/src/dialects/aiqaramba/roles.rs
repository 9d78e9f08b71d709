//! Roles.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::RoleId;

use super::error::{Failure, Message};
use super::extract::{Body, Change, Cursor, id};
use super::wire::{NewRole, RoleBody, RoleList, RoleUpdate};
use crate::app::App;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Makes a role.
#[utoipa::path(post, path = "/api/v1/roles", tag = "roles", operation_id = "role_create",
    request_body = NewRole,
    responses(
        (status = 201, description = "The role.", body = RoleBody),
        (status = 400, description = "A member is missing or wrong.", body = Message),
        (status = 409, description = "Another role of the tenant has the name.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewRole>,
) -> Result<(StatusCode, Json<RoleBody>), Failure> {
    let role = app
        .roles
        .create(&caller, request.name, request.description)
        .await?;
    Ok((StatusCode::CREATED, Json(role.into())))
}

/// Lists the tenant's roles, newest first.
#[utoipa::path(get, path = "/api/v1/roles", tag = "roles", operation_id = "role_list",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = RoleList),
        (status = 400, description = "A parameter is wrong.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    cursor: Cursor<RoleId>,
) -> Result<Json<RoleList>, Failure> {
    let (roles, more) = app
        .roles
        .list_after(&caller, cursor.after, cursor.limit)
        .await?;
    let last = roles.last().map(|role| role.id.to_string());
    Ok(Json(RoleList {
        roles: roles.into_iter().map(Into::into).collect(),
        next_cursor: last.filter(|_| more),
    }))
}

/// A role.
#[utoipa::path(get, path = "/api/v1/roles/{id}", tag = "roles", operation_id = "role_get",
    params(("id" = String, Path, description = "The role.")),
    responses(
        (status = 200, description = "The role.", body = RoleBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such role.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<RoleBody>, Failure> {
    let role = app.roles.get(&caller, id("role", &text)?).await?;
    Ok(Json(role.into()))
}

/// Changes a role; what is absent or null stays.
#[utoipa::path(method(patch, put), path = "/api/v1/roles/{id}", tag = "roles", operation_id = "role_change",
    params(("id" = String, Path, description = "The role.")),
    request_body = RoleUpdate,
    responses(
        (status = 200, description = "The role.", body = RoleBody),
        (status = 400, description = "The id is no UUID, or a member is wrong.", body = Message),
        (status = 404, description = "No such role.", body = Message),
        (status = 409, description = "Another role of the tenant has the name.", body = Message),
    ))]
pub(super) async fn change(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    Change(request): Change<RoleUpdate>,
) -> Result<Json<RoleBody>, Failure> {
    let id = id("role", &text)?;
    let role = app.roles.change(&caller, id, request.into()).await?;
    Ok(Json(role.into()))
}

/// Deletes a role. What names it falls back to the next in line.
#[utoipa::path(delete, path = "/api/v1/roles/{id}", tag = "roles", operation_id = "role_delete",
    params(("id" = String, Path, description = "The role.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such role.", body = Message),
        (status = 409, description = "It is one that each tenant has.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    app.roles.close(&caller, id("role", &text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
