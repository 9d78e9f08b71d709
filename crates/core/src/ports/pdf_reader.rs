//! PDFs as text.

use async_trait::async_trait;
use tokio::time::Instant;

use super::ByteStream;
use crate::{PageContent, Result, ScrapeOptions};

/// Reads PDFs.
#[async_trait]
pub trait PdfReader: Send + Sync {
    /// What a PDF from `url` says, at `deadline` at the latest. It is read as a whole: it has no elements to choose from.
    ///
    /// # Errors
    /// Kind `Refused` for one that cannot be read, `Timeout` where it was not in time.
    async fn read(
        &self,
        bytes: ByteStream,
        url: &str,
        options: &ScrapeOptions,
        deadline: Instant,
    ) -> Result<PageContent>;
}
