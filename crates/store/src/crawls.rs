//! Crawls, and the addresses that they found.

use async_trait::async_trait;
use guise_core::ports::CrawlStore;
use guise_core::{
    Crawl, CrawlAddress, CrawlCounts, CrawlEnd, CrawlFilter, CrawlId, CrawlState, CrawlTally,
    CrawledPage, KeyId, Page, PageFate, PageRequest, ReadBy, Result, TenantId, Timestamp,
};

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::value::Value;

const ADD: Statement = Statement::new(
    "add a crawl",
    "INSERT INTO crawls (id, tenant_id, key_id, node, url, options, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

const ONE: Statement = Statement::new(
    "look a crawl up",
    "SELECT c.id, c.tenant_id, c.key_id, c.url, c.options, c.created_at, c.ended_at, c.state, c.reason,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'read') AS pages_read,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'failed') AS failed,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'skipped') AS skipped
     FROM crawls c WHERE c.tenant_id = $1 AND c.id = $2",
);

const LIST: Statement = Statement::new(
    "list the crawls",
    "SELECT c.id, c.tenant_id, c.key_id, c.url, c.options, c.created_at, c.ended_at, c.state, c.reason,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'read') AS pages_read,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'failed') AS failed,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'skipped') AS skipped
     FROM crawls c WHERE c.tenant_id = $1 AND (NOT $2 OR c.ended_at IS NULL)
     ORDER BY c.created_at DESC, c.id DESC LIMIT $3 + 0 OFFSET $4",
);

const OF_NODE: Statement = Statement::new(
    "list the crawls of an earlier life",
    "SELECT c.id, c.tenant_id, c.key_id, c.url, c.options, c.created_at, c.ended_at, c.state, c.reason,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'read') AS pages_read,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'failed') AS failed,
            (SELECT COUNT(*) FROM crawl_pages p WHERE p.crawl_id = c.id AND p.state = 'skipped') AS skipped
     FROM crawls c WHERE c.node = $1 AND c.ended_at IS NULL ORDER BY c.id",
);

// Each database takes a list of texts apart in its own way.
const ADD_ADDRESSES: Statement = Statement::pair(
    "add addresses to a crawl",
    "INSERT INTO crawl_pages (crawl_id, url, place, depth, state)
     SELECT $1, value, $2 + key, $3, 'waiting' FROM json_each($4) WHERE true
     ON CONFLICT (crawl_id, url) DO NOTHING",
    "INSERT INTO crawl_pages (crawl_id, url, place, depth, state)
     SELECT $1, found.value, $2 + found.key - 1, $3, 'waiting'
     FROM json_array_elements_text($4) WITH ORDINALITY AS found (value, key)
     ON CONFLICT (crawl_id, url) DO NOTHING",
);

const WAITING: Statement = Statement::new(
    "list the addresses that wait",
    "SELECT url, depth FROM crawl_pages WHERE crawl_id = $1 AND state = 'waiting' ORDER BY depth, place LIMIT $2 + 0",
);

const FINISH: Statement = Statement::new(
    "note what became of an address",
    "UPDATE crawl_pages
     SET state = $3, number = $4, title = $5, status = $6, read_by = $7, reason = $8, blob = $9, size = $10, finished_at = $11
     WHERE crawl_id = $1 AND url = $2 AND state = 'waiting'
       AND EXISTS (SELECT 1 FROM crawls WHERE id = $1 AND ended_at IS NULL)",
);

const PAGES: Statement = Statement::new(
    "list what a crawl is done with",
    "SELECT number, url, depth, state, title, status, read_by, reason, blob, size, finished_at
     FROM crawl_pages WHERE crawl_id = $1 AND number > $2 ORDER BY number LIMIT $3 + 0",
);

const TALLY: Statement = Statement::new(
    "count what a crawl knows",
    "SELECT COUNT(*) AS known, COALESCE(MAX(number), 0) AS finished,
            (SELECT COUNT(*) FROM crawl_pages WHERE crawl_id = $1 AND state IN ('read', 'failed')) AS asked
     FROM crawl_pages WHERE crawl_id = $1",
);

const END: Statement = Statement::new(
    "end a crawl",
    "UPDATE crawls SET ended_at = $2, state = $3, reason = $4 WHERE id = $1 AND ended_at IS NULL",
);

const ENDED_BEFORE: Statement = Statement::new(
    "list the crawls that ended long ago",
    "SELECT id FROM crawls WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2 + 0",
);

const BLOBS: Statement = Statement::new(
    "list what a crawl keeps",
    "SELECT p.blob FROM crawl_pages p JOIN crawls c ON c.id = p.crawl_id
     WHERE p.crawl_id = $1 AND p.blob IS NOT NULL AND c.ended_at IS NOT NULL",
);

const REMOVE_PAGES: Statement = Statement::new(
    "remove what a crawl found",
    "DELETE FROM crawl_pages WHERE crawl_id = $1 AND EXISTS (SELECT 1 FROM crawls WHERE id = $1 AND ended_at IS NOT NULL)",
);

const REMOVE: Statement = Statement::new(
    "remove a crawl",
    "DELETE FROM crawls WHERE id = $1 AND ended_at IS NOT NULL",
);

#[async_trait]
impl CrawlStore for Database {
    async fn add_crawl(&self, crawl: &Crawl, node: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        let values = [
            crawl.id.into(),
            crawl.tenant.into(),
            crawl.key.into(),
            node.into(),
            crawl.url.as_str().into(),
            Value::json(&crawl.options)?,
            crawl.created_at.into(),
        ];
        transaction.touch(ADD, &values).await?;
        let first = [
            crawl.id.into(),
            0u64.into(),
            0u64.into(),
            Value::json(&[&crawl.url])?,
        ];
        transaction.touch(ADD_ADDRESSES, &first).await?;
        transaction.commit().await
    }

    async fn crawl(&self, tenant: TenantId, id: CrawlId) -> Result<Option<Crawl>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(crawl).transpose()
    }

    async fn crawls(&self, filter: &CrawlFilter, page: PageRequest) -> Result<Page<Crawl>> {
        let values = [
            filter.tenant.into(),
            filter.only_active.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        let items = rows.iter().map(crawl).collect::<Result<_>>()?;
        Ok(Page::from_overlong(items, page))
    }

    async fn add_addresses(
        &self,
        id: CrawlId,
        urls: &[String],
        depth: u32,
        known: u64,
    ) -> Result<u64> {
        let values = [
            id.into(),
            known.into(),
            u64::from(depth).into(),
            Value::json(&urls)?,
        ];
        self.touch(ADD_ADDRESSES, &values).await
    }

    async fn waiting_addresses(&self, id: CrawlId, most: u64) -> Result<Vec<CrawlAddress>> {
        let rows = self.rows(WAITING, &[id.into(), most.into()]).await?;
        let addresses = rows.iter().map(|row| {
            Ok(CrawlAddress {
                url: row.text("url")?,
                depth: depth(row)?,
            })
        });
        addresses.collect()
    }

    async fn finish_address(&self, id: CrawlId, page: &CrawledPage) -> Result<bool> {
        let (state, title, status, read_by, reason, blob, size) = match &page.fate {
            PageFate::Read {
                title,
                status,
                read_by,
                blob,
                size,
            } => (
                "read",
                title.as_deref(),
                *status,
                Some(read_by.as_str()),
                None,
                Some(blob.as_str()),
                Some(*size),
            ),
            PageFate::Failed { status, reason } => (
                "failed",
                None,
                *status,
                None,
                Some(reason.as_str()),
                None,
                None,
            ),
            PageFate::Skipped { reason } => (
                "skipped",
                None,
                None,
                None,
                Some(reason.as_str()),
                None,
                None,
            ),
        };
        let values = [
            id.into(),
            page.url.as_str().into(),
            state.into(),
            page.number.into(),
            title.into(),
            status.map(u64::from).into(),
            read_by.into(),
            reason.into(),
            blob.into(),
            size.into(),
            page.at.into(),
        ];
        Ok(self.touch(FINISH, &values).await? > 0)
    }

    async fn crawled_pages(&self, id: CrawlId, after: u64, most: u64) -> Result<Vec<CrawledPage>> {
        let rows = self
            .rows(PAGES, &[id.into(), after.into(), most.into()])
            .await?;
        rows.iter().map(page).collect()
    }

    async fn crawl_tally(&self, id: CrawlId) -> Result<CrawlTally> {
        let row = self.row(TALLY, &[id.into()]).await?;
        let row = row.ok_or_else(|| TALLY.failed("no row came back"))?;
        Ok(CrawlTally {
            known: row.count("known")?,
            finished: row.count("finished")?,
            asked: row.count("asked")?,
        })
    }

    async fn end_crawl(&self, id: CrawlId, end: &CrawlEnd) -> Result<bool> {
        let values = [
            id.into(),
            end.at.into(),
            end.state.as_str().into(),
            end.reason.as_str().into(),
        ];
        Ok(self.touch(END, &values).await? > 0)
    }

    async fn crawls_ended_before(&self, before: Timestamp, most: u64) -> Result<Vec<CrawlId>> {
        let rows = self
            .rows(ENDED_BEFORE, &[before.into(), most.into()])
            .await?;
        let ids = rows.iter().map(|row| row.id("id").map(CrawlId::from_uuid));
        ids.collect()
    }

    async fn remove_crawl(&self, id: CrawlId) -> Result<Vec<String>> {
        let mut transaction = self.begin().await?;
        let rows = transaction.rows(BLOBS, &[id.into()]).await?;
        let blobs = rows
            .iter()
            .map(|row| row.text("blob"))
            .collect::<Result<_>>()?;
        transaction.touch(REMOVE_PAGES, &[id.into()]).await?;
        transaction.touch(REMOVE, &[id.into()]).await?;
        transaction.commit().await?;
        Ok(blobs)
    }

    async fn crawls_of_node(&self, node: &str) -> Result<Vec<Crawl>> {
        let rows = self.rows(OF_NODE, &[node.into()]).await?;
        rows.iter().map(crawl).collect()
    }
}

fn crawl(row: &Row) -> Result<Crawl> {
    let end = match row.optional_time("ended_at")? {
        None => None,
        Some(at) => Some(CrawlEnd {
            at,
            state: row
                .named("state", CrawlState::parse)?
                .ok_or_else(|| unreadable("state", "it is empty"))?,
            reason: row.text("reason")?,
        }),
    };
    Ok(Crawl {
        id: CrawlId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        key: KeyId::from_uuid(row.id("key_id")?),
        url: row.text("url")?,
        options: row.json("options")?,
        created_at: row.time("created_at")?,
        counts: CrawlCounts {
            waiting: row.count("waiting")?,
            read: row.count("pages_read")?,
            failed: row.count("failed")?,
            skipped: row.count("skipped")?,
        },
        end,
    })
}

fn page(row: &Row) -> Result<CrawledPage> {
    let status = || -> Result<Option<u16>> {
        let status = row.optional_count("status")?;
        let status = status.map(u16::try_from).transpose();
        status.map_err(|error| unreadable("status", error))
    };
    let reason = || row.text("reason");
    let fate = match row.text("state")?.as_str() {
        "read" => PageFate::Read {
            title: row.optional_text("title")?,
            status: status()?,
            read_by: row
                .named("read_by", ReadBy::parse)?
                .ok_or_else(|| unreadable("read_by", "it is empty"))?,
            blob: row.text("blob")?,
            size: row.count("size")?,
        },
        "failed" => PageFate::Failed {
            status: status()?,
            reason: reason()?,
        },
        "skipped" => PageFate::Skipped { reason: reason()? },
        other => return Err(unreadable("state", format!("unknown value '{other}'"))),
    };
    Ok(CrawledPage {
        number: row.count("number")?,
        url: row.text("url")?,
        depth: depth(row)?,
        at: row.time("finished_at")?,
        fate,
    })
}

fn depth(row: &Row) -> Result<u32> {
    u32::try_from(row.count("depth")?).map_err(|error| unreadable("depth", error))
}
