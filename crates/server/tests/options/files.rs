//! `use_file_storage`.

use serde_json::{Value, json};

use crate::house::House;

fn upload() -> Value {
    json!({"type": "upload_file", "selector": "#single", "file_path": "kept.txt"})
}

fn download() -> Value {
    json!({"type": "download_file", "selector": "#attachment"})
}

#[tokio::test]
async fn with_storage_files_come_and_go() {
    let house = House::new().await;
    let upload_of = house.client.post("/storage/uploads/kept.txt");
    upload_of.file("file", "kept").ok().await;
    let session = house.open(json!({})).await;
    session.goto(&house.site.url("/upload")).await;
    session.done(upload()).await;
    session.goto(&house.site.url("/download")).await;
    session.done(download()).await;
    let downloads = format!("/storage/{}/downloads", session.id);
    let listed = house.client.get(&downloads).ok().await;
    let name = listed["files"][0]["name"].as_str().unwrap();
    assert!(name.ends_with("report.csv"), "{listed}");
}

#[tokio::test]
async fn without_storage_they_are_refused() {
    let house = House::new().await;
    let upload_of = house.client.post("/storage/uploads/kept.txt");
    upload_of.file("file", "kept").ok().await;
    let session = house.open(json!({"use_file_storage": false})).await;
    assert_eq!(session.status().await["use_file_storage"], false);
    session.goto(&house.site.url("/upload")).await;
    for action in [upload(), download()] {
        let message = session
            .post("/page/execute")
            .json(action)
            .refused(400)
            .await;
        assert!(message.contains("use_file_storage"), "{message}");
    }
    assert_eq!(
        session
            .evaluate("document.querySelector('#single').files.length")
            .await,
        "0"
    );
    // A page may still download; nothing of it is kept.
    session.goto(&house.site.url("/download")).await;
    session
        .done(json!({"type": "click", "selector": "#attachment"}))
        .await;
    let downloads = format!("/storage/{}/downloads", session.id);
    let listed = house.client.get(&downloads).ok().await;
    assert_eq!(listed["files"], json!([]));
}
