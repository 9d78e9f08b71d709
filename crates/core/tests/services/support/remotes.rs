//! No browser of somebody else's, no model, and no PDFs.

use async_trait::async_trait;
use guise_core::ports::{
    ByteStream, ExtractionWish, Extractor, PdfReader, RemoteAddresses, Selection, SelectionWish,
};
use guise_core::{
    Error, PageContent, RemoteAddress, Result, ScrapeOptions, SessionId, StructuredData, TenantId,
};
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

pub struct NoPdfs;

#[async_trait]
impl PdfReader for NoPdfs {
    async fn read(
        &self,
        _: ByteStream,
        _: &str,
        _: &ScrapeOptions,
        _: Instant,
    ) -> Result<PageContent> {
        Err(Error::refused("there is no reader of PDFs"))
    }
}
