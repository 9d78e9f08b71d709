//! Reading whole sites, and searching the web.

use serde_json::json;

use super::{NOBODY, Samples, id_of};
use crate::support::Stage;
use crate::support::client::{Call, Client};
use crate::support::eventually;

/// A crawl that has ended.
pub async fn ended(stage: &Stage) -> String {
    let client = &stage.client;
    let wish = json!({"url": format!("{}/library/books/1", stage.site.origin()), "max_depth": 0});
    let id = id_of(&client.post("/crawl").json(wish).ok().await, "crawl_id");
    let path = format!("/crawl/{id}");
    eventually("the crawl has ended", async || {
        let crawl = client.get(&path).ok().await;
        (crawl["status"] != "active").then_some(())
    })
    .await;
    id
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let at = |rest: &str| format!("/crawl/{}{rest}", samples.crawl);
    let book = format!("{}/library/books/1", samples.origin);
    Some(match operation {
        "crawl_start" => client.post("/crawl").json(json!({
            "url": book, "max_pages": 1, "max_depth": 1, "max_minutes": 5, "include": ["/library/*"], "exclude": ["*/print"],
            "sitemap": false, "respect_robots": false, "browser": false, "only_main_content": false,
        })),
        "crawl_list" => client.get("/crawl?only_active=false"),
        "crawl_list_slash" => client.get("/crawl/?page=1&page_size=100"),
        "crawl_status" => client.get(&at("")),
        "crawl_pages" => client.get(&at("/pages?after=0&limit=100&content=true")),
        "crawl_events" => client.get(&at("/events?after=0")),
        "crawl_stop" => client.delete(&at("")),
        "search" => client.post("/search").json(json!({"q": "books"})),
        _ => return None,
    })
}

pub fn wrong(client: &Client, operation: &str) -> Option<(Call, u16)> {
    let unknown = |rest: &str| format!("/crawl/{NOBODY}{rest}");
    Some(match operation {
        "crawl_start" => (client.post("/crawl").json(json!({"url": "nowhere"})), 422),
        "crawl_list" => (client.get("/crawl?only_active=perhaps"), 422),
        "crawl_list_slash" => (client.get("/crawl/?page_size=0"), 422),
        "crawl_status" => (client.get(&unknown("")), 404),
        "crawl_pages" => (client.get(&unknown("/pages")), 404),
        "crawl_events" => (client.get(&unknown("/events")), 404),
        "crawl_stop" => (client.delete(&unknown("")), 404),
        "search" => (client.post("/search").json(json!({"q": ""})), 422),
        _ => return None,
    })
}
