//! What arrives: mails and text messages.

use serde::{Deserialize, Serialize};

use crate::{MailId, MailboxId, PersonaId, SmsId, TenantId, Timestamp};

/// An address that receives: a persona's, or one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: MailboxId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The persona it belongs to, if it does.
    pub persona: Option<PersonaId>,
    /// What stands before the `@`, in lower case: unique on this server.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A mail that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: MailId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where it lies.
    pub mailbox: MailboxId,
    /// When it arrived.
    pub received_at: Timestamp,
    /// When a caller first saw it.
    pub read_at: Option<Timestamp>,
    /// The size of the whole, in bytes.
    pub size: u64,
    /// What is in it.
    pub content: MailContent,
}

/// What is in a mail, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailContent {
    /// The subject, empty where there is none.
    pub subject: String,
    /// The address of the author.
    pub sender_email: Option<String>,
    /// The name of the author.
    pub sender_name: Option<String>,
    /// The whole address that it was sent to, with what stands behind a plus.
    pub recipient: String,
    /// What its author calls it (RFC 5322 §3.6.4).
    pub message_id: Option<String>,
    /// What the mails of one conversation share.
    pub thread: Option<String>,
    /// The text; made from the HTML where there is none.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// Codes found in it, the likeliest first.
    pub codes: Vec<String>,
    /// Sign-in links found in it, the likeliest first.
    pub links: Vec<String>,
    /// Its attachments, in order.
    pub attachments: Vec<Attachment>,
    /// What the checks of its origin gave, such as `spf` and `pass`.
    pub authentication: Vec<(String, String)>,
}

/// A file in a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, without any path.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes, decoded.
    pub size: u64,
}

/// A text message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: SmsId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Who got it.
    pub persona: PersonaId,
    /// When it arrived.
    pub received_at: Timestamp,
    /// When a caller first saw it.
    pub read_at: Option<Timestamp>,
    /// What is in it.
    pub content: SmsContent,
}

/// What is in a text message, as it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsContent {
    /// The number or name it came from.
    pub sender: Option<String>,
    /// The text.
    pub body: String,
    /// Codes found in it, the likeliest first.
    pub codes: Vec<String>,
}

/// Which messages a caller wants to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxFilter {
    /// At most so many, the newest.
    pub limit: u32,
    /// Only those that arrived since.
    pub since: Option<Timestamp>,
    /// Only those that nobody has read.
    pub only_unread: bool,
}
