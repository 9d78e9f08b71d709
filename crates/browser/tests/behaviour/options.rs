//! A session's options reach pages, pop-ups, frames and workers.

use std::collections::BTreeMap;

use guise_browser::Settings;
use guise_chromium::Engine;
use guise_core::ports::Browser as _;
use guise_core::{Cookie, SameSite, Viewport};
use serde_json::Value;

use crate::stage::{Stage, by, click, soon};

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Guise/7";

fn settings() -> Settings {
    Settings {
        user_agent: Some(AGENT.to_owned()),
        viewport: Some(Viewport {
            width: 901,
            height: 701,
        }),
        extra_headers: BTreeMap::from([("x-extra".to_owned(), "seven".to_owned())]),
    }
}

async fn parts(stage: &Stage) -> Value {
    let wait = "new Promise(done => { const look = () => ['page','fetch','frame','cross-site','popup','worker'].every(p => window.__headers[p]) ? done(window.__headers) : setTimeout(look, 20); look(); })";
    stage.goto("/headers/page").await;
    stage.done(click(by("#open-popup"))).await;
    stage
        .done(guise_core::Action::SwitchTab { tab_index: 0 })
        .await;
    serde_json::from_str(&stage.evaluate(wait).await).unwrap()
}

fn check(parts: &Value) {
    for (part, where_) in [
        ("page", "request"),
        ("fetch", "request"),
        ("frame", "request"),
        ("frame", "fetched"),
        ("cross-site", "request"),
        ("cross-site", "fetched"),
        ("popup", "request"),
        ("popup", "fetched"),
        ("worker", "request"),
    ] {
        let headers = &parts[part][where_];
        assert_eq!(headers["user-agent"], AGENT, "{part} {where_} {headers}");
        if part != "worker" {
            assert_eq!(headers["x-extra"], "seven", "{part} {where_} {headers}");
        }
        assert_eq!(parts[part]["identity"]["userAgent"], AGENT, "{part}");
    }
    for part in ["page", "frame", "cross-site", "popup"] {
        let brands = parts[part]["identity"]["brands"].as_array().unwrap();
        assert!(
            brands.iter().any(|brand| brand["version"] == "131"),
            "{part} {brands:?}"
        );
    }
    for part in ["page", "popup"] {
        assert_eq!(
            parts[part]["identity"]["viewport"],
            serde_json::json!([901, 701]),
            "{part}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_reach_every_target() {
    let stage = Stage::with(Engine::HeadlessShell, settings()).await;
    check(&parts(&stage).await);
    let shot = stage
        .browser
        .screenshot(guise_core::ScreenshotType::Raw, soon())
        .await
        .unwrap();
    let picture = image::load_from_memory(&shot.jpeg).unwrap();
    assert_eq!((picture.width(), picture.height()), (900, 700));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_reach_a_browser_that_runs() {
    let stage = Stage::new().await;
    stage.browser.apply(settings(), soon()).await.unwrap();
    check(&parts(&stage).await);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_browser_works_too() {
    let stage = Stage::with(Engine::Full, settings()).await;
    check(&parts(&stage).await);
    stage.goto("/actions?delay=100000").await;
    stage.done(click(by("#plain"))).await;
    assert!(stage.observe().await.screenshot.jpeg.len() > 1000);
    stage.end().await;
}

fn cookie(name: &str, domain: &str) -> Cookie {
    Cookie {
        name: name.to_owned(),
        value: "1".to_owned(),
        domain: domain.to_owned(),
        path: "/".to_owned(),
        http_only: true,
        secure: false,
        expires: Some(4_000_000_000.0),
        same_site: Some(SameSite::Lax),
        partition_key: None,
        url: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_set_all_or_none() {
    let stage = Stage::new().await;
    let wanted = [cookie("a", ".example.com"), cookie("b", "127.0.0.1")];
    stage.browser.set_cookies(&wanted, soon()).await.unwrap();
    let mut kept = stage.browser.cookies(soon()).await.unwrap();
    kept.sort_by(|left, right| left.name.cmp(&right.name));
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].domain, ".example.com");
    assert_eq!(
        (kept[1].http_only, kept[1].same_site),
        (true, Some(SameSite::Lax))
    );
    assert!(kept[1].expires.is_some());

    let bad = [cookie("c", "127.0.0.1"), cookie("d;", "127.0.0.1")];
    let error = stage.browser.set_cookies(&bad, soon()).await.unwrap_err();
    assert_eq!(error.kind(), guise_core::Kind::Invalid);
    assert!(error.message().contains("'d;'"), "{}", error.message());
    assert_eq!(stage.browser.cookies(soon()).await.unwrap().len(), 2);
    stage.goto("/cookies").await;
    let hits = stage.site.hits_of("/cookies");
    assert!(hits[0].headers["cookie"].contains("b=1"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_of_a_worker_has_the_user_agent() {
    let stage = Stage::with(Engine::HeadlessShell, settings()).await;
    stage.goto("/article").await;
    let nested = "new Promise(done => { \
        const inner = `new Worker('${location.origin}/headers/worker.js').onmessage = e => postMessage(e.data)`; \
        const outer = URL.createObjectURL(new Blob([inner], { type: 'text/javascript' })); \
        new Worker(outer).onmessage = e => done(e.data); })";
    let sent: Value = serde_json::from_str(&stage.evaluate(nested).await).unwrap();
    assert_eq!(sent["identity"]["userAgent"], AGENT);
    assert_eq!(sent["request"]["user-agent"], AGENT);
    stage.end().await;
}
