//! Pages that are too much for a careless reader: every answer comes in time and is an honest one, and the server stays small.

use std::collections::HashSet;

use guise_testsite::HEAVY;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::Stage;
use crate::support::server::Server;

/// What the server may take beyond what it had before, in KiB.
const MORE: u64 = 300 * 1024;

/// Those that keep a browser busy for a minute or more; the others show the same of it (all with `GUISE_TEST_SOAK`).
const SLOW: &[&str] = &[
    "long",
    "elements",
    "unfinished",
    "trickle",
    "loop",
    "gzip",
    "lines",
];

/// A figure of the server's process, in KiB.
fn memory(server: &Server, what: &str) -> u64 {
    let status = format!("/proc/{}/status", server.pid());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let figure = line.unwrap().trim_start_matches(':').trim_end_matches("kB");
    figure.trim().parse().unwrap()
}

/// Forgets the most that the process ever had (proc(5), `clear_refs`).
fn forget_peak(server: &Server) {
    std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").unwrap();
}

/// Asks for something; whatever comes of it, the answer is no failure of the server's.
async fn answer(stage: &Stage, what: &str, path: &str, body: Value) -> Value {
    let answer = stage.client.post(path).json(body).send().await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let status = answer.status.as_u16();
    assert!(status < 500, "{what}: {status} {text:.600}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn goto(url: &str) -> Value {
    json!({"type": "goto", "url": url})
}

/// Goes there with the session, and asks for all that can be asked of a page.
async fn look_at(stage: &Stage, name: &str, url: &str) {
    answer(stage, "scrape", "/scrape", json!({"url": url})).await;
    let execute = stage.path("/page/execute");
    let went = answer(stage, "goto", &execute, goto(url)).await;
    eprintln!("{name}, gone to: {:.300}", went.to_string());
    let seen = answer(stage, "observe", &stage.path("/page/observe"), json!({})).await;
    let described = seen["space"]["description"].as_str().unwrap_or_default();
    // Some four characters are a token; the list is within its 2,000 whatever the page is.
    assert!(
        described.len() <= 4 * 2_000 + 400,
        "{name}: {}",
        described.len()
    );
    answer(stage, "scrape", &stage.path("/page/scrape"), json!({})).await;
    let click = json!({"type": "click", "selector": "css=[[", "timeout": 300});
    let clicked = answer(stage, "click", &execute, click).await;
    assert_ne!(clicked["success"], true, "{clicked}");
}

#[rstest]
#[case("long")]
#[case("elements")]
#[case("nested")]
#[case("entities")]
#[case("no-such-charset")]
#[case("wrong-charset")]
#[case("redirects")]
#[case("unfinished")]
#[case("trickle")]
#[case("loop")]
#[case("busy")]
#[case("gzip")]
#[case("svg")]
#[case("xml")]
#[case("attributes")]
#[case("lines")]
#[tokio::test]
async fn a_heavy_page_gets_a_bounded_and_honest_answer(#[case] name: &str) {
    let stage = Stage::new().await;
    // What every server needs that has read a page.
    let article = json!({"url": stage.site.url("/article")});
    answer(&stage, "warm", "/scrape", article).await;
    let url = stage.site.url(&format!("/heavy/{name}"));
    let before = memory(&stage.server, "VmRSS");
    forget_peak(&stage.server);

    let read = answer(
        &stage,
        "scrape",
        "/scrape",
        json!({"url": url, "read_by": "http"}),
    )
    .await;
    eprintln!("{name}, by http: {:.300}", read.to_string());
    let in_browser = std::env::var_os("GUISE_TEST_SOAK").is_some() || !SLOW.contains(&name);
    if in_browser {
        look_at(&stage, name, &url).await;
    }
    let peak = memory(&stage.server, "VmHWM");
    eprintln!("{name}: {} MiB more", peak.saturating_sub(before) / 1024);
    assert!(
        peak < before + MORE,
        "{name}: {before} KiB before, {peak} KiB at most"
    );
    // The session is as good as before.
    let done = stage.execute(goto(&stage.site.url("/article"))).await;
    assert_eq!(done["success"], true, "{done}");
    let seen = stage.observe().await;
    assert!(
        seen["metadata"]["url"]
            .as_str()
            .unwrap()
            .ends_with("/article"),
        "{name}"
    );
}

#[test]
fn all_heavy_pages_are_opened() {
    let text = include_str!("heavy.rs");
    let cases: HashSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("#[case(\"")?.strip_suffix("\")]"))
        .collect();
    assert_eq!(cases, HEAVY.iter().copied().collect());
}
