//! Every way of a page to an address that it may not reach, with the address in every spelling.
//!
//! Without the kernel's layer, so that the door and the switches stand alone (what the kernel holds alone, the tests of
//! `guise-chromium` try), and with all of it. One spelling of the address for each browser, always the same; all with
//! `GUISE_TEST_SOAK`.

use std::collections::BTreeSet;
use std::time::Duration;

use guise_testsite::{Canary, SPELLINGS, Site, WAYS, fewest_ways};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, Home, KEY, Server, on_a_weaker_kernel, within};

/// Ways that no page goes but who drives it.
const DRIVEN: &[&str] = &["goto", "goto-redirect", "goto-new-tab"];

/// How long a page waits for ways that do not say how they end, in milliseconds.
const LIMIT: u32 = 2000;

/// A little more than loading a page may take.
const SOON: Duration = Duration::from_secs(20);

#[rstest]
#[case::headless_shell(json!({}), 4)]
#[case::chrome(json!({"browser_type": "chrome"}), 7)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_is_open(#[case] browser: Value, #[case] one: usize) {
    let site = Site::start().await.unwrap();
    let names = WAYS.iter().chain(DRIVEN).copied();
    let canary = Canary::start(names).await.unwrap();
    let whole = std::env::var_os("GUISE_TEST_SOAK").is_some();
    let spellings = if whole {
        SPELLINGS
    } else {
        &SPELLINGS[one..=one]
    };

    // Where the canary may be reached, the ways lead there: this page can tell.
    let home = home("127.0.0.1");
    let server = on_a_weaker_kernel(|| Server::start(&home));
    for spelling in spellings {
        canary.reset();
        try_all(&server.client(), &browser, &site, &canary, spelling).await;
        let enough = async || canary.hits().len() >= fewest_ways(spelling);
        within(SOON, "the ways lead to the canary", enough).await;
        let (count, all) = (canary.hits().len(), canary.ports().len());
        println!("{browser} {spelling}: {count} of {all} ways lead to an open address");
    }
    drop(server);

    let home = home_of(&site);
    let server = on_a_weaker_kernel(|| Server::start(&home));
    let alone = closed(&server, &browser, &site, &canary, spellings).await;
    drop(server);
    let home = home_of(&site);
    let server = Server::start(&home);
    let both = closed(&server, &browser, &site, &canary, spellings).await;
    println!(
        "{browser}: of {} spellings, {alone} and {both} ways came to the door, 0 further",
        spellings.len()
    );
    site.stop().await;
}

fn home(allow: &str) -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_ALLOW_HOSTS", allow)
        .set("GUISE_LOG_LEVEL", "info,guise_egress=debug")
}

/// Nothing but the site is allowed.
fn home_of(site: &Site) -> Home {
    home(&site.origin().replace("http://", ""))
}

/// No way is open, and the door has refused those that came to it. Answers how many did.
async fn closed(
    server: &Server,
    browser: &Value,
    site: &Site,
    canary: &Canary,
    spellings: &[&str],
) -> usize {
    canary.reset();
    let mut came = 0;
    for spelling in spellings {
        let before = server.log().len();
        try_all(&server.client(), browser, site, canary, spelling).await;
        let refused = || {
            let log = server.log();
            let ports = canary.ports().iter();
            ports
                .filter(|(_, port)| log[before..].contains(&format!(":{port} is refused")))
                .map(|(way, _)| way.clone())
                .collect::<BTreeSet<_>>()
        };
        assert!(canary.hits().is_empty(), "{spelling}: {:?}", canary.hits());
        let enough = async || refused().len() >= fewest_ways(spelling);
        within(SOON, "the door refuses the ways", enough).await;
        came += refused().len();
        assert!(canary.hits().is_empty(), "{spelling}: {:?}", canary.hits());
    }
    assert!(
        !server.log().contains("a user tried to go through"),
        "{}",
        server.log()
    );
    came
}

/// Opens a page that tries every way, tries the ways of who drives it, and comes back to the site.
async fn try_all(client: &Client, browser: &Value, site: &Site, canary: &Canary, spelling: &str) {
    let id = client.start(browser.clone()).await;
    client.visit(&id, &site.url("/reach")).await;
    let ports = json!(canary.ports());
    let tried = client
        .evaluate(
            &id,
            &format!("tryAll('{spelling}', {ports}, {LIMIT}).then(JSON.stringify)"),
        )
        .await;
    assert!(
        tried.trim().starts_with('{'),
        "a way led the page away: {tried}"
    );
    for way in DRIVEN {
        let to = format!("http://{spelling}:{}/{way}", canary.ports()[*way]);
        let redirect = site.url(&format!("/redirect?to={to}"));
        let action = match *way {
            "goto" => json!({"type": "goto", "url": to}),
            "goto-redirect" => json!({"type": "goto", "url": redirect}),
            _ => json!({"type": "goto_new_tab", "url": to}),
        };
        let answer = client.execute(&id, action).await;
        assert_eq!(answer.status, 200, "{way}: {answer:?}");
    }
    client.visit(&id, &site.url("/article")).await;
    assert_eq!(client.stop(&id).await.status, 200);
}
