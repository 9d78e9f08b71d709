//! Crawls: an addition to the Notte API.

use guise_core::services::CrawlRequest;
use guise_core::{Crawl, CrawlState, CrawledPage, Page, PageFate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scrape::ReadByBody;

/// A site to read, and how far.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CrawlRequest)]
pub struct CrawlRequestBody {
    /// Where it begins. Only pages of its host are read; of the host that it leads to, where it leads to another one.
    url: String,
    /// At most so many pages are asked for, 1 to 10000; 100 when absent.
    max_pages: Option<i64>,
    /// Pages that are so many links away from the first are the last, 0 to 20; 5 when absent.
    max_depth: Option<i64>,
    /// It ends after so many minutes, 1 to 1440; 60 when absent.
    max_minutes: Option<i64>,
    /// Only paths (with their query) that fit one of these, such as `/docs/*`, where `*` stands for anything. The first page is read
    /// in any case.
    include: Option<Vec<String>>,
    /// No paths that fit one of these.
    exclude: Option<Vec<String>>,
    /// Whether the site's sitemaps are looked at; true when absent.
    sitemap: Option<bool>,
    /// Whether the site's `robots.txt` counts, in which the server is `guise`; true when absent.
    respect_robots: Option<bool>,
    /// Whether pages that need one are read in a browser; true when absent.
    browser: Option<bool>,
    /// Whether navigation, footers and the like are left out; true when absent.
    only_main_content: Option<bool>,
}

impl From<CrawlRequestBody> for CrawlRequest {
    fn from(body: CrawlRequestBody) -> Self {
        Self {
            url: body.url,
            max_pages: body.max_pages,
            max_depth: body.max_depth,
            max_minutes: body.max_minutes,
            include: body.include.unwrap_or_default(),
            exclude: body.exclude.unwrap_or_default(),
            sitemap: body.sitemap,
            respect_robots: body.respect_robots,
            browser: body.browser,
            only_main_content: body.only_main_content,
        }
    }
}

/// A crawl, and how far it came.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Crawl)]
pub struct CrawlBody {
    /// Its identifier.
    crawl_id: String,
    /// Where it began.
    url: String,
    /// How it stands.
    status: CrawlStatusBody,
    /// Why it ended; null while it is active.
    reason: Option<String>,
    /// Pages that were read.
    pages_read: u64,
    /// Addresses that were asked for in vain.
    pages_failed: u64,
    /// Addresses that were left out: the `robots.txt` asks not to read them, or they lead elsewhere.
    pages_skipped: u64,
    /// Addresses that were found and not yet asked for.
    pages_waiting: u64,
    /// At most so many pages are asked for.
    max_pages: u32,
    /// Pages that are so many links away from the first are the last.
    max_depth: u32,
    /// It ends after so many minutes.
    max_minutes: u32,
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ended, RFC 3339; null while it is active.
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

/// How a crawl stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrawlStatus)]
enum CrawlStatusBody {
    Active,
    Completed,
    Stopped,
    Failed,
}

impl From<Crawl> for CrawlBody {
    fn from(crawl: Crawl) -> Self {
        let (status, reason, ended_at) = match crawl.end {
            None => (CrawlStatusBody::Active, None, None),
            Some(end) => (
                match end.state {
                    CrawlState::Completed => CrawlStatusBody::Completed,
                    CrawlState::Stopped => CrawlStatusBody::Stopped,
                    CrawlState::Failed => CrawlStatusBody::Failed,
                },
                Some(end.reason),
                Some(end.at.to_string()),
            ),
        };
        Self {
            crawl_id: crawl.id.to_string(),
            url: crawl.url,
            status,
            reason,
            pages_read: crawl.counts.read,
            pages_failed: crawl.counts.failed,
            pages_skipped: crawl.counts.skipped,
            pages_waiting: crawl.counts.waiting,
            max_pages: crawl.options.max_pages,
            max_depth: crawl.options.max_depth,
            max_minutes: crawl.options.max_minutes,
            created_at: crawl.created_at.to_string(),
            ended_at,
        }
    }
}

/// A page of the list of crawls.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrawlPage {
    /// The crawls, newest first.
    items: Vec<CrawlBody>,
    /// Which page this is, from 1.
    page: u32,
    /// How many are on a page.
    page_size: u32,
    /// There is a further page.
    has_next: bool,
    /// There is an earlier page.
    has_previous: bool,
}

impl From<Page<Crawl>> for CrawlPage {
    fn from(page: Page<Crawl>) -> Self {
        Self {
            page: page.request.page,
            page_size: page.request.size,
            has_next: page.has_next,
            has_previous: page.has_previous(),
            items: page.items.into_iter().map(CrawlBody::from).collect(),
        }
    }
}

/// What a crawl is done with, in that order.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrawledPages {
    /// The addresses, and what became of them.
    pub items: Vec<CrawledPageBody>,
    /// What to ask for as `after` to get what follows; null when there is nothing more yet.
    pub next: Option<u64>,
}

/// An address that a crawl is done with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrawledPage)]
pub struct CrawledPageBody {
    /// Which it is, from 1 in the order in which they were done with.
    pub number: u64,
    /// The address.
    url: String,
    /// How many links it is away from the first.
    depth: u32,
    /// What became of it.
    status: PageStatusBody,
    /// Why it failed or was left out; null for what was read.
    reason: Option<String>,
    /// The status of its answer; null where there was none, or none is known, as of a file that a browser got.
    http_status: Option<u16>,
    /// What it was read by; null for what was not read.
    read_by: Option<ReadByBody>,
    /// Its title.
    title: Option<String>,
    /// How long its content is, in bytes; null for what was not read.
    size: Option<u64>,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    finished_at: String,
    /// What it says; null for what was not read, and where it is not told: it was not wished for, or the answer was full. Then the
    /// call for it alone (`after` one less than its number, `limit` 1) has it.
    pub markdown: Option<String>,
}

/// What became of an address.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CrawledPageStatus)]
enum PageStatusBody {
    Read,
    Failed,
    Skipped,
}

impl From<CrawledPage> for CrawledPageBody {
    fn from(page: CrawledPage) -> Self {
        let mut body = Self {
            number: page.number,
            url: page.url,
            depth: page.depth,
            status: PageStatusBody::Read,
            reason: None,
            http_status: None,
            read_by: None,
            title: None,
            size: None,
            finished_at: page.at.to_string(),
            markdown: None,
        };
        match page.fate {
            PageFate::Read {
                title,
                status,
                read_by,
                blob: _,
                size,
            } => {
                body.title = title;
                body.http_status = status;
                body.read_by = Some(read_by.into());
                body.size = Some(size);
            }
            PageFate::Failed { status, reason } => {
                body.status = PageStatusBody::Failed;
                body.http_status = status;
                body.reason = Some(reason);
            }
            PageFate::Skipped { reason } => {
                body.status = PageStatusBody::Skipped;
                body.reason = Some(reason);
            }
        }
        body
    }
}
