//! Pages without a browser.

use async_trait::async_trait;
use tokio::time::Instant;

use crate::{Error, PageContent, Result, ScrapeOptions};

/// A page to read without a browser.
#[derive(Clone, Copy, Debug)]
pub struct PlainWish<'a> {
    /// Its address.
    pub url: &'a str,
    /// How.
    pub options: &'a ScrapeOptions,
    /// What the request says of who asks; the server's own name when absent.
    pub user_agent: Option<&'a str>,
    /// Whether the site's `robots.txt` counts.
    pub respect_robots: bool,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainPage {
    /// What it says.
    pub content: PageContent,
    /// The status of the answer.
    pub status: u16,
}

/// Why a page was not read without a browser.
#[derive(Debug)]
pub enum NotPlain {
    /// It takes a browser, because of this.
    NeedsBrowser(String),
    /// Nothing came, or nothing that could be read. A browser may fare better.
    Failed(Error),
    /// It must not be read, or cannot be, by whatever means.
    Refused(Error),
}

/// Reads pages without a browser, where they are all there is to see.
#[async_trait]
pub trait PlainReader: Send + Sync {
    /// The page, at `deadline` at the latest.
    async fn read(&self, wish: PlainWish<'_>, deadline: Instant) -> Result<PlainPage, NotPlain>;

    /// Whether the `robots.txt` of its site lets an address be read. One that cannot be asked by HTTP may.
    ///
    /// # Errors
    /// When the file cannot be read.
    async fn robots_allow(&self, url: &str, deadline: Instant) -> Result<bool>;

    /// At most `most` addresses that the site of `url` lists in its sitemaps; none when it has none, or they cannot be read.
    async fn site_addresses(&self, url: &str, most: usize, deadline: Instant) -> Vec<String>;
}
