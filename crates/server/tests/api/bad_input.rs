//! What no well-behaved client sends: every operation refuses it in the API's own words, and the session lives on.

use http::{Method, StatusCode};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::support::Stage;
use crate::support::client::{Answer, Client};
use crate::support::dialect::Dialect;
use crate::support::document::Operation;
use crate::support::model::{Say, ScriptedModel};
use crate::support::samples::Samples;

/// Bodies that are no JSON object, with the content type of one.
fn broken_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| {
        let text = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        text.into_bytes()
    };
    vec![
        ("broken JSON", b"{\"url\": ".to_vec()),
        ("words", b"hello".to_vec()),
        ("an array", b"[]".to_vec()),
        ("a string", b"\"url\"".to_vec()),
        ("a number", b"42".to_vec()),
        ("a boolean", b"true".to_vec()),
        ("null", b"null".to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("a number beyond all bounds", b"{\"url\": 1e999}".to_vec()),
        ("half a surrogate", b"{\"url\": \"\\ud800\"}".to_vec()),
        ("invalid UTF-8", b"{\"url\": \"\xff\xfe\"}".to_vec()),
        ("a NUL byte", b"{\"url\": \"\0\"}".to_vec()),
        ("deep arrays", deep("[", "]")),
        ("deep objects", deep("{\"url\":", "}")),
    ]
}

/// Sends a body to an operation that takes JSON.
async fn send(stage: &Stage, samples: &Samples, operation: &Operation, body: Vec<u8>) -> Answer {
    let call = samples.valid(&stage.client, &operation.id);
    call.body("application/json", body).send().await
}

/// The operations that take JSON.
fn with_bodies(stage: &Stage) -> Vec<&Operation> {
    let operations = stage.client.document.operations().iter();
    operations.filter(|it| it.takes_json()).collect()
}

async fn assert_alive(stage: &Stage) {
    let session = stage.client.get(&stage.path("")).ok().await;
    assert_eq!(session["status"], "active");
    let url = format!("{}/login", stage.site.origin());
    let done = stage.execute(json!({"type": "goto", "url": url})).await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(stage.observe().await["metadata"]["url"], url);
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_refused() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    for operation in &with_bodies(&stage) {
        for (name, body) in broken_bodies() {
            let is_json = serde_json::from_slice::<Value>(&body).is_ok();
            let answer = send(&stage, &samples, operation, body).await;
            let expected = match operation.dialect() {
                Dialect::Notte => 422,
                // There, what is no object has no members, and a change of none is one.
                Dialect::Evalstudio if is_json && operation.method == Method::PUT => 200,
                Dialect::Aiqaramba | Dialect::Evalstudio => 400,
            };
            let what = format!("{}, {name}: {answer}", operation.id);
            assert_eq!(answer.status, expected, "{what}");
        }
    }
    assert_alive(&stage).await;
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_before_they_are_read() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let spaces = vec![b' '; 10 * 1024 * 1024];
    let long = format!("{{\"url\": \"{}\"}}", "a".repeat(10 * 1024 * 1024));
    for operation in &with_bodies(&stage) {
        for body in [spaces.clone(), long.clone().into_bytes()] {
            let answer = send(&stage, &samples, operation, body).await;
            let expected = match operation.id.as_str() {
                "scrape_from_html" => 422,
                // They carry files.
                "tenant_agent_create" | "journey_run" => 400,
                _ => 413,
            };
            assert_eq!(
                answer.status.as_u16(),
                expected,
                "{}: {answer}",
                operation.id
            );
        }
    }
    let answer = stage
        .client
        .post("/scrape_from_html")
        .body("application/json", vec![b' '; 33 * 1024 * 1024])
        .send()
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
    for operation in &with_bodies(&stage) {
        if ["tenant_agent_create", "journey_run"].contains(&operation.id.as_str()) {
            let body = vec![b' '; 17 * 1024 * 1024];
            let answer = send(&stage, &samples, operation, body).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
        }
    }
    assert_alive(&stage).await;
}

#[tokio::test]
async fn members_of_the_wrong_type_are_named() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let wrong = [
        json!([[]]),
        json!({"a": {"b": 1}}),
        json!(1.5),
        json!(-1),
        json!("\u{0}x"),
        json!(u64::MAX),
        json!(1e300),
    ];
    for operation in &with_bodies(&stage) {
        for member in stage.client.document.members_of(operation) {
            for value in &wrong {
                let body = if operation.id == "page_execute" {
                    json!({"type": "evaluate_js", member.clone(): value})
                } else {
                    json!({member.clone(): value})
                };
                let answer = send(&stage, &samples, operation, body.to_string().into_bytes()).await;
                let status = answer.status.as_u16();
                let expected: &[u16] = match operation.dialect() {
                    Dialect::Notte => &[200, 400, 422, 501],
                    Dialect::Aiqaramba => &[400],
                    Dialect::Evalstudio => &[200, 201, 400, 404, 409],
                };
                assert!(
                    expected.contains(&status),
                    "{} {body}: {answer}",
                    operation.id
                );
                if status == 200 && operation.id == "session_start" {
                    let session = answer.json()["session_id"].as_str().unwrap().to_owned();
                    stage.client.stop(&session).await;
                }
            }
        }
    }
    assert_alive(&stage).await;
}

/// Operations of the Notte API whose bodies may have members that mean nothing to anybody.
const LENIENT: &[&str] = &[
    "page_execute",
    // A list with one wrapper.
    "session_cookies_set",
    // The API's schema lets anything be there.
    "search",
    // The real ones are no stricter.
    "persona_update",
    "vault_update",
];

/// Operations of other APIs that start work which takes long and costs: a wish that is misspelt is told of.
const STRICT: &[&str] = &["tenant_agent_create", "journey_run"];

#[tokio::test]
async fn strict_requests_refuse_unknown_members_and_actions_ignore_them() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    for operation in &with_bodies(&stage) {
        let sent = samples.valid(&stage.client, &operation.id).sent_json();
        let mut body = sent.unwrap_or_else(|| json!({}));
        body["shoe_size"] = json!(42);
        let answer = send(&stage, &samples, operation, body.to_string().into_bytes()).await;
        let id = operation.id.as_str();
        if STRICT.contains(&id) {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{id}: {answer}");
            assert!(answer.message().contains("shoe_size"), "{id}: {answer}");
        } else if operation.dialect() != Dialect::Notte || LENIENT.contains(&id) {
            assert!(answer.status.is_success(), "{id}: {answer}");
        } else {
            let what = format!("{}: {answer}", operation.id);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
            assert!(answer.message().contains("shoe_size"), "{what}");
            let detail = &answer.json()["detail"][0];
            assert_eq!(detail["type"], "extra_forbidden", "{what}");
            assert_eq!(detail["loc"], json!(["body", "shoe_size"]), "{what}");
        }
    }
}

#[tokio::test]
async fn members_that_are_null_count_as_absent() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    for operation in &with_bodies(&stage) {
        let mut body = samples.with_nulls(&stage.client, operation);
        match operation.id.as_str() {
            "page_execute" => {
                body["type"] = json!("evaluate_js");
                body["code"] = json!("1 + 1");
                body["url"] = Value::Null;
            }
            "session_cookies_set" => {
                body["cookies"] = json!([{"name": "a", "value": "b", "domain": "a.example", "path": null,
                    "httpOnly": null, "secure": null, "sameSite": null, "expires": null}]);
            }
            _ => {}
        }
        let answer = send(&stage, &samples, operation, body.to_string().into_bytes()).await;
        assert!(
            answer.status.is_success(),
            "{} {body}: {answer}",
            operation.id
        );
    }
    let url = format!("{}/login", stage.site.origin());
    stage.execute(json!({"type": "goto", "url": url})).await;
    for action in [
        json!({"type": "fill", "selector": "input[type=password]", "value": "x", "clear_before_fill": null, "timeout": null}),
        json!({"type": "scrape", "only_images": null, "scrape_images": null, "scrape_links": null}),
        json!({"type": "click", "id": null, "timeout": null,
            "selector": {"css_selector": "input[type=password]", "xpath_selector": null, "in_iframe": null, "iframe_parent_css_selectors": null}}),
    ] {
        let done = stage.execute(action).await;
        assert_eq!(done["success"], true, "{done}");
    }
}

#[tokio::test]
async fn unknown_ids_are_not_found_whatever_they_look_like() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let ids = [
        "nonexistent-session-id-xyz789",
        "00000000-0000-0000-0000-000000000000",
        "01a2016d-14fe-75f8-9039-b52a260da311",
        "%00",
        "%F0%9F%92%A9",
        "..%2F..%2Fetc%2Fpasswd",
        "'%20OR%201=1",
        &"x".repeat(5000),
    ];
    for operation in stage.client.document.operations() {
        let valid = samples.valid(&stage.client, &operation.id);
        for (place, name) in parameters(operation) {
            let at = |id: &str| {
                let path = with_segment(valid.path(), place, id);
                let call = samples.valid(&stage.client, &operation.id).to(path);
                // What the body says must not be what it is refused for.
                match operation.dialect() {
                    Dialect::Evalstudio if operation.method == Method::PUT => call.json(json!({})),
                    _ => call,
                }
            };
            // A file may be called anything, and a provider is no row.
            let ids = if name == "filename" || name == "provider" {
                &[][..]
            } else {
                &ids[..]
            };
            for id in ids {
                let is_uuid = uuid::Uuid::try_parse(id).is_ok();
                let no_uuid = operation.dialect() == Dialect::Aiqaramba && !is_uuid;
                at(id).refused(if no_uuid { 400 } else { 404 }).await;
            }
            // Not even text.
            let notte = operation.dialect() == Dialect::Notte;
            at("%FF%FE").refused(if notte { 422 } else { 400 }).await;
        }
    }
    assert_alive(&stage).await;
}

/// The places of an operation's parameters in its path, and their names.
fn parameters(operation: &Operation) -> Vec<(usize, String)> {
    let segments = operation.path.split('/').enumerate();
    segments
        .filter_map(|(place, part)| Some((place, part.strip_prefix('{')?.strip_suffix('}')?)))
        .map(|(place, name)| (place, name.to_owned()))
        .collect()
}

/// A path with another segment at one place. What stands behind a `?` stays.
fn with_segment(path: &str, place: usize, segment: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut segments: Vec<_> = path.split('/').collect();
    segments[place] = segment;
    format!("{}?{query}", segments.join("/"))
}

#[tokio::test]
async fn wrong_methods_and_unknown_routes_are_refused_in_the_same_form() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    for operation in stage.client.document.operations() {
        let valid = samples.valid(&stage.client, &operation.id);
        let path = valid.path().split('?').next().unwrap();
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            if stage.client.document.find(&method, path).is_some() {
                continue;
            }
            let answer = stage.client.call(method.clone(), path).unchecked().await;
            let dialect = operation.dialect();
            let expected: &[u16] = match dialect {
                Dialect::Notte | Dialect::Aiqaramba => &[405],
                // It knows routes by method and path together.
                Dialect::Evalstudio => &[404],
            };
            let what = format!("{method} {path}: {answer}");
            assert!(expected.contains(&answer.status.as_u16()), "{what}");
            dialect.check_error(&answer, &answer.json());
            assert!(answer.message().contains(method.as_str()), "{answer}");
        }
    }
    for path in [
        "/nothing",
        "/sessions//",
        "/sessions/a/b/c",
        "/%FF",
        "/storage",
        "/openapi.yaml",
        "/personas/a/b",
        "/api/v1/nothing",
        "/api/v1/personas/",
        "/api/nothing",
        "/api/personas/a/",
        "/api/projects/a/b",
    ] {
        let answer = stage.client.get(path).unchecked().await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {answer}");
        Dialect::of(path).check_error(&answer, &answer.json());
    }
    let brew: Method = "BREW".parse().unwrap();
    let answer = stage.client.call(brew, "/sessions").unchecked().await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{answer}");
    assert_alive(&stage).await;
}

#[tokio::test]
async fn query_parameters_have_bounds_and_unknown_ones_are_ignored() {
    let stage = Stage::new().await;
    for query in [
        "page=0",
        "page=-1",
        "page=x",
        "page=1.5",
        "page=99999999999999999999",
        "page=",
        "page_size=0",
        "page_size=101",
        "page_size=-5",
        "only_active=perhaps",
        "only_active=",
        "only_active=2",
        "only_current_token=%FF",
        "include_system=x",
    ] {
        for path in [
            "/sessions",
            "/sessions/",
            "/personas",
            "/personas/",
            "/vaults",
            "/vaults/",
        ] {
            let answer = stage.client.get(&format!("{path}?{query}")).send().await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{query}: {answer}"
            );
            let name = query.split('=').next().unwrap();
            assert_eq!(
                answer.json()["detail"][0]["loc"],
                json!(["query", name]),
                "{answer}"
            );
        }
    }
    stage
        .client
        .get("/sessions?shoe_size=42&page=1&page=2")
        .ok()
        .await;
    stage
        .client
        .get("/sessions?page=4294967295&page_size=100")
        .ok()
        .await;
    stage
        .client
        .get(&stage.path("/debug/tab?tab_idx=x"))
        .refused(422)
        .await;
    for index in ["7", "-2", "9223372036854775807"] {
        stage
            .client
            .get(&stage.path(&format!("/debug/tab?tab_idx={index}")))
            .refused(404)
            .await;
    }
}

#[tokio::test]
async fn headers_beyond_all_bounds_end_in_a_refusal() {
    let stage = Stage::new().await;
    let mut many = stage.client.get("/sessions");
    for number in 0..200 {
        many = many.header(&format!("x-bomb-{number}"), "boom");
    }
    let long = stage
        .client
        .get("/sessions")
        .header("x-bomb", &"b".repeat(600_000));
    for call in [many, long] {
        // The connection may be closed before all of it was sent.
        if let Ok(answer) = call.exchange().await {
            assert!([400, 431].contains(&answer.status.as_u16()), "{answer}");
        }
    }
    stage
        .client
        .get("/sessions")
        .header("x-request-id", "évil\u{7f}".trim_end_matches('\u{7f}'))
        .ok()
        .await;
    let cursed = stage
        .client
        .get("/sessions")
        .header("authorization", "Bearer ключ");
    cursed.refused(401).await;
    assert_alive(&stage).await;
}

#[tokio::test]
async fn sockets_and_tokens_refuse_in_the_same_form() {
    let stage = Stage::new().await;
    let client = &stage.client;
    for path in [
        format!("/cdp/{}/forged", stage.session),
        format!("/cdp/{}/forged/json/version", stage.session),
        "/cdp/%FF/%FF".to_owned(),
        stage.path("/debug/recording"),
        stage.path("/debug/logs?token=%FF"),
        format!("/view/{}/forged", stage.session),
        "/files/uploads/forged/a.txt".to_owned(),
        "/files/uploads/%FF/%FF".to_owned(),
    ] {
        let answer = client.get(&path).unchecked().await;
        assert!(answer.status.is_client_error(), "{path}: {answer}");
        assert_eq!(
            answer.json()["status"],
            answer.status.as_u16(),
            "{path}: {answer}"
        );
        assert!(!answer.message().is_empty(), "{path}: {answer}");
    }
}

/// JSON of any shape, with names of real members among the others so that it gets past the first check.
fn any_json(members: Vec<String>) -> impl Strategy<Value = Value> {
    let name = prop_oneof![3 => proptest::sample::select(members), 1 => "[a-z_]{0,8}".boxed()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        // A wait of any such length is over at once.
        (-9_i64..50).prop_map(Value::from),
        any::<i64>()
            .prop_filter("no long waits", |it| !(50..=30_000).contains(it))
            .prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(vec![
            "",
            "B1",
            "#q",
            "css=a",
            "xpath=//a",
            "text=a",
            "role=button",
            "chrome",
            "about:blank",
            "fast",
            "file:///etc/passwd",
            "goto",
            "click",
            "fill",
            "form_fill",
            "scrape",
            "evaluate_js",
            "press_key",
            "switch_tab",
            "Enter",
            "16:9",
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    tree.prop_filter("an object", Value::is_object)
}

#[tokio::test]
async fn no_json_at_all_makes_the_server_fail() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let cases = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        400
    } else {
        25
    };
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, b"the same cases on every machine!"),
    );
    for operation in &with_bodies(&stage) {
        let strategy = any_json(stage.client.document.members_of(operation));
        // In full it takes longer than a session may be idle.
        stage.execute(json!({"type": "wait", "time_ms": 1})).await;
        for _ in 0..cases {
            let mut body = strategy.new_tree(&mut runner).unwrap().current();
            // Actions are chosen by their type; without one there is only one answer.
            if operation.id == "page_execute" && !body["type"].is_string() {
                let types = [
                    "goto",
                    "click",
                    "fill",
                    "form_fill",
                    "scrape",
                    "evaluate_js",
                    "press_key",
                    "switch_tab",
                    "check",
                ];
                body["type"] = types[body.to_string().len() % types.len()].into();
                body["timeout"] = json!(50);
            }
            let answer = send(&stage, &samples, operation, body.to_string().into_bytes()).await;
            let status = answer.status.as_u16();
            assert!(
                status < 500 || status == 501,
                "{} {body}: {answer}",
                operation.id
            );
            if status == 200 && operation.id == "session_start" {
                let session = answer.json()["session_id"].as_str().unwrap().to_owned();
                stage.client.stop(&session).await;
            }
        }
    }
    assert_alive(&stage).await;
}

/// PostgreSQL keeps no NUL in text, where SQLite does.
#[tokio::test]
async fn nul_characters_are_no_fault_on_postgresql() {
    let database = std::env::var("GUISE_TEST_POSTGRES").expect(
        "GUISE_TEST_POSTGRES is not set: run `make test`, or this command below scripts/with-postgres.sh",
    );
    let model = ScriptedModel::start(|_| Say::Hang).await;
    let stage = Stage::with_settings(model, &[("database_url", &database)]).await;
    let client = &stage.client;
    for action in [
        json!({"type": "help", "reason": "a\u{0}b"}),
        json!({"type": "completion", "success": true, "answer": "a\u{0}b"}),
        json!({"type": "evaluate_js", "code": "'a\u{0}b'"}),
        json!({"type": "upload_file", "selector": "input", "file_path": "a\u{0}b"}),
        json!({"type": "goto", "url": "data:text/html,<title>a&#0;b</title>\u{0}"}),
    ] {
        stage.execute(action).await;
    }
    stage.observe().await;
    let session = client.get(&stage.path("")).ok().await;
    assert_eq!(session["steps"][0]["value"]["action"]["reason"], "a\u{0}b");
    assert_eq!(session["steps"].as_array().unwrap().len(), 6);
    client.get("/storage/uploads/a%00b").refused(404).await;
    client
        .post("/storage/uploads/a%00b")
        .file("file", "x")
        .refused(422)
        .await;
    client
        .get(&format!("/storage/{}/downloads/a%00b", stage.session))
        .refused(404)
        .await;
    client.get("/sessions/a%00b").refused(404).await;
    let agent = json!({"user_agent": "a\u{0}b"});
    client
        .post("/sessions/start")
        .json(agent)
        .refused(422)
        .await;
    assert_alive(&stage).await;
    with_nul_characters_in_identities(client).await;
}

async fn with_nul_characters_in_identities(client: &Client) {
    let nul = "a\u{0}b";
    let named = client.post("/personas/create").json(json!({"name": nul}));
    let persona = named.ok().await["persona_id"].as_str().unwrap().to_owned();
    let vault = client.post("/vaults/create").json(json!({"name": nul}));
    let vault = vault.ok().await["vault_id"].as_str().unwrap().to_owned();
    let at = format!("/vaults/{vault}/credentials");
    let credentials = json!({"username": nul, "password": nul});
    let call = client
        .post(&at)
        .json(json!({"url": "a.example", "credentials": credentials}));
    call.ok().await;
    // What is sealed is kept as it is; what the database can see has a sign in its place.
    let revealed = client.get(&format!("{at}?url=a.example")).ok().await;
    let expected = json!({"username": "a\u{fffd}b", "password": nul});
    assert_eq!(revealed["credentials"], expected);
    let credential = json!({"label": nul, "cred_type": "secret", "value": nul, "auth_notes": nul});
    let call = client.post(&format!("/api/v1/personas/{persona}/credentials"));
    call.json(credential).created().await;
    let call = client.post("/api/v1/personas").json(json!({"name": nul}));
    call.refused(400).await;
    let call = client.post("/api/v1/mailboxes").json(json!({"name": nul}));
    call.refused(400).await;
    let project = client
        .post("/api/projects")
        .json(json!({"name": nul, "description": nul}));
    let project = project.created().await["id"].as_str().unwrap().to_owned();
    let again = json!({"projectId": project, "name": nul, "systemPrompt": nul});
    client
        .post("/api/personas")
        .json(again.clone())
        .created()
        .await;
    client.post("/api/personas").json(again).refused(409).await;
    client
        .delete(&format!("/api/projects/{project}"))
        .done()
        .await;
    client.get("/api/personas/a%00b").refused(404).await;
    assert_eq!(
        client.get("/api/personas?projectId=a%00b").ok().await,
        json!([])
    );
}
