//! Frames, selectors, sources, and schemas as they come.

use guise_extract::{Css, Found, Frame, Options, Selector, SourceKind, structured};
use serde_json::{Value, json};
use url::Url;

fn find(html: &str, schema: &Value, options: &Options) -> Found {
    let url = Url::parse("https://site.example/page").unwrap();
    structured(&[Frame { url: &url, html }], schema, options)
}

#[test]
fn each_value_says_where_it_was_found() {
    let html = r#"<html><head><script type="application/ld+json">{"@type":"Product","name":"Kettle","offers":{"price":5}}</script></head>
        <body><main><h1>Kettle</h1><dl id="spec"><dt>Colour</dt><dd>Red</dd></dl><table><tr><th>Size</th><td>Big</td></tr></table>
        <p><b>Made in:</b> Leeds</p></main></body></html>"#;
    let text = || json!({"type": "string"});
    let schema = json!({"title": "Product", "type": "object", "properties": {"name": text(), "price": {"type": "number"},
        "color": text(), "size": text(), "made_in": text(), "taste": text()}});
    let found = find(html, &schema, &Options::default());
    let source = |at: &str| {
        let source = &found.sources[at];
        (source.kind, source.place.as_str())
    };
    assert_eq!(
        source("/price"),
        (SourceKind::JsonLd, "ld+json[0]#/offers/price")
    );
    assert_eq!(source("/color"), (SourceKind::DefinitionList, "#spec > dd"));
    assert_eq!(source("/size").0, SourceKind::Table);
    assert!(
        source("/size").1.ends_with("tr > td"),
        "{:?}",
        source("/size")
    );
    assert_eq!(source("/made_in").0, SourceKind::LabelledField);
    assert_eq!(found.missing, ["/taste"]);
    assert_eq!(SourceKind::DefinitionList.name(), "definition-list");
}

#[test]
fn frames_are_read_too_and_selectors_leave_them_out() {
    let urls =
        ["https://site.example/", "https://other.example/inner"].map(|it| Url::parse(it).unwrap());
    let parts = [
        Frame {
            url: &urls[0],
            html: "<main id=a><p>Colour: Red</p></main><p>Size: Big</p>",
        },
        Frame {
            url: &urls[1],
            html: "<p>Taste: Sweet</p>",
        },
    ];
    let text = || json!({"type": "string"});
    let schema =
        json!({"type": "object", "properties": {"color": text(), "size": text(), "taste": text()}});
    let found = structured(&parts, &schema, &Options::default());
    assert_eq!(
        found.data,
        Some(json!({"color": "Red", "size": "Big", "taste": "Sweet"}))
    );
    assert!(
        found.sources["/taste"]
            .place
            .starts_with("https://other.example/inner "),
        "{found:?}"
    );
    let options = Options {
        selector: Some(Selector::new("#a").unwrap()),
        ..Options::default()
    };
    let found = structured(&parts, &schema, &options);
    assert_eq!(found.data, Some(json!({"color": "Red"})));
    let options = Options {
        ignored_tags: vec![Css::new("main").unwrap()],
        ..Options::default()
    };
    let found = structured(&parts, &schema, &options);
    assert_eq!(found.data, Some(json!({"size": "Big", "taste": "Sweet"})));
}

#[test]
fn schemas_as_pydantic_writes_them_are_understood() {
    let html = "<main><dl><dt>Grade</dt><dd>B</dd><dt>Price</dt><dd>$5.50</dd><dt>Open</dt><dd>yes</dd></dl></main>";
    let schema = json!({
        "$defs": {"Grade": {"enum": ["A", "B"], "title": "Grade", "type": "string"}},
        "title": "Thing", "type": "object",
        "properties": {
            "grade": {"$ref": "#/$defs/Grade"},
            "price": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^\\d+$"}, {"type": "null"}], "default": null, "title": "Price"},
            "open": {"allOf": [{"type": ["boolean", "null"]}], "default": null},
            "self": {"$ref": "#"},
            "chain": {"$ref": "#/properties/chain"},
        },
        "required": ["grade"],
    });
    let found = find(html, &schema, &Options::default());
    let data = found.data.unwrap();
    assert_eq!(data["grade"], "B");
    assert_eq!(data["price"], 5.5);
    assert_eq!(data["open"], true);
    assert!(data.get("chain").is_none());
}

#[test]
fn what_is_no_schema_or_asks_for_nothing_is_all_missing() {
    for schema in [
        json!(5),
        json!({}),
        json!({"type": "nonsense"}),
        json!({"type": "string"}),
        json!({"$ref": "#/nowhere"}),
    ] {
        let found = find("<p>Price: 5</p>", &schema, &Options::default());
        assert_eq!(
            (found.data, found.missing),
            (None, vec![String::new()]),
            "{schema}"
        );
    }
}
