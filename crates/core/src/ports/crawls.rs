//! Crawls as they are kept.

use async_trait::async_trait;

use crate::{
    Crawl, CrawlAddress, CrawlEnd, CrawlFilter, CrawlId, CrawlTally, CrawledPage, Page,
    PageRequest, Result, TenantId, Timestamp,
};

/// Keeps crawls, the addresses that they found, and what became of these.
#[async_trait]
pub trait CrawlStore: Send + Sync {
    /// Adds a crawl with its first address; `node` names the server that works on it.
    async fn add_crawl(&self, crawl: &Crawl, node: &str) -> Result<()>;

    /// A tenant's crawl.
    async fn crawl(&self, tenant: TenantId, id: CrawlId) -> Result<Option<Crawl>>;

    /// A tenant's crawls, newest first.
    async fn crawls(&self, filter: &CrawlFilter, page: PageRequest) -> Result<Page<Crawl>>;

    /// Adds those of the addresses that the crawl does not know yet, and tells how many these are. `known` is how many it knows.
    async fn add_addresses(
        &self,
        id: CrawlId,
        urls: &[String],
        depth: u32,
        known: u64,
    ) -> Result<u64>;

    /// The first addresses that wait: the nearest to the first one, then those that were found first.
    async fn waiting_addresses(&self, id: CrawlId, most: u64) -> Result<Vec<CrawlAddress>>;

    /// Notes what became of an address that waits; `false` when it does not, or the crawl has ended.
    async fn finish_address(&self, id: CrawlId, page: &CrawledPage) -> Result<bool>;

    /// What a crawl is done with after number `after`, in that order.
    async fn crawled_pages(&self, id: CrawlId, after: u64, most: u64) -> Result<Vec<CrawledPage>>;

    /// What a crawl has known and done so far.
    async fn crawl_tally(&self, id: CrawlId) -> Result<CrawlTally>;

    /// Ends a crawl; `false` when it had ended or is not there.
    async fn end_crawl(&self, id: CrawlId, end: &CrawlEnd) -> Result<bool>;

    /// At most `most` crawls that ended before `before`, oldest first.
    async fn crawls_ended_before(&self, before: Timestamp, most: u64) -> Result<Vec<CrawlId>>;

    /// Removes a crawl that has ended with all that it found; gives the names of the blobs that nothing names any more.
    async fn remove_crawl(&self, id: CrawlId) -> Result<Vec<String>>;

    /// Every crawl of `node` that is under way, such as those of an earlier life of the server, oldest first.
    async fn crawls_of_node(&self, node: &str) -> Result<Vec<Crawl>>;
}
