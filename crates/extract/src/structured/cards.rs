//! Parts of a page that are made alike, one for each thing of a list.

use std::collections::{HashMap, HashSet};

use super::cell::Cell;
use super::field::{Field, Name};
use super::labels::Label;
use super::names::words;
use super::sections::Sections;
use super::source::{Source, SourceKind};
use crate::view::{Index, View};

/// So many groups of a page are looked at, and parts of each.
const MOST_GROUPS: usize = 300;
const MOST_MEMBERS: usize = 2_000;
/// What looking at all of them may take, in nodes.
const MOST_WORK: usize = 300_000;
/// A part holds at most so many nodes.
const LARGEST: usize = 2_000;

/// Parts that are made alike.
pub(super) struct Group {
    /// The document that they lie in.
    pub view: usize,
    /// They.
    pub members: Vec<Index>,
    /// Whether their classes say that each is a thing of its own.
    pub are_things: bool,
    /// What their classes and what is around them call them, as words.
    pub words: Vec<String>,
    /// The heading above them.
    pub section: String,
}

/// All groups of a document.
pub(super) fn groups(view: &View, index: usize, sections: &Sections) -> Vec<Group> {
    let mut found = Vec::new();
    let mut work = 0;
    for (parent, node) in view.iter() {
        if found.len() >= MOST_GROUPS || work > MOST_WORK {
            break;
        }
        let is_whole = matches!(
            node.name.as_str(),
            "" | "dl" | "table" | "tbody" | "thead" | "tr" | "select" | "head" | "html"
        );
        if is_whole || !view.is_content(parent) {
            continue;
        }
        let mut alike: Vec<(String, Vec<Index>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (child, inner) in view.children(parent) {
            work += 1;
            let Some(signature) = signature(view, child) else {
                continue;
            };
            // A part has several things in it.
            if inner.end - child < 4 || inner.end - child > LARGEST || !view.is_content(child) {
                continue;
            }
            let at = *places.entry(signature.clone()).or_insert_with(|| {
                alike.push((signature, Vec::new()));
                alike.len() - 1
            });
            if let Some((_, members)) = alike.get_mut(at)
                && members.len() < MOST_MEMBERS
            {
                members.push(child);
            }
        }
        for (_, members) in alike {
            let Some(&first) = members.first() else {
                continue;
            };
            if members.len() < 2 {
                continue;
            }
            work += members
                .iter()
                .map(|at| view.node(*at).end - at)
                .sum::<usize>();
            let mut named: Vec<String> = Vec::new();
            for at in [first, parent, view.node(parent).parent] {
                for attribute in ["class", "id", "data-testid"] {
                    named.extend(words(view.attribute(at, attribute).unwrap_or_default()));
                }
            }
            let own = words(view.attribute(first, "class").unwrap_or_default());
            found.push(Group {
                view: index,
                are_things: view.node(first).name == "article"
                    || own.iter().any(|word| THINGS.contains(&word.as_str())),
                members,
                words: named,
                section: sections.above(first).to_owned(),
            });
        }
    }
    found
}

/// What parts that are made alike have in common.
fn signature(view: &View, at: Index) -> Option<String> {
    let name = view.node(at).name.as_str();
    match name {
        "li" | "article" => Some(name.to_owned()),
        "div" | "section" | "a" | "figure" | "span" => {
            let class = view.attribute(at, "class").unwrap_or_default();
            let class = class.split_whitespace().next().unwrap_or_default();
            Some(format!("{name}.{class}"))
        }
        _ if name.contains('-') => Some(name.to_owned()),
        _ => None,
    }
}

/// What a class calls something that is not the thing itself any more, or only beside it.
const OTHERWISE: [&str; 22] = [
    "old",
    "original",
    "was",
    "strike",
    "striked",
    "crossed",
    "rrp",
    "msrp",
    "before",
    "compare",
    "discount",
    "saving",
    "save",
    "regular",
    "previous",
    "label",
    "icon",
    "hidden",
    "sr",
    "unit",
    "shipping",
    "strikethrough",
];

/// Words before the name of a field in a class that only say what it belongs to.
const CONTAINERS: [&str; 26] = [
    "product", "card", "item", "result", "entry", "listing", "post", "article", "job", "event",
    "tile", "book", "recipe", "list", "search", "js", "text", "u", "p", "dt", "c", "review",
    "plan", "movie", "offer", "current",
];

/// What classes call things that come one after the other.
const THINGS: [&str; 12] = [
    "card", "product", "result", "post", "tile", "listing", "job", "teaser", "member", "offer",
    "event", "hit",
];

/// What one part says, as fields.
pub(super) fn fields(view: &View, group: &Group, member: Index, labels: &[Label]) -> Vec<Field> {
    let end = view.node(member).end;
    let source = |at| Source {
        kind: SourceKind::Card,
        place: view.path(at),
    };
    let mut found: Vec<Field> = Vec::new();
    let mut headings = Vec::new();
    let mut anchors: Vec<(Index, String)> = Vec::new();
    let mut pictures = Vec::new();
    let mut times = Vec::new();
    let mut paragraphs = Vec::new();
    let own = (member, view.node(member));
    for (at, node) in std::iter::once(own).chain(view.below(member)) {
        if node.hidden || node.name.is_empty() {
            continue;
        }
        match node.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => headings.push(at),
            "a" => {
                let href = view.attribute(at, "href");
                if let Some(link) = href.and_then(|href| super::cell::address(view, href)) {
                    anchors.push((at, link));
                }
            }
            "img" => pictures.push(at),
            "time" => times.push(at),
            "p" => paragraphs.push(at),
            _ => {}
        }
        if at != member && node.end - at <= 40 {
            classes(view, group, at, &mut found);
        }
    }
    let mut special = |at: Index, names: &'static [&'static str], cell: Cell| {
        found.push(Field {
            name: Name::Meant(names),
            section: String::new(),
            cell,
            source: source(at),
            weak: true,
            in_card: false,
        });
    };
    let titles: &[&str] = &["title", "name", "headline", "heading"];
    match (headings.as_slice(), anchors.as_slice()) {
        // A mark such as "new" may be part of it or not.
        ([heading], _) if view.below(*heading).any(|(_, it)| it.name == "sup") => {}
        ([heading], _) => special(*heading, titles, Cell::of(view, *heading)),
        ([], [(anchor, _)]) if *anchor != member && !only_leads(&view.text(*anchor)) => {
            special(*anchor, titles, Cell::of(view, *anchor));
        }
        _ => {}
    }
    let in_heading = anchors.iter().find(|(anchor, _)| {
        headings
            .first()
            .is_some_and(|heading| (*heading..view.node(*heading).end).contains(anchor))
    });
    let is_the_only = anchors
        .first()
        .filter(|(_, first)| anchors.iter().all(|(_, it)| it == first));
    if let Some((at, link)) = is_the_only.or(in_heading) {
        let cell = Cell {
            text: link.clone(),
            link: Some(link.clone()),
            ..Cell::default()
        };
        special(*at, &["url", "link", "href"], cell);
    }
    if let [picture] = pictures.as_slice() {
        special(
            *picture,
            &[
                "image",
                "image url",
                "thumbnail",
                "thumbnail url",
                "photo",
                "picture",
            ],
            Cell::of(view, *picture),
        );
    }
    if let [time] = times.as_slice() {
        let mut cell = Cell::of(view, *time);
        cell.time = view.attribute(*time, "datetime").map(str::to_owned);
        special(
            *time,
            &[
                "date",
                "published",
                "published at",
                "date published",
                "published date",
                "publish date",
                "posted",
                "posted at",
                "date posted",
            ],
            cell,
        );
    }
    if let [paragraph] = paragraphs.as_slice() {
        let cell = Cell::of(view, *paragraph);
        if cell.text.chars().count() >= 30 {
            special(
                *paragraph,
                &["description", "snippet", "summary", "excerpt"],
                cell,
            );
        }
    }
    let begin = labels.partition_point(|label| (label.view, label.at) < (group.view, member));
    let within = labels.iter().skip(begin);
    for label in within.take_while(|it| it.view == group.view && it.at < end) {
        found.push(Field {
            name: Name::Label(label.key.clone()),
            section: String::new(),
            cell: label.cell.clone(),
            source: label.source.clone(),
            weak: false,
            in_card: false,
        });
    }
    found
}

/// Whether a link's text says only that it leads on.
fn only_leads(text: &str) -> bool {
    let text = text
        .trim_end_matches(['.', '…', '»', '›', '→', ' '])
        .to_lowercase();
    [
        "more",
        "read more",
        "details",
        "view",
        "buy",
        "buy now",
        "learn more",
        "apply",
        "see more",
        "show",
        "open",
        "here",
        "book",
        "add to cart",
    ]
    .iter()
    .any(|it| text == *it || text.strip_prefix("view ") == Some(it))
}

fn classes(view: &View, group: &Group, at: Index, found: &mut Vec<Field>) {
    let mut names: Vec<Vec<String>> = Vec::new();
    for attribute in [
        "class",
        "data-testid",
        "data-field",
        "data-test",
        "itemprop",
    ] {
        for token in view
            .attribute(at, attribute)
            .unwrap_or_default()
            .split_whitespace()
            .take(8)
        {
            let block = token.rsplit("__").next().unwrap_or(token);
            let own = words(block);
            // One such class speaks of the whole element.
            if own.iter().any(|word| OTHERWISE.contains(&word.as_str())) {
                return;
            }
            let before = block.split("--").next().unwrap_or(block);
            names.push(words(before));
        }
    }
    let mut cell = None;
    for name in names {
        let belongs =
            |word: &String| CONTAINERS.contains(&word.as_str()) || group.words.contains(word);
        // `product-price` in a product's card is its price.
        for skipped in 0..name.len() {
            if !name.iter().take(skipped).all(belongs) {
                break;
            }
            let cell = cell.get_or_insert_with(|| Cell::of(view, at));
            if cell.text.is_empty() && cell.picture.is_none() {
                return;
            }
            found.push(Field {
                name: Name::Label(name[skipped..].join(" ")),
                section: String::new(),
                cell: cell.clone(),
                source: Source {
                    kind: SourceKind::Card,
                    place: view.path(at),
                },
                weak: false,
                in_card: false,
            });
        }
    }
}

/// What the page shows as its prices, wherever an element outside of cards is called so by its class alone.
pub(super) fn shown_prices(view: &View, groups: &[&Group]) -> Vec<(Cell, Source)> {
    let members: HashSet<Index> = groups
        .iter()
        .flat_map(|group| group.members.iter().copied())
        .collect();
    // Behind the last part that began.
    let mut until = 0;
    let mut found = Vec::new();
    for (at, node) in view.iter() {
        if members.contains(&at) {
            until = until.max(node.end);
        }
        if node.name.is_empty() || node.end - at > 20 || !view.is_content(at) || found.len() > 20 {
            continue;
        }
        let Some(class) = view.attribute(at, "class") else {
            continue;
        };
        let own: Vec<String> = class.split_whitespace().take(8).flat_map(words).collect();
        let is_price = own.iter().any(|word| word == "price")
            && own
                .iter()
                .all(|word| word == "price" || CONTAINERS.contains(&word.as_str()));
        if is_price && at >= until {
            let source = Source {
                kind: SourceKind::LabelledField,
                place: view.path(at),
            };
            found.push((Cell::of(view, at), source));
        }
    }
    found
}
