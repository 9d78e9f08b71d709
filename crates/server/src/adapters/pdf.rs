//! PDFs as pages.

use async_trait::async_trait;
use guise_core::ports::{ByteStream, PdfReader};
use guise_core::{
    DataSpace, Error, Kind, PageContent, PageMetadata, Result, ScrapeOptions, SourcePage,
};
use guise_pdf::{Document, Reader};
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, timeout_at};

/// Reads PDFs, whoever brings them.
#[derive(Default)]
pub struct Pdfs {
    reader: Reader,
}

impl Pdfs {
    /// The same as [`PdfReader::read`] of bytes that are here.
    ///
    /// # Errors
    /// As there.
    pub async fn read_bytes(
        &self,
        bytes: &[u8],
        url: &str,
        options: &ScrapeOptions,
        deadline: Instant,
    ) -> Result<PageContent> {
        use guise_pdf::Error as E;
        let read = self.reader.read(bytes, deadline);
        let document = read.await.map_err(|error| match &error {
            E::Unreadable(why) => Error::refused(format!("Cannot read the page: {why}")),
            E::Late => Error::new(Kind::Timeout, format!("Cannot read the page: {error}")),
            E::Process(_) => Error::internal("a PDF could not be read", error),
        })?;
        let data = DataSpace {
            images: options.only_images.then(Vec::new),
            ..told(document, url)
        };
        Ok(PageContent { data, facts: None })
    }
}

#[async_trait]
impl PdfReader for Pdfs {
    async fn read(
        &self,
        bytes: ByteStream,
        url: &str,
        options: &ScrapeOptions,
        deadline: Instant,
    ) -> Result<PageContent> {
        let mut all = Vec::new();
        // One byte more shows that there is too much.
        let mut bytes = bytes.take(guise_pdf::MAX_BYTES + 1);
        let late = || {
            Error::new(
                Kind::Timeout,
                "Cannot read the page: its file did not come in time",
            )
        };
        timeout_at(deadline, bytes.read_to_end(&mut all))
            .await
            .map_err(|_| late())?
            .map_err(|error| Error::internal("a PDF could not be read", error))?;
        self.read_bytes(&all, url, options, deadline).await
    }
}

/// A document as it is told.
fn told(document: Document, url: &str) -> DataSpace {
    let metadata = PageMetadata {
        title: document.title.clone(),
        author: document.author,
        published: document.created,
        modified: document.modified,
        language: document.language,
        description: document.subject,
        ..PageMetadata::default()
    };
    DataSpace {
        markdown: document.markdown,
        metadata: (metadata != PageMetadata::default()).then_some(metadata),
        source: Some(SourcePage {
            url: url.to_owned(),
            status: None,
            title: document.title,
            links: Vec::new(),
        }),
        ..DataSpace::default()
    }
}
