//! Addresses of browsers that are somebody else's.

use async_trait::async_trait;

use crate::{RemoteAddress, Result, SessionId, TenantId};

/// Keeps the addresses of the browsers that sessions drive elsewhere, so that a server that was restarted finds them again. An
/// address authorises whoever has it.
#[async_trait]
pub trait RemoteAddresses: Send + Sync {
    /// Keeps a session's.
    ///
    /// # Errors
    /// When it cannot be kept.
    async fn keep(
        &self,
        tenant: TenantId,
        session: SessionId,
        address: &RemoteAddress,
    ) -> Result<()>;

    /// A session's, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn of(&self, tenant: TenantId, session: SessionId) -> Result<Option<RemoteAddress>>;

    /// Forgets a session's.
    ///
    /// # Errors
    /// When the store fails.
    async fn forget(&self, tenant: TenantId, session: SessionId) -> Result<()>;
}
