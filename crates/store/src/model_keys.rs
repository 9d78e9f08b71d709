//! Tenants' own keys for providers of models: sealed values that belong to no row elsewhere.

use async_trait::async_trait;
use guise_core::ports::{MODEL_KEY, ModelKeyStore, Place, Sealed};
use guise_core::{Result, TenantId};
use uuid::Uuid;

use crate::Database;

#[async_trait]
impl ModelKeyStore for Database {
    async fn put_model_key(&self, place: &Place, sealed: &Sealed) -> Result<()> {
        self.put_sealed_value(place, sealed).await
    }

    async fn model_key(&self, tenant: TenantId, row: Uuid) -> Result<Option<(Place, Sealed)>> {
        self.sealed_value(tenant, row, MODEL_KEY).await
    }

    async fn delete_model_key(&self, tenant: TenantId, row: Uuid) -> Result<bool> {
        Ok(self.delete_sealed_values(tenant, row).await? > 0)
    }
}
