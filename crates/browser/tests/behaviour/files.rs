//! Uploads and downloads.

use std::io::Cursor;
use std::time::Duration;

use guise_browser::Settings;
use guise_chromium::Engine;
use guise_core::ports::{Browser as _, BrowserEvent, Foreseen};
use guise_core::services::MAX_FILE_BYTES;
use guise_core::{Action, ElementId, Interaction, Target};
use rstest::rstest;
use tokio::time::{sleep, timeout};

use crate::stage::{PATIENCE, Stage, by, by_id, soon};

fn upload(target: Target) -> Action {
    let interaction = Interaction::UploadFile {
        file_path: "notes.txt".to_owned(),
    };
    Action::Interact {
        target,
        interaction,
    }
}

fn download(target: Target) -> Action {
    Action::Interact {
        target,
        interaction: Interaction::DownloadFile,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_attached() {
    let stage = Stage::new().await;
    stage.goto("/upload").await;
    let staged = stage
        .browser
        .stage("notes.txt", Box::pin(Cursor::new(b"some notes".to_vec())))
        .await
        .unwrap();
    let perform = async |selector: &str| {
        let performed = stage
            .browser
            .perform(&upload(by(selector)), Some(&staged), None, soon())
            .await
            .unwrap();
        assert!(
            performed.outcome.success,
            "{selector}: {}",
            performed.outcome.message
        );
    };
    perform("#single").await;
    assert_eq!(
        stage
            .evaluate("document.getElementById('single').files[0].name")
            .await,
        "notes.txt"
    );
    assert_eq!(
        stage
            .evaluate("document.getElementById('single').files[0].text()")
            .await,
        "some notes"
    );
    for selector in ["#hidden", "#chooser", "#detached"] {
        stage.done(Action::Reload).await;
        perform(selector).await;
        assert_eq!(
            stage
                .evaluate("document.getElementById('chosen').textContent")
                .await,
            "notes.txt",
            "{selector}"
        );
    }
    assert!(
        stage
            .browser
            .stage("../x", Box::pin(Cursor::new(Vec::new())))
            .await
            .is_err()
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_downloaded() {
    let stage = Stage::new().await;
    let mut events = stage.browser.events();
    stage.goto("/download").await;
    let performed = stage
        .perform(download(by("a[href*='report.csv'] >> nth=0")))
        .await;
    assert!(performed.outcome.success, "{}", performed.outcome.message);
    let file = performed.download.unwrap();
    assert_eq!(file.name, "report.csv");
    assert!(std::fs::metadata(&file.path).unwrap().len() > 0);
    let BrowserEvent::Downloaded(told) = events.recv().await.unwrap();
    assert_eq!(told, file);
    stage.end().await;
}

/// Whatever a page makes of a download: an attribute, an address that is the file, bytes of its own, a window, a script, a big one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_sort_of_download_is_kept(
    #[values(Engine::HeadlessShell, Engine::Full)] engine: Engine,
) {
    let stage = Stage::with(engine, Settings::default()).await;
    for (selector, name, size) in [
        ("#unicode", None, None),
        ("#anchor", Some("from-anchor.csv"), None),
        ("#both", Some("report.csv"), None),
        ("#data", Some("data.txt"), Some(19)),
        ("#slow", None, None),
        ("#large", None, Some(5_000_000)),
        ("#blob", Some("blob.txt"), Some(17)),
        ("#script", Some("report.csv"), None),
        ("#new-tab", Some("report.csv"), None),
        ("#new-tab-slow", None, None),
    ] {
        stage.goto("/download").await;
        let performed = stage.perform(download(by(selector))).await;
        let outcome = &performed.outcome;
        assert!(
            outcome.success,
            "{engine:?} {selector}: {}",
            outcome.message
        );
        let file = performed.download.unwrap();
        if let Some(name) = name {
            assert_eq!(file.name, name, "{engine:?} {selector}");
        }
        let length = std::fs::metadata(&file.path).unwrap().len();
        assert!(length > 0, "{engine:?} {selector}");
        if let Some(size) = size {
            assert_eq!(length, size, "{engine:?} {selector}");
        }
        // The page is where it was, in the tab where it was.
        assert_eq!(stage.url().await, stage.site.url("/download"), "{selector}");
    }
    stage.end().await;
}

#[rstest]
#[case::without_an_end("/download/endless".to_owned())]
#[case::of_a_size_that_is_told(format!("/download/large?bytes={}", MAX_FILE_BYTES + 1))]
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_too_large_is_ended_and_leaves_nothing(#[case] path: String) {
    let stage = Stage::new().await;
    stage.goto("/download").await;
    stage
        .evaluate(&format!(
            "document.getElementById('large').href = '{path}'; 0"
        ))
        .await;
    let message = stage.fails(download(by("#large"))).await;
    let told = format!("failed: the file is larger than the allowed {MAX_FILE_BYTES} bytes");
    assert!(message.ends_with(&told), "{message}");
    let folder = stage.process.browser.folders().downloads();
    let empty = async {
        while std::fs::read_dir(&folder).unwrap().next().is_some() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, empty).await.expect("nothing is left");
    // The session goes on, and keeps what it may.
    let performed = stage.perform(download(by("#attachment"))).await;
    assert!(performed.outcome.success, "{}", performed.outcome.message);
    assert_eq!(performed.download.unwrap().name, "report.csv");
    stage.end().await;
}

/// Goes there and saves what is there, by every name that it has.
async fn saves(engine: Engine, path: &str, name: &str, shown: bool) {
    let stage = Stage::with(engine, Settings::default()).await;
    let arrived = stage.goto(path).await;
    assert_eq!(
        arrived.message.contains("it is a download"),
        !shown,
        "{engine:?} {path}: {}",
        arrived.message
    );
    for target in [by_id(&ElementId::new("I0")), by("body"), by("html")] {
        let action = download(target);
        // Such a file has no forms to be looked at.
        let foreseen = stage.browser.foresee(&action, soon()).await.unwrap();
        assert_eq!(foreseen, Foreseen::default());
        let performed = stage.perform(action).await;
        let message = &performed.outcome.message;
        assert!(performed.outcome.success, "{engine:?} {path}: {message}");
        let file = performed.download.unwrap();
        assert_eq!(file.name, name);
        assert!(std::fs::metadata(&file.path).unwrap().len() > 0);
    }
    stage.goto("/article").await;
    let message = stage.fails(download(by_id(&ElementId::new("I0")))).await;
    assert!(message.contains("is invalid"), "{message}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_the_browser_shows_is_saved() {
    saves(
        Engine::HeadlessShell,
        "/download/notes.txt",
        "notes.txt",
        true,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_the_browser_shows_is_saved() {
    saves(
        Engine::HeadlessShell,
        "/images/letter.png",
        "letter.png",
        true,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_the_browser_cannot_show_is_saved() {
    saves(
        Engine::HeadlessShell,
        "/download/document.pdf",
        "document.pdf",
        false,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_a_viewer_is_saved() {
    saves(Engine::Full, "/download/document.pdf", "document.pdf", true).await;
}
