//! Observing, acting, reading and picturing pages, as clients of all ages see it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::Stage;

#[tokio::test]
async fn before_the_first_navigation_there_is_an_empty_observation() {
    let stage = Stage::new().await;
    let seen = stage.observe().await;
    let metadata = &seen["metadata"];
    assert_eq!(
        (&metadata["url"], &metadata["title"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(metadata["tabs"], json!([]));
    assert_eq!(metadata["timestamp"], "0001-01-01T00:00:00Z");
    assert_eq!(metadata["viewport"]["viewport_width"], 0);
    assert_eq!(seen["space"]["interaction_actions"], json!([]));
    let (width, height) = jpeg_size(&picture(&seen));
    assert!(width % 2 == 0 && height % 2 == 0);
}

#[tokio::test]
async fn an_observation_serves_old_and_new_clients() {
    let stage = Stage::with_page().await;
    let seen = stage.observe().await;
    assert_eq!(seen["session_id"], stage.session);
    assert_eq!(seen["url"], seen["metadata"]["url"]);
    assert_eq!(seen["title"], seen["metadata"]["title"]);
    let space = &seen["space"];
    let offers = space["interaction_actions"].as_array().unwrap();
    assert!(offers.len() > 5, "{space}");
    let browser = space["browser_actions"].as_array().unwrap();
    assert_eq!(browser.len(), 19);
    assert_eq!(
        space["actions"].as_array().unwrap().len(),
        offers.len() + browser.len()
    );
    assert_eq!(space["category"], json!(null));
    let boxes = seen["screenshot"]["bboxes"].as_array().unwrap();
    for offer in offers {
        let id = offer["id"].as_str().unwrap();
        assert!(
            space["description"]
                .as_str()
                .unwrap()
                .contains(&format!("{id}[:]")),
            "{id}"
        );
        assert!(boxes.iter().any(|it| it["notte_id"] == id), "{id}");
        assert!(
            offer["selector"]["css_selector"]
                .as_str()
                .is_some_and(|it| !it.is_empty())
        );
        assert_eq!(offer["timeout"], 15000);
    }
    // Each number is a JSON integer: some clients refuse `10.0`.
    for value in seen["metadata"]["viewport"].as_object().unwrap().values() {
        assert!(value.is_i64(), "{value}");
    }
    let fewer = stage
        .client
        .post(&stage.path("/page/observe"))
        .json(json!({"max_nb_actions": 2, "perception_type": "fast"}))
        .ok()
        .await;
    assert_eq!(
        fewer["space"]["interaction_actions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for refused in [
        json!({"max_nb_actions": -1}),
        json!({"perception_type": "slow"}),
        json!({"min_nb_actions": "x"}),
        json!({"max_tokens": -1}),
        json!({"since": "yesterday"}),
    ] {
        stage
            .client
            .post(&stage.path("/page/observe"))
            .json(refused)
            .refused(422)
            .await;
    }
}

#[tokio::test]
async fn an_action_comes_bare_or_wrapped_and_is_echoed_typed() {
    let stage = Stage::with_page().await;
    let url = format!("{}/login", stage.site.origin());
    for body in [
        json!({"type": "goto", "url": url}),
        json!({"action": {"type": "goto", "url": url}}),
    ] {
        let done = stage.execute(body).await;
        assert_eq!(done["session_id"], stage.session);
        assert_eq!(done["success"], true);
        assert_eq!(done["exception"], json!(null));
        assert_eq!(
            done["action"],
            json!({"type": "goto", "category": "Special Browser Actions", "url": url})
        );
    }
    let wrapped = stage.client.post(&stage.path("/page/execute"));
    let answer = wrapped
        .json(json!({"action": {"type": "goto"}}))
        .send()
        .await;
    assert_eq!(
        answer.json()["detail"][0]["loc"],
        json!(["body", "action", "url"]),
        "{answer}"
    );
    for kind in ["dance", "", "GOTO", "terminate"] {
        let call = stage.client.post(&stage.path("/page/execute"));
        let message = call
            .json(json!({"type": kind, "url": url}))
            .refused(422)
            .await;
        assert!(message.contains("goto_new_tab"), "{message}");
    }
}

#[tokio::test]
async fn elements_are_found_by_id_and_by_every_kind_of_selector() {
    let stage = Stage::with_page().await;
    let url = format!("{}/login", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    let seen = stage.observe().await;
    let offers = seen["space"]["interaction_actions"].as_array().unwrap();
    let field = offers.iter().find(|it| it["type"] == "fill").unwrap();
    for action in [
        json!({"type": "fill", "id": field["id"], "value": "by id"}),
        json!({"type": "fill", "id": format!("{}[:]", field["id"].as_str().unwrap()), "value": "by id as printed", "clear": true}),
        json!({"type": "fill", "selector": field["selector"], "value": "by spellings"}),
        json!({"type": "fill", "id": "", "selector": "css=input[type=password]", "value": "by css"}),
        json!({"type": "fill", "selector": "//input[@type='password']", "value": "by bare xpath"}),
        json!({"type": "fill", "selector": "xpath=//input[@type='password']", "value": "by xpath"}),
        json!({"type": "fill", "selector": {"playwright_selector": "form >> input[type=password]"}, "value": "by chain"}),
    ] {
        let done = stage.execute(action).await;
        assert_eq!(done["success"], true, "{done}");
        assert_eq!(done["action"]["type"], "fill");
        assert_eq!(done["action"]["timeout"], 15000);
        assert!(
            done["action"]["selector"]["css_selector"]
                .as_str()
                .is_some_and(|it| !it.is_empty()),
            "{done}"
        );
    }
}

#[tokio::test]
async fn an_action_that_fails_is_an_answer() {
    let stage = Stage::with_page().await;
    for (action, word) in [
        (
            json!({"type": "click", "id": "B999"}),
            "Action with id 'B999' is invalid",
        ),
        (
            json!({"type": "click", "id": "no such id"}),
            "Action with id 'no such id' is invalid",
        ),
        (
            json!({"type": "click", "selector": "#nothing-like-this", "timeout": 300}),
            "#nothing-like-this",
        ),
        (
            json!({"type": "click", "selector": "a", "timeout": 300}),
            "a",
        ),
        (
            json!({"type": "click", "selector": "css=:::", "timeout": 300}),
            ":::",
        ),
        (
            json!({"type": "click", "selector": "martian=x", "timeout": 300}),
            "martian",
        ),
        (
            json!({"type": "check", "selector": "h1", "value": true, "timeout": 300}),
            "",
        ),
        (json!({"type": "switch_tab", "tab_index": 99}), "99"),
        (
            json!({"type": "press_key", "key": "NoSuchKey"}),
            "NoSuchKey",
        ),
        (json!({"type": "goto", "url": "http://"}), "http://"),
        (
            json!({"type": "goto", "url": "http://127.0.0.1:9/"}),
            "127.0.0.1",
        ),
        (json!({"type": "goto", "url": "file:///etc/passwd"}), "file"),
        (json!({"type": "goto", "url": "chrome://version"}), "chrome"),
        (
            json!({"type": "goto", "url": "http://10.0.0.1/"}),
            "10.0.0.1",
        ),
        (
            json!({"type": "goto", "url": "http://169.254.169.254/latest/meta-data"}),
            "169.254.169.254",
        ),
        (
            json!({"type": "upload_file", "selector": "input", "file_path": "no\u{0}ne.txt"}),
            "upload",
        ),
    ] {
        let done = stage.execute(action).await;
        assert_eq!(done["success"], false, "{done}");
        let message = done["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
        assert!(
            done["exception"].as_str().is_some_and(|it| !it.is_empty()),
            "{done}"
        );
        // The page is where it was, and takes the next action.
        let again = stage
            .execute(json!({"type": "evaluate_js", "code": "document.title"}))
            .await;
        assert_eq!(again["success"], true, "{again}");
    }
}

#[tokio::test]
async fn some_failures_have_no_exception() {
    let stage = Stage::with_page().await;
    for (action, word) in [
        (json!({"type": "help", "reason": "what now?"}), "what now?"),
        (
            json!({"type": "evaluate_js", "code": "throw new Error('my own')"}),
            "my own",
        ),
        (json!({"type": "evaluate_js", "code": "((("}), ""),
    ] {
        let done = stage.execute(action).await;
        assert_eq!(
            (&done["success"], &done["exception"]),
            (&json!(false), &json!(null)),
            "{done}"
        );
        assert!(done["message"].as_str().unwrap().contains(word), "{done}");
    }
}

#[tokio::test]
async fn scripts_give_their_result_as_text() {
    let stage = Stage::with_page().await;
    for (code, expected) in [
        ("1 + 1", "2"),
        ("'text'", "text"),
        ("null", "null"),
        ("undefined", "null"),
        ("({key: 'value'})", "\"key\": \"value\""),
        ("Promise.resolve(7)", "7"),
        ("const x = 3; return x", "3"),
        ("() => document.title", "Catalogue – Paper & Lamp"),
        ("'ü\u{1F600}'", "ü\u{1F600}"),
    ] {
        let done = stage
            .execute(json!({"type": "evaluate_js", "code": code}))
            .await;
        assert_eq!(done["success"], true, "{done}");
        let text = done["data"]["markdown"].as_str().unwrap();
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn what_this_session_cannot_even_try_is_an_error_of_the_browser() {
    let stage = Stage::with_page().await;
    let bare = stage.client.start(json!({"use_file_storage": false})).await;
    let on = |session: &str| format!("/sessions/{session}/page/execute");
    for (session, action, word) in [
        (&stage.session, json!({"type": "email_read"}), "persona"),
        (
            &stage.session,
            json!({"type": "sms_read", "timedelta": "PT5M"}),
            "persona",
        ),
        (
            &bare,
            json!({"type": "upload_file", "selector": "input", "file_path": "a.txt"}),
            "use_file_storage",
        ),
        (
            &bare,
            json!({"type": "download_file", "selector": "a"}),
            "use_file_storage",
        ),
    ] {
        let answer = stage.client.post(&on(session)).json(action).send().await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(
            answer.header("x-error-class"),
            Some("NotteApiExecutionError"),
            "{answer}"
        );
        assert!(answer.message().contains(word), "{answer}");
    }
}

#[tokio::test]
async fn pictures_are_jpeg_of_even_size() {
    let stage = Stage::new().await;
    let odd = stage
        .client
        .start(json!({"viewport_width": 801, "viewport_height": 601}))
        .await;
    let url = format!("{}/shop", stage.site.origin());
    stage
        .client
        .post(&format!("/sessions/{odd}/page/execute"))
        .json(json!({"type": "goto", "url": url}))
        .ok()
        .await;
    let answer = stage
        .client
        .post(&format!("/sessions/{odd}/page/screenshot"))
        .send()
        .await;
    assert_eq!(answer.header("content-type"), Some("image/jpeg"));
    let seen = stage
        .client
        .post(&format!("/sessions/{odd}/page/observe"))
        .ok()
        .await;
    assert_eq!(seen["metadata"]["viewport"]["viewport_width"], 801);
    for jpeg in [answer.body.to_vec(), picture(&seen)] {
        assert!(jpeg.ends_with(&[0xff, 0xd9]), "no end marker");
        let (width, height) = jpeg_size(&jpeg);
        assert!(
            width % 2 == 0 && height % 2 == 0 && width.abs_diff(801) < 2,
            "{width}x{height}"
        );
    }
}

#[tokio::test]
async fn cookies_are_kept_before_any_navigation_and_come_back_unchanged() {
    let stage = Stage::new().await;
    let given = json!([
        {"name": "plain", "value": "1", "domain": "a.example", "path": "/", "httpOnly": false},
        {"name": "dotted", "value": "a b;c=\"d\"".replace(['"', ';'], ""), "domain": ".b.example", "path": "/x", "httpOnly": true,
         "secure": true, "sameSite": "None", "expires": 4_000_000_000.0, "expirationDate": 4_000_000_000.0},
        {"name": "strict", "value": "", "domain": "c.example", "path": "/", "httpOnly": false, "sameSite": "Strict",
         "expires": -1, "hostOnly": true, "session": true, "storeId": "0"},
    ]);
    let set = stage
        .client
        .post(&stage.path("/cookies"))
        .json(json!({"cookies": given}))
        .ok()
        .await;
    assert_eq!(set["success"], true);
    let kept = stage.client.get(&stage.path("/cookies")).ok().await;
    for cookie in given.as_array().unwrap() {
        let found = kept["cookies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["name"] == cookie["name"]);
        let found = found.unwrap_or_else(|| panic!("{cookie} is gone: {kept}"));
        for member in ["value", "domain", "path", "httpOnly"] {
            assert_eq!(found[member], cookie[member], "{member}: {found}");
        }
        if cookie["sameSite"].is_string() {
            assert_eq!(found["sameSite"], cookie["sameSite"]);
        }
    }
    for wrong in [
        json!([{"name": "a", "value": "b", "domain": "a.example", "path": "/", "sameSite": "lax"}]),
        json!([{"value": "b", "domain": "a.example"}]),
        json!([{"name": "a", "value": "b"}]),
        json!([{"name": "a\nb", "value": "b", "domain": "a.example"}]),
        json!("a=b"),
    ] {
        stage
            .client
            .post(&stage.path("/cookies"))
            .json(json!({"cookies": wrong}))
            .refused(422)
            .await;
    }
}

#[tokio::test]
async fn debug_information_serves_old_and_new_clients() {
    let stage = Stage::with_page().await;
    let debug = stage.client.get(&stage.path("/debug")).ok().await;
    assert_eq!(debug["ws"].as_object().unwrap().len(), 3);
    assert_eq!(
        (&debug["cdp_url"], &debug["ws_url"]),
        (&debug["ws"]["cdp"], &debug["ws"]["cdp"])
    );
    assert_eq!(debug["viewer_url"], debug["debug_url"]);
    assert_eq!(
        debug["tabs"][0]["metadata"]["title"],
        "Catalogue – Paper & Lamp"
    );
    let url = format!("{}/login", stage.site.origin());
    stage
        .execute(json!({"type": "goto_new_tab", "url": url}))
        .await;
    let current = stage.client.get(&stage.path("/debug/tab")).ok().await;
    assert_eq!(current["metadata"]["url"], url);
    let first = stage
        .client
        .get(&stage.path("/debug/tab?tab_idx=0"))
        .ok()
        .await;
    assert_eq!(first["metadata"]["tab_id"], 0);
    assert_ne!(first["metadata"]["url"], url);
}

fn picture(observation: &Value) -> Vec<u8> {
    STANDARD
        .decode(observation["screenshot"]["raw"].as_str().unwrap())
        .unwrap()
}

/// Width and height from the frame header of a JPEG.
fn jpeg_size(bytes: &[u8]) -> (u16, u16) {
    assert!(bytes.starts_with(&[0xff, 0xd8]), "no JPEG");
    let mut at = 2;
    loop {
        let (marker, length) = (
            bytes[at + 1],
            u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]),
        );
        if matches!(marker, 0xc0..=0xc3) {
            let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
            return (number(at + 7), number(at + 5));
        }
        at += 2 + usize::from(length);
    }
}

#[tokio::test]
async fn only_what_changed_is_told_where_that_is_asked_for() {
    let stage = Stage::with_page().await;
    let seen = stage.observe().await;
    assert!(seen["space"].get("changes").is_none());
    let observe = async |body: Value| {
        let path = stage.path("/page/observe");
        stage.client.post(&path).json(body).ok().await
    };
    let same = observe(json!({"since": "last"})).await;
    assert_eq!(same["space"]["description"], "");
    assert_eq!(same["space"]["interaction_actions"], json!([]));
    let changes = &same["space"]["changes"];
    for member in ["added", "changed", "gone", "out_of_view"] {
        assert_eq!(changes[member], json!([]), "{same}");
    }
    let short = observe(json!({"max_tokens": 40})).await;
    let description = short["space"]["description"].as_str().unwrap();
    assert!(
        description.len() <= 4 * 40 && description.contains("Left out"),
        "{description}"
    );
    assert_eq!(
        short["space"]["interaction_actions"],
        seen["space"]["interaction_actions"]
    );
}
