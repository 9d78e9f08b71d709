//! One page of a crawl.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};
use url::Url;

use super::scope;
use crate::ports::{Blobs, PlainReader, PlainTime};
use crate::services::{Reading, SessionRequest};
use crate::{
    Caller, Crawl, Kind, NotRead, PageFate, PageWish, ReadBy, ReadPage, ReadWith, Result, Scope,
    Scopes, ScrapeOptions,
};

/// How long a site may take to tell its rules.
const RULES: Duration = Duration::from_secs(20);

/// How often a page is tried anew for which no browser was free, and how long is waited for one.
const TRIES: u32 = 3;
const FOR_A_BROWSER: Duration = Duration::from_secs(10);

/// The longest reason and title that are kept, in characters.
const LONGEST: usize = 500;

/// What became of an address.
pub(super) enum Fate {
    /// It is there; its content is kept.
    Read {
        /// What is noted of it.
        page: PageFate,
        /// What it links to.
        links: Vec<String>,
    },
    /// It leads to another address.
    Leads(Url),
    /// It was asked for in vain.
    Failed {
        /// The status of its answer, if there was one.
        status: Option<u16>,
        /// Why, in words.
        reason: String,
        /// Where it leads to, if it leads to another address.
        to: Option<Url>,
    },
    /// Its site, or one where it leads to, asks not to, in these words.
    Closed(String),
}

/// Reads single pages.
pub(super) struct PageReader {
    pub(super) reading: Arc<Reading>,
    pub(super) plain: Arc<dyn PlainReader>,
    pub(super) blobs: Arc<dyn Blobs>,
    pub(super) crawl: Crawl,
    /// When the crawl is over: so long one's turn at a site is waited for.
    pub(super) deadline: Instant,
}

impl PageReader {
    /// Reads a page and keeps what it says; tells, too, whether its site asks for pauses.
    pub(super) async fn read(&self, url: &str) -> (Fate, bool) {
        let mut paced = false;
        let fate = async {
            if self.crawl.options.respect_robots {
                let time = PlainTime {
                    turn_by: self.deadline,
                    reading: RULES,
                };
                let rules = self.plain.rules(url, time).await?;
                paced = !rules.pause.is_zero();
                if rules.closed {
                    let reason = "the robots.txt of its site asks not to read it";
                    return Ok(Fate::Closed(reason.to_owned()));
                }
            }
            let page = self.page(url).await?;
            Ok(self.keep(url, page).await?)
        };
        let fate = fate.await.unwrap_or_else(|why| not_read(url, &why));
        (fate, paced)
    }

    /// The page; where no browser is free for it, it is tried again.
    async fn page(&self, url: &str) -> Result<ReadPage, NotRead> {
        let options = &self.crawl.options;
        let caller = Caller {
            tenant: self.crawl.tenant,
            key: self.crawl.key,
            scopes: Scopes::of([Scope::Sessions]),
        };
        let mut tries = 1;
        loop {
            let wish = PageWish {
                url: url.to_owned(),
                options: ScrapeOptions {
                    only_main_content: options.only_main_content,
                    all_links: true,
                    ..ScrapeOptions::default()
                },
                session: SessionRequest::default(),
                with: match options.browser {
                    true => ReadWith::Any,
                    false => ReadWith::Only(ReadBy::Http),
                },
                respect_robots: options.respect_robots,
                insist: false,
                turn_by: Some(self.deadline),
            };
            let why = match self.reading.try_read(&caller, wish).await {
                Ok(page) => return Ok(page),
                Err(why) => why,
            };
            if !matches!(why.error.kind(), Kind::Full | Kind::Quota) || tries >= TRIES {
                return Err(why);
            }
            tries += 1;
            let after = why.error.retry_after().unwrap_or(FOR_A_BROWSER);
            sleep(after.min(FOR_A_BROWSER)).await;
        }
    }

    /// Keeps what a page says. Blob first, row second: a crash in between leaves bytes that nobody names.
    async fn keep(&self, url: &str, page: ReadPage) -> Result<Fate> {
        let source = page.data.source;
        let to = source.as_ref().and_then(|source| other(url, &source.url));
        if let Some(status) = page.status
            && status >= 400
        {
            return Ok(Fate::Failed {
                status: Some(status),
                reason: format!("it answers with status {status}"),
                to,
            });
        }
        if let Some(to) = to {
            return Ok(Fate::Leads(to));
        }
        let (title, links) = source.map_or((None, Vec::new()), |it| (it.title, it.links));
        let bytes = Bytes::from(page.data.markdown);
        let size = bytes.len() as u64;
        let blob = format!("crawls/{}", uuid::Uuid::now_v7().simple());
        self.blobs.put(&blob, bytes).await?;
        Ok(Fate::Read {
            page: PageFate::Read {
                title: title.map(|title| cut(&title)),
                status: page.status,
                read_by: page.read_by,
                blob,
                size,
            },
            links,
        })
    }
}

/// What became of an address that was not read.
fn not_read(url: &str, why: &NotRead) -> Fate {
    let reason = match why.error.kind() {
        Kind::Internal => {
            tracing::error!(error = ?why.error, "a page of a crawl cannot be read");
            "something went wrong in this server".to_owned()
        }
        _ => cut(why.error.message()),
    };
    if why.closed {
        return Fate::Closed(reason);
    }
    Fate::Failed {
        status: None,
        reason,
        to: why.at.as_ref().and_then(|at| other(url, at)),
    }
}

/// Where `url` leads to that arrived at `at`, if that is another address.
fn other(url: &str, at: &str) -> Option<Url> {
    scope::address(at).filter(|at| at.as_str() != url)
}

/// Deletes bytes that nobody names. That they stay when it fails changes nothing.
pub(super) async fn forget(blobs: &dyn Blobs, blob: &str) {
    if let Err(error) = blobs.delete(blob).await {
        tracing::warn!(blob, error = ?error, "bytes stay behind that no page names");
    }
}

/// A text, cut to what is kept of it.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
