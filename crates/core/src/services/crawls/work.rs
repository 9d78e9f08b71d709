//! The work on one crawl.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Place;
use super::page::{Fate, PageReader, cut, forget};
use super::scope::{self, Scope};
use crate::ports::{PlainTime, WantedAddresses};
use crate::{
    Crawl, CrawlAddress, CrawlEnd, CrawlState, CrawlTally, CrawledPage, Error, PageFate, Result,
};

/// Pages of one crawl that are read at once.
const AT_ONCE: usize = 4;

/// How long a site may take to tell its lists.
const LISTS: Duration = Duration::from_secs(60);

/// Links of one page that are looked at.
const LINKS: usize = 2_000;

/// A crawl knows at most so many addresses for each page that it may read, and some.
const KNOWN_PER_PAGE: u64 = 10;
const KNOWN_ANYWAY: u64 = 1_000;

/// What is read of one address.
struct Outcome {
    address: CrawlAddress,
    fate: Fate,
    /// Its site asks for pauses.
    paced: bool,
}

/// Works on a crawl until it ends, somebody stops it, or the server stops.
pub(super) async fn work(place: Place, crawl: Crawl) {
    let (stop, stopping) = (place.stop.clone(), place.inner.stopping.clone());
    let id = crawl.id;
    let worker = Worker {
        scope: match scope::address(&crawl.url) {
            Some(url) => Scope::new(&url, &crawl.options),
            // What was checked when it began.
            None => return,
        },
        place,
        crawl,
    };
    tokio::select! {
        () = stop.cancelled() => {}
        // What waits in the database is gone on with by the next life of the server.
        () = stopping.cancelled() => {}
        result = worker.run() => if let Err(error) = result {
            tracing::error!(crawl = %id, error = ?error, "a crawl cannot go on; the next start of the server resumes it");
        },
    }
}

struct Worker {
    place: Place,
    crawl: Crawl,
    scope: Scope,
}

impl Worker {
    async fn run(mut self) -> Result<()> {
        let parts = &self.place.inner.parts;
        let (store, clock) = (Arc::clone(&parts.store), Arc::clone(&parts.clock));
        let end = self.crawl_on().await?;
        let end = CrawlEnd {
            at: clock.now(),
            state: end.0,
            reason: end.1,
        };
        // Whoever stops it meanwhile has the last word.
        store.end_crawl(self.crawl.id, &end).await.map(drop)
    }

    /// Reads page after page; the answer says how it ended, and why.
    async fn crawl_on(&mut self) -> Result<(CrawlState, String)> {
        let inner = Arc::clone(&self.place.inner);
        let store = &inner.parts.store;
        let id = self.crawl.id;
        let options = self.crawl.options.clone();
        let mut tally = store.crawl_tally(id).await?;
        let deadline = self.deadline();
        self.find_site().await?;
        let mut under_way = HashSet::new();
        let mut reads = JoinSet::new();
        let mut lists = options.sitemap && tally.finished <= 1;
        let mut paced = false;
        loop {
            if Instant::now() >= deadline {
                let reason = format!("max_minutes, {}, were over", options.max_minutes);
                return Ok((CrawlState::Completed, reason));
            }
            let asked = tally.asked + reads.len() as u64;
            let room = u64::from(options.max_pages).saturating_sub(asked);
            // The first page decides where the site is. One that asks for pauses is read page after page.
            let at_once = match tally.finished == 0 || paced {
                true => 1,
                false => AT_ONCE,
            };
            let free = at_once
                .saturating_sub(reads.len())
                .min(usize::try_from(room).unwrap_or(AT_ONCE));
            if free > 0 {
                let most = (under_way.len() + free) as u64;
                let waiting = store.waiting_addresses(id, most).await?;
                let new = waiting
                    .into_iter()
                    .filter(|it| !under_way.contains(&it.url));
                for address in new.take(free).collect::<Vec<_>>() {
                    under_way.insert(address.url.clone());
                    reads.spawn(self.read(address, deadline));
                }
            }
            let outcome = match timeout_at(deadline, reads.join_next()).await {
                Ok(Some(outcome)) => outcome,
                Ok(None) if room == 0 => {
                    let reason = format!("max_pages, {}, were asked for", options.max_pages);
                    return Ok((CrawlState::Completed, reason));
                }
                Ok(None) => {
                    return Ok((
                        CrawlState::Completed,
                        "everything that was found was read".to_owned(),
                    ));
                }
                // The loop says so.
                Err(_) => continue,
            };
            let outcome = outcome
                .map_err(|error| Error::internal("the task that reads a page failed", error))?;
            under_way.remove(&outcome.address.url);
            paced = outcome.paced;
            let failed = self.note(outcome, &mut tally).await?;
            if let Some(reason) = failed
                && tally.finished == 1
            {
                return Ok((CrawlState::Failed, reason));
            }
            if lists && tally.finished >= 1 {
                lists = false;
                self.add_lists(&mut tally, deadline).await?;
            }
        }
    }

    /// Where the site is that an earlier life of the server began to read: every address but the first is on it.
    async fn find_site(&mut self) -> Result<()> {
        let store = &self.place.inner.parts.store;
        let done = store.crawled_pages(self.crawl.id, 0, 2).await?;
        let waiting = store.waiting_addresses(self.crawl.id, 1).await?;
        let urls = done.iter().skip(1).map(|page| &page.url);
        let next = urls
            .chain(waiting.iter().map(|address| &address.url))
            .next();
        if let Some(url) = next.and_then(|url| scope::address(url)) {
            self.scope.move_to(&url);
        }
        Ok(())
    }

    /// When its time is over, also across restarts.
    fn deadline(&self) -> Instant {
        let whole = Duration::from_secs(u64::from(self.crawl.options.max_minutes) * 60);
        let clock = &self.place.inner.parts.clock;
        let gone = clock.now().since(self.crawl.created_at);
        Instant::now() + whole.saturating_sub(gone)
    }

    /// Notes what became of an address, and what it links to; the answer says why it could not be read.
    async fn note(&mut self, outcome: Outcome, tally: &mut CrawlTally) -> Result<Option<String>> {
        let Outcome { address, fate, .. } = outcome;
        let first = tally.finished == 0;
        let mut failed = None;
        let fate = match fate {
            // Whether what is not of the crawl can be read does not matter.
            Fate::Failed { to: Some(to), .. } if !first && !self.scope.holds(&to) => {
                Fate::Leads(to)
            }
            fate => fate,
        };
        let fate = match fate {
            Fate::Read { page, links } => {
                if address.depth < self.crawl.options.max_depth {
                    self.add(links, address.depth + 1, tally).await?;
                }
                page
            }
            Fate::Leads(to) => {
                if first {
                    self.scope.move_to(&to);
                }
                let on_site = self.scope.is_on_site(&to);
                if on_site && address.depth == 0 {
                    // It is the first page by another address: whether its path is wished for does not matter.
                    self.keep(&[to.to_string()], 0, tally).await?;
                } else if on_site {
                    self.add(vec![to.to_string()], address.depth, tally).await?;
                }
                let why_not = if !on_site {
                    ", which is another site"
                } else if address.depth > 0 && !self.scope.holds(&to) {
                    ", which include or exclude leaves out"
                } else {
                    ""
                };
                PageFate::Skipped {
                    reason: cut(&format!("it leads to {to}{why_not}")),
                }
            }
            Fate::Failed { status, reason, .. } => {
                failed = Some(reason.clone());
                PageFate::Failed { status, reason }
            }
            Fate::Closed(reason) => {
                failed = Some(reason.clone());
                PageFate::Skipped { reason }
            }
        };
        let asked = !matches!(fate, PageFate::Skipped { .. });
        let page = CrawledPage {
            number: tally.finished + 1,
            url: address.url,
            depth: address.depth,
            at: self.place.inner.parts.clock.now(),
            fate,
        };
        let store = &self.place.inner.parts.store;
        if store.finish_address(self.crawl.id, &page).await? {
            tally.finished = page.number;
            tally.asked += u64::from(asked);
            self.place.progress.send_replace(page.number);
        } else if let PageFate::Read { blob, .. } = &page.fate {
            forget(&*self.place.inner.parts.blobs, blob).await;
        }
        Ok(failed)
    }

    /// Adds addresses that belong to the crawl, while there is room for them.
    async fn add(&self, found: Vec<String>, depth: u32, tally: &mut CrawlTally) -> Result<()> {
        let most = u64::from(self.crawl.options.max_pages) * KNOWN_PER_PAGE + KNOWN_ANYWAY;
        let room = usize::try_from(most.saturating_sub(tally.known)).unwrap_or(LINKS);
        let scope = self.scope.clone();
        // Many patterns and many links keep a core busy.
        let chosen =
            tokio::task::spawn_blocking(move || scope.chosen(&found, room.min(LINKS))).await;
        let chosen = chosen.map_err(|error| Error::internal("choosing links failed", error))?;
        self.keep(&chosen, depth, tally).await
    }

    /// Adds addresses.
    async fn keep(&self, chosen: &[String], depth: u32, tally: &mut CrawlTally) -> Result<()> {
        if !chosen.is_empty() {
            let store = &self.place.inner.parts.store;
            let id = self.crawl.id;
            tally.known += store.add_addresses(id, chosen, depth, tally.known).await?;
        }
        Ok(())
    }

    /// Adds what the site lists itself, as if its first page linked to it.
    async fn add_lists(&self, tally: &mut CrawlTally, deadline: Instant) -> Result<()> {
        if self.crawl.options.max_depth == 0 {
            return Ok(());
        }
        let parts = &self.place.inner.parts;
        let most = self.crawl.options.max_pages as usize * 2;
        let respect_robots = self.crawl.options.respect_robots;
        // At a site that asks for pauses they take turns that pages want, too: no more than half of the time is theirs.
        let now = Instant::now();
        let time = PlainTime {
            turn_by: now + deadline.saturating_duration_since(now) / 2,
            reading: LISTS,
        };
        let Some(at) = self.scope.site(&self.crawl.url) else {
            return Ok(());
        };
        let scope = self.scope.clone();
        let wanted: WantedAddresses = Arc::new(move |url| {
            scope::address(url.as_str()).is_some_and(|address| scope.holds(&address))
        });
        let mut listed = parts
            .plain
            .site_addresses(at.as_str(), wanted, most, respect_robots, time)
            .await;
        while !listed.is_empty() {
            let rest = listed.split_off(listed.len().min(LINKS));
            self.add(listed, 1, tally).await?;
            listed = rest;
        }
        Ok(())
    }

    fn read(
        &self,
        address: CrawlAddress,
        deadline: Instant,
    ) -> impl Future<Output = Outcome> + Send + 'static {
        let parts = &self.place.inner.parts;
        let reader = PageReader {
            reading: Arc::clone(&parts.reading),
            plain: Arc::clone(&parts.plain),
            blobs: Arc::clone(&parts.blobs),
            crawl: self.crawl.clone(),
            deadline,
        };
        async move {
            let (fate, paced) = reader.read(&address.url).await;
            Outcome {
                address,
                fate,
                paced,
            }
        }
    }
}
