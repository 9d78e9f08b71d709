//! What a site says of its own addresses.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use async_compression::tokio::bufread::GzipDecoder;
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::client::{Limit, Patience, Request};
use crate::{Client, Error, sitemap};

/// No sitemap is longer, in bytes. The protocol allows 50 MB, which nobody uses up.
const MAX_FILE: u64 = 20 * 1024 * 1024;

/// No more addresses of one sitemap are looked at: the most that the protocol allows.
const MAX_LISTED: usize = 50_000;

/// Which of the addresses that a site lists are wanted.
pub type Wanted = Arc<dyn Fn(&Url) -> bool + Send + Sync>;

/// How far sitemaps are looked through, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SitemapBounds {
    /// At most so many files.
    pub files: usize,
    /// At most so many addresses that are wanted.
    pub addresses: usize,
    /// Whether the `robots.txt` of their sites counts for them as for pages: what it closes, and its pauses.
    pub respect_robots: bool,
}

impl Client {
    /// The addresses that the site of `start` lists in its sitemaps and that are `wanted`, each once: those that its `robots.txt`
    /// names, else `/sitemap.xml`, and those that they list. What cannot be read is left out, and so is what comes when
    /// `patience` is over.
    pub async fn site_addresses(
        &self,
        start: &Url,
        wanted: &Wanted,
        bounds: SitemapBounds,
        mut patience: Patience,
    ) -> Vec<Url> {
        let named = self.robots.of(self, start, &mut patience).await;
        let named = named.map(|robots| robots.sitemaps().to_vec());
        let named = named.unwrap_or_default();
        let mut waiting: VecDeque<Url> =
            named.iter().filter_map(|it| start.join(it).ok()).collect();
        if waiting.is_empty() {
            waiting.extend(start.join("/sitemap.xml"));
        }
        let mut seen: HashSet<Url> = waiting.iter().cloned().collect();
        let mut found = Vec::new();
        let mut once = HashSet::new();
        let mut files = 0;
        while let Some(url) = waiting.pop_front() {
            if files >= bounds.files || found.len() >= bounds.addresses {
                break;
            }
            files += 1;
            let read = match self
                .sitemap(&url, bounds.respect_robots, &mut patience)
                .await
            {
                Ok(read) => read,
                Err(Error::Late { .. } | Error::NoTurn { .. }) => break,
                Err(error) => {
                    tracing::debug!(%error, "a sitemap could not be read");
                    continue;
                }
            };
            if read.is_index {
                for address in read.addresses.iter().filter_map(|it| url.join(it).ok()) {
                    // More than can be read need not be remembered.
                    if seen.len() < bounds.files && seen.insert(address.clone()) {
                        waiting.push_back(address);
                    }
                }
                continue;
            }
            for address in chosen(read, url, wanted).await {
                if found.len() < bounds.addresses && once.insert(address.clone()) {
                    found.push(address);
                }
            }
        }
        found
    }

    async fn sitemap(
        &self,
        url: &Url,
        respect_robots: bool,
        patience: &mut Patience,
    ) -> Result<sitemap::Sitemap, Error> {
        let request = Request {
            url,
            user_agent: None,
            respect_robots,
        };
        let most = Limit {
            page: MAX_FILE,
            pdf: MAX_FILE,
        };
        let file = self.get_at_most(request, most, patience).await;
        let file = file.map_err(|it| it.error)?;
        if !(200..300).contains(&file.status) {
            let reason = format!("its sitemap answers with status {}", file.status);
            return Err(Error::answer(&file.url, reason));
        }
        let bytes = if file.body.starts_with(&[0x1f, 0x8b]) {
            unzipped(&file.body)
                .await
                .map_err(|why| Error::answer(&file.url, why))?
        } else {
            file.body.to_vec()
        };
        // Sitemaps are UTF-8 (sitemaps.org, "XML tag definitions").
        Ok(sitemap::read(&String::from_utf8_lossy(&bytes), MAX_LISTED))
    }
}

/// Those addresses of a sitemap that are wanted. To ask that of many keeps a core busy; other requests go on meanwhile.
async fn chosen(read: sitemap::Sitemap, base: Url, wanted: &Wanted) -> Vec<Url> {
    let wanted = Arc::clone(wanted);
    let choosing = tokio::task::spawn_blocking(move || {
        let addresses = read.addresses.iter().filter_map(|it| base.join(it).ok());
        addresses.filter(|url| wanted(url)).collect()
    });
    choosing.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the addresses of a sitemap could not be chosen");
        Vec::new()
    })
}

/// A file that is compressed as such, `sitemap.xml.gz`, as opposed to for the way.
async fn unzipped(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut decoder = GzipDecoder::new(bytes);
    decoder.multiple_members(true);
    let mut text = Vec::new();
    let read = decoder.take(MAX_FILE + 1).read_to_end(&mut text).await;
    read.map_err(|error| error.to_string())?;
    if text.len() as u64 > MAX_FILE {
        return Err(format!("its sitemap is longer than {MAX_FILE} bytes"));
    }
    Ok(text)
}
