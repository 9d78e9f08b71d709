//! Keeping downloads.

use guise_core::ports::DownloadedFile;
use guise_core::{Action, Area, Interaction, SessionId, Target};
use tempfile::TempDir;

use crate::support::{House, settle};

fn downloaded(folder: &TempDir, place: &str, name: &str) -> DownloadedFile {
    let path = folder.path().join(place);
    std::fs::write(&path, place).unwrap();
    DownloadedFile {
        name: name.to_owned(),
        path,
        url: "https://example.org/".to_owned(),
    }
}

async fn kept(house: &House, id: &str) -> Vec<String> {
    let area = Area::Downloads(id.parse::<SessionId>().unwrap());
    let files = house.files.list(house.caller.tenant, area).await.unwrap();
    files.into_iter().map(|file| file.name).collect()
}

/// Until what was told has been taken in: it goes through real files.
async fn until_gone(file: &DownloadedFile) {
    while file.path.exists() {
        settle().await;
    }
}

const DOWNLOAD: fn() -> Action = || Action::Interact {
    target: Target::default(),
    interaction: Interaction::DownloadFile,
};

#[tokio::test(start_paused = true)]
async fn a_download_is_kept_once_though_told_twice() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    let file = downloaded(&folder, "one", "cv.pdf");
    *browser.download.lock().unwrap() = Some(file.clone());
    browser.tells(&file);
    let outcome = house.execute(&id, DOWNLOAD()).await.unwrap().outcome;
    until_gone(&file).await;
    settle().await;
    let kept = kept(&house, &id).await;
    assert_eq!(kept, ["2026_04_24_00_54_44-cv.pdf"]);
    assert_eq!(
        outcome.message,
        format!("Downloaded the file '{}'", kept[0])
    );
    assert_eq!(house.blobs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_downloads_of_one_name_are_two_files() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    for place in ["one", "two"] {
        let file = downloaded(&folder, place, "cv.pdf");
        browser.tells(&file);
        until_gone(&file).await;
    }
    assert_eq!(kept(&house, &id).await.len(), 2);
    assert_eq!(house.blobs.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_downloaded_before_the_browser_died_is_kept() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    let file = downloaded(&folder, "one", "cv.pdf");
    browser.tells(&file);
    browser.dies("it is gone");
    until_gone(&file).await;
    assert_eq!(kept(&house, &id).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_download_that_cannot_be_kept_ends_neither_session_nor_watch() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    let lost = DownloadedFile {
        path: folder.path().join("nowhere"),
        ..downloaded(&folder, "one", "cv.pdf")
    };
    browser.tells(&lost);
    let file = downloaded(&folder, "two", "cv.pdf");
    browser.tells(&file);
    until_gone(&file).await;
    assert_eq!(kept(&house, &id).await.len(), 1);
    house.goto(&id, "a").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_download_that_is_too_large_fails_the_action() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    let file = downloaded(&folder, "one", "cv.pdf");
    let sparse = std::fs::File::create(&file.path).unwrap();
    sparse
        .set_len(guise_core::services::MAX_FILE_BYTES + 1)
        .unwrap();
    *browser.download.lock().unwrap() = Some(file);
    let outcome = house.execute(&id, DOWNLOAD()).await.unwrap().outcome;
    assert!(!outcome.success);
    assert!(outcome.message.contains("too large"), "{}", outcome.message);
    assert!(kept(&house, &id).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_link_in_the_browsers_folder_is_not_followed() {
    let house = House::new();
    let folder = TempDir::new().unwrap();
    let (id, browser) = house.start().await;
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "only the server may read this").unwrap();
    for place in ["symbolic", "hard"] {
        let link = downloaded(&folder, place, place);
        std::fs::remove_file(&link.path).unwrap();
        if place == "hard" {
            std::fs::hard_link(&secret, &link.path).unwrap();
        } else {
            std::os::unix::fs::symlink(&secret, &link.path).unwrap();
        }
        browser.tells(&link);
    }
    let file = downloaded(&folder, "one", "cv.pdf");
    browser.tells(&file);
    until_gone(&file).await;
    assert_eq!(kept(&house, &id).await, ["2026_04_24_00_54_44-cv.pdf"]);
}
