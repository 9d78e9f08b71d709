//! Requests that are refused, and how.

use serde_json::{Value, json};

use crate::house::House;
use crate::support::model::Say;
use crate::support::server::Server;

async fn house() -> House {
    House::new(|_| Say::call("completion", json!({"success": true, "answer": "done"}))).await
}

#[tokio::test]
async fn every_member_acts_or_is_refused() {
    let house = house().await;
    let session = house.session.as_str();
    let unknown = "00000000-0000-0000-0000-000000000000";
    let good = json!({"task": "Look", "session_id": session});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, status, word) in [
        (json!({}), 422, "task"),
        (json!({"task": "Look"}), 422, "session_id"),
        (with("task", json!(" \n")), 422, "task"),
        (with("task", json!("x".repeat(65_537))), 422, "task"),
        (with("task", json!(5)), 422, "task"),
        (with("session_id", json!(unknown)), 404, unknown),
        (
            with("session_id", json!("no-such-session")),
            404,
            "no-such-session",
        ),
        (with("max_steps", json!(0)), 422, "max_steps"),
        (with("max_steps", json!(151)), 422, "max_steps"),
        (with("session_offset", json!(-1)), 422, "session_offset"),
        (with("use_vision", json!("yes")), 422, "use_vision"),
        (
            with("response_format", json!({"type": "nonsense"})),
            422,
            "response_format",
        ),
        (
            with("response_format", json!("text")),
            422,
            "response_format",
        ),
        (
            with("notifier_config", json!({"url": "http://x"})),
            422,
            "notifier_config",
        ),
        (with("reasoning_model", json!("no-slash")), 422, "no-slash"),
        (with("persona_id", json!(unknown)), 404, unknown),
        (with("persona_id", json!("nobody")), 404, "nobody"),
        (with("url", json!("x".repeat(4_001))), 422, "url"),
    ] {
        let message = house
            .client
            .post("/agents/start")
            .json(body.clone())
            .refused(status)
            .await;
        assert!(message.contains(word), "{body}: {message}");
    }
    assert_eq!(house.model.count(), 0);
    let list = house.client.get("/agents?only_active=false").ok().await;
    assert_eq!(list["items"], json!([]), "nothing was half done");
    // What clients send although it says nothing is taken.
    let nulls = json!({
        "url": null, "response_format": null, "session_offset": null, "vault_id": null, "persona_id": null,
        "notifier_config": null, "reasoning_model": "gemini/gemini-2.5-flash", "use_vision": false, "max_steps": 150,
    });
    assert_eq!(house.run(nulls).await["success"], true);
}

#[tokio::test]
async fn a_wished_model_without_a_key_is_replaced_and_the_run_says_so() {
    let house = house().await;
    let body = json!({"task": "Look", "session_id": house.session, "reasoning_model": "gemini/gemini-2.5-flash"});
    let agent = house.client.post("/agents/start").json(body).ok().await;
    assert_eq!(agent["reasoning_model"], "openai/some-model");
    let note = agent["note"].as_str().unwrap();
    assert!(
        note.contains("gemini") && note.contains("GEMINI_API_KEY"),
        "{note}"
    );
}

#[tokio::test]
async fn ended_sessions_and_other_tenants_are_closed() {
    let house = house().await;
    let agent = house.start(json!({})).await;
    house.ended(&agent).await;
    house.server.command(&["tenants", "create", "other"]).await;
    let key = house.server.new_key("other", &[]).await;
    let other = house.client.with_key(Some(&key));
    let body = json!({"task": "Look", "session_id": house.session});
    other
        .post("/agents/start")
        .json(body.clone())
        .refused(404)
        .await;
    other.get(&format!("/agents/{agent}")).refused(404).await;
    other
        .get(&format!("/agents/{agent}/trace"))
        .refused(404)
        .await;
    other
        .get(&format!("/agents/{agent}/workflow/code?as_workflow=true"))
        .refused(404)
        .await;
    let stop = format!("/agents/{agent}/stop?session_id={}", house.session);
    other.delete(&stop).refused(404).await;
    assert_eq!(
        other.get("/agents?only_active=false").ok().await["items"],
        json!([])
    );
    for id in ["nonsense", "00000000-0000-0000-0000-000000000000"] {
        house
            .client
            .get(&format!("/agents/{id}"))
            .refused(404)
            .await;
    }
    house.client.stop(&house.session).await;
    let message = house
        .client
        .post("/agents/start")
        .json(body)
        .refused(400)
        .await;
    assert!(message.contains("already closed"), "{message}");
}

#[tokio::test]
async fn a_key_that_may_not_see_personas_may_not_act_as_one() {
    let house = house().await;
    let persona = house
        .client
        .post("/personas/create")
        .json(json!({}))
        .ok()
        .await;
    let key = house
        .server
        .new_key("default", &["--scopes", "sessions"])
        .await;
    let narrow = house.client.with_key(Some(&key));
    let body =
        json!({"task": "Look", "session_id": house.session, "persona_id": persona["persona_id"]});
    let message = narrow.post("/agents/start").json(body).refused(403).await;
    assert!(message.contains("personas"), "{message}");
}

#[tokio::test]
async fn without_any_model_the_message_says_what_to_set() {
    let server = Server::start().await;
    let client = server.client().await;
    let body = json!({"task": "Look", "session_id": client.start(json!({})).await});
    let message = client.post("/agents/start").json(body).refused(400).await;
    assert!(
        message.contains("GUISE_MODEL") && message.contains("OPENAI_API_KEY"),
        "{message}"
    );
    let message = client
        .post("/prompts/improve")
        .json(json!({"prompt": "Buy"}))
        .refused(400)
        .await;
    assert!(message.contains("GUISE_MODEL"), "{message}");
}

#[tokio::test]
async fn a_session_has_so_many_agents_and_no_more() {
    let house = House::new(|_| Say::Hang).await;
    for _ in 0..8 {
        house.start(json!({})).await;
    }
    let body = json!({"task": "Look", "session_id": house.session});
    let message = house
        .client
        .post("/agents/start")
        .json(body)
        .refused(400)
        .await;
    assert!(message.contains('8'), "{message}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_its_agents() {
    let House(stage) = House::new(|_| Say::Hang).await;
    let body = json!({"task": "Look", "session_id": stage.session});
    let agent = stage.client.post("/agents/start").json(body).ok().await;
    let server: Server = stage.server.restart().await;
    let client = server.client().await;
    let status = client
        .get(&format!("/agents/{}", agent["agent_id"].as_str().unwrap()))
        .ok()
        .await;
    assert_eq!(status["answer"], "The server was stopped");
    assert_eq!(
        (&status["status"], &status["success"]),
        (&json!("closed"), &json!(false)),
        "{status}"
    );
}
