//! Crawls and what they found, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant};
use guise_core::ports::CrawlStore;
use guise_core::{
    Crawl, CrawlAddress, CrawlCounts, CrawlEnd, CrawlFilter, CrawlId, CrawlOptions, CrawlState,
    CrawlTally, CrawledPage, KeyId, PageFate, PageRequest, ReadBy, TenantId,
};
use guise_store::Database;
use rstest::rstest;

const START: &str = "https://shop.test/?q=%22a%22";

fn crawl(tenant: TenantId, begun: u64) -> Crawl {
    Crawl {
        id: CrawlId::new(),
        tenant,
        key: KeyId::new(),
        url: START.to_owned(),
        options: CrawlOptions {
            max_pages: 10,
            max_depth: 2,
            max_minutes: 5,
            include: vec!["/\"*".to_owned()],
            exclude: Vec::new(),
            sitemap: true,
            respect_robots: false,
            browser: true,
            only_main_content: false,
        },
        created_at: at(begun),
        counts: CrawlCounts {
            waiting: 1,
            ..CrawlCounts::default()
        },
        end: None,
    }
}

fn done(number: u64, url: &str, fate: PageFate) -> CrawledPage {
    CrawledPage {
        number,
        url: url.to_owned(),
        depth: u32::from(url != START),
        at: at(5 + number),
        fate,
    }
}

fn read(blob: &str) -> PageFate {
    PageFate::Read {
        title: Some("A \"shop\" \u{1F600}".to_owned()),
        status: Some(200),
        read_by: ReadBy::Http,
        blob: blob.to_owned(),
        size: 12,
    }
}

fn end(state: CrawlState) -> CrawlEnd {
    CrawlEnd {
        at: at(99),
        state,
        reason: "enough".to_owned(),
    }
}

fn links(paths: &[&str]) -> Vec<String> {
    paths
        .iter()
        .map(|path| format!("https://shop.test/{path}"))
        .collect()
}

async fn waiting(db: &Database, id: CrawlId) -> Vec<(String, u32)> {
    let found = db.waiting_addresses(id, 10).await.unwrap();
    let pairs = found
        .into_iter()
        .map(|CrawlAddress { url, depth }| (url, depth));
    pairs.collect()
}

#[rstest]
#[tokio::test]
async fn a_crawl_is_kept_whole_and_ends_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let mut one = crawl(tenant, 1);
            db.add_crawl(&one, "node-1").await.unwrap();
            assert_eq!(db.crawl(tenant, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(db.crawl(other, one.id).await.unwrap(), None);
            assert_eq!(db.crawls_of_node("node-1").await.unwrap(), [one.clone()]);
            assert_eq!(db.crawls_of_node("node-2").await.unwrap(), []);
            assert!(
                db.end_crawl(one.id, &end(CrawlState::Stopped))
                    .await
                    .unwrap()
            );
            assert!(
                !db.end_crawl(one.id, &end(CrawlState::Completed))
                    .await
                    .unwrap()
            );
            one.end = Some(end(CrawlState::Stopped));
            assert_eq!(db.crawl(tenant, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(db.crawls_of_node("node-1").await.unwrap(), []);
            // What has ended takes no more pages.
            assert!(
                !db.finish_address(one.id, &done(1, START, read("b")))
                    .await
                    .unwrap()
            );

            let two = crawl(tenant, 2);
            db.add_crawl(&two, "node-1").await.unwrap();
            let list = async |only_active, page| {
                let filter = CrawlFilter {
                    tenant,
                    only_active,
                };
                let page = PageRequest { page, size: 1 };
                db.crawls(&filter, page).await.unwrap()
            };
            let first = list(false, 1).await;
            assert!(first.has_next);
            assert_eq!(first.items, std::slice::from_ref(&two));
            assert_eq!(list(false, 2).await.items, [one]);
            let active = list(true, 1).await;
            assert_eq!((active.items, active.has_next), (vec![two], false));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_ended_long_ago_is_removed_whole(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let (old, running) = (crawl(tenant, 1), crawl(tenant, 2));
            for it in [&old, &running] {
                db.add_crawl(it, "node").await.unwrap();
                db.add_addresses(it.id, &links(&["a"]), 1, 1).await.unwrap();
                assert!(
                    db.finish_address(it.id, &done(1, START, read("crawls/1")))
                        .await
                        .unwrap()
                );
            }
            db.end_crawl(old.id, &end(CrawlState::Completed))
                .await
                .unwrap();
            assert_eq!(db.crawls_ended_before(at(99), 10).await.unwrap(), []);
            assert_eq!(db.crawls_ended_before(at(100), 10).await.unwrap(), [old.id]);
            assert_eq!(db.remove_crawl(running.id).await.unwrap(), [""; 0]);
            assert_eq!(db.remove_crawl(old.id).await.unwrap(), ["crawls/1"]);
            assert_eq!(db.crawl(tenant, old.id).await.unwrap(), None);
            assert_eq!(db.crawled_pages(old.id, 0, 10).await.unwrap(), []);
            assert_eq!(db.crawled_pages(running.id, 0, 10).await.unwrap().len(), 1);
            assert_eq!(waiting(db, running.id).await.len(), 1);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn addresses_are_known_once_and_done_with_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = crawl(tenant, 1);
            let (id, another) = (kept.id, crawl(tenant, 2));
            db.add_crawl(&kept, "node").await.unwrap();
            db.add_crawl(&another, "node").await.unwrap();
            assert_eq!(waiting(db, id).await, [(START.to_owned(), 0)]);
            assert_eq!(
                db.add_addresses(id, &links(&["b", "a", "b"]), 2, 1)
                    .await
                    .unwrap(),
                2
            );
            assert_eq!(
                db.add_addresses(id, &links(&["a", "c"]), 1, 3)
                    .await
                    .unwrap(),
                1
            );
            assert_eq!(db.add_addresses(id, &[], 1, 4).await.unwrap(), 0);
            let urls = links(&["c", "b", "a"]);
            let in_order = [
                (START.to_owned(), 0),
                (urls[0].clone(), 1),
                (urls[1].clone(), 2),
                (urls[2].clone(), 2),
            ];
            assert_eq!(waiting(db, id).await, in_order);
            assert_eq!(waiting(db, another.id).await.len(), 1);

            let failed = PageFate::Failed {
                status: Some(404),
                reason: "not there".to_owned(),
            };
            let skipped = PageFate::Skipped {
                reason: "it leads away".to_owned(),
            };
            let mut pages = vec![done(1, START, read("crawls/1")), done(2, &urls[0], failed)];
            pages.push(CrawledPage {
                depth: 2,
                ..done(3, &urls[1], skipped)
            });
            for page in &pages {
                assert!(db.finish_address(id, page).await.unwrap());
                assert!(!db.finish_address(id, page).await.unwrap());
            }
            assert!(
                !db.finish_address(id, &done(4, "https://shop.test/unknown", read("x")))
                    .await
                    .unwrap()
            );
            assert_eq!(waiting(db, id).await, in_order[3..]);
            assert_eq!(db.crawled_pages(id, 0, 10).await.unwrap(), pages);
            assert_eq!(db.crawled_pages(id, 1, 1).await.unwrap(), pages[1..2]);
            let tally = CrawlTally {
                known: 4,
                finished: 3,
                asked: 2,
            };
            assert_eq!(db.crawl_tally(id).await.unwrap(), tally);
            let counts = CrawlCounts {
                waiting: 1,
                read: 1,
                failed: 1,
                skipped: 1,
            };
            assert_eq!(db.crawl(tenant, id).await.unwrap().unwrap().counts, counts);
        })
        .await;
}
