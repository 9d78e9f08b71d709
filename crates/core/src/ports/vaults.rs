//! Where vaults are kept, with their credentials and cards.

use async_trait::async_trait;

use crate::ports::{Place, Sealed};
use crate::{
    Credential, CredentialId, FillRules, Page, PageRequest, Result, TenantId, Timestamp, Vault,
    VaultFilter, VaultId,
};

/// Vaults, their credentials and cards.
#[async_trait]
pub trait VaultStore: Send + Sync {
    /// Adds a vault. When its persona has one already, that is given and nothing changes. `None` when its persona is not
    /// active.
    async fn add_vault(&self, vault: &Vault) -> Result<Option<Vault>>;

    /// A tenant's vault.
    async fn vault(&self, tenant: TenantId, id: VaultId) -> Result<Option<Vault>>;

    /// A page of vaults, newest first.
    async fn vaults(&self, filter: &VaultFilter, page: PageRequest) -> Result<Page<Vault>>;

    /// Names a vault anew. `None` when there is none.
    async fn rename_vault(
        &self,
        tenant: TenantId,
        id: VaultId,
        name: &str,
    ) -> Result<Option<Vault>>;

    /// Sets which fills a vault allows. `None` when there is none.
    async fn set_fill_rules(
        &self,
        tenant: TenantId,
        id: VaultId,
        rules: &FillRules,
    ) -> Result<Option<Vault>>;

    /// Deletes a vault, its credentials, its card and its keys. `false` when there is none.
    async fn close_vault(&self, tenant: TenantId, id: VaultId, at: Timestamp) -> Result<bool>;

    /// Keeps a credential; of one with the same site in the same vault it takes the place. `credential.version` must be the
    /// one after the present one's, or 1: else nothing changes and `false` comes back.
    async fn put_credential(&self, credential: &Credential, sealed: &Sealed) -> Result<bool>;

    /// All credentials of a vault, oldest first.
    async fn credentials(&self, tenant: TenantId, vault: VaultId) -> Result<Vec<Credential>>;

    /// The credential of a site.
    async fn credential_of_site(
        &self,
        tenant: TenantId,
        vault: VaultId,
        site: &str,
    ) -> Result<Option<Credential>>;

    /// A credential of a vault.
    async fn credential(
        &self,
        tenant: TenantId,
        vault: VaultId,
        id: CredentialId,
    ) -> Result<Option<Credential>>;

    /// Deletes a credential. `false` when there is none in that vault.
    async fn delete_credential(
        &self,
        tenant: TenantId,
        vault: VaultId,
        id: CredentialId,
    ) -> Result<bool>;

    /// Takes the next place of a counter-based second factor (RFC 4226 §7.2): each is given once.
    async fn next_counter(&self, tenant: TenantId, id: CredentialId) -> Result<Option<u64>>;

    /// Keeps a vault's card, in place of one that was there. `version` counts as for credentials.
    async fn put_card(&self, vault: &Vault, version: u64, sealed: &Sealed) -> Result<bool>;

    /// The version of a vault's card, if it has one.
    async fn card_version(&self, tenant: TenantId, vault: VaultId) -> Result<Option<u64>>;

    /// Deletes a vault's card. `false` when there is none.
    async fn delete_card(&self, tenant: TenantId, vault: VaultId) -> Result<bool>;

    /// What is sealed for a row, such as a credential's secrets, and the place that it was sealed for.
    async fn sealed(
        &self,
        tenant: TenantId,
        kind: &'static str,
        row: uuid::Uuid,
    ) -> Result<Option<(Place, Sealed)>>;
}
