//! JSON Feed (jsonfeed.org, version 1.1).

use serde_json::Value;
use url::Url;

use super::MAX_BYTES;
use super::feed::{Entry, Feed, MAX_ENTRIES, MAX_MEMBER};

/// Reads a feed; `None` when the JSON is none.
pub(super) fn read(text: &str, url: &Url) -> Option<Feed> {
    let head = text.get(..text.floor_char_boundary(1_024)).unwrap_or(text);
    if text.len() > MAX_BYTES || !head.contains("jsonfeed.org") {
        return None;
    }
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    if !value
        .get("version")?
        .as_str()?
        .contains("jsonfeed.org/version/")
    {
        return None;
    }
    let items = value
        .get("items")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    Some(Feed {
        title: member(&value, "title"),
        description: html(&member(&value, "description")),
        language: member(&value, "language"),
        link: member(&value, "home_page_url"),
        entries: items.iter().take(MAX_ENTRIES).map(entry).collect(),
        truncated: items.len() > MAX_ENTRIES,
        base: Some(url.clone()),
    })
}

fn entry(item: &Value) -> Entry {
    let authors = item.get("authors").and_then(Value::as_array);
    let names: Vec<String> = authors
        .into_iter()
        .flatten()
        .take(10)
        .chain(item.get("author"))
        .map(|author| member(author, "name"))
        .filter(|name| !name.is_empty())
        .collect();
    let content = member(item, "content_html");
    Entry {
        title: html(&member(item, "title")),
        link: [member(item, "url"), member(item, "external_url")]
            .into_iter()
            .find(|link| !link.is_empty())
            .unwrap_or_default(),
        date: member(item, "date_published"),
        author: names.join(", "),
        content: if content.is_empty() {
            html(&member(item, "content_text"))
        } else {
            content
        },
        summary: html(&member(item, "summary")),
    }
}

/// A text member, cut to its bound; empty when it is none.
fn member(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str).unwrap_or_default();
    text.get(..text.floor_char_boundary(MAX_MEMBER))
        .unwrap_or_default()
        .to_owned()
}

/// Plain text as HTML.
fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace("\n\n", "<p>")
        .replace('\n', "<br>")
}
