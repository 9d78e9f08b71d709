//! What the document's head says of the page as a whole.

use url::Url;

use super::cell::Cell;
use super::field::Wanted;
use super::source::{Source, SourceKind};
use crate::view::View;

/// So many `meta` elements are read.
const MOST_METAS: usize = 500;

/// Names of members, and the `property` or `name` of the `meta` elements that state them.
const META: &[(&[&str], &[&str])] = &[
    (&["price"], &["product:price:amount", "og:price:amount"]),
    (
        &["currency", "price currency", "currency code"],
        &["product:price:currency", "og:price:currency"],
    ),
    (
        &["availability", "in stock"],
        &["product:availability", "og:availability"],
    ),
    (&["brand"], &["product:brand", "og:brand"]),
    (
        &[
            "published",
            "published at",
            "publish date",
            "publication date",
            "date published",
            "published date",
        ],
        &["article:published_time"],
    ),
    (
        &[
            "updated",
            "updated at",
            "date modified",
            "modified",
            "last modified",
            "modified at",
        ],
        &["article:modified_time"],
    ),
    (&["author"], &["author"]),
    (
        &["image", "image url", "main image", "cover image"],
        &["og:image"],
    ),
    (&["site name", "publisher"], &["og:site_name"]),
    (&["meta description", "page description"], &["description"]),
];

/// What the head says.
#[derive(Default)]
pub(super) struct Head {
    /// The `meta` elements: name and content.
    metas: Vec<(String, String)>,
    /// The one main heading, where title or Open Graph say the same.
    heading: Option<(Cell, Source)>,
    base: Option<Url>,
}

impl Head {
    pub(super) fn of(view: &View) -> Self {
        let metas = view
            .iter()
            .filter(|(_, node)| node.name == "meta")
            .filter_map(|(at, _)| {
                let name = ["property", "name"]
                    .iter()
                    .find_map(|it| view.attribute(at, it))?;
                let content = view.attribute(at, "content")?.trim();
                (!content.is_empty()).then(|| (name.to_owned(), content.to_owned()))
            });
        let mut head = Self {
            metas: metas.take(MOST_METAS).collect(),
            heading: None,
            base: Some(view.base.clone()),
        };
        head.heading = heading(view, &head);
        head
    }

    /// What the `meta` elements of a name say.
    fn stated(&self, name: &str) -> Vec<&str> {
        let metas = self.metas.iter().filter(|(own, _)| own == name);
        metas.map(|(_, content)| content.as_str()).take(8).collect()
    }
}

/// What the head gives to a member: each place that states it.
pub(super) fn head(head: &Head, wanted: &Wanted) -> Vec<(Cell, Source)> {
    let mut found = Vec::new();
    for (names, metas) in META {
        if !wanted.keys.iter().any(|own| names.contains(&own.as_str())) {
            continue;
        }
        for meta in *metas {
            for text in head.stated(meta) {
                let cell = Cell {
                    text: text.to_owned(),
                    machine: true,
                    base: head.base.clone(),
                    ..Cell::default()
                };
                found.push((cell, source(meta)));
            }
        }
    }
    let is = |names: &[&str]| wanted.keys.iter().any(|own| names.contains(&own.as_str()));
    let kind = head.stated("og:type").first().copied().unwrap_or_default();
    if is(&["description", "summary"]) && kind == "article" {
        for text in head.stated("og:description") {
            let cell = Cell {
                text: text.to_owned(),
                machine: true,
                ..Cell::default()
            };
            found.push((cell, source("og:description")));
        }
    }
    // Things that Open Graph says the page is about are named by the heading that repeats its title.
    let names_thing =
        kind == "product" || kind == "book" || kind == "profile" || kind.starts_with("video");
    if is(&["title", "headline", "heading"]) || (is(&["name"]) && names_thing) {
        found.extend(head.heading.clone());
    }
    found
}

/// The one main heading, where title or Open Graph say the same.
fn heading(view: &View, head: &Head) -> Option<(Cell, Source)> {
    let mut headings = view.iter().filter(|(_, it)| it.name == "h1" && !it.hidden);
    let (at, None) = (headings.next()?.0, headings.next()) else {
        return None;
    };
    let text = view.text(at);
    let title = view
        .iter()
        .find(|(_, it)| it.name == "title")
        .map(|(at, _)| {
            let words: Vec<String> = view
                .below(at)
                .flat_map(|(_, it)| {
                    it.text
                        .split_whitespace()
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                })
                .collect();
            words.join(" ")
        });
    let repeats = |other: &str| {
        let other = other.trim();
        other == text
            || [" | ", " - ", " – ", " — ", " · ", ": "]
                .iter()
                .any(|between| other.split(between).any(|part| part.trim() == text))
    };
    let is_repeated = title.is_some_and(|title| repeats(&title))
        || head.stated("og:title").iter().any(|it| repeats(it));
    if text.is_empty() || !is_repeated {
        return None;
    }
    let source = Source {
        kind: SourceKind::Meta,
        place: view.path(at),
    };
    Some((Cell::of(view, at), source))
}

fn source(name: &str) -> Source {
    Source {
        kind: SourceKind::Meta,
        place: format!("meta[{name}]"),
    }
}
