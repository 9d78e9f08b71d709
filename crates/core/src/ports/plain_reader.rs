//! Pages without a browser.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use url::Url;

use crate::{NotRead, PageContent, Result, ScrapeOptions};

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
    /// It takes a browser.
    NeedsBrowser {
        /// Because of this.
        why: String,
        /// The status of what came by HTTP, where something did.
        status: Option<u16>,
        /// Where that came from in the end.
        at: Option<Box<str>>,
    },
    /// Nothing came, or nothing that could be read. A browser may fare better.
    Failed(NotRead),
    /// It must not be read, or cannot be, by whatever means.
    Refused(NotRead),
}

/// How long a site may take. To wait for one's turn at it takes nothing of the time for reading.
#[derive(Clone, Copy, Debug)]
pub struct PlainTime {
    /// Until when turns are waited for.
    pub turn_by: Instant,
    /// How long it may take besides.
    pub reading: Duration,
}

/// What a site's `robots.txt` asks of who reads an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteRules {
    /// Not to read it.
    pub closed: bool,
    /// The pause between two requests.
    pub pause: Duration,
}

/// A turn at a site, until it is dropped.
pub type SiteTurn = Box<dyn Send>;

/// Which of the addresses that a site lists are wanted.
pub type WantedAddresses = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// Reads pages without a browser, where they are all there is to see.
#[async_trait]
pub trait PlainReader: Send + Sync {
    /// The page, when `time` is over at the latest.
    async fn read(&self, wish: PlainWish<'_>, time: PlainTime) -> Result<PlainPage, NotPlain>;

    /// What its site's `robots.txt` asks of who reads an address; nothing for one that cannot be asked by HTTP.
    ///
    /// # Errors
    /// When the file cannot be read.
    async fn rules(&self, url: &str, time: PlainTime) -> Result<SiteRules>;

    /// A turn at an address's site, for a browser that goes there. The next one comes `pause` later at the earliest.
    ///
    /// # Errors
    /// Kind `Refused` when none comes until `by`.
    async fn turn(&self, url: &str, pause: Duration, by: Instant) -> Result<SiteTurn>;

    /// At most `most` addresses that the site of `url` lists in its sitemaps and that are `wanted`; none when it has none, or they
    /// cannot be read. With `respect_robots` the sitemaps are read like pages for which the site's `robots.txt` counts.
    async fn site_addresses(
        &self,
        url: &str,
        wanted: WantedAddresses,
        most: usize,
        respect_robots: bool,
        time: PlainTime,
    ) -> Vec<String>;
}
