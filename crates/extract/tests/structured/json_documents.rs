//! Documents that are JSON: members of the names that are asked for.

use guise_extract::{Found, SourceKind, structured_json};
use serde_json::{Value, json};
use url::Url;

fn find(document: &Value, schema: &Value) -> Found {
    let url = Url::parse("https://site.example/data/1.json").unwrap();
    structured_json(&document.to_string(), &url, schema)
}

fn object(members: Value) -> Value {
    json!({"title": "Product", "type": "object", "properties": members})
}

fn product() -> Value {
    object(json!({"name": {"type": "string"}, "price": {"type": "number"}}))
}

fn products() -> Value {
    json!({"title": "Catalogue", "type": "object", "properties": {"products": {"type": "array", "items": product()}}})
}

fn place<'f>(found: &'f Found, at: &str) -> &'f str {
    assert_eq!(found.sources[at].kind, SourceKind::Json);
    &found.sources[at].place
}

#[test]
fn members_are_found_by_their_names_with_their_places() {
    let document = json!({
        "name": "Kettle", "NAME": "another", "made-in": "Leeds", "maker": {"id": 7, "Name": "Ada & Co"}, "a/b": true,
        "sizes": [1, 2.5], "offers": [{"price": 5, "ends": "2026-05-01T10:00:00Z"}, {"price": "6.50"}], "tags": []
    });
    let offer =
        object(json!({"price": {"type": "number"}, "ends": {"type": "string", "format": "date"}}));
    let list = |items: Value| json!({"type": "array", "items": items});
    let schema = object(json!({
        "name": {"type": "string"},
        "madeIn": {"type": "string"},
        "maker": object(json!({"id": {"type": "string"}, "name": {"type": "string"}})),
        "a/b": {"type": "boolean"},
        "sizes": list(json!({"type": "number"})),
        "offers": list(offer),
        "tags": list(json!({"type": "string"})),
        "colour": {"type": "string"},
    }));
    let found = find(&document, &schema);
    let data = json!({
        "name": "Kettle", "madeIn": "Leeds", "maker": {"id": "7", "name": "Ada & Co"}, "a/b": true, "sizes": [1, 2.5],
        "offers": [{"price": 5, "ends": "2026-05-01"}, {"price": 6.5}], "tags": []
    });
    assert_eq!(found.data, Some(data));
    assert_eq!(found.missing, ["/offers/1/ends", "/colour"]);
    assert_eq!(place(&found, "/madeIn"), "/made-in");
    assert_eq!(place(&found, "/maker/name"), "/maker/Name");
    assert_eq!(place(&found, "/a~1b"), "/a~1b");
    assert_eq!(place(&found, "/offers/1/price"), "/offers/1/price");
    assert_eq!(place(&found, "/tags"), "/tags");
}

#[test]
fn what_does_not_fit_or_is_in_doubt_stays_out() {
    let number = || json!({"type": "integer", "minimum": 1});
    let schema = object(json!({
        "count": number(), "rank": number(), "first_name": {"type": "string"}, "on": {"type": "boolean"},
        "list": {"type": "array", "items": number()}, "note": {"type": ["string", "null"]}, "other": {"type": "string"},
        "name": {"type": "string"},
    }));
    let document = json!({
        "count": 0, "rank": 2.5, "firstName": "Ada", "first-name": "Eve", "on": 1, "list": [1, "x"], "note": null, "other": null,
        "name": "Kettle"
    });
    let found = find(&document, &schema);
    assert_eq!(found.data, Some(json!({"note": null, "name": "Kettle"})));
    let missing = ["/count", "/rank", "/first_name", "/on", "/list", "/other"];
    assert_eq!(found.missing, missing);
    assert_eq!(place(&found, "/note"), "/note");
}

#[test]
fn wrappers_are_looked_into() {
    let kettle = json!({"name": "Kettle", "price": 5});
    for (document, at) in [
        (json!({"data": kettle}), "/data"),
        (
            json!({"status": "ok", "name": "api", "data": kettle}),
            "/data",
        ),
        (json!({"thing": kettle}), "/thing"),
        (
            json!({"product": kettle, "related": {"name": "Pot", "price": 1}}),
            "/product",
        ),
        (
            json!({"response": {"results": [kettle]}}),
            "/response/results/0",
        ),
        (json!([kettle]), "/0"),
    ] {
        let found = find(&document, &product());
        assert_eq!(found.data.as_ref(), Some(&kettle), "{document}");
        assert_eq!(place(&found, "/price"), format!("{at}/price"), "{document}");
        assert!(found.missing.is_empty(), "{document}");
    }
    // Whose name that is nobody says, or it is another thing's.
    for document in [
        json!({"total": 3, "owner": kettle}),
        json!([kettle, kettle]),
        json!({"data": kettle, "result": kettle}),
    ] {
        assert_eq!(find(&document, &product()).data, None, "{document}");
    }
    let owned = json!({"name": "Shelf", "owner": {"name": "Ada", "price": 1}});
    assert_eq!(
        find(&owned, &product()).data,
        Some(json!({"name": "Shelf"}))
    );
}

#[test]
fn lists_fill_the_one_list_that_is_wanted() {
    let all = json!([{"name": "Kettle", "price": 5}, {"name": "Pot", "price": 6}]);
    for (document, at) in [
        (all.clone(), ""),
        (json!({"items": all, "total": 2}), "/items"),
        (json!({"data": {"items": all}}), "/data/items"),
        (json!({"products": all, "items": []}), "/products"),
    ] {
        let found = find(&document, &products());
        assert_eq!(found.data, Some(json!({"products": all})), "{document}");
        assert_eq!(place(&found, "/products/1/name"), format!("{at}/1/name"));
    }
    let users = json!({"users": all, "total": 2});
    assert_eq!(find(&users, &products()).data, None, "they are no products");
    let list = json!({"type": "array", "items": product()});
    for document in [
        all.clone(),
        json!({"products": all, "total": 2}),
        json!({"data": {"items": all}}),
    ] {
        assert_eq!(find(&document, &list).data, Some(all.clone()), "{document}");
    }
    assert_eq!(find(&users, &list).data, None, "they are no products");
}

#[test]
fn what_is_no_json_or_holds_too_much_states_nothing() {
    let url = Url::parse("https://site.example/").unwrap();
    for text in ["", "{", "5", "\"name\"", "null"] {
        let found = structured_json(text, &url, &product());
        assert_eq!(
            (found.data, found.missing),
            (None, vec![String::new()]),
            "{text}"
        );
    }
    let schema = object(
        json!({"name": {"type": "string"}, "all": {"type": "array", "items": {"type": "integer"}}}),
    );
    let found = find(&json!({"name": "Kettle", "all": vec![1; 60_000]}), &schema);
    assert_eq!(found.missing, [""]);
    let found = find(&json!({"name": "Kettle", "all": vec![1; 1_000]}), &schema);
    assert!(found.missing.is_empty());
}
