//! `guise doctor`

use std::net::TcpListener;

use crate::support::{Home, KEY, Server};

#[test]
fn a_good_machine_passes_and_nothing_is_made() {
    let home = Home::new().set("GUISE_LISTEN", "127.0.0.1:0");
    let report = home.run(["doctor"]).ok();
    for part in [
        "Server\n",
        "Machine\n",
        "kernel",
        "Browsers\n",
        "data folder",
        "made at the first start",
        "database",
        "address",
        "slots",
        "user",
        "memory",
        "runtime folder",
        "sandbox",
        "landlock",
        "seccomp",
        "isolation",
        "headless-shell",
        "chromium",
        "xvfb",
        "trial start",
        "seccomp",
    ] {
        assert!(report.contains(part), "'{part}' is not in:\n{report}");
    }
    assert!(
        !report.contains("FAIL") && !report.contains("Probe"),
        "{report}"
    );
    // What is found stands in one column.
    let lines = report.lines().filter(|line| line.starts_with("  "));
    assert!(
        lines
            .clone()
            .all(|line| line.as_bytes()[24] == b' ' && line.as_bytes()[25] != b' '),
        "{report}"
    );
    assert!(!home.data().exists(), "a look makes no data folder");
    assert!(home.browser_folders().is_empty() && home.processes().is_empty());
}

#[test]
fn what_is_missing_is_named_with_what_to_do() {
    let home = Home::new().set("GUISE_LISTEN", "127.0.0.1:0");
    for (flag, value, name) in [
        ("--headless-shell", "/nonexistent", "browser programs"),
        ("--data-dir", "/proc/guise", "data folder"),
        (
            "--database-url",
            "postgres://me:geheim@127.0.0.1:1/x",
            "database",
        ),
    ] {
        let ran = home.run(["doctor", flag, value]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let mut lines = ran.out.lines().skip_while(|line| !line.contains("FAIL"));
        let failed = lines
            .next()
            .unwrap_or_else(|| panic!("no FAIL in:\n{}", ran.out));
        assert!(failed.contains(name), "{failed}");
        assert!(lines.next().unwrap().contains("-> "), "{}", ran.out);
        assert!(ran.out.contains("Not ready"), "{}", ran.out);
        assert!(!ran.out.contains("geheim"), "{}", ran.out);
    }
}

#[tokio::test]
async fn it_runs_beside_a_server_and_warns_of_what_is_not_fatal() {
    let home = Home::new().set("GUISE_API_KEY", KEY);
    let server = Server::start(&home);
    let id = server.client().start(serde_json::json!({})).await;
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let report = home
        .run(["doctor", "--listen", &address, "--slots", "100000"])
        .ok();
    let warned: Vec<_> = report
        .lines()
        .filter(|line| line.starts_with("  warn"))
        .collect();
    assert!(
        warned.iter().any(|line| line.contains("address")),
        "{report}"
    );
    assert!(
        warned.iter().any(|line| line.contains("100000")),
        "{report}"
    );
    assert!(report.contains("instance key belongs to it"), "{report}");
    assert_eq!(server.client().evaluate(&id, "6 * 7").await.trim(), "42");
}
