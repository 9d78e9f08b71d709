//! Starting, listing, looking at and stopping sessions.

use http::StatusCode;
use serde_json::{Value, json};

use crate::support::server::Server;
use crate::support::{Stage, eventually};

#[tokio::test]
async fn a_session_starts_without_a_body_and_says_what_it_is() {
    let server = Server::start().await;
    let client = server.client().await;
    let session = client.post("/sessions/start").ok().await;
    for (member, value) in [
        ("status", json!("active")),
        ("max_duration_minutes", json!(15)),
        ("idle_timeout_minutes", json!(3)),
        ("timeout_minutes", json!(3)),
        ("headless", json!(true)),
        ("browser_type", json!("chromium")),
        ("use_file_storage", json!(true)),
        ("proxies", json!(false)),
        // There is no captcha service.
        ("solve_captchas", json!(false)),
        ("steps", json!([])),
        ("closed_at", json!(null)),
        ("error", json!(null)),
    ] {
        assert_eq!(session[member], value, "{member}: {session}");
    }
    assert!(session["cdp_url"].as_str().unwrap().starts_with("ws://"));
    assert!(
        session["viewer_url"]
            .as_str()
            .unwrap()
            .starts_with("http://")
    );
    assert!(session["duration"].as_str().unwrap().starts_with("PT"));
}

#[tokio::test]
async fn what_clients_send_without_being_told_to_is_accepted() {
    let server = Server::start().await;
    let client = server.client().await;
    // The 1.8.31 client's defaults, but for the window.
    let session = client
        .post("/sessions/start")
        .json(json!({
            "headless": true, "solve_captchas": true, "max_duration_minutes": 15, "idle_timeout_minutes": 3,
            "proxies": false, "browser_type": "chromium", "use_file_storage": true, "screenshot_type": "last_action",
            "web_bot_auth": false, "auth_ids": [], "wait_for_authentication": true,
        }))
        .ok()
        .await;
    assert_eq!(session["status"], "active");
    // The 1.10.0 client's.
    client
        .post("/sessions/start?captcha_timeout_seconds=180")
        .json(json!({}))
        .ok()
        .await;
    let aliased = client
        .post("/sessions/start")
        .json(json!({"timeout_minutes": 7, "viewport_width": 801, "viewport_height": 601, "user_agent": "Tester/1"}))
        .ok()
        .await;
    assert_eq!(aliased["idle_timeout_minutes"], 7);
    assert_eq!(aliased["viewport_width"], 801);
    assert_eq!(aliased["user_agent"], "Tester/1");
}

#[tokio::test]
async fn wishes_that_cannot_be_granted_are_named() {
    let server = Server::start().await;
    let client = server.client().await;
    for (options, member, word) in [
        (
            json!({"max_duration_minutes": 0}),
            "max_duration_minutes",
            "1",
        ),
        (
            json!({"max_duration_minutes": 1441}),
            "max_duration_minutes",
            "1440",
        ),
        (
            json!({"max_duration_minutes": "15"}),
            "max_duration_minutes",
            "whole number",
        ),
        (
            json!({"max_duration_minutes": 1.5}),
            "max_duration_minutes",
            "1.5",
        ),
        (
            json!({"max_duration_minutes": 99_999_999_999_999_999_999_u128 as f64}),
            "max_duration_minutes",
            "whole number",
        ),
        (
            json!({"idle_timeout_minutes": 0}),
            "idle_timeout_minutes",
            "1",
        ),
        (
            json!({"idle_timeout_minutes": 31, "max_duration_minutes": 60}),
            "idle_timeout_minutes",
            "30",
        ),
        (
            json!({"idle_timeout_minutes": 10, "max_duration_minutes": 5}),
            "idle_timeout_minutes",
            "max_duration_minutes",
        ),
        (json!({"headless": "yes"}), "headless", "boolean"),
        (json!({"browser_type": "brave"}), "browser_type", "chromium"),
        (
            json!({"browser_type": "firefox"}),
            "browser_type",
            "chromium",
        ),
        (
            json!({"screenshot_type": "some"}),
            "screenshot_type",
            "last_action",
        ),
        (
            json!({"viewport_width": 800}),
            "viewport_height",
            "viewport_width",
        ),
        (
            json!({"viewport_width": 0, "viewport_height": 0}),
            "viewport_width",
            "100",
        ),
        (
            json!({"viewport_width": 1_000_000, "viewport_height": 1_000_000}),
            "viewport_width",
            "7680",
        ),
        (json!({"aspect_ratio": "1:1"}), "aspect_ratio", "16:9"),
        (
            json!({"aspect_ratio": "16:9", "viewport_width": 800, "viewport_height": 600}),
            "aspect_ratio",
            "both",
        ),
        (json!({"proxies": true}), "proxies", ""),
        (json!({"proxies": "us"}), "proxies", "list"),
        (json!({"proxies": [{"type": "notte"}]}), "proxies", ""),
        (
            json!({"proxies": [{"type": "tailnet", "oauth_client_id": "x"}]}),
            "proxies",
            "",
        ),
        (
            json!({"proxies": [{"type": "external"}]}),
            "proxies",
            "server",
        ),
        (
            json!({"proxies": [{"type": "external", "server": "not an address"}]}),
            "proxies",
            "",
        ),
        (
            json!({"proxies": [{"server": "http://a.example:1"}]}),
            "proxies",
            "type",
        ),
        (json!({"web_bot_auth": true}), "web_bot_auth", "false"),
        (
            json!({"profile": {"id": "notte-profile-0123456789abcdef"}}),
            "profile",
            "leave it out",
        ),
        (json!({"vault_id": "v"}), "vault_id", "your vaults"),
        (json!({"auth_ids": ["a"]}), "auth_ids", "empty list"),
        (
            json!({"cdp_url": "a.example"}),
            "cdp_url",
            "begins with ws://",
        ),
        (json!({"block_ads": true}), "block_ads", "false"),
        (
            json!({"advanced_stealth": true}),
            "advanced_stealth",
            "false",
        ),
        (
            json!({"chrome_args": ["--no-sandbox"]}),
            "chrome_args",
            "--no-sandbox",
        ),
        (
            json!({"chrome_args": ["--remote-debugging-port=9222"]}),
            "chrome_args",
            "--remote-debugging-port",
        ),
        (
            json!({"chrome_args": "--mute-audio"}),
            "chrome_args",
            "a list",
        ),
        (
            json!({"extra_http_headers": {"bad name": "x"}}),
            "extra_http_headers",
            "bad name",
        ),
        (
            json!({"extra_http_headers": {"x": "line\nbreak"}}),
            "extra_http_headers",
            "x",
        ),
        (
            json!({"extra_http_headers": ["x"]}),
            "extra_http_headers",
            "an object",
        ),
        (
            json!({"user_agent": "line\nbreak"}),
            "user_agent",
            "printable",
        ),
    ] {
        let answer = client.post("/sessions/start").json(options).send().await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        let message = answer.message();
        assert!(message.contains(word), "{message}");
        let loc = answer.json()["detail"][0]["loc"].clone();
        assert_eq!(loc[0], "body");
        assert_eq!(loc[1], member, "{answer}");
        assert_eq!(client.get("/sessions").ok().await["items"], json!([]));
    }
}

#[tokio::test]
async fn lists_are_pages_newest_first() {
    let server = Server::start().await;
    let client = server.client().await;
    let empty = client.get("/sessions").ok().await;
    assert_eq!(
        empty,
        json!({"items": [], "page": 1, "page_size": 10, "has_next": false, "has_previous": false})
    );
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, client.start(json!({})).await);
    }
    client.stop(&ids[1]).await;

    for path in ["/sessions", "/sessions/"] {
        let list = |query: &str| {
            let call = client.get(&format!("{path}?{query}"));
            async { call.ok().await }
        };
        let all = list("only_active=False").await;
        assert_eq!(ids_of(&all), ids);
        assert_eq!(all["items"][1]["status"], "closed");
        assert_eq!(all["items"][1]["cdp_url"], json!(null));
        for active in ["", "only_active=True", "only_active=true", "only_active=1"] {
            assert_eq!(
                ids_of(&list(active).await),
                [&ids[0][..], &ids[2]],
                "{active}"
            );
        }
        for also_ended in ["only_active=False", "only_active=false", "only_active=0"] {
            assert_eq!(ids_of(&list(also_ended).await).len(), 3, "{also_ended}");
        }
        let first = list("only_active=0&page_size=2").await;
        assert_eq!(ids_of(&first), ids[..2]);
        assert_eq!(
            (&first["has_next"], &first["has_previous"]),
            (&json!(true), &json!(false))
        );
        let second = list("only_active=0&page_size=2&page=2").await;
        assert_eq!(ids_of(&second), ids[2..]);
        assert_eq!(
            (&second["has_next"], &second["has_previous"]),
            (&json!(false), &json!(true))
        );
        let beyond = list("page=50&page_size=100").await;
        assert_eq!(beyond["items"], json!([]));
        assert_eq!(
            (&beyond["page"], &beyond["page_size"]),
            (&json!(50), &json!(100))
        );
    }
}

#[tokio::test]
async fn lists_narrow_to_the_presented_key() {
    let stage = Stage::new().await;
    let key = stage.server.new_key("default", &[]).await;
    let second = stage.client.with_key(Some(&key));
    let own = second.start(json!({})).await;
    assert_eq!(ids_of(&second.get("/sessions").ok().await).len(), 2);
    let narrowed = second.get("/sessions?only_current_token=True").ok().await;
    assert_eq!(ids_of(&narrowed), [own]);
    let narrowed = stage
        .client
        .get("/sessions?only_current_token=1")
        .ok()
        .await;
    assert_eq!(ids_of(&narrowed), [&stage.session[..]]);
}

#[tokio::test]
async fn stopping_is_final_and_harmless_to_repeat() {
    let stage = Stage::with_page().await;
    stage.observe().await;
    let before = stage.client.get(&stage.path("")).ok().await;
    let stopped = stage
        .client
        .delete(&stage.path("/stop?close_reason=manual"))
        .ok()
        .await;
    assert_eq!(stopped["status"], "closed");
    assert_eq!(stopped["close_reason"], "manual");
    assert!(stopped["closed_at"].is_string(), "{stopped}");
    assert_eq!(stopped["cdp_url"], json!(null));
    assert_eq!(stopped["steps"], before["steps"]);
    assert_eq!(stage.client.stop(&stage.session).await, stopped);
    // What is left to read is the record.
    let after = stage.client.get(&stage.path("")).ok().await;
    assert_eq!(after, stopped);
    assert_eq!(
        stage.client.get(&stage.path("/offset")).ok().await["offset"],
        2
    );
    stage
        .client
        .get(&format!("/storage/{}/downloads", stage.session))
        .ok()
        .await;

    for call in [
        stage.client.post(&stage.path("/page/observe")),
        stage
            .client
            .post(&stage.path("/page/execute"))
            .json(json!({"type": "reload"})),
        stage.client.post(&stage.path("/page/scrape")),
        stage.client.post(&stage.path("/page/screenshot")),
        stage.client.get(&stage.path("/cookies")),
        stage
            .client
            .post(&stage.path("/cookies"))
            .json(json!({"cookies": []})),
        stage.client.get(&stage.path("/debug")),
        stage.client.get(&stage.path("/debug/tab")),
    ] {
        let message = call.refused(400).await;
        assert!(message.contains("already closed"), "{message}");
    }
}

#[tokio::test]
async fn a_trajectory_holds_what_was_done_in_order() {
    let stage = Stage::with_page().await;
    stage.observe().await;
    stage.execute(json!({"type": "click", "id": "B999"})).await;
    let session = stage.client.get(&stage.path("")).ok().await;
    let steps = session["steps"].as_array().unwrap();
    let types: Vec<_> = steps
        .iter()
        .map(|step| step["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        ["execution_result", "observation", "execution_result"]
    );
    assert_eq!(steps[0]["value"]["action"]["type"], "goto");
    assert_eq!(
        steps[1]["value"]["metadata"]["title"],
        "Catalogue – Paper & Lamp"
    );
    assert!(
        steps[1]["value"]["screenshot"]["raw"]
            .as_str()
            .unwrap()
            .len()
            > 1000
    );
    assert_eq!(steps[2]["value"]["success"], false);
    assert_eq!(
        stage.client.get(&stage.path("/offset")).ok().await["offset"],
        3
    );
}

#[tokio::test]
async fn use_is_noted_unless_the_caller_says_it_is_none() {
    let stage = Stage::new().await;
    let last_use = async || {
        let session = stage.client.get(&stage.path("")).ok().await;
        session["last_accessed_at"].as_str().unwrap().to_owned()
    };
    let begun = last_use().await;
    stage
        .client
        .get(&stage.path("/debug?update_metadata=False"))
        .ok()
        .await;
    stage
        .client
        .post(&stage.path("/page/screenshot?update_metadata=false"))
        .send()
        .await;
    stage
        .client
        .get(&stage.path("/cookies?update_metadata=0"))
        .ok()
        .await;
    stage
        .client
        .post(&stage.path("/page/execute?update_metadata=false"))
        .json(json!({"type": "wait", "time_ms": 1}))
        .ok()
        .await;
    assert_eq!(last_use().await, begun);
    stage
        .client
        .get(&stage.path("/debug?update_metadata=True"))
        .ok()
        .await;
    assert!(last_use().await > begun);
}

#[tokio::test]
async fn sessions_of_an_earlier_run_are_errors_with_a_reason() {
    let mut stage = Stage::with_page().await;
    // Not asked to end, but killed.
    stage.server.kill();
    let server = stage.server.restart().await;
    let client = server.client().await;
    let session = client
        .get(&format!("/sessions/{}", stage.session))
        .ok()
        .await;
    assert_eq!(session["status"], "error");
    assert_eq!(session["close_reason"], "error");
    assert!(
        session["error"].as_str().unwrap().contains("restarted"),
        "{session}"
    );
    assert_eq!(session["steps"].as_array().unwrap().len(), 1);
    let call = client.post(&format!("/sessions/{}/page/observe", stage.session));
    let message = call.refused(400).await;
    assert!(
        message.contains("already closed") && message.contains("restarted"),
        "{message}"
    );
    assert_eq!(client.stop(&stage.session).await["status"], "closed");
}

#[tokio::test]
async fn ten_callers_at_once_take_turns() {
    let stage = Stage::with_page().await;
    let calls: Vec<_> = (0..10)
        .map(|number| {
            let code = format!("window.calls = (window.calls ?? []); window.calls.push({number}); window.calls.length");
            let call = stage.client.post(&stage.path("/page/execute"));
            tokio::spawn(call.json(json!({"type": "evaluate_js", "code": code})).ok())
        })
        .collect();
    let mut counts = Vec::new();
    for call in calls {
        let done = call.await.unwrap();
        assert_eq!(done["success"], true, "{done}");
        counts.push(
            done["data"]["markdown"]
                .as_str()
                .unwrap()
                .parse::<u32>()
                .unwrap(),
        );
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).collect::<Vec<_>>());
    eventually("all steps are kept", async || {
        let offset = stage.client.get(&stage.path("/offset")).ok().await;
        (offset["offset"] == 11).then_some(())
    })
    .await;
}

fn ids_of(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["session_id"].as_str().unwrap().to_owned())
        .collect()
}
