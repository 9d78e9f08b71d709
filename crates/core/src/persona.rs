//! A persona: one identity, whichever dialect made it.

use crate::{KeyId, Mailbox, MailboxId, PersonaId, ProjectId, TenantId, Timestamp, VaultId};

/// The longest handle, in characters (AIQaramba contract, persona names).
pub const MAX_HANDLE_CHARACTERS: usize = 40;

/// An identity that browsers, agents and conversations act as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persona {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: PersonaId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The group it belongs to.
    pub project: ProjectId,
    /// The key that made it.
    pub key: KeyId,
    /// Unique among the tenant's active personas; never changes, because the address is derived from it.
    pub handle: String,
    /// Unique among the project's active personas.
    pub name: String,
    /// How lists of the Notte API call it, if anything.
    pub label: Option<String>,
    /// A plausible first name.
    pub first_name: String,
    /// A plausible last name.
    pub last_name: String,
    /// Who it is, for people.
    pub description: Facet,
    /// Who it is, for a model.
    pub system_prompt: Facet,
    /// The part of its mail address before the `@`.
    pub mailbox: String,
    /// Its vault, once it has one.
    pub vault: Option<VaultId>,
    /// Its phone number, in E.164, once it has one.
    pub phone: Option<String>,
    /// Whether the tenant's agents are it unless they are told otherwise.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was closed; it is listed then, but cannot be used.
    pub closed_at: Option<Timestamp>,
}

impl Persona {
    /// Whether it can be used.
    pub fn is_active(&self) -> bool {
        self.closed_at.is_none()
    }

    /// The mailbox that receives for it.
    pub fn own_mailbox(&self, id: MailboxId) -> Mailbox {
        Mailbox {
            id,
            tenant: self.tenant,
            persona: Some(self.id),
            name: self.mailbox.clone(),
            created_at: self.created_at,
        }
    }
}

/// An optional text that remembers whether it was left out or set to null (EvalStudio contract §4: what is null on creation
/// is answered as null, what is absent is left out).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Facet {
    /// It was left out.
    #[default]
    Unset,
    /// It was set to null.
    Null,
    /// It has a text.
    Text(String),
}

impl Facet {
    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unset | Self::Null => None,
        }
    }
}

/// What is to change on a persona; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonaChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new label.
    pub label: Option<String>,
    /// Its new description.
    pub description: Option<String>,
    /// Its new system prompt.
    pub system_prompt: Option<String>,
}

/// Which personas a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonaFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that this key made.
    pub key: Option<KeyId>,
    /// Closed ones, too.
    pub include_closed: bool,
}
