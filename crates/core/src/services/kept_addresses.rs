//! Addresses of remote browsers, sealed.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::zeroize::Zeroizing;

use crate::ports::{Keyring, Place, RemoteAddresses, SealedValues};
use crate::{Error, RemoteAddress, Result, SessionId, TenantId};

/// What addresses are sealed as.
const REMOTE_ADDRESS: &str = "remote_address";

/// The service.
pub struct KeptAddresses {
    store: Arc<dyn SealedValues>,
    keyring: Arc<dyn Keyring>,
}

impl KeptAddresses {
    /// A service on `store`, whose values `keyring` seals.
    pub fn new(store: Arc<dyn SealedValues>, keyring: Arc<dyn Keyring>) -> Self {
        Self { store, keyring }
    }
}

#[async_trait]
impl RemoteAddresses for KeptAddresses {
    async fn keep(
        &self,
        tenant: TenantId,
        session: SessionId,
        address: &RemoteAddress,
    ) -> Result<()> {
        let place = Place {
            tenant,
            owner: tenant.as_uuid(),
            kind: REMOTE_ADDRESS,
            row: session.as_uuid(),
            version: 1,
        };
        let plain = Zeroizing::new(address.expose().as_bytes().to_vec());
        let sealed = self.keyring.seal(&place, &plain).await?;
        self.store.keep_value(&place, &sealed).await
    }

    async fn of(&self, tenant: TenantId, session: SessionId) -> Result<Option<RemoteAddress>> {
        let row = session.as_uuid();
        let Some((place, sealed)) = self.store.value(tenant, REMOTE_ADDRESS, row).await? else {
            return Ok(None);
        };
        let plain = self.keyring.open(&place, &sealed).await?;
        let address = std::str::from_utf8(&plain)
            .map_err(|_| Error::internal("reading the address of a browser", "it is no text"))?;
        RemoteAddress::parse(address).map(Some)
    }

    async fn forget(&self, tenant: TenantId, session: SessionId) -> Result<()> {
        self.store
            .forget_values(tenant, session.as_uuid())
            .await
            .map(drop)
    }
}
