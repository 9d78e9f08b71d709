//! The wire forms and their translation from the domain.

mod agent;
mod journey;
mod project;
mod role;

use guise_core::{Credential, Edit, Mail, Mailbox, Persona, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub(super) use agent::{
    AgentBody, AgentList, NewAgent, NewJourneyRun, RunList, SummaryBody, VerificationBody,
};
pub(super) use journey::{JourneyBody, JourneyList, JourneyUpdate, NewJourney};
pub(super) use project::{NewProject, ProjectBody, ProjectList, ProjectUpdate};
pub(super) use role::{NewRole, RoleBody, RoleList, RoleUpdate};

/// A point in time as this API writes it: RFC 3339 in whole seconds.
fn seconds(time: Timestamp) -> String {
    let text = time.to_string();
    let whole = text.split('.').next().unwrap_or(&text);
    format!("{whole}Z")
}

/// A member that says what is to change, if it is there: null empties it.
fn edit<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Edit<T>, D::Error> {
    Ok(Option::deserialize(member)?.map_or(Edit::Clear, Edit::Set))
}

/// A persona to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantPersonaCreateRequest)]
pub(super) struct NewPersona {
    /// Unique in the tenant; 1 to 40 characters.
    pub(super) name: String,
}

/// A persona of the tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantPersona)]
pub(super) struct PersonaBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// Its name, unique in the tenant.
    name: String,
    /// The address of its inbox.
    email: String,
    /// Whether agents are it unless they are told otherwise.
    is_default: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

impl PersonaBody {
    pub(super) fn new(persona: Persona, email: String) -> Self {
        Self {
            id: persona.id.to_string(),
            tenant_id: persona.tenant.to_string(),
            name: persona.handle,
            email,
            is_default: persona.is_default,
            created_at: seconds(persona.created_at),
            updated_at: seconds(persona.updated_at),
        }
    }
}

/// A page of personas, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantPersonaList)]
pub(super) struct PersonaList {
    /// The personas.
    pub(super) personas: Vec<PersonaBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    pub(super) next_cursor: Option<String>,
}

/// A credential to be added.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantCredentialCreateRequest)]
pub(super) struct NewCredential {
    /// How people and agents pick it.
    pub(super) label: String,
    /// `username_password`, `magic_link`, `secret` or `external`.
    pub(super) cred_type: String,
    /// The address to log in with: needed for `external`; the persona's own for the others.
    pub(super) email: Option<String>,
    /// The site on which agents may have it filled in, as a host or an address: they can fill it in nowhere without it.
    pub(super) site: Option<String>,
    /// Needed for `username_password` and `external`.
    #[schema(write_only, format = "password")]
    pub(super) password: Option<String>,
    /// Needed for `secret`.
    #[schema(write_only, format = "password")]
    pub(super) value: Option<String>,
    /// How to use it, shown to agents.
    pub(super) auth_notes: Option<String>,
    /// The seed of a second factor: base32, or an `otpauth://` address. Not for `secret` and `magic_link`.
    #[schema(write_only, format = "password")]
    pub(super) mfa_secret: Option<String>,
}

/// A credential, without anything secret.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantCredential)]
pub(super) struct CredentialBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// The persona that has it.
    #[schema(format = "uuid")]
    persona_id: String,
    /// How people and agents pick it.
    label: String,
    /// `username_password`, `magic_link`, `secret` or `external`.
    cred_type: String,
    /// The address to log in with; absent for `secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The user name to log in with, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The site that it belongs to, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    /// How to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_notes: Option<String>,
    /// Whether it has a second factor.
    has_mfa: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

impl CredentialBody {
    pub(super) fn new(persona: &Persona, credential: Credential) -> Self {
        Self {
            id: credential.id.to_string(),
            persona_id: persona.id.to_string(),
            label: credential.label,
            cred_type: credential.kind.as_str().to_owned(),
            email: credential.email,
            username: credential.username,
            site: credential.site,
            auth_notes: credential.notes,
            has_mfa: credential.one_time,
            created_at: seconds(credential.created_at),
            updated_at: seconds(credential.updated_at),
        }
    }
}

/// All credentials of a persona, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantCredentialList)]
pub(super) struct CredentialList {
    /// The credentials.
    pub(super) credentials: Vec<CredentialBody>,
}

/// A one-time code.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantOneTimeCode)]
pub(super) struct CodeBody {
    /// The digits.
    pub(super) code: String,
    /// For how many seconds it can be used; null for a code that comes from a counter.
    pub(super) valid_for_seconds: Option<u64>,
}

/// A mailbox to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = MailboxCreateRequest)]
pub(super) struct NewMailbox {
    /// Unique on this server: 1 to 40 lower-case letters, digits and hyphens, no hyphen at either end.
    pub(super) name: String,
}

/// An address of its own that receives mail.
#[derive(Serialize, ToSchema)]
#[schema(as = Mailbox)]
pub(super) struct MailboxBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// What stands before the `@`.
    name: String,
    /// The whole address.
    address: String,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
}

impl MailboxBody {
    pub(super) fn new(mailbox: Mailbox, domain: &str) -> Self {
        Self {
            id: mailbox.id.to_string(),
            tenant_id: mailbox.tenant.to_string(),
            address: format!("{}@{domain}", mailbox.name),
            name: mailbox.name,
            created_at: seconds(mailbox.created_at),
        }
    }
}

/// A page of mailboxes, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = MailboxList)]
pub(super) struct MailboxList {
    /// The mailboxes.
    pub(super) mailboxes: Vec<MailboxBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    pub(super) next_cursor: Option<String>,
}

/// A mail that arrived.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantEmail)]
pub(super) struct EmailBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// The address of the author.
    from: Option<String>,
    /// The name of the author.
    from_name: Option<String>,
    /// The address that it was sent to.
    to: String,
    /// The subject.
    subject: String,
    /// The text; made from the HTML where there is none.
    text: Option<String>,
    /// The HTML.
    html: Option<String>,
    /// Codes found in it, the likeliest first.
    codes: Vec<String>,
    /// Sign-in links found in it, the likeliest first.
    links: Vec<String>,
    /// When it arrived.
    #[schema(format = "date-time")]
    received_at: String,
}

impl From<Mail> for EmailBody {
    fn from(mail: Mail) -> Self {
        let content = mail.content;
        Self {
            id: mail.id.to_string(),
            from: content.sender_email,
            from_name: content.sender_name,
            to: content.recipient,
            subject: content.subject,
            text: content.text,
            html: content.html,
            codes: content.codes,
            links: content.links,
            received_at: seconds(mail.received_at),
        }
    }
}

/// The newest mails, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantEmailList)]
pub(super) struct EmailList {
    /// The mails.
    pub(super) emails: Vec<EmailBody>,
}
