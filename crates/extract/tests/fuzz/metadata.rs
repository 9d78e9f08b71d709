//! JSON-LD and metadata of any shape.

use guise_extract::metadata;
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use crate::cases;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "Article",
            "http://schema.org/Product",
            "2026-01-01",
            "/a.png",
            "#id",
            "en_US",
            "By Ada"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let key = prop::sample::select(vec![
            "@type",
            "@id",
            "@graph",
            "@value",
            "author",
            "name",
            "headline",
            "image",
            "url",
            "publisher",
            "datePublished",
            "dateModified",
            "inLanguage",
            "mainEntity",
            "mainEntityOfPage",
            "description",
            "hasPart",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

/// What holds for whatever a page says.
fn check(html: &str) {
    let base = Url::parse("https://site.example/dir/").unwrap();
    let found = metadata(html, &base);
    for text in [
        &found.title,
        &found.author,
        &found.published,
        &found.modified,
        &found.language,
        &found.site_name,
    ]
    .into_iter()
    .flatten()
    {
        assert!(
            !text.trim().is_empty() && text.chars().count() <= 500 && !text.contains('\n'),
            "{text:?}"
        );
    }
    for address in [&found.canonical, &found.image].into_iter().flatten() {
        assert!(matches!(address.scheme(), "http" | "https"), "{address}");
    }
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn any_json(value in value(), also in value()) {
        let graph = json!({ "@context": "https://schema.org", "@graph": [value, also] });
        check(&format!("<script type='application/ld+json'>{graph}</script><script type='application/ld+json'>{value}</script>"));
    }

    #[test]
    fn any_broken_json(text in "[\\[\\]{},:\"'a@\\\\\n0-9;<!/ -]{0,60}|\\PC{0,40}") {
        check(&format!("<script type='application/ld+json'>{text}</script>"));
    }

    #[test]
    fn any_markup(parts in prop::collection::vec((prop::sample::select(vec![
        "<meta property=og:title content='", "<meta name=author content='", "<meta itemprop=datePublished content='", "<link rel=canonical href='",
        "<html lang='", "<meta property=og:image content='", "<time pubdate datetime='", "<meta property=og:locale content='", "<base href='",
        "<title>'", "<a rel=author href='",
    ]), "[a-zA-Z0-9:/. _,#?\\[\\]-]{0,20}|\\PC{0,10}"), 0..8)) {
        let html: String = parts.iter().map(|(start, text)| format!("{start}{text}'>")).collect();
        check(&html);
    }
}
