//! Requests that are refused, and how.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::yard::{NOBODY, Yard, completion};
use crate::support::server::Server;

#[tokio::test]
async fn every_member_acts_or_is_refused() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    let file = |path: &str, content: &str| json!({"path": path, "content": content});
    for (more, word) in [
        (json!({"project_id": null}), "project_id"),
        (json!({"project_id": "x"}), "project_id"),
        (json!({"project_id": NOBODY}), NOBODY),
        (json!({"prompt": null}), "prompt"),
        (json!({"prompt": " \n"}), "prompt"),
        (json!({"prompt": 5}), "prompt"),
        (json!({"prompt": "a\u{0}b"}), "prompt"),
        (json!({"prompt": "x".repeat(65_537)}), "65536"),
        (json!({"persona_id": "x"}), "persona_id"),
        (json!({"persona_id": NOBODY}), NOBODY),
        (json!({"role_id": NOBODY}), NOBODY),
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"model": "llama"}), "provider/model"),
        (json!({"model": ""}), "model"),
        (json!({"browser_type": "firefox"}), "chromium"),
        (json!({"browser_type": "edge"}), "chromium"),
        (json!({"browser_type": "Chrome"}), "chromium"),
        (json!({"max_tokens": 0}), "max_tokens"),
        (json!({"max_tokens": -1}), "max_tokens"),
        (json!({"max_tokens": "many"}), "max_tokens"),
        (json!({"max_iterations": 0}), "max_iterations"),
        (json!({"max_iterations": 151}), "150"),
        (json!({"record_video": true}), "record_video"),
        (json!({"record_video": "no"}), "record_video"),
        (json!({"clean_session": 1}), "clean_session"),
        (json!({"files": "x"}), "files"),
        (json!({"files": [{"path": "a.txt"}]}), "content"),
        (
            json!({"files": [file("a.txt", "not base64!")]}),
            "files.0.content",
        ),
        (json!({"files": [file("", "")]}), "file name"),
        (json!({"files": [file("a/..", "")]}), "file name"),
        (json!({"files": [file("a/x", ""), file("b/x", "")]}), "'x'"),
        (json!({"files": vec![file("x", ""); 51]}), "at most 50"),
    ] {
        let call = client
            .post("/api/v1/agents")
            .json(yard.wanted(more.clone()));
        let message = call.refused(400).await;
        let shown: String = more.to_string().chars().take(100).collect();
        assert!(message.contains(word), "{shown}: {message}");
    }
    let list = client.get("/api/v1/agents").ok().await;
    assert_eq!(list["agents"], json!([]), "nothing was half done");
    let uploads = client.get("/storage/uploads").ok().await;
    assert!(!uploads.to_string().contains("a.txt"), "{uploads}");
    assert_eq!(yard.model.count(), 0);
}

#[tokio::test]
async fn files_may_have_ten_mebibytes_together() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    let half = BASE64_STANDARD.encode(vec![b'x'; 5 * 1024 * 1024]);
    let file = |path: &str, content: &str| json!({"path": path, "content": content});
    let most = json!({"files": [file("a", &half), file("b", &half)]});
    yard.run(most, "completed").await;
    let more = json!({"files": [file("a", &half), file("b", &half), file("c", "eA==")]});
    let call = client.post("/api/v1/agents").json(yard.wanted(more));
    let message = call.refused(400).await;
    assert!(message.contains("10485760"), "{message}");
    // Other bodies of this API stay as short as they were.
    let long = json!({"name": "x", "description": "x".repeat(2 * 1024 * 1024)});
    client.post("/api/v1/roles").json(long).refused(413).await;
}

#[tokio::test]
async fn an_id_that_is_none_is_refused_before_anything_is_looked_up() {
    let yard = Yard::new(|_| completion("done")).await;
    let client = &yard.client;
    for (id, status) in [("x", 400), (NOBODY, 404)] {
        let path = |rest: &str| format!("/api/v1/agents/{id}{rest}");
        for call in [
            client.get(&path("")),
            client.delete(&path("")),
            client.post(&path("/stop")),
            client.get(&path("/summary")),
            client.get(&path("/verification")),
            client.post(&path("/verify")),
        ] {
            let message = call.refused(status).await;
            assert!(message.contains(id), "{message}");
        }
    }
    let force = format!("/api/v1/agents/{NOBODY}/summary?force=perhaps");
    let message = client.get(&force).refused(400).await;
    assert!(message.contains("force"), "{message}");
}

#[tokio::test]
async fn without_a_model_no_agent_is_started() {
    let server = Server::start().await;
    let client = server.client().await;
    let call = client
        .post("/api/v1/projects")
        .json(json!({"name": "shop"}));
    let project: Value = call.created().await["id"].clone();
    let body = json!({"project_id": project, "prompt": "Look."});
    let message = client.post("/api/v1/agents").json(body).refused(400).await;
    assert!(message.contains("GUISE_MODEL"), "{message}");
    let list = client.get("/api/v1/agents").ok().await;
    assert_eq!(list["agents"], json!([]));
}
