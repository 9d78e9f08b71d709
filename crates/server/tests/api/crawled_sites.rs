//! Sites that ask for pauses, list more than is wanted, answer with errors, or lead to where they do not want to be read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::server::Server;

/// What a site was asked.
#[derive(Clone)]
struct Asked {
    path: String,
    by_browser: bool,
    at: Instant,
}

/// A server, and a site whose every answer is one of `answers`.
struct House {
    client: Client,
    origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _server: Server,
}

impl House {
    async fn with(answers: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let (origin, asked) = Self::site(answers).await;
        let server = Server::start().await;
        Self {
            client: server.client().await,
            origin,
            asked,
            _server: server,
        }
    }

    /// A site alone: where it is, and what it was asked.
    async fn site(
        answers: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> (String, Arc<Mutex<Vec<Asked>>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (noted, answers) = (Arc::clone(&asked), Arc::new(answers));
        let site = Router::new().fallback(move |request: Request| {
            let agent = request.headers().get(USER_AGENT);
            let agent = agent.and_then(|agent| agent.to_str().ok());
            let one = Asked {
                path: request.uri().path().to_owned(),
                by_browser: agent.is_some_and(|agent| agent.contains("Chrome")),
                at: Instant::now(),
            };
            noted.lock().unwrap().push(one.clone());
            let answer = answers(&one);
            async move { answer }
        });
        tokio::spawn(async move { axum::serve(listener, site).await.unwrap() });
        (origin, asked)
    }

    fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        let of = asked.iter().filter(|asked| asked.path == path);
        of.cloned().collect()
    }

    /// A crawl that has ended, and what became of each address, by its path.
    async fn crawl(&self, path: &str, mut more: Value) -> (Value, BTreeMap<String, Value>) {
        more["url"] = json!(format!("{}{path}", self.origin));
        let crawl = self.client.post("/crawl").json(more).ok().await;
        let at = format!("/crawl/{}", crawl["crawl_id"].as_str().unwrap());
        // They end with it.
        self.client.get(&format!("{at}/events")).send().await;
        let crawl = self.client.get(&at).ok().await;
        assert_ne!(crawl["status"], "active", "{crawl}");
        let pages = self.client.get(&format!("{at}/pages?limit=100"));
        let pages = pages.ok().await["items"].as_array().unwrap().clone();
        let path = |page: &Value| page["url"].as_str().unwrap().replace(&self.origin, "");
        let pages = pages.into_iter().map(|page| (path(&page), page));
        (crawl, pages.collect())
    }

    fn scrape(&self, path: &str, mut more: Value) -> crate::support::client::Call {
        more["url"] = json!(format!("{}{path}", self.origin));
        self.client.post("/scrape").json(more)
    }
}

/// A page that says enough.
fn page(title: &str, links: &str) -> Response {
    let text = "It says something, and then some more of it. ".repeat(10);
    html(&format!("<h1>{title}</h1><p>{text}</p>{links}"))
}

/// A page that takes a browser.
fn scripted(title: &str) -> Response {
    html(&format!(
        "<div id=\"root\"></div><script>root.innerHTML = '<h1>{title}</h1>'</script>"
    ))
}

fn html(body: &str) -> Response {
    let body = format!("<!doctype html><html><body>{body}</body></html>");
    ([(CONTENT_TYPE, "text/html")], body).into_response()
}

fn text(text: &str) -> Response {
    ([(CONTENT_TYPE, "text/plain")], text.to_owned()).into_response()
}

fn to(location: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, location.to_owned())]).into_response()
}

fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

#[tokio::test]
async fn a_site_that_asks_for_pauses_is_read_at_its_pace() {
    // Longer than a site may take by HTTP before a browser is asked, also with what a request takes on its way.
    let pause = Duration::from_millis(8_500);
    let pausing = |asked: &Asked| match asked.path.as_str() {
        "/robots.txt" => text("User-agent: *\nCrawl-delay: 9\n"),
        "/" => page("First", "<a href=\"/a\">A</a><a href=\"/b\">B</a>"),
        _ => page("Another", ""),
    };
    let (crawled, scraped) = tokio::join!(House::with(pausing), House::with(pausing));
    let crawls = async {
        let (crawl, pages) = crawled.crawl("/", json!({"sitemap": false})).await;
        assert_eq!(crawl["pages_read"], 3, "{pages:?}");
        let at = ["/", "/a", "/b"].map(|path| crawled.asked(path)[0].at);
        assert!(at[1] - at[0] >= pause && at[2] - at[1] >= pause, "{at:?}");
    };
    let scrapes = async {
        let politely = json!({"respect_robots": true});
        scraped.scrape("/", politely.clone()).ok().await;
        let read = scraped.scrape("/a", politely).ok().await;
        assert_eq!(read["read_by"], "http", "{read}");
        let gone = scraped.asked("/a")[0].at - scraped.asked("/")[0].at;
        assert!(gone >= pause, "{gone:?}");
    };
    tokio::join!(crawls, scrapes);
}

#[tokio::test]
async fn lists_of_a_site_that_asks_for_pauses_are_read_at_its_pace_too() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/robots.txt" => {
            text("Sitemap: /one.xml\nSitemap: /two.xml\nUser-agent: *\nCrawl-delay: 2\n")
        }
        "/one.xml" => text("<urlset><url><loc>/a</loc></url></urlset>"),
        "/two.xml" => text("<urlset><url><loc>/b</loc></url></urlset>"),
        path => page(path, ""),
    });
    let house = house.await;
    let (crawl, pages) = house.crawl("/", json!({})).await;
    assert_eq!(crawl["pages_read"], 3, "{pages:?}");
    let at = ["/", "/one.xml", "/two.xml", "/a", "/b"].map(|path| house.asked(path)[0].at);
    // With what a request takes on its way.
    let pause = Duration::from_millis(1_500);
    let paced = at.windows(2).all(|two| two[1] - two[0] >= pause);
    assert!(paced, "{at:?}");

    let heedless = json!({"respect_robots": false});
    let (crawl, pages) = house.crawl("/", heedless).await;
    assert_eq!(crawl["pages_read"], 3, "{pages:?}");
    let gone = house.asked("/two.xml")[1].at - house.asked("/one.xml")[1].at;
    assert!(gone < pause, "{gone:?}");
}

#[tokio::test]
async fn pages_that_lead_to_what_must_not_be_read_are_skipped_with_the_reason() {
    let elsewhere = House::site(|asked| match asked.path.as_str() {
        "/robots.txt" => text("User-agent: *\nDisallow: /closed\n"),
        "/busy" => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        "/app" => scripted("App"),
        "/picture" => ([(CONTENT_TYPE, "image/png")], "\u{1}\u{2}").into_response(),
        _ => nothing(),
    });
    let (other, _) = elsewhere.await;
    let house = House::with(move |asked| match asked.path.as_str() {
        "/" => {
            let links = [
                "/docs/own",
                "/docs/page",
                "/docs/gone",
                "/docs/other/closed",
                "/docs/other/gone",
                "/docs/other/busy",
                "/docs/other/app",
                "/docs/other/picture",
                "/docs/nobody",
                "/docs/here",
            ];
            let links = links.map(|to| format!("<a href=\"{to}\">{to}</a>"));
            page("First", &links.concat())
        }
        "/robots.txt" => text("User-agent: *\nDisallow: /closed\n"),
        "/docs/own" => to("/closed"),
        "/docs/page" => to("/blog/page"),
        "/docs/gone" => to("/blog/gone"),
        "/blog/gone" | "/docs/missing" => nothing(),
        // Nobody answers there.
        "/docs/nobody" => to("http://127.0.0.1:1/"),
        "/docs/here" => to("/docs/missing"),
        path => match path.strip_prefix("/docs/other") {
            Some(path) => to(&format!("{other}{path}")),
            None => page(path, ""),
        },
    });
    let house = house.await;
    let wish = json!({"include": ["/docs/*"], "sitemap": false, "browser": false});
    let (crawl, pages) = house.crawl("/", wish).await;
    for (path, why) in [
        ("/docs/own", "robots.txt"),
        (
            "/docs/page",
            "/blog/page, which include or exclude leaves out",
        ),
        (
            "/docs/gone",
            "/blog/gone, which include or exclude leaves out",
        ),
        ("/docs/other/closed", "robots.txt"),
        ("/docs/other/gone", "/gone, which is another site"),
        ("/docs/other/busy", "/busy, which is another site"),
        ("/docs/other/app", "/app, which is another site"),
        ("/docs/other/picture", "/picture, which is another site"),
        ("/docs/nobody", "which is another site"),
    ] {
        let page = &pages[path];
        assert_eq!(page["status"], "skipped", "{page}");
        assert!(page["reason"].as_str().unwrap().contains(why), "{page}");
    }
    // What is of the crawl has failed where it fails.
    let page = &pages["/docs/here"];
    assert_eq!(
        (&page["status"], &page["http_status"]),
        (&json!("failed"), &json!(404)),
        "{page}"
    );
    let counts = ["pages_read", "pages_failed", "pages_skipped"];
    assert_eq!(
        counts.map(|name| crawl[name].as_u64()),
        [Some(1), Some(1), Some(9)]
    );
    assert!(house.asked("/closed").is_empty());
    // Of the first page it is why the crawl failed.
    let (crawl, pages) = house.crawl("/docs/own", json!({"sitemap": false})).await;
    assert_eq!(
        (&crawl["status"], &pages["/docs/own"]["status"]),
        (&json!("failed"), &json!("skipped"))
    );
    assert!(
        crawl["reason"].as_str().unwrap().contains("robots.txt"),
        "{crawl}"
    );
}

#[tokio::test]
async fn pages_that_lead_a_browser_to_what_is_closed_are_skipped() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/robots.txt" => text("User-agent: *\nDisallow: /closed\n"),
        "/" => page("First", "<a href=\"/way\">A way</a>"),
        "/way" if asked.by_browser => to("/closed"),
        "/way" => scripted("A way"),
        path => page(path, ""),
    });
    let house = house.await;
    let (crawl, pages) = house.crawl("/", json!({"sitemap": false})).await;
    let way = &pages["/way"];
    assert_eq!(way["status"], "skipped", "{way}");
    assert!(
        way["reason"].as_str().unwrap().contains("robots.txt"),
        "{way}"
    );
    assert_eq!(
        (
            &crawl["pages_read"],
            &crawl["pages_failed"],
            &crawl["pages_skipped"]
        ),
        (&json!(1), &json!(0), &json!(1)),
        "{crawl}"
    );
}

#[tokio::test]
async fn what_a_site_lists_and_nobody_wants_takes_no_place() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/sitemap.xml" => {
            let blog = (0..1_000).map(|number| format!("/blog/{number}"));
            let docs = (0..5).map(|number| format!("/docs/{number}"));
            let all = blog.chain(docs);
            let all: String = all
                .map(|it| format!("<url><loc>{it}</loc></url>"))
                .collect();
            text(&format!("<urlset>{all}</urlset>"))
        }
        "/robots.txt" => nothing(),
        path => page(path, ""),
    });
    let house = house.await;
    let wish = json!({"include": ["/docs/*"], "max_pages": 6});
    let (crawl, pages) = house.crawl("/", wish).await;
    assert_eq!(crawl["pages_read"], 6, "{crawl}");
    let docs = pages.keys().filter(|path| path.starts_with("/docs/"));
    assert_eq!(docs.count(), 5, "{pages:?}");
}

#[tokio::test]
async fn the_first_page_is_read_also_where_it_leads_to_a_path_that_is_not_wished_for() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/" => to("/en/"),
        "/en/" => page(
            "Welcome",
            "<a href=\"/docs/1\">1</a><a href=\"/blog/1\">2</a>",
        ),
        "/docs/1" => page("Docs", "<a href=\"/docs/moved\">Moved</a>"),
        "/docs/moved" => to("/blog/2"),
        "/robots.txt" => nothing(),
        path => page(path, ""),
    });
    let house = house.await;
    let wish = json!({"include": ["/docs/*"], "sitemap": false});
    let (crawl, pages) = house.crawl("/", wish).await;
    assert_eq!(crawl["pages_read"], 2, "{crawl}");
    let of = |path: &str| pages[path]["status"].clone();
    assert_eq!(
        [of("/"), of("/en/"), of("/docs/1"), of("/docs/moved")],
        ["skipped", "read", "read", "skipped"]
    );
    assert_eq!(pages.len(), 4, "{pages:?}");
}

#[tokio::test]
async fn pages_that_answer_with_errors_have_failed_whoever_gets_them() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/" => {
            let links = ["/gone", "/busy", "/limited", "/guarded", "/shown", "/app"];
            let links = links.map(|to| format!("<a href=\"{to}\">{to}</a>"));
            page("First", &links.concat())
        }
        "/gone" => (StatusCode::NOT_FOUND, scripted("Not found")).into_response(),
        "/busy" => (StatusCode::SERVICE_UNAVAILABLE, page("Busy", "")).into_response(),
        "/limited" => (StatusCode::TOO_MANY_REQUESTS, scripted("Slower")).into_response(),
        // To programs and browsers alike, and to programs alone.
        "/guarded" => (StatusCode::FORBIDDEN, scripted("Denied")).into_response(),
        "/shown" if !asked.by_browser => {
            (StatusCode::FORBIDDEN, page("Denied", "")).into_response()
        }
        "/robots.txt" => nothing(),
        path => scripted(path),
    });
    let house = house.await;
    let (crawl, pages) = house.crawl("/", json!({"sitemap": false})).await;
    for (path, status) in [
        ("/gone", 404),
        ("/busy", 503),
        ("/limited", 429),
        ("/guarded", 403),
    ] {
        let page = &pages[path];
        assert_eq!(
            (&page["status"], &page["http_status"]),
            (&json!("failed"), &json!(status)),
            "{page}"
        );
        assert_eq!(
            house.asked(path).iter().any(|asked| asked.by_browser),
            status == 403,
            "{path}"
        );
    }
    for path in ["/shown", "/app"] {
        let page = &pages[path];
        assert_eq!(
            (&page["status"], &page["read_by"], &page["http_status"]),
            (&json!("read"), &json!("browser"), &json!(200)),
            "{page}"
        );
    }
    assert_eq!(
        (&crawl["pages_read"], &crawl["pages_failed"]),
        (&json!(3), &json!(4)),
        "{crawl}"
    );
    // Who asks for one page gets what a browser shows.
    let read = house.scrape("/gone", json!({})).ok().await;
    assert_eq!(read["read_by"], "browser", "{read}");
}

#[tokio::test]
async fn a_browser_that_is_led_to_what_is_closed_brings_nothing_of_it_and_waits_for_its_turn() {
    let house = House::with(|asked| match asked.path.as_str() {
        "/robots.txt" => text("User-agent: guise\nDisallow: /closed\nCrawl-delay: 2\n"),
        "/way" => to("/closed"),
        "/app" => scripted("App"),
        path => page(path, ""),
    });
    let house = house.await;
    for (path, more) in [
        ("/way", json!({"read_by": "browser"})),
        ("/way", json!({"read_by": "browser", "only_images": true})),
        ("/way", json!({"read_by": "browser", "selector": "h1"})),
        ("/way", json!({})),
    ] {
        let mut politely = more.clone();
        politely["respect_robots"] = json!(true);
        let message = house.scrape(path, politely).refused(400).await;
        assert!(message.contains("robots.txt"), "{more}: {message}");
        house.scrape(path, more).ok().await;
    }
    let politely = json!({"respect_robots": true});
    let read = house.scrape("/app", politely).ok().await;
    assert_eq!(read["read_by"], "browser", "{read}");
    let asked = house.asked("/app");
    let gone = asked[1].at - asked[0].at;
    assert!(
        gone >= Duration::from_millis(1_500),
        "by HTTP, then by a browser: {gone:?}"
    );
}
