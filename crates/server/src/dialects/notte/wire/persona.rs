//! Personas, mails and text messages on the wire (contract §4.1).

use guise_core::{Attachment, Mail, Page, Persona, Sms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A persona to be made.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PersonaCreateRequest {
    /// Give it a vault.
    pub create_vault: bool,
    /// Give it a phone number.
    pub create_phone_number: bool,
    /// What lists call it.
    pub name: Option<String>,
    /// Who receives its mail: only `notte`, which is this server.
    #[schema(value_type = EmailProvider)]
    pub email_provider: EmailProvider,
}

/// Who receives a persona's mail.
#[derive(Clone, Copy, Default, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
#[schema(as = PersonaEmailProvider)]
#[serde(rename_all = "lowercase")]
pub enum EmailProvider {
    /// This server.
    #[default]
    Notte,
    /// Another service, which this server does not use.
    Agentmail,
    /// Another service, which this server does not use.
    Resend,
}

/// A persona to be changed.
#[derive(Deserialize, ToSchema)]
pub struct PersonaUpdateRequest {
    /// What lists call it.
    pub name: String,
}

/// A persona.
#[derive(Serialize, ToSchema)]
pub struct PersonaResponse {
    persona_id: String,
    /// `active` or `closed`.
    status: &'static str,
    /// What lists call it.
    name: Option<String>,
    first_name: String,
    last_name: String,
    /// The address of its inbox.
    email: String,
    /// The same.
    internal_email: String,
    email_provider: EmailProvider,
    /// Its vault, if it has one.
    vault_id: Option<String>,
    /// Its phone number, if it has one.
    phone_number: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
}

impl PersonaResponse {
    /// A persona with its whole address.
    pub fn new(persona: Persona, email: String) -> Self {
        Self {
            persona_id: persona.id.to_string(),
            status: if persona.is_active() {
                "active"
            } else {
                "closed"
            },
            name: persona.label,
            first_name: persona.first_name,
            last_name: persona.last_name,
            internal_email: email.clone(),
            email,
            email_provider: EmailProvider::Notte,
            vault_id: persona.vault.map(|id| id.to_string()),
            phone_number: persona.phone,
            created_at: persona.created_at.to_string(),
        }
    }
}

/// A page of personas, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = PaginatedResponsePersonaResponse)]
pub struct PersonaPage {
    items: Vec<PersonaResponse>,
    page: u32,
    page_size: u32,
    has_next: bool,
    has_previous: bool,
}

impl PersonaPage {
    /// A page of the domain's; `address` gives a persona's.
    pub fn new(page: Page<Persona>, address: impl Fn(&Persona) -> String) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page
                .items
                .into_iter()
                .map(|persona| {
                    let email = address(&persona);
                    PersonaResponse::new(persona, email)
                })
                .collect(),
        }
    }
}

/// A persona is deleted.
#[derive(Serialize, ToSchema)]
pub struct DeletePersonaResponse {
    /// `success`.
    pub status: &'static str,
    /// What happened.
    pub message: &'static str,
}

/// A mail that arrived.
#[derive(Serialize, ToSchema)]
pub struct EmailResponse {
    email_id: String,
    subject: String,
    sender_email: Option<String>,
    sender_name: Option<String>,
    /// The address that it was sent to.
    recipient: String,
    #[schema(format = "date-time")]
    created_at: String,
    /// The text; made from the HTML where there is none.
    text_content: Option<String>,
    html_content: Option<String>,
    /// Codes found in it, the likeliest first.
    codes: Vec<String>,
    /// Sign-in links found in it, the likeliest first.
    links: Vec<String>,
    /// What the mails of one conversation share.
    thread_id: Option<String>,
    /// Its attachments, in order.
    attachments: Vec<EmailAttachment>,
    /// What checks of its origin gave, by the name of the check.
    authentication: std::collections::BTreeMap<String, String>,
}

/// A file in a mail.
#[derive(Serialize, ToSchema)]
pub struct EmailAttachment {
    name: String,
    content_type: String,
    /// In bytes.
    size: u64,
}

impl From<Attachment> for EmailAttachment {
    fn from(attachment: Attachment) -> Self {
        Self {
            name: attachment.name,
            content_type: attachment.content_type,
            size: attachment.size,
        }
    }
}

impl From<Mail> for EmailResponse {
    fn from(mail: Mail) -> Self {
        let content = mail.content;
        Self {
            email_id: mail.id.to_string(),
            subject: content.subject,
            sender_email: content.sender_email,
            sender_name: content.sender_name,
            recipient: content.recipient,
            created_at: mail.received_at.to_string(),
            text_content: content.text,
            html_content: content.html,
            codes: content.codes,
            links: content.links,
            thread_id: content.thread,
            attachments: content.attachments.into_iter().map(Into::into).collect(),
            authentication: content.authentication.into_iter().collect(),
        }
    }
}

/// A text message that arrived.
#[derive(Serialize, ToSchema)]
#[schema(as = SMSResponse)]
pub struct SmsResponse {
    sms_id: String,
    body: String,
    sender: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    /// Codes found in it, the likeliest first.
    codes: Vec<String>,
}

impl From<Sms> for SmsResponse {
    fn from(sms: Sms) -> Self {
        Self {
            sms_id: sms.id.to_string(),
            body: sms.content.body,
            sender: sms.content.sender,
            created_at: sms.received_at.to_string(),
            codes: sms.content.codes,
        }
    }
}

/// A persona has a phone number now.
#[derive(Serialize, ToSchema)]
pub struct CreatePhoneNumberResponse {
    /// The number, in E.164.
    pub phone_number: String,
    /// `success`.
    pub status: &'static str,
}

/// A persona has no phone number any more.
#[derive(Serialize, ToSchema)]
pub struct DeletePhoneNumberResponse {
    /// `success`.
    pub status: &'static str,
    /// What happened.
    pub message: &'static str,
}
