//! The OpenAPI documents: valid, complete, and those that are committed.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use serde_json::Value;

use crate::support::dialect::Dialect;
use crate::support::document::{Document, Operation};
use crate::support::server::Server;

/// Where each document is served, and the file that it is committed as.
const DOCUMENTS: [(&str, &str); 4] = [
    ("/openapi.json", "guise.json"),
    ("/openapi/notte.json", "notte.json"),
    ("/openapi/aiqaramba.json", "aiqaramba.json"),
    ("/openapi/evalstudio.json", "evalstudio.json"),
];

#[tokio::test]
async fn the_committed_documents_are_the_served_ones() {
    let server = Server::start().await;
    let client = server.client().await;
    for (path, file) in DOCUMENTS {
        let answer = client.get(path).send().await;
        let served = String::from_utf8(answer.body.to_vec()).unwrap();
        let place = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../openapi")
            .join(file);
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(&place, &served).unwrap();
        }
        let committed = std::fs::read_to_string(&place).unwrap_or_default();
        assert!(
            committed == served,
            "openapi/{file} is not what the server serves. If the change is meant: \
             UPDATE_OPENAPI=1 cargo test -p guise --test api the_committed_documents"
        );
    }
}

#[tokio::test]
async fn the_whole_is_the_sum_of_the_dialects() {
    let server = Server::start().await;
    let client = server.client().await;
    let mut paths = BTreeSet::new();
    let mut components = serde_json::Map::new();
    for (path, _) in &DOCUMENTS[1..] {
        let part = client.get(path).ok().await;
        for name in part["paths"].as_object().unwrap().keys() {
            assert!(paths.insert(name.clone()), "{name} belongs to two dialects");
        }
        for (name, schema) in part["components"]["schemas"].as_object().unwrap() {
            let known = components.insert(name.clone(), schema.clone());
            assert!(
                known.is_none_or(|known| known == *schema),
                "{name} is two things"
            );
        }
    }
    let whole = &client.document.json;
    let of_whole: BTreeSet<_> = whole["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(of_whole, paths);
    assert_eq!(
        whole["components"]["schemas"],
        serde_json::Value::Object(components)
    );
}

#[tokio::test]
async fn the_documents_are_sound() {
    let server = Server::start().await;
    let client = server.client().await;
    for (path, _) in DOCUMENTS {
        check(&Document::new(client.get(path).ok().await));
    }
}

/// Fails unless a document is complete and consistent.
fn check(document: &Document) {
    let json = &document.json;
    assert_eq!(json["openapi"], "3.1.0");
    for member in ["title", "version", "description"] {
        assert!(json["info"][member].is_string(), "info.{member}");
    }
    let mut ids = HashSet::new();
    for operation in document.operations() {
        let id = &operation.id;
        assert!(
            !id.is_empty() && ids.insert(id.clone()),
            "operationId '{id}'"
        );
        check_operation(operation);
    }

    let mut referenced = BTreeSet::new();
    walk(json, &mut |value| {
        if let Some(Value::String(reference)) = value.get("$ref") {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(json.pointer(pointer).is_some(), "{reference} leads nowhere");
            referenced.insert(reference.rsplit('/').next().unwrap().to_owned());
        }
    });
    let defined: BTreeSet<_> = json["components"]["schemas"]
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
        let schema = &json["components"]["schemas"][name];
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

fn check_operation(operation: &Operation) {
    let id = &operation.id;
    assert!(operation.json["summary"].is_string(), "{id} has no summary");
    assert!(operation.json["tags"][0].is_string(), "{id} has no tag");
    assert!(
        operation.json["security"].is_array(),
        "{id} does not say whether it needs a key"
    );
    let responses = operation.json["responses"].as_object().unwrap();
    let successes: Vec<_> = responses.keys().filter(|it| it.starts_with('2')).collect();
    assert_eq!(successes.len(), 1, "{id} has the successes {successes:?}");
    // The official clients of the Notte API take nothing but 200 for a success.
    assert!(
        operation.dialect() != Dialect::Notte || successes == ["200"],
        "{id}: {successes:?}"
    );
    for (status, response) in responses {
        let text = response["description"].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{id} {status} has no description");
        assert!(status.parse::<u16>().is_ok(), "{id} {status}");
        assert_eq!(
            response["content"].is_object(),
            status != "204",
            "{id} {status}: only what says nothing has no content"
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

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}
