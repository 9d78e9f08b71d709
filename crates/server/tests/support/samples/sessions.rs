//! Sessions, pages and files of the Notte API, and what needs no key.

use serde_json::json;

use super::Samples;
use crate::support::Stage;
use crate::support::client::{Call, Client};

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let session = &samples.session;
    let at = |rest: &str| format!("/sessions/{session}{rest}");
    let shop = format!("{}/shop", samples.origin);
    Some(match operation {
        "health_check" => client.get("/health"),
        "ready_check" => client.get("/ready"),
        "list_sessions" => client.get("/sessions?only_active=True"),
        "list_sessions_slash" => client.get("/sessions/?page=1&page_size=100"),
        "session_start" => client
            .post("/sessions/start")
            .json(json!({"headless": true})),
        "session_status" => client.get(&at("")),
        "session_stop" => client.delete(&at("/stop")),
        "session_offset" => client.get(&at("/offset")),
        "session_cookies_get" => client.get(&at("/cookies")),
        "session_cookies_set" => client.post(&at("/cookies")).json(json!({"cookies": []})),
        "session_debug_info" => client.get(&at("/debug")),
        "session_debug_tab" => client.get(&at("/debug/tab?tab_idx=0")),
        "page_observe" => client.post(&at("/page/observe")).json(json!({})),
        "page_execute" => client
            .post(&at("/page/execute"))
            .json(json!({"type": "goto", "url": shop})),
        "page_scrape" => client.post(&at("/page/scrape")).json(json!({})),
        "page_screenshot" => client.post(&at("/page/screenshot")),
        "scrape" => client.post("/scrape").json(json!({"url": shop})),
        "scrape_from_html" => client.post("/scrape_from_html").json(
            json!({"frames": [{"frameData": "<p>Hello</p>", "frameUrl": "https://a.example/"}]}),
        ),
        "files_list_uploads" => client.get("/storage/uploads"),
        "files_upload" => client
            .post("/storage/uploads/a%20file.txt")
            .file("file", "hello"),
        "files_upload_link" => client.get("/storage/uploads/kept.txt"),
        "files_list_downloads" => client.get(&format!("/storage/{session}/downloads")),
        "files_add_download" => client
            .post(&format!("/storage/{session}/downloads/new.txt"))
            .file("file", "hello"),
        "files_download_link" => client.get(&format!("/storage/{session}/downloads/kept.txt")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, samples: &Samples, operation: &str) -> Option<(Call, u16)> {
    let session = &samples.session;
    let at = |rest: &str| format!("/sessions/{session}{rest}");
    let unknown = |rest: &str| format!("/sessions/nonexistent-session-id-xyz789{rest}");
    Some(match operation {
        "list_sessions" => (client.get("/sessions?page=0"), 422),
        "list_sessions_slash" => (client.get("/sessions/?page_size=101"), 422),
        "session_start" => (
            client
                .post("/sessions/start")
                .json(json!({"browser_type": "brave"})),
            422,
        ),
        "session_status" => (client.get(&unknown("")), 404),
        "session_stop" => (client.delete(&unknown("/stop")), 404),
        "session_offset" => (client.get(&unknown("/offset")), 404),
        "session_cookies_get" => (client.get(&at("/cookies?update_metadata=perhaps")), 422),
        "session_cookies_set" => (
            client
                .post(&at("/cookies"))
                .json(json!({"cookies": [{"name": 1}]})),
            422,
        ),
        "session_debug_info" => (client.get(&unknown("/debug")), 404),
        "session_debug_tab" => (client.get(&at("/debug/tab?tab_idx=99")), 404),
        "page_observe" => (
            client
                .post(&at("/page/observe"))
                .json(json!({"perception_type": "thorough"})),
            422,
        ),
        "page_execute" => (
            client
                .post(&at("/page/execute"))
                .json(json!({"type": "dance"})),
            422,
        ),
        "page_scrape" => (
            client
                .post(&at("/page/scrape"))
                .json(json!({"selector": "#nothing-like-this"})),
            400,
        ),
        "page_screenshot" => (client.post(&unknown("/page/screenshot")), 404),
        "scrape" => (client.post("/scrape").json(json!({})), 422),
        "scrape_from_html" => (
            client.post("/scrape_from_html").json(json!({"frames": []})),
            422,
        ),
        "files_upload" => (
            client.post("/storage/uploads/a.txt").file("other", "hello"),
            400,
        ),
        "files_upload_link" => (client.get("/storage/uploads/nothing.txt"), 404),
        "files_list_downloads" => (client.get("/storage/nobody/downloads"), 404),
        "files_add_download" => (
            client
                .post(&format!("/storage/{session}/downloads/..%2Fescape"))
                .file("file", "hello"),
            422,
        ),
        "files_download_link" => (
            client.get(&format!("/storage/{session}/downloads/nothing.txt")),
            404,
        ),
        _ => return None,
    })
}

/// What these requests expect to be there.
pub async fn prepare(stage: &Stage) {
    let client = &stage.client;
    client
        .post("/storage/uploads/kept.txt")
        .file("file", "kept")
        .ok()
        .await;
    client
        .post(&format!("/storage/{}/downloads/kept.txt", stage.session))
        .file("file", "kept")
        .ok()
        .await;
}
