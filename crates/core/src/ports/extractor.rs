//! Data in a shape that somebody asked for, from what a page says.

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::Instant;

use crate::{StructuredData, TenantId};

/// What is wanted of a page.
#[derive(Clone, Copy, Debug)]
pub struct ExtractionWish<'a> {
    /// What the page says, as Markdown.
    pub markdown: &'a str,
    /// The JSON Schema that the data must fit.
    pub schema: Option<&'a Value>,
    /// What to extract, in words.
    pub instructions: Option<&'a str>,
}

/// Finds it.
#[async_trait]
pub trait Extractor: Send + Sync {
    /// The data, or why there is none.
    async fn extract(
        &self,
        tenant: TenantId,
        wish: ExtractionWish<'_>,
        deadline: Instant,
    ) -> StructuredData;
}
