//! No browser of somebody else's, and no model.

use async_trait::async_trait;
use guise_core::ports::{ExtractionWish, Extractor, RemoteAddresses, Selection, SelectionWish};
use guise_core::{Error, RemoteAddress, Result, SessionId, StructuredData, TenantId};
use tokio::time::Instant;

pub struct NoRemotes;

#[async_trait]
impl RemoteAddresses for NoRemotes {
    async fn keep(&self, _: TenantId, _: SessionId, _: &RemoteAddress) -> Result<()> {
        Ok(())
    }

    async fn of(&self, _: TenantId, _: SessionId) -> Result<Option<RemoteAddress>> {
        Ok(None)
    }

    async fn forget(&self, _: TenantId, _: SessionId) -> Result<()> {
        Ok(())
    }
}

pub struct NoModel;

#[async_trait]
impl Extractor for NoModel {
    async fn extract(&self, _: TenantId, _: ExtractionWish<'_>, _: Instant) -> StructuredData {
        StructuredData {
            success: false,
            error: Some("there is no model".to_owned()),
            ..StructuredData::default()
        }
    }

    async fn select(&self, _: TenantId, _: SelectionWish<'_>, _: Instant) -> Result<Selection> {
        Err(Error::refused("there is no model"))
    }
}
