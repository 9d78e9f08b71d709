//! `browser_type` and `headless`: which program runs, with or without a window.

use rstest::rstest;
use serde_json::{Value, json};

use crate::house::House;
use crate::support::eventually;

/// The windows (Xvfb processes) of servers that this test started.
fn windows() -> usize {
    let me = std::process::id();
    let stat = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let parent = |pid: u32| {
        // pid (name) state parent …, where the name may hold anything.
        let stat = stat(pid)?;
        let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
        rest.nth(1)?.parse::<u32>().ok()
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| stat(*pid).is_some_and(|stat| stat.contains("(Xvfb) ")))
        .filter(|pid| parent(*pid).and_then(parent) == Some(me))
        .count()
}

#[rstest]
#[case("chromium", false)]
#[case("chrome", true)]
#[case("chrome-nightly", true)]
#[case("chrome-turbo", true)]
#[tokio::test]
async fn the_type_names_the_program(#[case] name: &str, #[case] full: bool) {
    let house = House::new().await;
    let session = house.open(json!({"browser_type": name})).await;
    let status = session.status().await;
    assert_eq!(status["browser_type"], name);
    assert_eq!(status["headless"], true);
    session.goto(&house.site.url("/article")).await;
    // Only the full browser brings a viewer for PDF files.
    let viewer = session.evaluate_json("navigator.pdfViewerEnabled").await;
    assert_eq!(viewer, Value::Bool(full), "{name}");
    assert_eq!(session.notes().await, json!([]));
}

#[tokio::test]
async fn other_types_are_refused() {
    let house = House::new().await;
    for name in ["firefox", "webkit", "Chromium", ""] {
        let message = house.refused(json!({"browser_type": name})).await;
        assert!(
            message.contains("browser_type") && message.contains("chrome-nightly"),
            "{name}: {message}"
        );
    }
}

#[rstest]
#[case(json!({"headless": false}))]
#[case(json!({"headless": false, "browser_type": "chrome"}))]
#[tokio::test]
async fn without_headless_there_is_a_window(#[case] options: Value) {
    let house = House::new().await;
    let session = house.open(options).await;
    assert_eq!(windows(), 1);
    assert_eq!(session.notes().await, json!([]));
    assert_eq!(session.status().await["headless"], false);
    session.goto(&house.site.url("/article")).await;
    assert!(
        !session
            .evaluate("navigator.userAgent")
            .await
            .contains("Headless")
    );
    session.client.stop(&session.id).await;
    eventually("the window is gone", || async {
        (windows() == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_window_system_that_does_not_start_is_told() {
    let house = House::with(&[("xvfb", "/usr/bin/false")]).await;
    let call = house.client.post("/sessions/start");
    let message = call.json(json!({"headless": false})).refused(400).await;
    assert!(message.contains("Xvfb"), "{message}");
    assert_eq!(windows(), 0);
}
