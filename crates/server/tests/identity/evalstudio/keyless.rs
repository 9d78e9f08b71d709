//! Calls without a key: only where the operator switches it on, only from this machine and its own pages.

use serde_json::json;

use crate::world::{World, project, project_persona, tenant_persona, text, texts};

/// A server that lets this machine in.
async fn open() -> World {
    World::with(&[("evalstudio_keyless", "true")]).await
}

#[tokio::test]
async fn without_the_switch_a_key_is_needed() {
    let world = World::new().await;
    let nobody = world.client.with_key(None);
    for path in ["/api/personas", "/api/projects"] {
        let answer = nobody.get(path).send().await;
        assert_eq!(answer.status, 401, "{answer}");
        let expected = answer.json()["error"]
            .as_str()
            .unwrap()
            .contains("Missing API key");
        assert!(expected, "{answer}");
    }
    let call = nobody.post("/api/projects").json(json!({"name": "x"}));
    call.refused(401).await;
}

#[tokio::test]
async fn with_it_this_machine_works_as_the_default_tenant() {
    let world = open().await;
    let nobody = world.client.with_key(None);
    let shop = project(&nobody, "shop").await;
    let hasty = project_persona(&nobody, &shop, "hasty").await;
    let path = format!("/api/personas/{}", text(&hasty, "id"));
    assert_eq!(world.client.get(&path).ok().await, hasty);
    let list = nobody.get("/api/personas").ok().await;
    assert_eq!(list, world.client.get("/api/personas").ok().await);
    nobody.put(&path).json(json!({"name": "calm"})).ok().await;
    nobody.delete(&path).done().await;
    nobody.delete(&format!("/api/projects/{shop}")).done().await;

    // A key still counts, for what it is.
    let stranger = world.stranger().await;
    let theirs = stranger.get("/api/projects").ok().await;
    assert_eq!(texts(&theirs, "name"), ["default"]);
    assert_ne!(theirs[0]["id"], world.default_project().await);
    let unknown = nobody.with_key(Some("no-such-key-0123456789"));
    unknown.get("/api/personas").refused(401).await;
    let watcher = world.colleague(&["--scopes", "metrics"]).await;
    watcher.get("/api/personas").refused(403).await;
}

#[tokio::test]
async fn the_other_apis_stay_closed() {
    let world = open().await;
    let sarah = text(&tenant_persona(&world.client, "Sarah").await, "id");
    let nobody = world.client.with_key(None);
    for path in [
        "/personas".to_owned(),
        format!("/personas/{sarah}"),
        "/vaults".to_owned(),
        "/sessions".to_owned(),
        "/api/v1/personas".to_owned(),
        format!("/api/v1/personas/{sarah}"),
        format!("/api/v1/personas/{sarah}/credentials"),
        "/api/v1/mailboxes".to_owned(),
    ] {
        nobody.get(&path).refused(401).await;
    }
}

/// A page in somebody's browser runs on this machine, too. It is told by what browsers say of it.
#[tokio::test]
async fn foreign_names_and_foreign_pages_stay_out() {
    let world = open().await;
    let nobody = world.client.with_key(None);
    let port = world.server.address().port();
    let own = format!("http://localhost:{port}");
    let host = format!("localhost:{port}");
    let plain = |headers: &[(&str, &str)]| {
        let mut call = nobody.post("/api/projects").body("text/plain", "x");
        for (name, value) in headers {
            call = call.header(name, value);
        }
        call
    };
    // What gets in is refused for its body alone.
    for headers in [
        &[][..],
        &[("host", &host[..])],
        &[("host", &format!("127.0.0.2:{port}")[..])],
        &[
            ("host", &host),
            ("origin", &own),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("sec-fetch-site", "none")],
    ] {
        assert_eq!(plain(headers).refused(400).await, "Name is required");
    }
    for headers in [
        &[("origin", "http://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "http://localhost:1")],
        &[
            ("host", &host),
            ("origin", &format!("https://{host}.evil.example")[..]),
        ],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("x-forwarded-for", "127.0.0.1")],
        &[("forwarded", "for=127.0.0.1")],
        &[("x-real-ip", "127.0.0.1")],
        // A name of this machine's that pages can have.
        &[("host", &format!("evil.localhost:{port}")[..])],
    ] {
        let message = plain(headers).refused(401).await;
        assert!(
            message.contains("Missing API key"),
            "{headers:?}: {message}"
        );
    }
    // A name that is not this machine's reaches nothing at all (DNS rebinding).
    for host in ["evil.example", &format!("evil.example:{port}"), "10.0.0.1"] {
        let answer = plain(&[("host", host)]).send().await;
        assert_eq!(answer.status, 403, "{answer}");
        let with_key = world.client.get("/api/personas").header("host", host);
        with_key.refused(403).await;
    }
    let projects = world.client.get("/api/projects").ok().await;
    assert_eq!(texts(&projects, "name"), ["default"]);
}
