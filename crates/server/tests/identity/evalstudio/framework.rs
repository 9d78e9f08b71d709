//! What is refused before a route is reached, in the form of the framework that the API was first built with.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::world::{World, project, project_persona, text};

/// Fails unless an answer is the framework's, with this code.
fn assert_framework(answer: &Answer, status: u16, code: Option<&str>) {
    assert_eq!(answer.status, status, "{answer}");
    let body = answer.json();
    assert_eq!(body["statusCode"], status, "{answer}");
    let reason = StatusCode::from_u16(status).unwrap();
    assert_eq!(
        body["error"],
        reason.canonical_reason().unwrap(),
        "{answer}"
    );
    assert_eq!(body.get("code").and_then(Value::as_str), code, "{answer}");
    assert!(body["message"].is_string(), "{answer}");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_have_a_code() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let hasty = text(&project_persona(client, &shop, "hasty").await, "id");
    let below = format!("/api/projects/{shop}/personas");
    let takers = [
        (Method::POST, "/api/personas".to_owned()),
        (Method::PUT, format!("/api/personas/{hasty}")),
        (Method::DELETE, format!("/api/personas/{hasty}")),
        (Method::POST, "/api/projects".to_owned()),
        (Method::PUT, format!("/api/projects/{shop}")),
        (Method::DELETE, format!("/api/projects/{shop}")),
        (Method::POST, below.clone()),
        (Method::PUT, format!("{below}/{hasty}")),
        (Method::DELETE, format!("{below}/{hasty}")),
    ];
    let huge = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let cases = [
        ("application/json", "", 400, "FST_ERR_CTP_EMPTY_JSON_BODY"),
        (
            "application/json; charset=utf-8",
            "",
            400,
            "FST_ERR_CTP_EMPTY_JSON_BODY",
        ),
        (
            "application/json",
            "{",
            400,
            "FST_ERR_CTP_INVALID_JSON_BODY",
        ),
        (
            "Application/JSON",
            "{\"name\": x}",
            400,
            "FST_ERR_CTP_INVALID_JSON_BODY",
        ),
        (
            "application/json",
            "{\"__proto__\": 1}",
            400,
            "FST_ERR_CTP_INVALID_JSON_BODY",
        ),
        (
            "application/x-www-form-urlencoded",
            "name=x",
            415,
            "FST_ERR_CTP_INVALID_MEDIA_TYPE",
        ),
        (
            "application/xml",
            "<a/>",
            415,
            "FST_ERR_CTP_INVALID_MEDIA_TYPE",
        ),
        ("text/html", "{}", 415, "FST_ERR_CTP_INVALID_MEDIA_TYPE"),
        ("application/json", &huge, 413, "FST_ERR_CTP_BODY_TOO_LARGE"),
    ];
    for (method, path) in &takers {
        for (kind, body, status, code) in cases {
            let call = client.call(method.clone(), path);
            let answer = call.body(kind, body.to_owned()).send().await;
            assert_framework(&answer, status, Some(code));
        }
    }
    // Nothing of that was done.
    client.get(&format!("{below}/{hasty}")).ok().await;
}

#[tokio::test]
async fn what_is_no_object_has_no_members() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let hasty = project_persona(client, &shop, "hasty").await;
    let path = format!("/api/personas/{}", text(&hasty, "id"));
    for (kind, body) in [
        ("text/plain", "{\"projectId\": \"x\", \"name\": \"y\"}"),
        ("text/plain; charset=utf-8", "hello"),
        ("application/json", "[{\"projectId\": \"x\"}]"),
        ("application/json", "\"projectId\""),
        ("application/json", "null"),
        ("application/json", "7"),
    ] {
        let call = client.post("/api/personas").body(kind, body);
        assert_eq!(
            call.refused(400).await,
            "Project ID is required",
            "{kind} {body}"
        );
        let same = client.put(&path).body(kind, body).ok().await;
        assert_eq!(same["name"], "hasty");
    }
    // Neither has a request without a body.
    let message = client.post("/api/personas").refused(400).await;
    assert_eq!(message, "Project ID is required");
    assert_eq!(client.put(&path).ok().await["name"], "hasty");
}

#[tokio::test]
async fn unknown_routes_are_told_by_the_framework() {
    let world = World::new().await;
    let client = &world.client;
    let shop = project(client, "shop").await;
    let hasty = text(&project_persona(client, &shop, "hasty").await, "id");
    for (method, path) in [
        (Method::GET, "/api/nothing".to_owned()),
        (Method::GET, "/api/".to_owned()),
        (Method::POST, "/api/scenarios".to_owned()),
        (Method::PATCH, format!("/api/personas/{hasty}")),
        (Method::OPTIONS, "/api/personas".to_owned()),
        (Method::OPTIONS, format!("/api/personas/{hasty}")),
        (Method::DELETE, "/api/personas".to_owned()),
        (Method::POST, format!("/api/personas/{hasty}")),
        (Method::GET, format!("/api/personas/{hasty}/")),
        (Method::GET, format!("/api/projects/{shop}/")),
        (
            Method::GET,
            format!("/api/projects/{shop}/personas/{hasty}/"),
        ),
    ] {
        let answer = client.call(method.clone(), &path).unchecked().await;
        assert_framework(&answer, 404, None);
        assert!(answer.message().contains(method.as_str()), "{answer}");
    }
    // This is a persona's address with an empty id.
    let answer = client.get("/api/personas/").unchecked().await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json(), json!({"error": "Persona not found"}));
    for path in [
        "/api/personas/%FF",
        "/api/projects/%FF",
        "/api/projects/%FF/personas",
    ] {
        assert_framework(&client.get(path).send().await, 400, Some("FST_ERR_BAD_URL"));
    }
}

#[tokio::test]
async fn heads_are_answered_and_foreign_pages_are_told_nothing() {
    let world = World::new().await;
    let client = &world.client;
    let hasty = project_persona(client, &world.default_project().await, "hasty").await;
    let path = format!("/api/personas/{}", text(&hasty, "id"));
    for path in ["/api/personas", &path, "/api/projects"] {
        let head = client.call(Method::HEAD, path).unchecked().await;
        let get = client.get(path).send().await;
        assert_eq!(head.status, StatusCode::OK, "{head}");
        assert!(head.body.is_empty());
        assert_eq!(
            head.header("content-length"),
            Some(&get.body.len().to_string()[..])
        );
        assert_eq!(head.header("content-type"), get.header("content-type"));
        let allowed = get
            .headers
            .keys()
            .find(|it| it.as_str().starts_with("access-control"));
        assert_eq!(allowed, None, "{get}");
    }
}
