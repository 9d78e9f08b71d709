//! Secrets that belong to no row elsewhere: tenants' keys for models, addresses of remote browsers.

use async_trait::async_trait;
use uuid::Uuid;

use super::{Place, Sealed};
use crate::{Result, TenantId};

/// Keeps sealed values, each under the id of a row and a kind.
#[async_trait]
pub trait SealedValues: Send + Sync {
    /// Keeps a value in the place of an earlier version of it.
    ///
    /// # Errors
    /// Kind `Conflict` when this version, or a later one, is there already.
    async fn keep_value(&self, place: &Place, sealed: &Sealed) -> Result<()>;

    /// A tenant's value, and the place that it was sealed for.
    async fn value(
        &self,
        tenant: TenantId,
        kind: &'static str,
        row: Uuid,
    ) -> Result<Option<(Place, Sealed)>>;

    /// Removes the values of a row. `false` when there were none.
    async fn forget_values(&self, tenant: TenantId, row: Uuid) -> Result<bool>;
}
