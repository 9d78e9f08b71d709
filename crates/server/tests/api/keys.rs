//! Who may call what: a walk over every operation of the document with every kind of wrong key.

use http::StatusCode;
use serde_json::json;

use crate::support::dialect::Dialect;
use crate::support::document::Operation;
use crate::support::samples::Samples;
use crate::support::server::KEY;
use crate::support::{Stage, eventually};

#[tokio::test]
async fn no_operation_answers_without_a_key_that_is_valid_now() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let revoked = stage.server.new_key("default", &[]).await;
    let expired = stage.server.new_key("default", &["--expires", "1s"]).await;
    let id = {
        let list = stage.server.command(&["keys", "list"]).await;
        let line = list.lines().nth(1).unwrap().to_owned();
        line.split_whitespace().next().unwrap().to_owned()
    };
    // Both work before they do not.
    stage
        .client
        .with_key(Some(&revoked))
        .get("/sessions")
        .ok()
        .await;
    stage.server.command(&["keys", "revoke", &id]).await;
    eventually("the key expires", async || {
        let answer = stage
            .client
            .with_key(Some(&expired))
            .get("/sessions")
            .send()
            .await;
        (answer.status == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;

    let keys = [
        (None, "Missing API key"),
        (Some("no-such-key-0123456789"), "no such key"),
        (Some(&revoked[..]), "revoked"),
        (Some(&expired[..]), "expired"),
    ];
    for operation in stage.client.document.operations() {
        for (key, word) in keys {
            let client = stage.client.with_key(key);
            let call = samples.valid(&client, &operation.id);
            if operation.protected() {
                let message = call.refused(401).await;
                assert!(message.contains(word), "{}: {message}", operation.id);
            } else {
                call.ok().await;
            }
        }
    }
    // Nothing of that touched the session.
    let session = stage.client.get(&stage.path("")).ok().await;
    assert_eq!(session["status"], "active");
}

#[tokio::test]
async fn another_tenants_key_finds_nothing_of_ours() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    stage.server.command(&["tenants", "create", "other"]).await;
    let key = stage.server.new_key("other", &[]).await;
    let other = stage.client.with_key(Some(&key));
    for operation in stage.client.document.operations() {
        let call = samples.valid(&other, &operation.id);
        let path = call.path().split('?').next().unwrap().to_owned();
        if path == operation.path && operation.id != "project_persona_create" {
            continue;
        }
        let names_a_file = operation.path == "/storage/uploads/{filename}";
        if names_a_file && operation.id != "files_upload_link" {
            continue;
        }
        // Everybody may have a key of their own for a provider.
        if operation.path == "/models/keys/{provider}" {
            continue;
        }
        let message = call.refused(404).await;
        // The first server of the EvalStudio API names no ids.
        if operation.dialect() != Dialect::Evalstudio && !names_a_file {
            let first = operation.path.find('{').unwrap();
            let id = path[first..].split('/').next().unwrap();
            assert!(message.contains(id), "{}: {message}", operation.id);
        }
    }
    // Their lists have what every tenant begins with, and nothing of ours.
    let personas = other.get("/personas?only_active=false").ok().await;
    assert_eq!(personas["items"].as_array().unwrap().len(), 1, "{personas}");
    assert_eq!(personas["items"][0]["name"], "default", "{personas}");
    let vaults = other.get("/vaults?only_active=false").ok().await;
    assert_eq!(vaults["items"], json!([]));
    let mailboxes = other.get("/api/v1/mailboxes").ok().await;
    assert_eq!(mailboxes["mailboxes"], json!([]));
    let projects = other.get("/api/projects").ok().await;
    assert_eq!(projects.as_array().unwrap().len(), 1, "{projects}");
    let ours = format!("/api/personas?projectId={}", samples.project);
    assert_eq!(other.get(&ours).ok().await, json!([]));
    other.get("/storage/uploads/kept.txt").refused(404).await;
    assert_eq!(other.get("/storage/uploads").ok().await["files"], json!([]));
    assert_eq!(
        other.get("/sessions?only_active=false").ok().await["items"],
        json!([])
    );

    // What the other one keeps under the same name stays apart.
    other
        .post("/storage/uploads/kept.txt")
        .file("file", "theirs!")
        .ok()
        .await;
    let ours = stage.client.get("/storage/uploads").ok().await;
    let mut ours = ours["files"].as_array().unwrap().iter();
    let kept = ours.find(|file| file["name"] == "kept.txt").unwrap();
    assert_eq!(kept["size"], 4);
    assert_eq!(
        stage.client.get(&stage.path("")).ok().await["status"],
        "active"
    );
}

#[tokio::test]
async fn keys_come_in_either_header_and_with_the_scheme_in_any_case() {
    let stage = Stage::new().await;
    let nobody = stage.client.with_key(None);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} {KEY}");
        nobody
            .get("/sessions")
            .header("authorization", &value)
            .ok()
            .await;
    }
    nobody
        .get("/sessions")
        .header("x-notte-api-key", KEY)
        .ok()
        .await;
    nobody
        .get("/sessions")
        .header("authorization", &format!("Basic {KEY}"))
        .refused(401)
        .await;
    nobody
        .get("/sessions")
        .header("authorization", KEY)
        .refused(401)
        .await;
    nobody
        .get("/sessions")
        .header("authorization", "Bearer ")
        .refused(401)
        .await;
    // Only sockets take it from the query, where it ends up in logs.
    nobody
        .get(&format!("/sessions?token={KEY}"))
        .refused(401)
        .await;
}

/// The scopes that an operation asks for: one of them is enough.
fn scopes_of(operation: &Operation) -> &'static [&'static str] {
    if operation.path.starts_with("/approvals") {
        return match operation.method.as_str() {
            "GET" => &["approve", "sessions"],
            _ => &["approve"],
        };
    }
    let identity = ["/personas", "/vaults", "/models", "/api/"];
    let of_identity = identity.iter().any(|it| operation.path.starts_with(it));
    if of_identity {
        &["personas"]
    } else {
        &["sessions"]
    }
}

#[tokio::test]
async fn a_key_may_only_do_what_its_scopes_say() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    for scopes in ["metrics", "sessions", "personas", "vault:reveal", "approve"] {
        let key = stage.server.new_key("default", &["--scopes", scopes]).await;
        let client = stage.client.with_key(Some(&key));
        for operation in stage.client.document.operations() {
            let needed = scopes_of(operation);
            if operation.protected() && !needed.contains(&scopes) {
                let message = samples.valid(&client, &operation.id).refused(403).await;
                assert!(message.contains(needed[0]), "{}: {message}", operation.id);
            }
        }
    }
}
