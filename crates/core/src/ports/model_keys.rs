//! Where tenants' own keys for providers of models are kept.

use async_trait::async_trait;

use super::{Place, Sealed};
use crate::{Result, TenantId};

/// Keeps one sealed key for each tenant and provider.
#[async_trait]
pub trait ModelKeyStore: Send + Sync {
    /// Keeps a key in the place of an earlier version of it.
    ///
    /// # Errors
    /// Kind `Conflict` when this version, or a later one, is there already.
    async fn put_model_key(&self, place: &Place, sealed: &Sealed) -> Result<()>;

    /// The key in the row of a provider, and the place that it was sealed for.
    async fn model_key(&self, tenant: TenantId, row: uuid::Uuid)
    -> Result<Option<(Place, Sealed)>>;

    /// Removes a key. `false` when there was none.
    async fn delete_model_key(&self, tenant: TenantId, row: uuid::Uuid) -> Result<bool>;
}

/// What they are sealed as.
pub const MODEL_KEY: &str = "model_key";
