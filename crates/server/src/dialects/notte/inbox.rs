//! What arrives for personas: mails, text messages, and the number for these.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use guise_core::Error;
use guise_inbox::Message;

use super::error::{ErrorResponse, Failure};
use super::wire::persona::{
    CreatePhoneNumberResponse, DeletePhoneNumberResponse, EmailResponse, SmsResponse,
};
use crate::app::App;
use crate::dialects::inbox_query::InboxQuery;
use crate::http::caller::Authenticated;
use crate::http::path::Path;

/// The newest mails of a persona, newest first. They count as read from then on.
#[utoipa::path(get, path = "/personas/{persona_id}/emails", tag = "personas", operation_id = "persona_emails_list",
    params(
        ("persona_id" = String, Path, description = "The persona."),
        InboxQuery,
    ),
    responses(
        (status = 200, description = "The mails.", body = Vec<EmailResponse>),
        (status = 404, description = "No such persona.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn persona_emails_list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: InboxQuery,
) -> Result<Json<Vec<EmailResponse>>, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    let mailbox = app.inbox.of_persona(&persona).await?;
    let (filter, deadline) = query.read(app.now())?;
    let mails = app.inbox.read(&mailbox, filter, deadline).await?;
    Ok(Json(mails.into_iter().map(Into::into).collect()))
}

/// A file in a mail, as a download: foreign, and it may be anything.
#[utoipa::path(get, path = "/personas/{persona_id}/emails/{email_id}/attachments/{index}", tag = "personas",
    operation_id = "persona_email_attachment",
    params(
        ("persona_id" = String, Path, description = "The persona."),
        ("email_id" = String, Path, description = "The mail."),
        ("index" = usize, Path, description = "Its place among the mail's attachments, from 0."),
    ),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "No such persona, mail or attachment.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn persona_email_attachment(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path((id, email, index)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    let mailbox = app.inbox.of_persona(&persona).await?;
    let mail = app.inbox.mail(&mailbox, &email).await?;
    let raw = app.inbox.raw(&mailbox, &mail).await?;
    // A hostile mail takes a while.
    let message = tokio::task::spawn_blocking(move || Message::parse(&raw)).await;
    let message = message.map_err(|error| Error::internal("reading a mail failed", error))?;
    let mut attachments = message.attachments.into_iter();
    let attachment = index.parse().ok().and_then(|index| attachments.nth(index));
    let attachment = attachment.ok_or_else(|| Error::not_found("Attachment", index))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, attachment.bytes).into_response())
}

/// The newest text messages of a persona, newest first. They count as read from then on.
#[utoipa::path(get, path = "/personas/{persona_id}/sms", tag = "personas", operation_id = "persona_sms_list",
    params(
        ("persona_id" = String, Path, description = "The persona."),
        InboxQuery,
    ),
    responses(
        (status = 200, description = "The messages.", body = Vec<SmsResponse>),
        (status = 404, description = "No such persona.", body = ErrorResponse),
        (status = 503, description = "The keyring is locked.", body = ErrorResponse),
    ))]
pub(super) async fn persona_sms_list(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    query: InboxQuery,
) -> Result<Json<Vec<SmsResponse>>, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    let (filter, deadline) = query.read(app.now())?;
    let messages = app.inbox.read_sms(&persona, filter, deadline).await?;
    Ok(Json(messages.into_iter().map(Into::into).collect()))
}

/// Gives a persona a phone number.
#[utoipa::path(post, path = "/personas/{persona_id}/sms/number", tag = "personas", operation_id = "create_number",
    params(("persona_id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "The number.", body = CreatePhoneNumberResponse),
        (status = 400, description = "There is no number left.", body = ErrorResponse),
        (status = 404, description = "No such persona.", body = ErrorResponse),
        (status = 409, description = "It has a number.", body = ErrorResponse),
        (status = 501, description = "No phone provider is configured.", body = ErrorResponse),
    ))]
pub(super) async fn create_number(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<CreatePhoneNumberResponse>, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    let number = app.numbers.give(&persona).await?;
    Ok(Json(CreatePhoneNumberResponse {
        phone_number: number.number.to_string(),
        status: "success",
    }))
}

/// Takes a persona's phone number away.
#[utoipa::path(delete, path = "/personas/{persona_id}/sms/number", tag = "personas", operation_id = "delete_number",
    params(("persona_id" = String, Path, description = "The persona.")),
    responses(
        (status = 200, description = "It has none any more.", body = DeletePhoneNumberResponse),
        (status = 404, description = "No such persona, or it has no number.", body = ErrorResponse),
        (status = 501, description = "The number's provider is not configured.", body = ErrorResponse),
    ))]
pub(super) async fn delete_number(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Json<DeletePhoneNumberResponse>, Failure> {
    let persona = app.personas.get(&caller, &id).await?;
    app.numbers.take(&persona).await?;
    Ok(Json(DeletePhoneNumberResponse {
        status: "success",
        message: "Phone number deleted successfully",
    }))
}
