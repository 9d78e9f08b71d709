//! Where a browser gets the secrets from that it fills in.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Caller, Destination, Field, FillWay, Placeholder, Placeholders, Result, Secret, SecretPart,
    Site, TenantId, Vault, VaultId,
};

/// Where sessions get the secrets of the vault from that they were started with.
#[async_trait]
pub trait SecretSources: Send + Sync {
    /// The vault of that name, if the caller may use it.
    ///
    /// # Errors
    /// Kind `NotFound` for a vault that is none of the tenant's, `Denied` when the caller may not use vaults.
    async fn vault(&self, caller: &Caller, id: &str) -> Result<VaultId>;

    /// Everything in a vault that is searched for in what leaves a session that has the vault, each with the words that are
    /// put in its place. Nothing for a vault that was deleted.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn searched(&self, tenant: TenantId, vault: VaultId) -> Result<Vec<(Secret, String)>>;

    /// The secrets of a vault for what `caller` does. `placeholders` are those of a run; Notte's literals are among them. Nothing
    /// of a card is given that `purchases` has something against.
    fn of(
        &self,
        caller: &Caller,
        vault: VaultId,
        placeholders: Placeholders,
        purchases: Arc<dyn PurchaseGate>,
    ) -> Arc<dyn SecretSource>;

    /// Whether a caller may read secrets anyway.
    fn reveals(&self, caller: &Caller) -> bool;
}

/// Says whether cards may be filled in.
#[async_trait]
pub trait PurchaseGate: Send + Sync {
    /// What there is against filling in the card of `vault` on `site`, into a field that the rules for fills allow it in; to stand after
    /// "because".
    ///
    /// # Errors
    /// When it cannot be told: then nothing is filled in.
    async fn against(&self, vault: &Vault, site: &Site, field: &Field) -> Result<Option<String>>;
}

/// Says which values are placeholders, and decides what goes into a field in the place of one.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// What a whole value stands for; nothing when it is an ordinary text.
    fn read(&self, value: &str) -> Option<Placeholder>;

    /// Decides by the rules for fills. What it gives was written down before.
    ///
    /// # Errors
    /// When it cannot be decided, or not written down: then nothing is filled in.
    async fn release(&self, placeholder: &Placeholder, field: &Field) -> Result<Release>;

    /// Whoever acts may read secrets anyway: scripts and clients of theirs are not kept from a page that holds one.
    fn reveals(&self) -> bool;
}

/// What goes into a field in the place of a placeholder.
pub enum Release {
    /// The value itself: here it stands for nothing.
    Unchanged,
    /// A text that is no secret.
    Open(String),
    /// A secret.
    Secret(SecretFill),
    /// Nothing; the text says why, for the caller. It never tells of the secret.
    Refused(String),
}

/// A secret for one field.
pub struct SecretFill {
    /// What it is.
    pub part: SecretPart,
    /// The secret.
    pub secret: Secret,
    /// Where it may be sent.
    pub destination: Destination,
    /// How it gets there.
    pub way: FillWay,
    /// A body of which the form is not known may carry it, too.
    pub any_body: bool,
}
