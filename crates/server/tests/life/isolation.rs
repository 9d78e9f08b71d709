//! Which tier of isolation a kernel gives, and what happens when that is not enough.

use std::time::Duration;

use guise_chromium::Isolation;
use serde_json::json;

use crate::support::{Home, KEY, Server, on_a_weaker_kernel, within};

fn home() -> Home {
    Home::new()
        .set("GUISE_API_KEY", KEY)
        .set("GUISE_LISTEN", "127.0.0.1:0")
}

/// The line of the tier, and the one below it.
fn tier(report: &str) -> [&str; 2] {
    let mut lines = report
        .lines()
        .skip_while(|line| !line.contains("  isolation "));
    [(); 2].map(|()| lines.next().unwrap_or_default())
}

#[tokio::test]
async fn what_this_kernel_gives_can_be_required() {
    let isolation = Isolation::of_this_machine();
    let given = isolation.tier().unwrap().to_string();
    let home = home().set("GUISE_REQUIRE_ISOLATION", &given);
    let report = home.run(["doctor"]).ok();
    let [line, _] = tier(&report);
    assert!(
        line.starts_with("  ok ") && line.contains(&format!("tier {given}")),
        "{report}"
    );
    assert_eq!(
        report.contains("system calls filtered"),
        isolation.seccomp,
        "{report}"
    );
    let server = Server::start(&home);
    let log = server.log();
    assert!(log.contains(&format!("isolation tier {given}")), "{log}");
    let id = server.client().start(json!({})).await;
    assert_eq!(server.client().evaluate(&id, "6 * 7").await.trim(), "42");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_weaker_one_is_told_and_browsers_still_run_in_their_sandbox() {
    let home = home();
    let report = on_a_weaker_kernel(|| home.run(["doctor"])).ok();
    let [line, _] = tier(&report);
    for part in ["  ok ", "tier A", "Landlock", "filter system calls"] {
        assert!(line.contains(part), "'{part}' is not in: {report}");
    }
    for name in ["landlock", "seccomp"] {
        let warned = report
            .lines()
            .find(|line| line.contains(&format!("  {name} ")));
        assert!(warned.unwrap().starts_with("  warn"), "{report}");
    }
    assert!(
        report.contains("no Landlock, no filter of system calls"),
        "{report}"
    );

    let server = on_a_weaker_kernel(|| Server::start(&home));
    let log = server.log();
    for part in [
        "WARN",
        "isolation tier A",
        "Landlock",
        "filter system calls",
    ] {
        assert!(log.contains(part), "'{part}' is not in: {log}");
    }
    let id = server.client().start(json!({})).await;
    assert_eq!(server.client().evaluate(&id, "6 * 7").await.trim(), "42");
    // One filter is this test's.
    within(
        Duration::from_secs(10),
        "every renderer is behind filters of its own",
        async || {
            let processes = home.processes();
            let mut renderers = processes.iter().filter(|it| it.is_renderer()).peekable();
            renderers.peek().is_some() && renderers.all(|renderer| renderer.filters > 1)
        },
    )
    .await;
}

#[test]
fn one_that_is_too_weak_stops_the_start_with_one_line_and_changes_nothing() {
    let home = home().set("GUISE_REQUIRE_ISOLATION", "B");
    let line = on_a_weaker_kernel(|| home.run(["serve"])).refused(1);
    for part in [
        "GUISE_REQUIRE_ISOLATION",
        "tier B",
        "Landlock",
        "filter system calls",
        "to A",
    ] {
        assert!(line.contains(part), "'{part}' is not in: {line}");
    }
    assert!(!home.data().exists(), "nothing is made");

    let ran = on_a_weaker_kernel(|| home.run(["doctor"]));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let [line, fix] = tier(&ran.out);
    assert!(
        line.contains("FAIL") && line.contains("require_isolation is B"),
        "{ran:?}"
    );
    assert!(fix.contains("-> ") && fix.contains("to A"), "{ran:?}");
}
