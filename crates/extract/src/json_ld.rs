//! JSON-LD in a page, read within bounds and whatever shape it has.

use dom_query::Document;
use serde_json::{Map, Value};

/// The most JSON-LD of a page that is read, in bytes.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The most blocks of it.
const MAX_BLOCKS: usize = 100;
/// The most things in it.
const MAX_THINGS: usize = 5_000;

/// The JSON-LD of a page.
#[derive(Debug, Default)]
pub(crate) struct JsonLd(Vec<Value>);

impl JsonLd {
    /// Reads all blocks of a page. What is no JSON even with usual mistakes taken out is left out.
    pub(crate) fn of(document: &Document) -> Self {
        let mut left = MAX_BYTES;
        let mut blocks = Vec::new();
        for script in document.select("script[type]").nodes().iter() {
            let is_data = script.attr("type").is_some_and(|kind| {
                kind.trim()
                    .to_ascii_lowercase()
                    .starts_with("application/ld+json")
            });
            if !is_data || blocks.len() >= MAX_BLOCKS {
                continue;
            }
            let text = script.text();
            if text.len() > left {
                continue;
            }
            left -= text.len();
            blocks.extend(read(&text));
        }
        Self(blocks)
    }

    /// The things described: those at the top, in `@graph`, in lists, and what a page says it is about. Nested ones
    /// come after what holds them.
    pub(crate) fn things(&self) -> Vec<&Map<String, Value>> {
        let mut found = Vec::new();
        let mut waiting: std::collections::VecDeque<&Value> = self.0.iter().collect();
        while let Some(value) = waiting.pop_front() {
            if found.len() >= MAX_THINGS {
                break;
            }
            match value {
                Value::Array(list) => waiting.extend(list),
                Value::Object(thing) => {
                    found.push(thing);
                    let inner = [
                        "@graph",
                        "mainEntity",
                        "mainEntityOfPage",
                        "itemReviewed",
                        "hasPart",
                    ];
                    waiting.extend(inner.iter().filter_map(|name| thing.get(*name)));
                }
                _ => {}
            }
        }
        found
    }

    /// The types of all things, without the address of their vocabulary.
    pub(crate) fn types(&self) -> Vec<&str> {
        self.things().into_iter().flat_map(types).collect()
    }
}

/// The types of a thing, without the address of their vocabulary.
pub(crate) fn types(thing: &Map<String, Value>) -> Vec<&str> {
    let named = match thing.get("@type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    named
        .into_iter()
        .map(|name| name.rsplit(['/', '#', ':']).next().unwrap_or_default())
        .collect()
}

/// Reads a block. Pages wrap it in comments, end it with a semicolon, and break lines within texts.
pub(crate) fn read(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let bare = text
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("]]>")
        .trim_end_matches("//")
        .trim_end_matches("]]>")
        .trim_matches(|c: char| c.is_whitespace() || c == ';');
    let mended: String = bare
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    serde_json::from_str(&without_trailing_commas(&mended)).ok()
}

/// Takes out commas before a closing bracket, texts left alone.
fn without_trailing_commas(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut in_text = false;
    let mut escaped = false;
    for c in json.chars() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if matches!(c, '}' | ']') {
            let end = out.trim_end().len();
            if out.get(..end).is_some_and(|before| before.ends_with(',')) {
                out.truncate(end - 1);
            }
        } else {
            in_text = c == '"';
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::parse::parse;

    #[rstest]
    #[case(r#"{"@type":"Article"}"#, &["Article"])]
    #[case(r#"[{"@type":["A","schema:B"]},{"@type":"http://schema.org/C"}]"#, &["A", "B", "C"])]
    #[case(r#"{"@graph":[{"@type":"A"},{"@type":"B","mainEntity":{"@type":"C"}}]}"#, &["A", "B", "C"])]
    #[case("<!-- {\"@type\":\"A\", \"name\":\"x\ny\",}; -->", &["A"])]
    #[case(r#"{"@type":"A", "n": [1, 2, ], "t": "a,]\\", }"#, &["A"])]
    #[case(r#"{"@type":7}"#, &[])]
    #[case("{nonsense", &[])]
    #[case("\"text\"", &[])]
    fn types_are_found(#[case] json: &str, #[case] expected: &[&str]) {
        let html = format!("<script type='Application/LD+JSON; charset=utf-8'>{json}</script>");
        let document = parse(&html).document;
        assert_eq!(JsonLd::of(&document).types(), expected);
    }

    #[test]
    fn deep_and_large_blocks_are_left_out() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let large = format!("[\"{}\"]", "x".repeat(3 * 1024 * 1024));
        let html = format!(
            "<script type=application/ld+json>{deep}</script><script type=application/ld+json>{large}</script>\
             <script type=application/ld+json>{{\"@type\":\"A\"}}</script>"
        );
        let document = parse(&html).document;
        assert_eq!(JsonLd::of(&document).types(), ["A"]);
    }
}
