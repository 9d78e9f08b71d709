//! Crawls: sites that are read page by page, in the background.

mod glob;
mod page;
mod request;
mod scope;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use request::CrawlRequest;

use super::Reading;
use crate::ports::{Blobs, Clock, CrawlStore, PlainReader};
use crate::{
    Caller, Crawl, CrawlCounts, CrawlEnd, CrawlFilter, CrawlId, CrawlState, CrawledPage, Error,
    Kind, Page, PageFate, PageRequest, Result, TenantId,
};

/// How many crawls of one tenant, and of all, are under way at once.
const OF_TENANT: usize = 5;
const OF_ALL: usize = 32;

/// How many crawls that ended long ago are looked up at a time.
const EXPIRING: u64 = 100;

/// When another try is worth it.
const LATER: Duration = Duration::from_secs(60);

/// What crawls work with.
pub struct CrawlParts {
    /// Where they are kept.
    pub store: Arc<dyn CrawlStore>,
    /// Where what they read is kept.
    pub blobs: Arc<dyn Blobs>,
    /// What reads pages.
    pub reading: Arc<Reading>,
    /// What asks sites for their rules and lists.
    pub plain: Arc<dyn PlainReader>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long what they read is kept once they have ended.
    pub max_age: Duration,
    /// The name of this server in the rows of what it works on.
    pub node: String,
}

/// Crawls.
pub struct Crawls {
    inner: Arc<Inner>,
}

struct Inner {
    parts: CrawlParts,
    live: Mutex<HashMap<CrawlId, Live>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// A crawl that is worked on.
struct Live {
    tenant: TenantId,
    stop: CancellationToken,
    /// The number of the last address that it is done with.
    progress: watch::Receiver<u64>,
}

/// A place among the crawls that are worked on, given back when dropped.
struct Place {
    inner: Arc<Inner>,
    id: CrawlId,
    stop: CancellationToken,
    progress: watch::Sender<u64>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inner.live().remove(&self.id);
    }
}

impl Inner {
    fn live(&self) -> std::sync::MutexGuard<'_, HashMap<CrawlId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place; `None` when the crawl has one.
    fn place(self: &Arc<Self>, id: CrawlId, tenant: TenantId) -> Option<Place> {
        let (sender, progress) = watch::channel(0);
        let stop = CancellationToken::new();
        let mut live = self.live();
        if live.contains_key(&id) {
            return None;
        }
        live.insert(
            id,
            Live {
                tenant,
                stop: stop.clone(),
                progress,
            },
        );
        Some(Place {
            inner: Arc::clone(self),
            id,
            stop,
            progress: sender,
        })
    }
}

impl Crawls {
    /// A service that works with `parts`. Nothing is resumed yet.
    pub fn new(parts: CrawlParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                live: Mutex::default(),
                tasks: TaskTracker::new(),
                stopping: CancellationToken::new(),
            }),
        }
    }

    /// Begins a crawl.
    ///
    /// # Errors
    /// Kind `Invalid` for wishes that cannot be granted, `Quota` and `Full` when too many are under way.
    pub async fn start(&self, caller: &Caller, request: CrawlRequest) -> Result<Crawl> {
        let (url, options) = request.resolve()?;
        let crawl = Crawl {
            id: CrawlId::new(),
            tenant: caller.tenant,
            key: caller.key,
            url: url.into(),
            options,
            created_at: self.inner.parts.clock.now(),
            counts: CrawlCounts {
                waiting: 1,
                ..CrawlCounts::default()
            },
            end: None,
        };
        let place = self.admit(&crawl)?;
        let parts = &self.inner.parts;
        parts.store.add_crawl(&crawl, &parts.node).await?;
        self.work(place, crawl.clone());
        Ok(crawl)
    }

    fn admit(&self, crawl: &Crawl) -> Result<Place> {
        if self.inner.stopping.is_cancelled() {
            return Err(Error::refused("The server is stopping"));
        }
        let (all, own) = {
            let live = self.inner.live();
            let own = live.values().filter(|it| it.tenant == crawl.tenant);
            (live.len(), own.count())
        };
        let too_many = |kind, whose, most| {
            let message =
                format!("{whose} {most} crawls under way already: stop one, or wait for its end");
            Err(Error::new(kind, message).with_retry_after(LATER))
        };
        if own >= OF_TENANT {
            return too_many(Kind::Quota, "You have", OF_TENANT);
        }
        if all >= OF_ALL {
            return too_many(Kind::Full, "This server has", OF_ALL);
        }
        let place = self.inner.place(crawl.id, crawl.tenant);
        place.ok_or_else(|| Error::refused("The crawl is under way already"))
    }

    fn work(&self, place: Place, crawl: Crawl) {
        self.inner.tasks.spawn(work::work(place, crawl));
    }

    /// A crawl of the caller's tenant.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Crawl> {
        let not_found = || Error::not_found("Crawl", id);
        let known: CrawlId = id.parse().map_err(|_| not_found())?;
        let crawl = self.inner.parts.store.crawl(caller.tenant, known).await?;
        crawl.ok_or_else(not_found)
    }

    /// The crawls of the caller's tenant, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_active: bool,
        page: PageRequest,
    ) -> Result<Page<Crawl>> {
        let filter = CrawlFilter {
            tenant: caller.tenant,
            only_active,
        };
        self.inner.parts.store.crawls(&filter, page).await
    }

    /// Stops a crawl; one that has ended stays as it is. What it read stays.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn stop(&self, caller: &Caller, id: &str) -> Result<Crawl> {
        let crawl = self.get(caller, id).await?;
        let end = CrawlEnd {
            at: self.inner.parts.clock.now(),
            state: CrawlState::Stopped,
            reason: "it was stopped".to_owned(),
        };
        self.inner.parts.store.end_crawl(crawl.id, &end).await?;
        if let Some(live) = self.inner.live().get(&crawl.id) {
            live.stop.cancel();
        }
        self.get(caller, id).await
    }

    /// What a crawl is done with after number `after`, at most `most`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn pages(&self, crawl: &Crawl, after: u64, most: u64) -> Result<Vec<CrawledPage>> {
        let store = &self.inner.parts.store;
        store.crawled_pages(crawl.id, after, most).await
    }

    /// What a page says, as Markdown; `None` for one that was not read.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub async fn content(&self, page: &CrawledPage) -> Result<Option<Bytes>> {
        match &page.fate {
            PageFate::Read { blob, .. } => self.inner.parts.blobs.get(blob).await,
            PageFate::Failed { .. } | PageFate::Skipped { .. } => Ok(None),
        }
    }

    /// The number of the last address that a crawl is done with, as it grows; closed when nobody works on it any more. `None` where
    /// nobody does.
    pub fn progress(&self, id: CrawlId) -> Option<watch::Receiver<u64>> {
        self.inner.live().get(&id).map(|live| live.progress.clone())
    }

    /// Goes on with what an earlier life of this server began; tells with how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn resume(&self) -> Result<usize> {
        let parts = &self.inner.parts;
        let mut resumed = 0;
        for crawl in parts.store.crawls_of_node(&parts.node).await? {
            if let Some(place) = self.inner.place(crawl.id, crawl.tenant) {
                self.work(place, crawl);
                resumed += 1;
            }
        }
        Ok(resumed)
    }

    /// Removes what ended long ago, with all that it read; tells how many these were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn expire(&self) -> Result<usize> {
        let parts = &self.inner.parts;
        let before = parts.clock.now().minus(parts.max_age);
        let mut removed = 0;
        loop {
            let old = parts.store.crawls_ended_before(before, EXPIRING).await?;
            if old.is_empty() {
                return Ok(removed);
            }
            for id in old {
                // The rows first: a crash in between leaves bytes that nobody names.
                for blob in parts.store.remove_crawl(id).await? {
                    page::forget(&*parts.blobs, &blob).await;
                }
                removed += 1;
            }
        }
    }

    /// Leaves all crawls as they are, to be resumed.
    pub async fn shutdown(&self, deadline: Instant) {
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        if timeout_at(deadline, self.inner.tasks.wait()).await.is_err() {
            tracing::warn!("some crawls did not end in time");
        }
    }
}
