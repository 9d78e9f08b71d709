//! Agents that do what they are asked to.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::yard::{Yard, completion, made, text};
use crate::house::deeds;
use crate::support::eventually;
use crate::support::model::{Asked, Say};

#[tokio::test]
async fn an_agent_does_its_task_in_a_browser_of_its_own() {
    let yard = Yard::new(|asked| match asked.turn() {
        1 => Say::call("click", json!({"id": asked.element("link", "Desk lamp")})),
        _ => completion("It costs 39."),
    })
    .await;
    let client = &yard.client;
    let words = "Be quick & \"thorough\".\n\tNever <guess>: {{ ask }}.";
    let role = made(
        client,
        "roles",
        json!({"name": "Quick", "description": words}),
    )
    .await;
    let persona = made(client, "personas", json!({"name": "Sarah"})).await;
    let project = json!({"name": "site", "entry_url": yard.url("/shop")});
    let project = made(client, "projects", project).await;
    let prompt = "How much is the lamp?\nLook it up.";
    let wanted = json!({"project_id": project, "role_id": role, "persona_id": persona, "prompt": prompt,
        "clean_session": true, "model": "gpt-4o", "max_tokens": 500_000});
    let agent = yard.start(wanted).await;
    assert_eq!(agent["name"], "How much is the lamp?");
    for (member, value) in [
        ("project_id", json!(project)),
        ("role_id", json!(role)),
        ("persona_id", json!(persona)),
        ("prompt", json!(prompt)),
        ("clean_session", json!(true)),
        ("record_video", json!(false)),
        ("model", json!("openai/gpt-4o")),
        ("browser_type", json!("chromium")),
        ("max_tokens", json!(500_000)),
        ("max_iterations", json!(20)),
        ("files", json!([])),
    ] {
        assert_eq!(agent[member], value, "{agent}");
    }
    for member in ["result", "session_id", "run_id", "started_at", "journey_id"] {
        assert_eq!(agent[member], Value::Null, "{agent}");
    }

    let ended = yard.once(&agent, "completed").await;
    assert_eq!(ended["result"], "It costs 39.");
    let session = format!("/sessions/{}", text(&ended, "session_id"));
    assert_eq!(client.get(&session).ok().await["status"], "closed");
    let work = yard.work(&ended).await;
    let done = ["goto", "click", "completion"].map(|name| (name.to_owned(), true));
    assert_eq!(deeds(&work["steps"]), done, "{work}");

    // It is told who it is and how it goes about it, word for word.
    let asked = yard.model.asked(0);
    let address = client
        .get(&format!("/api/v1/personas/{persona}"))
        .ok()
        .await;
    for told in [prompt, words, address["email"].as_str().unwrap()] {
        assert!(asked.text.contains(told), "{told:?} in {}", asked.text);
    }
    assert_eq!(asked.body["model"], "gpt-4o");
    let tools = asked.tools();
    for (name, there) in [
        ("get_credentials", true),
        ("emails_read", true),
        ("email_read", false),
        ("email_verification_read", false),
        ("click", true),
    ] {
        assert_eq!(tools.contains(&name.to_owned()), there, "{name}: {tools:?}");
    }
}

#[tokio::test]
async fn what_is_not_said_comes_from_the_project_and_the_tenant() {
    let yard = Yard::new(|_| completion("done")).await;
    let body = json!({"project_id": yard.project, "prompt": "Look."});
    let call = yard.client.post("/api/v1/agents").json(body);
    let agent = call.created().await;
    let personas = yard.client.get("/api/v1/personas").ok().await;
    assert_eq!(agent["persona_id"], personas["personas"][0]["id"]);
    let role = format!("/api/v1/roles/{}", text(&agent, "role_id"));
    let role = yard.client.get(&role).ok().await;
    assert_eq!(role["name"], "Functional QA");
    let expected = json!(["chrome", 100, 2_000_000, null, false]);
    let got = [
        "browser_type",
        "max_iterations",
        "max_tokens",
        "model",
        "clean_session",
    ];
    assert_eq!(
        got.map(|name| agent[name].clone()).to_vec(),
        *expected.as_array().unwrap()
    );
    let ended = yard.once(&agent, "completed").await;
    let session = format!("/sessions/{}", text(&ended, "session_id"));
    let session = yard.client.get(&session).ok().await;
    assert_eq!(session["browser_type"], "chrome", "{session}");
    // The server's own model answers, and the role is told although nobody named it.
    let asked = yard.model.asked(0);
    assert_eq!(asked.body["model"], "some-model");
    assert!(asked.text.contains(role["description"].as_str().unwrap()));
}

/// Gives the page a file, and reads it there.
fn attaches(asked: &Asked) -> Option<Say> {
    let (name, arguments) = match asked.turn() {
        1 => (
            "upload_file",
            json!({"selector": "#single", "file_path": "tea.csv"}),
        ),
        2 => (
            "evaluate_js",
            json!({"code": "document.querySelector('#single').files[0].text()"}),
        ),
        _ => return None,
    };
    Some(Say::call(name, arguments))
}

#[tokio::test]
async fn files_can_be_attached_to_forms() {
    let yard = Yard::new(|asked| attaches(asked).unwrap_or_else(|| completion("attached"))).await;
    let project = json!({"name": "forms", "entry_url": yard.url("/upload")});
    let project = made(&yard.client, "projects", project).await;
    let content = BASE64_STANDARD.encode("pot,Ünïcode");
    let files = json!([{"path": "docs/tea.csv", "content": content.trim_end_matches('=')}]);
    let wanted = json!({"project_id": project, "files": files});
    let ended = yard.run(wanted, "completed").await;
    assert_eq!(ended["files"], json!(["tea.csv"]));
    let asked = yard.model.asked(0);
    assert!(asked.text.contains("tea.csv"), "{}", asked.text);
    let read = yard.model.asked(2);
    assert!(read.text.contains("pot,Ünïcode"), "{}", read.text);
    // They were the agent's alone.
    let uploads = yard.client.get("/storage/uploads").ok().await;
    assert_eq!(uploads["files"], json!([]));
}

#[tokio::test]
async fn two_that_wait_bring_files_of_one_name() {
    let yard = Yard::with(&[("agents_at_once", "1")], |asked| {
        let which = match asked.text.contains("second pot") {
            true => "the second",
            false => "the first",
        };
        attaches(asked).unwrap_or_else(|| completion(which))
    })
    .await;
    // The tenant's own file of that name comes behind both.
    let upload = yard.client.post("/storage/uploads/tea.csv");
    upload.file("file", "third pot").ok().await;
    let project = json!({"name": "forms", "entry_url": yard.url("/upload")});
    let project = made(&yard.client, "projects", project).await;
    let mut agents = Vec::new();
    for content in ["first pot", "second pot"] {
        let files = json!([{"path": "tea.csv", "content": BASE64_STANDARD.encode(content)}]);
        let agent = yard
            .start(json!({"project_id": project, "files": files}))
            .await;
        agents.push(agent);
    }
    for (agent, result) in agents.iter().zip(["the first", "the second"]) {
        let ended = yard.once(agent, "completed").await;
        assert_eq!(ended["result"], result, "{ended}");
    }
    // Nothing of them stays.
    let blobs = yard.server.folder().join("blobs");
    eventually("their files are gone", async || {
        let mut pots = contents(&blobs);
        pots.retain(|it| it.ends_with("pot"));
        (pots == ["third pot"]).then_some(())
    })
    .await;
}

/// What stands in the files of a folder, however deep.
fn contents(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| match path.is_dir() {
        true => contents(&path),
        // Unfinished ones come and go.
        false => std::fs::read_to_string(&path).into_iter().collect(),
    };
    paths.flat_map(read).collect()
}

#[tokio::test]
async fn a_bare_name_of_a_model_is_its_providers() {
    let yard = Yard::new(|_| completion("done")).await;
    let wanted = json!({"model": "gemini-3-flash-preview"});
    let ended = yard.run(wanted, "completed").await;
    assert_eq!(ended["model"], "gemini/gemini-3-flash-preview");
    // There is no key for that provider, so the server's own model answered, and the work says so.
    let trace = format!("/agents/{}/trace", text(&ended, "run_id"));
    let trace = yard.client.get(&trace).ok().await;
    assert!(trace.to_string().contains("openai/some-model"), "{trace}");
}
