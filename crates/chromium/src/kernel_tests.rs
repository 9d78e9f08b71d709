//! What the kernel's layer holds by itself.
//!
//! The switches that send a browser to its proxy are undone, and a page tries every way to ports other than the one that it
//! may reach: without the kernel's layer, with one half of it, with the other, and with all. One spelling of the address
//! for each engine, always the same; all with `GUISE_TEST_SOAK`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::{collections::BTreeSet, time::Duration};

use guise_testsite::{Canary, SPELLINGS, Site, WAYS, WAYS_BY_UDP, fewest_ways};
use serde_json::json;

use self::common::{Stage, Talk, eventually, soon};
use crate::{Argument, Display, Engine, Isolation, Launcher, Spec};

/// Chromium takes the last of equal switches, and these come last.
const UNDONE: &[&str] = &[
    "--proxy-server=direct://",
    "--enable-quic",
    "--webrtc-ip-handling-policy=default",
    "--force-webrtc-ip-handling-policy=default",
];

/// Ways that no page goes but who drives it.
const DRIVEN: &[&str] = &["goto", "goto-redirect"];

/// How long a page waits for ways that do not say how they end, in milliseconds.
const LIMIT: u32 = 2000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_the_headless_shell_is_open() {
    campaign(Stage::new(70), Engine::HeadlessShell, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_the_full_browser_is_open() {
    campaign(Stage::new(71), Engine::Full, 6).await;
}

async fn campaign(stage: Stage, engine: Engine, one: usize) {
    let site = Site::start().await.unwrap();
    let names = WAYS.iter().chain(DRIVEN).copied();
    let canary = Canary::start(names).await.unwrap();
    let whole = Isolation::of_this_machine();
    let without = |landlock, seccomp| Isolation {
        obstacle: None,
        landlock: whole.landlock.filter(|_| landlock),
        seccomp: whole.seccomp && seccomp,
    };
    let layers = [
        without(false, false),
        without(true, false),
        without(false, true),
        whole.clone(),
    ];
    let soak = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let spellings = if soak {
        SPELLINGS
    } else {
        &SPELLINGS[one..=one]
    };
    for (number, isolation) in layers.into_iter().enumerate() {
        let options = stage.options(&number.to_string()).await;
        let launcher = options.open_on(isolation.clone(), soon()).await.unwrap();
        for spelling in spellings {
            canary.reset();
            try_all(&launcher, engine, &site, &canary, spelling).await;
            let has = |way: &str| canary.hits().contains_key(way);
            if number == 0 {
                // This page can tell: without anything in between, it arrives.
                eventually(
                    Duration::from_secs(20),
                    "the ways lead to the canary",
                    || {
                        let by_udp =
                            spelling.contains('@') || WAYS_BY_UDP.iter().all(|way| has(way));
                        canary.hits().len() >= fewest_ways(spelling) && by_udp
                    },
                )
                .await;
            }
            let hits: BTreeSet<String> = canary.hits().into_keys().collect();
            println!(
                "{engine:?}, {spelling}, {isolation:?}: {} of {} ways",
                hits.len(),
                canary.ports().len()
            );
            let by_tcp = isolation.landlock.is_none_or(|version| version < 4);
            for way in &hits {
                let by_udp = WAYS_BY_UDP.contains(&way.as_str());
                let open = if by_udp { !isolation.seccomp } else { by_tcp };
                assert!(open, "{way} to {spelling} is open: {isolation:?}");
            }
        }
        launcher.shutdown(soon()).await.unwrap();
    }
    site.stop().await;
}

/// Opens a page that tries every way, tries the ways of who drives it, and comes back to the one port that is open.
async fn try_all(
    launcher: &Launcher,
    engine: Engine,
    site: &Site,
    canary: &Canary,
    spelling: &str,
) {
    let port = site.origin().rsplit(':').next().unwrap().parse().unwrap();
    let spec = Spec {
        proxy_port: Some(port),
        arguments: UNDONE
            .iter()
            .map(|switch| Argument::unchecked(switch))
            .collect(),
        ..Spec::new(engine, Display::None)
    };
    let browser = launcher.launch(spec, soon()).await.unwrap();
    let mut talk = Talk::to(&browser);
    let page = talk.page("about:blank").await;
    go(&mut talk, &page, &site.url("/reach")).await;
    let ports = json!(canary.ports());
    let failed = talk
        .evaluate(&page, &format!("tryAll('{spelling}', {ports}, {LIMIT})"))
        .await;
    assert!(failed.is_object(), "a way led the page away: {failed}");
    for way in DRIVEN {
        let to = format!("http://{spelling}:{}/{way}", canary.ports()[*way]);
        let redirect = site.url(&format!("/redirect?to={to}"));
        let url = if *way == "goto" { to } else { redirect };
        talk.call(Some(&page), "Page.navigate", json!({"url": url}))
            .await;
    }
    go(&mut talk, &page, &site.url("/article")).await;
    let there = talk.evaluate(&page, "location.pathname").await;
    assert_eq!(there, "/article", "the open port is open");
    browser.end(Duration::ZERO, soon()).await.unwrap();
}

async fn go(talk: &mut Talk, page: &str, url: &str) {
    talk.call(Some(page), "Page.navigate", json!({"url": url}))
        .await;
    let loaded = "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))";
    talk.evaluate(page, loaded).await;
}
