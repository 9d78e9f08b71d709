//! Who did what with secrets and keys.

use async_trait::async_trait;

use crate::{KeyId, Result, TenantId};

/// Writes down what is about to happen. A deed whose row cannot be written does not happen.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Keeps a row for good. Call it before the deed.
    ///
    /// # Errors
    /// When it cannot be kept: then the deed must not happen.
    async fn record(&self, event: &AuditEvent) -> Result<()>;
}

/// A deed to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Whose secrets or keys; none for the installation's own.
    pub tenant: Option<TenantId>,
    /// Who does it.
    pub actor: Actor,
    /// What is done.
    pub deed: Deed,
    /// With what: an identifier such as a credential's. Never a secret.
    pub subject: String,
    /// Facts about it, such as a site. They are kept as keyed hashes only.
    pub details: Vec<(&'static str, String)>,
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The holder of an API key.
    Key(KeyId),
    /// Someone at the machine's command line.
    Operator,
    /// The server by itself.
    Server,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A secret is given to a caller in the clear.
    Reveal,
    /// A one-time code is computed for a caller.
    OneTimeCode,
    /// A secret is put into a page.
    Fill,
    /// What a vault allows to be filled in where is changed.
    FillRules,
    /// Secrets leave the installation, encrypted.
    Export,
    /// Secrets are brought into the installation.
    Import,
    /// A key is replaced by a new one.
    Rotate,
    /// The keyring is locked.
    Seal,
    /// The keyring is opened.
    Unseal,
    /// An API key is made.
    KeyMade,
    /// An API key is revoked.
    KeyRevoked,
    /// A tenant brings a key of its own for a provider of models.
    ModelKeySet,
    /// A tenant's key for a provider of models is removed.
    ModelKeyRemoved,
    /// What needs an approval is changed.
    ApprovalPolicy,
    /// What waited for an approval is allowed.
    Approved,
    /// What waited for an approval is refused.
    Denied,
}

impl Deed {
    /// Its name as it is kept and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::OneTimeCode => "one_time_code",
            Self::Fill => "fill",
            Self::FillRules => "fill_rules",
            Self::Export => "export",
            Self::Import => "import",
            Self::Rotate => "rotate",
            Self::Seal => "seal",
            Self::Unseal => "unseal",
            Self::KeyMade => "key_made",
            Self::KeyRevoked => "key_revoked",
            Self::ModelKeySet => "model_key_set",
            Self::ModelKeyRemoved => "model_key_removed",
            Self::ApprovalPolicy => "approval_policy",
            Self::Approved => "approved",
            Self::Denied => "denied",
        }
    }
}
