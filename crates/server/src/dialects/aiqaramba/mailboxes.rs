//! Mailboxes of their own, and what arrives in them and for personas.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use guise_core::{MailboxId, PersonaId};

use super::error::{Failure, Message};
use super::extract::{Body, Cursor, id};
use super::wire::{EmailList, MailboxBody, MailboxList, NewMailbox};
use crate::app::App;
use crate::dialects::inbox_query::InboxQuery;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// Makes a mailbox.
#[utoipa::path(post, path = "/api/v1/mailboxes", tag = "mailboxes", operation_id = "mailbox_create",
    request_body = NewMailbox,
    responses(
        (status = 201, description = "The mailbox.", body = MailboxBody),
        (status = 400, description = "The name cannot be one.", body = Message),
        (status = 409, description = "The name is taken on this server.", body = Message),
    ))]
pub(super) async fn create(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Body(request): Body<NewMailbox>,
) -> Result<(StatusCode, Json<MailboxBody>), Failure> {
    let mailbox = app.inbox.create_mailbox(&caller, &request.name).await?;
    let body = MailboxBody::new(mailbox, app.inbox.domain());
    Ok((StatusCode::CREATED, Json(body)))
}

/// Lists the tenant's mailboxes, newest first.
#[utoipa::path(get, path = "/api/v1/mailboxes", tag = "mailboxes", operation_id = "mailbox_list",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent. What lies outside counts as the nearest."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of the list.", body = MailboxList),
        (status = 400, description = "A parameter is wrong.", body = Message),
    ))]
pub(super) async fn list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    cursor: Cursor<MailboxId>,
) -> Result<Json<MailboxList>, Failure> {
    let (mailboxes, more) = app
        .inbox
        .mailboxes(&caller, cursor.after, cursor.limit)
        .await?;
    let last = mailboxes.last().map(|mailbox| mailbox.id.to_string());
    let mailboxes = mailboxes
        .into_iter()
        .map(|mailbox| MailboxBody::new(mailbox, app.inbox.domain()))
        .collect();
    Ok(Json(MailboxList {
        mailboxes,
        next_cursor: last.filter(|_| more),
    }))
}

/// A mailbox.
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}", tag = "mailboxes", operation_id = "mailbox_get",
    params(("id" = String, Path, description = "The mailbox.")),
    responses(
        (status = 200, description = "The mailbox.", body = MailboxBody),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such mailbox.", body = Message),
    ))]
pub(super) async fn get(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<Json<MailboxBody>, Failure> {
    let mailbox = app.inbox.mailbox(&caller, id("mailbox", &text)?).await?;
    Ok(Json(MailboxBody::new(mailbox, app.inbox.domain())))
}

/// Deletes a mailbox with its mails.
#[utoipa::path(delete, path = "/api/v1/mailboxes/{id}", tag = "mailboxes", operation_id = "mailbox_delete",
    params(("id" = String, Path, description = "The mailbox.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 400, description = "The id is no UUID.", body = Message),
        (status = 404, description = "No such mailbox.", body = Message),
    ))]
pub(super) async fn delete(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
) -> Result<StatusCode, Failure> {
    app.inbox
        .close_mailbox(&caller, id("mailbox", &text)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest mails of a mailbox, newest first. They count as read from then on.
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}/emails", tag = "mailboxes", operation_id = "mailbox_emails",
    params(
        ("id" = String, Path, description = "The mailbox."),
        InboxQuery,
    ),
    responses(
        (status = 200, description = "The mails.", body = EmailList),
        (status = 400, description = "The id is no UUID, or a parameter is wrong.", body = Message),
        (status = 404, description = "No such mailbox.", body = Message),
        (status = 503, description = "The keyring is locked.", body = Message),
    ))]
pub(super) async fn emails(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    query: InboxQuery,
) -> Result<Json<EmailList>, Failure> {
    let mailbox = app.inbox.mailbox(&caller, id("mailbox", &text)?).await?;
    let (filter, deadline) = query.read(app.now())?;
    let mails = app.inbox.read(&mailbox, filter, deadline).await?;
    let emails = mails.into_iter().map(Into::into).collect();
    Ok(Json(EmailList { emails }))
}

/// The newest mails of a persona, newest first. They count as read from then on.
#[utoipa::path(get, path = "/api/v1/personas/{id}/emails", tag = "tenant personas",
    operation_id = "tenant_persona_emails",
    params(
        ("id" = String, Path, description = "The persona."),
        InboxQuery,
    ),
    responses(
        (status = 200, description = "The mails.", body = EmailList),
        (status = 400, description = "The id is no UUID, or a parameter is wrong.", body = Message),
        (status = 404, description = "No such persona.", body = Message),
        (status = 503, description = "The keyring is locked.", body = Message),
    ))]
pub(super) async fn of_persona(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(text): Path<String>,
    query: InboxQuery,
) -> Result<Json<EmailList>, Failure> {
    id::<PersonaId>("persona", &text)?;
    let persona = app.personas.get(&caller, &text).await?;
    let mailbox = app.inbox.of_persona(&persona).await?;
    let (filter, deadline) = query.read(app.now())?;
    let mails = app.inbox.read(&mailbox, filter, deadline).await?;
    let emails = mails.into_iter().map(Into::into).collect();
    Ok(Json(EmailList { emails }))
}
