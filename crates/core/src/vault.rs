//! Vaults: credentials by site or by label, and a card.

use crate::{CredentialId, FillRules, KeyId, PersonaId, Secret, TenantId, Timestamp, VaultId};

/// Keeps credentials and a card, of a persona or free-standing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: VaultId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The persona it belongs to, if it does.
    pub persona: Option<PersonaId>,
    /// The key that made it.
    pub key: KeyId,
    /// What it is called. Not unique.
    pub name: String,
    /// Which fills it allows.
    pub fill_rules: FillRules,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted, if it was: its secrets are gone then.
    pub closed_at: Option<Timestamp>,
}

/// Which vaults a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that this key made.
    pub key: Option<KeyId>,
    /// Deleted ones, too.
    pub include_closed: bool,
}

/// What a credential is good for (AIQaramba contract §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// The persona's own address and a password.
    UsernamePassword,
    /// The persona's own address, at which login links arrive.
    MagicLink,
    /// A single value, such as an API key.
    Secret,
    /// Somebody else's address or user name, and a password.
    External,
}

impl CredentialKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::UsernamePassword,
        Self::MagicLink,
        Self::Secret,
        Self::External,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsernamePassword => "username_password",
            Self::MagicLink => "magic_link",
            Self::Secret => "secret",
            Self::External => "external",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A credential without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: CredentialId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The vault it lies in.
    pub vault: VaultId,
    /// How people and agents pick it. Not unique.
    pub label: String,
    /// What it is good for.
    pub kind: CredentialKind,
    /// The site it may be used on, see [`crate::Site`]. Unique in its vault.
    pub site: Option<String>,
    /// The address to log in with. Absent where it is the persona's own.
    pub email: Option<String>,
    /// The user name to log in with.
    pub username: Option<String>,
    /// How to use it, for agents.
    pub notes: Option<String>,
    /// Whether it has a second factor.
    pub one_time: bool,
    /// How many codes of a counter-based second factor were taken.
    pub codes_given: u64,
    /// Counts the writes, from 1.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The secrets of a credential.
#[derive(Default)]
pub struct CredentialSecrets {
    /// The password.
    pub password: Option<Secret>,
    /// The single value.
    pub value: Option<Secret>,
    /// The seed of the second factor, as it was given: base32, or an `otpauth://` address.
    pub seed: Option<Secret>,
}

/// A payment card.
pub struct Card {
    /// The name on it.
    pub holder: Secret,
    /// Its number, as it was given.
    pub number: Secret,
    /// Its check digits.
    pub cvv: Secret,
    /// When it expires, as it was given.
    pub expiration: Secret,
}
