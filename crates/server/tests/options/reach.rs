//! Options that pages and servers see reach every part of a page: itself, what it fetches, frames of its own and of another
//! site, a worker, a pop-up.

use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{House, Opened};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Tests/7";

/// What a part sent, and where it stands in `window.__headers`.
const REQUESTS: &[(&str, &str)] = &[
    ("page", "request"),
    ("fetch", "request"),
    ("frame", "request"),
    ("frame", "fetched"),
    ("cross-site", "request"),
    ("cross-site", "fetched"),
    ("popup", "request"),
    ("popup", "fetched"),
    ("worker", "request"),
];

/// Opens the page of headers with its pop-up and gives what all of it sent.
async fn parts(house: &House, session: &Opened) -> Value {
    session.goto(&house.site.url("/headers/page")).await;
    session
        .done(json!({"type": "click", "selector": "#open-popup"}))
        .await;
    session
        .done(json!({"type": "switch_tab", "tab_index": 0}))
        .await;
    let all = "new Promise(done => { \
        const names = ['page', 'fetch', 'frame', 'cross-site', 'popup', 'worker']; \
        const look = () => names.every(name => window.__headers[name]) ? done(window.__headers) : setTimeout(look, 20); \
        look(); })";
    session.evaluate_json(all).await
}

#[rstest]
#[case::chromium(json!({}))]
#[case::chrome(json!({"browser_type": "chrome"}))]
#[case::window(json!({"headless": false}))]
#[tokio::test]
async fn agent_headers_and_viewport_reach_every_part(#[case] engine: Value) {
    let mut options = json!({
        "user_agent": AGENT,
        "extra_http_headers": {"X-Extra": "seven", "Accept-Language": "fr"},
        "viewport_width": 900,
        "viewport_height": 700,
    });
    let members = options.as_object_mut().unwrap();
    members.extend(engine.as_object().unwrap().clone());
    let house = House::new().await;
    let session = house.open(options).await;
    let parts = parts(&house, &session).await;
    for (part, request) in REQUESTS {
        let headers = &parts[part][request];
        assert_eq!(headers["user-agent"], AGENT, "{part} {request} {headers}");
        if *part != "worker" {
            assert_eq!(headers["x-extra"], "seven", "{part} {request} {headers}");
            assert_eq!(headers["accept-language"], "fr", "{part} {headers}");
        }
    }
    for part in ["page", "fetch", "frame", "cross-site", "popup", "worker"] {
        assert_eq!(parts[part]["identity"]["userAgent"], AGENT, "{part}");
    }
    for part in ["page", "popup"] {
        let seen = &parts[part]["identity"]["viewport"];
        assert_eq!(*seen, json!([900, 700]), "{part}");
    }
}

#[tokio::test]
async fn without_options_a_page_sees_a_plain_browser() {
    let house = House::new().await;
    let session = house.open(json!({})).await;
    let parts = parts(&house, &session).await;
    for (part, request) in REQUESTS {
        let headers = &parts[part][request];
        let agent = headers["user-agent"].as_str().unwrap();
        assert!(agent.contains("Chrome/"), "{part} {request} {agent}");
        assert_eq!(headers["x-extra"], Value::Null);
    }
}

#[rstest]
#[case("5:4", [1280, 1024])]
#[case("16:9", [1280, 720])]
#[tokio::test]
async fn an_aspect_ratio_is_a_viewport(#[case] ratio: &str, #[case] size: [u32; 2]) {
    let house = House::new().await;
    let session = house.open(json!({"aspect_ratio": ratio})).await;
    session.goto(&house.site.url("/article")).await;
    let seen = session.evaluate_json("[innerWidth, innerHeight]").await;
    assert_eq!(seen, json!(size));
    let status = session.status().await;
    assert_eq!(
        json!([status["viewport_width"], status["viewport_height"]]),
        json!(size)
    );
}

#[rstest]
#[case("--lang=de", "fetch('/headers').then(got => got.json()).then(sent => [navigator.language, sent['accept-language'].split(',')[0]])", json!(["de", "de"]))]
#[case("--blink-settings=imagesEnabled=false", "document.images[0].naturalWidth", json!(0))]
#[case("--force-device-scale-factor=2", "devicePixelRatio", json!(2))]
#[case("--disable-blink-features=AutomationControlled", "!!navigator.webdriver", json!(false))]
#[tokio::test]
async fn chromium_arguments_act(
    #[case] argument: &str,
    #[case] code: &str,
    #[case] expected: Value,
) {
    let house = House::new().await;
    let session = house.open(json!({"chrome_args": [argument]})).await;
    session.goto(&house.site.url("/article")).await;
    assert_eq!(session.evaluate_json(code).await, expected);
}

#[tokio::test]
async fn cookies_that_were_set_before_arrive_at_the_site() {
    let house = House::new().await;
    let session = house.open(json!({})).await;
    let cookie = |name: &str, value: &str| json!({"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "httpOnly": true, "secure": false, "sameSite": "Lax"});
    let cookies = json!({"cookies": [cookie("one", "1"), cookie("two", "zwei")]});
    session.post("/cookies").json(cookies).ok().await;
    session.goto(&house.site.url("/cookies")).await;
    let sent = &house.site.hits_of("/cookies")[0].headers["cookie"];
    let mut sent: Vec<_> = sent.split("; ").collect();
    sent.sort_unstable();
    assert_eq!(sent, ["one=1", "two=zwei"]);
}
