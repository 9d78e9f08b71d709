//! A crawl: a site that is read page by page, from one address on.

use serde::{Deserialize, Serialize};

use crate::{CrawlId, KeyId, ReadBy, TenantId, Timestamp};

/// A crawl as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Crawl {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: CrawlId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The key that started it.
    pub key: KeyId,
    /// Where it begins.
    pub url: String,
    /// How far it goes.
    pub options: CrawlOptions,
    /// When it began.
    pub created_at: Timestamp,
    /// How far it came.
    pub counts: CrawlCounts,
    /// How it ended; absent while it is under way.
    pub end: Option<CrawlEnd>,
}

/// How far a crawl goes, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlOptions {
    /// At most so many pages are asked for.
    pub max_pages: u32,
    /// Pages that are so many links away from the first are the last.
    pub max_depth: u32,
    /// It ends after so many minutes.
    pub max_minutes: u32,
    /// Where there are any, only paths that fit one of these: a path and query with `*` for anything.
    pub include: Vec<String>,
    /// No paths that fit one of these.
    pub exclude: Vec<String>,
    /// Whether the site's sitemaps are looked at.
    pub sitemap: bool,
    /// Whether the site's `robots.txt` counts.
    pub respect_robots: bool,
    /// Whether pages that need one are read in a browser.
    pub browser: bool,
    /// Whether navigation, footers and the like are left out of what is kept.
    pub only_main_content: bool,
}

/// How many addresses of a crawl are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrawlCounts {
    /// Found and not yet asked for.
    pub waiting: u64,
    /// Read.
    pub read: u64,
    /// Asked for in vain.
    pub failed: u64,
    /// Left out.
    pub skipped: u64,
}

/// How a crawl ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawlEnd {
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub state: CrawlState,
    /// Why, in words.
    pub reason: String,
}

/// What the end of a crawl is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrawlState {
    /// There is nothing more to read, or a bound was met.
    Completed,
    /// Somebody stopped it.
    Stopped,
    /// Its first page could not be read.
    Failed,
}

impl CrawlState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Completed, Self::Stopped, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// An address that was found and waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawlAddress {
    /// The address, without a fragment.
    pub url: String,
    /// How many links it is away from the first.
    pub depth: u32,
}

/// An address that a crawl is done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrawledPage {
    /// Which it is, from 1 in the order in which they were done with.
    pub number: u64,
    /// The address.
    pub url: String,
    /// How many links it is away from the first.
    pub depth: u32,
    /// When.
    pub at: Timestamp,
    /// What became of it.
    pub fate: PageFate,
}

/// What became of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageFate {
    /// It was read.
    Read {
        /// The page's title.
        title: Option<String>,
        /// The status of its answer; unknown where a browser did not tell it, as of a file.
        status: Option<u16>,
        /// What it was read by.
        read_by: ReadBy,
        /// Where its content is kept, as Markdown.
        blob: String,
        /// How long that is, in bytes.
        size: u64,
    },
    /// It was asked for in vain.
    Failed {
        /// The status of its answer, if there was one.
        status: Option<u16>,
        /// Why, in words.
        reason: String,
    },
    /// It was left out.
    Skipped {
        /// Why, in words.
        reason: String,
    },
}

/// Which crawls to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrawlFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Only those that are under way.
    pub only_active: bool,
}

/// What a crawl has known and done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrawlTally {
    /// How many addresses it knows.
    pub known: u64,
    /// How many of them it is done with.
    pub finished: u64,
    /// How many of them it asked for: those that were read, and those that failed.
    pub asked: u64,
}
