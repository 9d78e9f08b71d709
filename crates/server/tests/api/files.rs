//! Uploads, downloads, and links that need no key.

use http::StatusCode;
use serde_json::json;
use sha2::Digest as _;

use crate::support::server::KEY;
use crate::support::{Stage, eventually};

#[tokio::test]
async fn a_file_goes_round_by_a_link_without_a_key() {
    let stage = Stage::new().await;
    let client = &stage.client;
    let nobody = client.with_key(None);
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let sha256 = sha2::Sha256::digest(&bytes);
    let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    for (path, listed, kind) in [
        ("report.pdf", "report.pdf", "application/pdf"),
        (
            "my%20r%C3%A9sum%C3%A9%20%231.tar.gz",
            "my résumé #1.tar.gz",
            "application/gzip",
        ),
        ("%F0%9F%92%A1", "\u{1F4A1}", "application/octet-stream"),
    ] {
        for area in ["uploads", &format!("{}/downloads", stage.session)] {
            let at = format!("/storage/{area}");
            let put = client
                .post(&format!("{at}/{path}"))
                .file("file", &bytes)
                .ok()
                .await;
            assert_eq!(put, json!({"success": true}));
            let list = client.get(&at).ok().await;
            let file = list["files"]
                .as_array()
                .unwrap()
                .iter()
                .find(|it| it["name"] == listed);
            let file = file.unwrap();
            assert_eq!(file["size"], bytes.len(), "{list}");
            assert_eq!(file["sha256"], sha256, "{list}");
            assert_eq!(file["content_type"], kind, "{list}");
            let link = client.get(&format!("{at}/{path}")).ok().await["url"].clone();
            let local = local_part(link.as_str().unwrap());
            assert!(!local.contains(KEY));
            let fetched = nobody.get(&local).unchecked().await;
            assert_eq!(fetched.status, StatusCode::OK);
            assert!(fetched.body == bytes[..], "{listed} changed on its way");
            // What a page made is never shown as a page of ours.
            assert!(
                fetched
                    .header("content-disposition")
                    .unwrap()
                    .starts_with("attachment")
            );
            assert_eq!(
                fetched.header("content-type"),
                Some("application/octet-stream")
            );
            let head = nobody.call(http::Method::HEAD, &local).unchecked().await;
            assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        }
    }
    // A second one of the same name takes its place.
    client
        .post("/storage/uploads/report.pdf")
        .file("file", "new")
        .ok()
        .await;
    let list = client.get("/storage/uploads").ok().await;
    assert_eq!(list["files"].as_array().unwrap().len(), 3);
    let extension = |name: &str| {
        let files = list["files"].as_array().unwrap();
        files.iter().find(|it| it["name"] == name).unwrap()["file_ext"].clone()
    };
    assert_eq!(extension("report.pdf"), ".pdf");
    assert_eq!(extension("\u{1F4A1}"), "");
}

#[tokio::test]
async fn a_link_opens_one_file_and_nothing_else() {
    let stage = Stage::new().await;
    let client = &stage.client;
    for name in ["a.txt", "b.txt"] {
        client
            .post(&format!("/storage/uploads/{name}"))
            .file("file", name)
            .ok()
            .await;
    }
    let link = client.get("/storage/uploads/a.txt").ok().await["url"].clone();
    let local = local_part(link.as_str().unwrap());
    let token = local.split('/').nth(3).unwrap();
    let mut forged = token.to_owned();
    forged.replace_range(10..11, if &token[10..11] == "A" { "B" } else { "A" });
    let nobody = client.with_key(None);
    for path in [
        local.replace("a.txt", "b.txt"),
        local.replace(token, &forged),
        local.replace(token, &token[..token.len() - 2]),
        local.replace(token, "x"),
        local.replace("uploads", &stage.session),
        local.replace("/files/", "/view/"),
    ] {
        let answer = nobody.get(&path).unchecked().await;
        assert!(
            [403, 404].contains(&answer.status.as_u16()),
            "{path}: {answer}"
        );
        assert!(!answer.message().is_empty());
    }
    nobody.get("/storage/uploads/a.txt").refused(401).await;
}

#[tokio::test]
async fn uploads_that_are_none_are_refused() {
    let stage = Stage::new().await;
    let client = &stage.client;
    let to = |name: &str| client.post(&format!("/storage/uploads/{name}"));
    for name in [
        "..",
        "%2E%2E",
        "a%2Fb",
        "a%5Cb",
        "%00",
        "a%0Ab",
        &"x".repeat(256),
    ] {
        to(name).file("file", "x").refused(422).await;
    }
    let message = to("a.txt").json(json!({"file": "x"})).refused(400).await;
    assert!(message.contains("multipart/form-data"), "{message}");
    to("a.txt").refused(400).await;
    to("a.txt").file("document", "x").refused(400).await;
    to("a.txt")
        .body(
            "multipart/form-data; boundary=frontier",
            "--frontier\r\nbroken",
        )
        .refused(400)
        .await;
    to("a.txt")
        .body("multipart/form-data", "x")
        .refused(400)
        .await;
    for name in ["nothing.txt", "%00", "..%2Fguise.db"] {
        client
            .get(&format!("/storage/uploads/{name}"))
            .refused(404)
            .await;
        client
            .get(&format!("/storage/{}/downloads/{name}", stage.session))
            .refused(404)
            .await;
    }
    assert_eq!(
        client.get("/storage/uploads").ok().await["files"],
        json!([])
    );
    // Beyond the limit, and the server says so although the sender is not done.
    let big = vec![0; 101 * 1000 * 1000];
    let message = to("big.bin").file("file", &big).refused(413).await;
    assert!(message.contains("100 MB"), "{message}");
    assert_eq!(
        client.get("/storage/uploads").ok().await["files"],
        json!([])
    );
    to("empty.txt").file("file", "").ok().await;
    assert_eq!(
        client.get("/storage/uploads").ok().await["files"][0]["size"],
        0
    );
}

#[tokio::test]
async fn a_page_takes_an_upload_and_gives_a_download() {
    let stage = Stage::new().await;
    let client = &stage.client;
    client
        .post("/storage/uploads/cv.txt")
        .file("file", "my life")
        .ok()
        .await;
    let url = format!("{}/upload", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    let done = stage
        .execute(json!({"type": "upload_file", "selector": "input[type=file] >> nth=0", "file_path": "cv.txt"}))
        .await;
    assert_eq!(done["success"], true, "{done}");
    let name = stage
        .execute(json!({"type": "evaluate_js", "code": "document.querySelector('input[type=file]').files[0].name"}))
        .await;
    assert_eq!(name["data"]["markdown"], "cv.txt");
    // By its id, which only these bytes have.
    let list = client.get("/storage/uploads").ok().await;
    let id = list["files"][0]["file_id"].as_str().unwrap().to_owned();
    let by_id = |id: &str| json!({"type": "upload_file", "selector": "input[type=file] >> nth=0", "file_path": id});
    stage.execute(json!({"type": "reload"})).await;
    let done = stage.execute(by_id(&id)).await;
    assert_eq!(done["success"], true, "{done}");
    let name = stage
        .execute(json!({"type": "evaluate_js", "code": "document.querySelector('input[type=file]').files[0].name"}))
        .await;
    assert_eq!(name["data"]["markdown"], "cv.txt");
    let again = client.post("/storage/uploads/cv.txt");
    again.file("file", "my other life").ok().await;
    let done = stage.execute(by_id(&id)).await;
    let message = done["message"].as_str().unwrap();
    assert!(message.contains("file_id"), "{done}");

    let url = format!("{}/download", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    let done = stage
        .execute(
            json!({"type": "download_file", "selector": "a[href='/download/report.csv'] >> nth=0"}),
        )
        .await;
    assert_eq!(done["success"], true, "{done}");
    // What was downloaded can be given to a page. What stands in it is told to those who may read secrets, which sites may write into it.
    let downloads = format!("/storage/{}/downloads", stage.session);
    let list = client.get(&downloads).ok().await;
    assert_eq!(list["files"][0]["sha256"].as_str().unwrap().len(), 64);
    let scopes = ["--scopes", "sessions"];
    let other = stage.server.new_key("default", &scopes).await;
    let other = client.with_key(Some(&other));
    let theirs = other.get(&downloads).ok().await;
    assert_eq!(theirs["files"][0]["file_id"], list["files"][0]["file_id"]);
    assert_eq!(theirs["files"][0].get("sha256"), None, "{theirs}");
    let uploads = other.get("/storage/uploads").ok().await;
    assert!(uploads["files"][0]["sha256"].is_string(), "{uploads}");
    let id = list["files"][0]["file_id"].as_str().unwrap();
    let url = format!("{}/upload", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    let done = stage.execute(by_id(id)).await;
    assert_eq!(done["success"], true, "{done}");
    client.stop(&stage.session).await;
    // Kept beyond the session's end.
    let list = eventually("the download is listed", async || {
        let list = client
            .get(&format!("/storage/{}/downloads", stage.session))
            .ok()
            .await;
        (list["files"] != json!([])).then_some(list)
    })
    .await;
    let name = list["files"][0]["name"].as_str().unwrap();
    let link = client
        .get(&format!("/storage/{}/downloads/{name}", stage.session))
        .ok()
        .await;
    let fetched = client
        .with_key(None)
        .get(&local_part(link["url"].as_str().unwrap()))
        .unchecked()
        .await;
    assert_eq!(
        fetched.body.len(),
        list["files"][0]["size"].as_u64().unwrap() as usize
    );
}

fn local_part(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.path().to_owned()
}
