//! Where mailboxes, phone numbers and what arrives in them are kept.

use std::collections::HashSet;

use async_trait::async_trait;

use crate::ports::{Added, Sealed};
use crate::{
    InboxFilter, Mail, MailId, Mailbox, MailboxId, PersonaId, PhoneNumber, Result, Sms, SmsId,
    TenantId, Timestamp,
};

/// A mail whose content is still sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedMail {
    /// The mail; its content is empty.
    pub mail: Mail,
    /// Its content.
    pub content: Sealed,
}

/// How much a mailbox may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many mails.
    pub mails: u64,
    /// So many bytes.
    pub bytes: u64,
}

/// Mailboxes and what arrives in them.
#[async_trait]
pub trait MailboxStore: Send + Sync {
    /// Adds a mailbox of its own. `AddressTaken` when another one has the name, or a persona had it once.
    async fn add_mailbox(&self, mailbox: &Mailbox) -> Result<Added>;

    /// The mailbox of that name, whoever's.
    async fn mailbox_by_name(&self, name: &str) -> Result<Option<Mailbox>>;

    /// A persona's mailbox.
    async fn mailbox_of(&self, tenant: TenantId, persona: PersonaId) -> Result<Option<Mailbox>>;

    /// A tenant's mailbox.
    async fn mailbox(&self, tenant: TenantId, id: MailboxId) -> Result<Option<Mailbox>>;

    /// Up to `limit` mailboxes of their own that are older than `after`, newest first.
    async fn mailboxes_after(
        &self,
        tenant: TenantId,
        after: Option<MailboxId>,
        limit: u32,
    ) -> Result<Vec<Mailbox>>;

    /// Removes a mailbox of its own with its mails. `false` when there is none.
    async fn close_mailbox(&self, tenant: TenantId, id: MailboxId, at: Timestamp) -> Result<bool>;

    /// Keeps mails, all or none, and lets the oldest go where a mailbox holds more than it may. Mails to a mailbox that was
    /// closed in the meantime are dropped.
    async fn add_mails(&self, mails: &[ArrivedMail], retention: Retention) -> Result<()>;

    /// The newest mails of a mailbox that fit, newest first. They are not marked as read.
    async fn mails(&self, mailbox: &Mailbox, filter: InboxFilter) -> Result<Vec<SealedMail>>;

    /// Marks mails as read. Those come back that were not: of several who mark the same at once, one gets it.
    async fn mark_mails(
        &self,
        mailbox: &Mailbox,
        ids: &[MailId],
        at: Timestamp,
    ) -> Result<Vec<MailId>>;

    /// A mail with its content. It is not marked as read.
    async fn mail(&self, mailbox: &Mailbox, id: MailId) -> Result<Option<SealedMail>>;

    /// Lets go of what arrived before `before`. Returns how many mails and messages.
    async fn expire_mails(&self, before: Timestamp) -> Result<u64>;

    /// Keeps a text message. `false` when one with that identifier of the provider's is there already.
    async fn add_sms(&self, sms: &Sms, provider_id: &str, sealed: &Sealed) -> Result<bool>;

    /// The newest text messages of a persona that fit, newest first. They are not marked as read.
    async fn sms(
        &self,
        tenant: TenantId,
        persona: PersonaId,
        filter: InboxFilter,
    ) -> Result<Vec<(Sms, Sealed)>>;

    /// Marks text messages as read, as [`MailboxStore::mark_mails`] does.
    async fn mark_sms(
        &self,
        persona: PersonaId,
        ids: &[SmsId],
        at: Timestamp,
    ) -> Result<Vec<SmsId>>;

    /// Gives a persona a phone number. `NameTaken` when it has one, `AddressTaken` when the number is somebody's,
    /// `NoParent` when the persona is not there.
    async fn add_number(&self, number: &PersonaNumber) -> Result<Added>;

    /// The number of a persona.
    async fn number_of(
        &self,
        tenant: TenantId,
        persona: PersonaId,
    ) -> Result<Option<PersonaNumber>>;

    /// Whose number that is.
    async fn number(&self, number: &PhoneNumber) -> Result<Option<PersonaNumber>>;

    /// All numbers that personas have, whosever, and those that are not given back yet.
    async fn numbers(&self) -> Result<HashSet<PhoneNumber>>;

    /// Takes a persona's number away. `false` when it has none. It is to be given back to its provider from then on.
    async fn remove_number(
        &self,
        tenant: TenantId,
        persona: PersonaId,
        at: Timestamp,
    ) -> Result<bool>;

    /// Numbers that nobody has any more and that their providers do not have back yet, oldest first.
    async fn pending_numbers(&self) -> Result<Vec<PersonaNumber>>;

    /// Notes that a provider has a number back.
    async fn number_given_back(&self, number: &PersonaNumber, at: Timestamp) -> Result<()>;
}

/// A mail to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedMail {
    /// The mail; its content is not looked at.
    pub mail: Mail,
    /// Its content.
    pub content: Sealed,
    /// The whole as it came.
    pub raw: Sealed,
}

/// A persona's phone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonaNumber {
    /// Whose it is.
    pub tenant: TenantId,
    /// The persona that has it.
    pub persona: PersonaId,
    /// The number.
    pub number: PhoneNumber,
    /// Which provider it comes from.
    pub provider: String,
    /// What the provider calls it.
    pub provider_id: String,
    /// When it was given.
    pub created_at: Timestamp,
}
