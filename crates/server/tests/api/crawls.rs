//! Reading whole sites: what is read and what is not, bounds, progress, and what a restart leaves.

use std::collections::BTreeMap;

use guise_testsite::Site;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::eventually;
use crate::support::server::Server;

/// A server, and a site to be read.
struct House {
    client: Client,
    site: Site,
    server: Server,
}

impl House {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let server = Server::with(settings).await;
        Self {
            client: server.client().await,
            site: Site::start().await.unwrap(),
            server,
        }
    }

    /// One whose sites are asked for little at a time.
    async fn slow() -> Self {
        Self::new(&[("fetch_per_host_per_second", "4")]).await
    }

    async fn start(&self, path: &str, mut more: Value) -> String {
        more["url"] = json!(self.site.url(path));
        let crawl = self.client.post("/crawl").json(more).ok().await;
        assert_eq!(crawl["status"], "active", "{crawl}");
        crawl["crawl_id"].as_str().unwrap().to_owned()
    }

    async fn status(&self, id: &str) -> Value {
        self.client.get(&format!("/crawl/{id}")).ok().await
    }

    async fn ended(&self, id: &str) -> Value {
        eventually("the crawl has ended", async || {
            let crawl = self.status(id).await;
            (crawl["status"] != "active").then_some(crawl)
        })
        .await
    }

    /// What became of each address, by its path.
    async fn pages(&self, id: &str) -> BTreeMap<String, Value> {
        let mut pages = BTreeMap::new();
        let mut after = 0;
        loop {
            let path = format!("/crawl/{id}/pages?after={after}&limit=7");
            let found = self.client.get(&path).ok().await;
            for page in found["items"].as_array().unwrap() {
                let path = page["url"]
                    .as_str()
                    .unwrap()
                    .replace(self.site.origin(), "");
                assert!(pages.insert(path, page.clone()).is_none(), "twice: {page}");
            }
            match found["next"].as_u64() {
                Some(next) => after = next,
                None => return pages,
            }
        }
    }

    async fn events(&self, id: &str, query: &str) -> Vec<(String, Value)> {
        let answer = self
            .client
            .get(&format!("/crawl/{id}/events{query}"))
            .send()
            .await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let events = text.split("\n\n").filter(|event| event.contains("data:"));
        let of = |event: &str, name: &str| {
            let line = event.lines().find_map(|line| line.strip_prefix(name));
            line.map(|text| text.trim().to_owned())
        };
        events
            .map(|event| {
                let data: Value = serde_json::from_str(&of(event, "data:").unwrap()).unwrap();
                if let Some(id) = of(event, "id:") {
                    assert_eq!(id, data["number"].to_string());
                }
                (of(event, "event:").unwrap(), data)
            })
            .collect()
    }
}

#[tokio::test]
async fn a_site_is_read_whole_and_only_what_belongs_to_it() {
    let house = House::new(&[]).await;
    let id = house
        .start("/library", json!({"exclude": ["/library/days/*"]}))
        .await;
    let crawl = house.ended(&id).await;
    assert_eq!(crawl["status"], "completed", "{crawl}");
    assert_eq!(crawl["pages_waiting"], 0);
    let pages = house.pages(&id).await;
    let of = |path: &str| {
        pages
            .get(path)
            .unwrap_or_else(|| panic!("{path}: {pages:?}"))
    };
    for (path, by, says) in [
        ("/library", "http", "Library"),
        ("/library/books/1", "http", "Book 1"),
        ("/library/books/2", "http", "Book 2"),
        ("/library/app", "browser", "App"),
        // It is linked to by a script only, and this one by nothing but the sitemap.
        ("/library/books/3", "http", "Book 3"),
        ("/library/orphan", "http", "Only in the sitemap"),
        ("/library/leaflet.txt", "http", "Geöffnet"),
    ] {
        let page = of(path);
        assert_eq!(
            (&page["status"], &page["read_by"]),
            (&json!("read"), &json!(by)),
            "{page}"
        );
        let markdown = page["markdown"].as_str().unwrap();
        assert!(
            markdown.contains(says) && page["size"] == markdown.len(),
            "{page}"
        );
        assert!(
            !markdown.contains("[Library]"),
            "the navigation is left out: {page}"
        );
    }
    assert_eq!(of("/library/books/1")["title"], "Book 1");
    assert_eq!(
        (&of("/library")["depth"], &of("/library/books/3")["depth"]),
        (&json!(0), &json!(2))
    );
    for (path, status, why) in [
        ("/library/missing", "failed", "404"),
        ("/library/picture", "failed", "image/png"),
        ("/library/closed/archive", "skipped", "robots.txt"),
        ("/library/moved", "skipped", "/library/books/1"),
        ("/library/away", "skipped", "another site"),
    ] {
        let page = of(path);
        assert_eq!(page["status"], status, "{page}");
        assert!(page["reason"].as_str().unwrap().contains(why), "{page}");
        assert_eq!(page["markdown"], json!(null));
    }
    assert_eq!(pages.len(), 12, "{:?}", pages.keys());
    let counts =
        ["pages_read", "pages_failed", "pages_skipped"].map(|name| crawl[name].as_u64().unwrap());
    assert_eq!(counts, [7, 2, 3]);
    assert!(house.site.hits_of("/library/closed/archive").is_empty());
    let elsewhere = house.site.hits_of("/library/books/9");
    assert!(elsewhere.len() <= 1, "only the redirect leads there");
    // No session stays, and what is told without contents is short.
    assert_eq!(house.client.get("/sessions").ok().await["items"], json!([]));
    let bare = house
        .client
        .get(&format!("/crawl/{id}/pages?content=false&limit=1"))
        .ok()
        .await;
    assert_eq!(
        (&bare["items"][0]["markdown"], &bare["next"]),
        (&json!(null), &json!(1))
    );
    let listed = house.client.get("/crawl").ok().await;
    assert_eq!(listed["items"][0], crawl);
    assert_eq!(
        house.client.get("/crawl?only_active=true").ok().await["items"],
        json!([])
    );
}

#[tokio::test]
async fn bounds_hold_where_a_site_has_no_end() {
    let house = House::new(&[]).await;
    let days =
        json!({"include": ["/library/days/*"], "sitemap": false, "max_depth": 20, "max_pages": 6});
    let id = house.start("/library/days/1", days).await;
    let crawl = house.ended(&id).await;
    assert!(
        crawl["reason"].as_str().unwrap().contains("max_pages"),
        "{crawl}"
    );
    assert_eq!(
        (&crawl["pages_read"], &crawl["status"]),
        (&json!(6), &json!("completed"))
    );
    let shallow = json!({"include": ["/library/days/*"], "sitemap": false, "max_depth": 2});
    let id = house.start("/library/days/1", shallow).await;
    let crawl = house.ended(&id).await;
    assert_eq!(
        (&crawl["pages_read"], &crawl["pages_waiting"]),
        (&json!(3), &json!(0))
    );
    let alone = house.start("/library", json!({"max_depth": 0})).await;
    assert_eq!(house.ended(&alone).await["pages_read"], 1);
    let without = json!({"browser": false, "include": ["/library/app"], "sitemap": false, "respect_robots": false});
    let id = house.start("/library", without).await;
    house.ended(&id).await;
    let app = &house.pages(&id).await["/library/app"];
    assert_eq!(app["status"], "failed");
    assert!(app["reason"].as_str().unwrap().contains("scripts"), "{app}");
}

#[tokio::test]
async fn progress_is_told_as_it_happens_and_can_be_taken_up_again() {
    let house = House::slow().await;
    let days =
        json!({"include": ["/library/days/*"], "sitemap": false, "max_pages": 4, "max_depth": 20});
    let id = house.start("/library/days/1", days).await;
    // From before most of it has happened until it is over.
    let events = house.events(&id, "").await;
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["page", "page", "page", "page", "end"]);
    let numbers: Vec<_> = events[..4]
        .iter()
        .map(|(_, page)| page["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(events[0].1["markdown"], json!(null));
    assert_eq!(events[4].1["status"], "completed");
    // The same from the record.
    let later = house.events(&id, "?after=3").await;
    assert_eq!(later, events[3..]);
    let path = format!("/crawl/{id}/events?after=1");
    let answer = house
        .client
        .get(&path)
        .header("Last-Event-ID", "4")
        .send()
        .await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        !text.contains("event: page") && text.contains("event: end"),
        "{text}"
    );
}

#[tokio::test]
async fn a_crawl_that_is_stopped_asks_for_nothing_more() {
    let house = House::slow().await;
    let endless = json!({"include": ["/library/days/*"], "sitemap": false, "max_depth": 20, "max_pages": 10_000});
    let id = house.start("/library/days/1", endless).await;
    eventually("a page is read", async || {
        (house.status(&id).await["pages_read"].as_u64() > Some(1)).then_some(())
    })
    .await;
    let stopped = house.client.delete(&format!("/crawl/{id}")).ok().await;
    assert_eq!(stopped["status"], "stopped", "{stopped}");
    let events = house.events(&id, "").await;
    assert_eq!(events.last().unwrap().1["status"], "stopped");
    let again = house.client.delete(&format!("/crawl/{id}")).ok().await;
    assert_eq!(again, stopped, "what has ended stays as it is");
    assert_eq!(
        house.pages(&id).await.len() as u64,
        stopped["pages_read"].as_u64().unwrap()
    );
}

#[tokio::test]
async fn a_crawl_goes_on_after_a_restart_and_after_a_crash() {
    let mut house = House::slow().await;
    let days =
        json!({"include": ["/library/days/*"], "sitemap": false, "max_depth": 20, "max_pages": 9});
    let id = house.start("/library/days/1", days).await;
    for crash in [false, true] {
        let before = house.status(&id).await["pages_read"].as_u64().unwrap();
        eventually("it went on", async || {
            (house.status(&id).await["pages_read"].as_u64() > Some(before)).then_some(())
        })
        .await;
        if crash {
            house.server.kill();
        }
        house.server = house.server.restart().await;
        house.client = house.server.client().await;
    }
    let crawl = house.ended(&id).await;
    assert_eq!(
        (&crawl["status"], &crawl["pages_read"]),
        (&json!("completed"), &json!(9)),
        "{crawl}"
    );
    let numbers: Vec<_> = house
        .pages(&id)
        .await
        .values()
        .map(|page| page["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_first_page_that_cannot_be_read_fails_the_crawl() {
    let house = House::new(&[]).await;
    for (path, why) in [
        ("/library/missing", "404"),
        ("/library/closed/archive", "robots.txt"),
        ("/library/picture", "image/png"),
    ] {
        let id = house.start(path, json!({})).await;
        let crawl = house.ended(&id).await;
        assert_eq!(crawl["status"], "failed", "{crawl}");
        assert!(crawl["reason"].as_str().unwrap().contains(why), "{crawl}");
    }
    for url in ["http://169.254.169.254/latest", "http://10.0.0.1/"] {
        let crawl = house
            .client
            .post("/crawl")
            .json(json!({"url": url}))
            .ok()
            .await;
        let crawl = house.ended(crawl["crawl_id"].as_str().unwrap()).await;
        assert!(
            crawl["reason"].as_str().unwrap().contains("is refused"),
            "{crawl}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_and_what_is_elsewhere_is_not_there() {
    let house = House::slow().await;
    for (body, names) in [
        (json!({}), "url"),
        (json!({"url": 5}), "url"),
        (json!({"url": "ftp://a.test/"}), "url"),
        (json!({"url": "not an address"}), "url"),
        (json!({"url": "https://me:secret@a.test/"}), "url"),
        (
            json!({"url": format!("https://a.test/{}", "x".repeat(2_000))}),
            "url",
        ),
        (
            json!({"url": "https://a.test/", "max_pages": 0}),
            "max_pages",
        ),
        (
            json!({"url": "https://a.test/", "max_pages": 10_001}),
            "max_pages",
        ),
        (
            json!({"url": "https://a.test/", "max_depth": 21}),
            "max_depth",
        ),
        (
            json!({"url": "https://a.test/", "max_minutes": 0}),
            "max_minutes",
        ),
        (
            json!({"url": "https://a.test/", "include": ["docs"]}),
            "include",
        ),
        (
            json!({"url": "https://a.test/", "exclude": vec!["/a"; 21]}),
            "exclude",
        ),
        (
            json!({"url": "https://a.test/", "exclude": ["/".repeat(201)]}),
            "exclude",
        ),
        (
            json!({"url": "https://a.test/", "browser": "perhaps"}),
            "browser",
        ),
        (
            json!({"url": "https://a.test/", "frobnicate": 1}),
            "frobnicate",
        ),
    ] {
        let message = house.client.post("/crawl").json(body).refused(422).await;
        assert!(
            message.contains(names) && !message.contains("secret"),
            "{message}"
        );
    }
    let endless = json!({"include": ["/library/days/*"], "sitemap": false, "max_depth": 20, "max_pages": 10_000});
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(house.start("/library/days/1", endless.clone()).await);
    }
    let one_more = json!({"url": house.site.url("/library")});
    let message = house
        .client
        .post("/crawl")
        .json(one_more.clone())
        .refused(429)
        .await;
    assert!(message.contains("5 crawls"), "{message}");
    house.server.command(&["tenants", "create", "other"]).await;
    let key = house.server.new_key("other", &[]).await;
    let other = house.client.with_key(Some(&key));
    let id = &ids[0];
    for path in [
        format!("/crawl/{id}"),
        format!("/crawl/{id}/pages"),
        format!("/crawl/{id}/events"),
        "/crawl/nonsense".to_owned(),
    ] {
        other.get(&path).refused(404).await;
    }
    other.delete(&format!("/crawl/{id}")).refused(404).await;
    assert_eq!(other.get("/crawl").ok().await["items"], json!([]));
    for query in ["after=-1", "limit=0", "limit=101", "content=perhaps"] {
        house
            .client
            .get(&format!("/crawl/{id}/pages?{query}"))
            .refused(422)
            .await;
    }
    for id in ids {
        house.client.delete(&format!("/crawl/{id}")).ok().await;
    }
    eventually("there is room again", async || {
        let answer = house
            .client
            .post("/crawl")
            .json(one_more.clone())
            .send()
            .await;
        answer.status.is_success().then_some(())
    })
    .await;
}
