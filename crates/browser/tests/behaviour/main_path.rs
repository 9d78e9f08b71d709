//! The main path: go to a page, look, click, fill, read, take a picture.

use crate::stage::{Stage, by_id, click, fill, soon};
use guise_core::ports::Browser as _;
use guise_core::{Action, ScrapeOptions, ScreenshotType};

#[tokio::test(flavor = "multi_thread")]
async fn observe_act_read() {
    let stage = Stage::new().await;
    let empty = stage.observe().await;
    assert_eq!((empty.url.as_str(), empty.tabs.len()), ("", 0));
    assert!(empty.screenshot.jpeg.starts_with(&[0xff, 0xd8]));

    stage.goto("/login").await;
    let seen = stage.observe().await;
    println!("{}", seen.description);
    assert!(seen.url.ends_with("/login"));
    assert!(seen.screenshot.jpeg.len() > 1000);

    let inputs: Vec<_> = seen
        .elements
        .iter()
        .filter(|element| element.id.as_str().starts_with('I'))
        .collect();
    stage.done(fill(by_id(&inputs[0].id), "ada")).await;
    stage.done(fill(by_id(&inputs[1].id), "engine-1843")).await;
    let button = seen
        .elements
        .iter()
        .find(|element| element.markup.contains("submit") || element.markup.starts_with("<button"))
        .unwrap();
    let outcome = stage.done(click(by_id(&button.id))).await;
    println!("{}", outcome.message);
    println!("{}", stage.url().await);
    let after = stage.observe().await;
    println!("{}", after.description);
    assert!(after.description.contains("Ada") || after.description.contains("ada"));

    let stale = stage
        .fails(click(by_id(&guise_core::ElementId::new("B77"))))
        .await;
    assert!(
        stale.starts_with("Action with id 'B77' is invalid"),
        "{stale}"
    );

    let read = stage.scrape(&ScrapeOptions::default()).await.unwrap();
    println!("{}", read.data.markdown);
    for kind in [
        ScreenshotType::Raw,
        ScreenshotType::Full,
        ScreenshotType::LastAction,
    ] {
        let shot = stage.browser.screenshot(kind, soon()).await.unwrap();
        assert!(shot.jpeg.starts_with(&[0xff, 0xd8]));
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluates_scripts() {
    let stage = Stage::new().await;
    stage.goto("/article").await;
    for (code, result) in [
        ("1 + 1", "2"),
        ("'é'", "é"),
        ("null", "null"),
        ("undefined", "null"),
        ("true", "True"),
        (
            "({a: 'é', b: [1]})",
            "{\n  \"a\": \"\\u00e9\",\n  \"b\": [\n    1\n  ]\n}",
        ),
        ("() => 5", "5"),
        ("async () => 6", "6"),
        ("function () { return 7 }", "7"),
        ("return 8", "8"),
        ("const x = await Promise.resolve(9); return x", "9"),
        ("await Promise.resolve(10)", "10"),
        ("const f = function () { return 1 }; f() + 1", "2"),
        ("Promise.resolve(11)", "11"),
    ] {
        assert_eq!(stage.evaluate(code).await, result, "{code}");
    }
    let outcome = stage
        .perform(Action::EvaluateJs {
            code: "throw new Error('no')".to_owned(),
        })
        .await
        .outcome;
    assert!(!outcome.success && outcome.exception.is_none());
    assert!(outcome.message.contains("no"), "{}", outcome.message);
    stage.end().await;
}
