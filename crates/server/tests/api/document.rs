//! The OpenAPI document: valid, complete, and the one that is committed.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use serde_json::Value;

use crate::support::server::Server;

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let server = Server::start().await;
    let client = server.client().await;
    let answer = client.get("/openapi/notte.json").send().await;
    let served = String::from_utf8(answer.body.to_vec()).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/notte.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == served,
        "openapi/notte.json is not what the server serves. If the change is meant: \
         UPDATE_OPENAPI=1 cargo test -p guise --test api the_committed_document"
    );
    // One dialect so far: the whole is the same.
    assert_eq!(
        client.get("/openapi.json").send().await.json(),
        answer.json()
    );
}

#[tokio::test]
async fn the_document_is_sound() {
    let server = Server::start().await;
    let client = server.client().await;
    let document = &client.document.json;
    assert_eq!(document["openapi"], "3.1.0");
    for member in ["title", "version", "description"] {
        assert!(document["info"][member].is_string(), "info.{member}");
    }

    let mut ids = HashSet::new();
    for operation in client.document.operations() {
        let id = &operation.id;
        assert!(
            !id.is_empty() && ids.insert(id.clone()),
            "operationId '{id}'"
        );
        assert!(operation.json["summary"].is_string(), "{id} has no summary");
        assert!(operation.json["tags"][0].is_string(), "{id} has no tag");
        assert!(
            operation.json["security"].is_array(),
            "{id} does not say whether it needs a key"
        );
        let responses = operation.json["responses"].as_object().unwrap();
        assert!(responses.contains_key("200"), "{id} has no success");
        for (status, response) in responses {
            let text = response["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{id} {status} has no description");
            assert!(status.parse::<u16>().is_ok(), "{id} {status}");
            assert!(
                response["content"].is_object(),
                "{id} {status} has no content"
            );
        }
        let parameters = operation.json["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for parameter in &parameters {
            assert!(parameter["description"].is_string(), "{id}: {parameter}");
            assert!(parameter["schema"].is_object(), "{id}: {parameter}");
        }
        let in_path: BTreeSet<_> = operation
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let declared: BTreeSet<_> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| {
                assert_eq!(parameter["required"], true, "{id}: {parameter}");
                parameter["name"].as_str().unwrap()
            })
            .collect();
        assert_eq!(in_path, declared, "{id}");
    }

    let mut referenced = BTreeSet::new();
    walk(document, &mut |value| {
        if let Some(Value::String(reference)) = value.get("$ref") {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{reference} leads nowhere"
            );
            referenced.insert(reference.rsplit('/').next().unwrap().to_owned());
        }
    });
    let defined: BTreeSet<_> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        defined, referenced,
        "every component is used, every used one is there"
    );
    for name in &defined {
        let schema = &document["components"]["schemas"][name];
        assert!(
            !name.ends_with("Body"),
            "{name} is a name of ours, not the API's"
        );
        assert!(
            schema["description"].is_string(),
            "{name} has no description"
        );
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}
