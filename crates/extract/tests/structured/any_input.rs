//! Whatever page and whichever schema: an answer that fits.

use guise_extract::{Found, Frame, Options, structured, structured_json};
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use crate::support::cases;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("GUISE_EXTRACT_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600), schema in schema()) {
        check(&String::from_utf8_lossy(&bytes), &schema);
    }

    #[test]
    fn any_markup(html in markup(), schema in schema()) {
        check(&html, &schema);
    }

    #[test]
    fn any_json_ld(value in json_value(), schema in schema()) {
        let text = value.to_string().replace("</", "<\\/");
        check(&format!("<script type=application/ld+json>{text}</script><h1>x</h1>"), &schema);
    }

    #[test]
    fn any_json_document(value in json_value(), schema in schema()) {
        check_found(structured_json(&value.to_string(), &address(), &schema), &schema);
    }

    /// A page of ours that lost a part of itself.
    #[test]
    fn torn_pages(which in 0..36_usize, from in 0.0..1.0_f64, length in 0..400_usize, other in 0..36_usize) {
        let cases = cases();
        let html = &cases[which % cases.len()].html;
        let from = html.floor_char_boundary((html.len() as f64 * from) as usize);
        let to = html.floor_char_boundary((from + length).min(html.len()));
        let torn = format!("{}{}", &html[..from], &html[to..]);
        check(&torn, &cases[other % cases.len()].schema);
        check(&torn, &cases[which % cases.len()].schema);
    }
}

#[test]
fn pages_out_of_proportion() {
    let deep = "<div class=price>".repeat(20_000) + "5";
    let wide = "<li class=a><a href=/x>x</a><p>Price: 5</p></li>".repeat(20_000);
    let labels = "<p>Price: 5</p>".repeat(50_000);
    let nested = format!(
        "<script type=application/ld+json>{}{}</script>",
        "[{\"a\":".repeat(60),
        "1".to_owned() + &"}]".repeat(60)
    );
    let circle = r#"<script type=application/ld+json>{"@graph":[{"@id":"a","name":"A","b":{"@id":"b"},"c":{"@id":"b"}},{"@id":"b","name":"B","b":{"@id":"a"},"c":{"@id":"a"}}]}</script>"#;
    let items = "<div itemscope itemprop=offers><b itemprop=price>5</b>".repeat(5_000);
    let table = format!(
        "<table>{}</table>",
        "<tr><th>Price</th><td>5</td></tr>".repeat(20_000)
    );
    for html in [deep, wide, labels, nested, circle.to_owned(), items, table] {
        for case in cases().iter().take(4) {
            check(&html, &case.schema);
        }
    }
    // Schemas that fan out are read so far.
    let mut definitions = serde_json::Map::new();
    for level in 0..30 {
        let next = json!({"$ref": format!("#/$defs/a{}", level + 1)});
        definitions.insert(
            format!("a{level}"),
            json!({"type": "object", "properties": {"x": next, "y": next, "z": next}}),
        );
    }
    definitions.insert("a30".to_owned(), json!({"type": "string"}));
    check(
        "<p>X: 1</p>",
        &json!({"$defs": definitions, "$ref": "#/$defs/a0"}),
    );
}

/// What holds for every answer.
fn check(html: &str, schema: &Value) {
    let url = address();
    let found = structured(&[Frame { url: &url, html }], schema, &Options::default());
    check_found(found, schema);
}

fn address() -> Url {
    Url::parse("https://site.example/dir/").unwrap()
}

fn check_found(found: Found, schema: &Value) {
    let Some(data) = found.data else {
        assert!(found.sources.is_empty());
        return;
    };
    for at in found.sources.keys() {
        assert!(data.pointer(at).is_some(), "{at} in {data}");
    }
    for at in &found.missing {
        assert!(data.pointer(at).is_none(), "{at} in {data}");
    }
    // Nothing is required, so that only what is filled is checked.
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&unrequired(schema))
        .unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&data)
        .map(|it| it.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?} in {data} by {schema}");
}

fn unrequired(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| !(*name == "required" && value.is_array()))
            .map(|(name, value)| (name.clone(), unrequired(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(unrequired).collect(),
        other => other.clone(),
    }
}

fn schema() -> impl Strategy<Value = Value> {
    let all: Vec<Value> = cases().into_iter().map(|case| case.schema).collect();
    prop::sample::select(all)
}

fn json_value() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "name",
        "offers",
        "price",
        "@type",
        "@id",
        "@graph",
        "@value",
        "image",
        "review",
        "itemListElement",
        "item",
        "aggregateRating",
        "ratingValue",
        "author",
        "url",
        "startDate",
        "location",
        "address",
        "datePublished",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "Product",
            "ItemList",
            "ListItem",
            "Event",
            "a",
            "b",
            "5.00",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "/x",
            "https://schema.org/InStock",
            "x@y.example",
            "&amp;<b>x</b>",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect())
            }),
        ]
    })
}

/// Markup of the kind that is read here.
fn markup() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        prop::sample::select(vec![
            "Price",
            "Price:",
            "Price: $5",
            "5",
            "€1.299,00",
            "12 March 2026",
            "name",
            "Title: x",
            "Rating: 4 / 5",
            "a, b",
            "x@y.example",
            ":",
            "Yes",
            "In stock",
            "1,2,3",
            "−5",
            "PT5M",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
        "[0-9.,:$€%/ -]{0,12}",
    ];
    let name = prop::sample::select(vec![
        "p", "div", "span", "b", "a", "ul", "li", "table", "tr", "td", "th", "thead", "caption",
        "h1", "h2", "dl", "dt", "dd", "br", "img", "article", "main", "nav", "time", "section",
        "data", "del", "x-y", "header", "title",
    ]);
    let attribute = prop::sample::select(vec![
        "",
        " class=price",
        " class='product card'",
        " class=title",
        " class=label",
        " itemscope itemtype=Product",
        " itemprop=name",
        " itemprop=offers itemscope",
        " itemprop=price content=5",
        " typeof=Event property=name",
        " href=/x",
        " href='mailto:a@b.example'",
        " src=a.png",
        " datetime=2026-01-01",
        " hidden",
        " colspan=2",
        " rowspan=99999999",
        " id=a",
        " aria-label='4 out of 5'",
        " value=3",
    ]);
    let leaf = prop_oneof![
        text,
        (name.clone(), attribute.clone())
            .prop_map(|(name, attribute)| format!("<{name}{attribute}>")),
        name.clone().prop_map(|name| format!("</{name}>")),
    ];
    let tree = leaf.prop_recursive(6, 80, 6, move |inner| {
        (
            name.clone(),
            attribute.clone(),
            prop::collection::vec(inner, 0..6),
            1..4_usize,
        )
            .prop_map(|(name, attribute, inner, times)| {
                format!("<{name}{attribute}>{}</{name}>", inner.concat()).repeat(times)
            })
    });
    prop::collection::vec(tree, 0..6).prop_map(|parts| parts.concat())
}
