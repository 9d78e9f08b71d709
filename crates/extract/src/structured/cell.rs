//! What one place of a page says, before it is made a value.

use crate::statements::Stated;
use crate::view::{Index, View};

/// Lists at one place are read so far.
const MOST_PARTS: usize = 500;

/// What a place says: its text, and what its elements say besides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    /// The text.
    pub text: String,
    /// Whether it is written for machines.
    pub machine: bool,
    /// A truth value that is stated as one.
    pub truth: Option<bool>,
    /// The one address that it links to, absolute.
    pub link: Option<String>,
    /// The address of the one picture, absolute.
    pub picture: Option<String>,
    /// What the one `time` element says for machines.
    pub time: Option<String>,
    /// The parts of a list.
    pub parts: Vec<String>,
    /// What relative addresses are seen from, and the language, in which it is written.
    pub base: Option<url::Url>,
    /// The document's language.
    pub language: Option<String>,
    /// The unit that the label names, lower case.
    pub unit: Option<String>,
    /// Whether the label is in the plural.
    pub several: bool,
}

impl Cell {
    /// What an element says.
    pub(super) fn of(view: &View, at: Index) -> Self {
        Self::between(view, at, view.node(at).end)
    }

    /// What the nodes from `from` up to `to` say.
    pub(super) fn between(view: &View, from: Index, to: Index) -> Self {
        let mut cell = Self {
            text: view.text_of(from, to),
            base: Some(view.base.clone()),
            language: view.language.clone(),
            ..Self::default()
        };
        let mut links = Vec::new();
        let mut pictures = Vec::new();
        let mut times = Vec::new();
        let mut lists = 0;
        for at in from..to.min(from + 400) {
            let node = view.node(at);
            if node.hidden {
                continue;
            }
            let attribute = |name| view.attribute(at, name);
            match node.name.as_str() {
                "a" => links.extend(attribute("href").and_then(|href| address(view, href))),
                // What is loaded late is named there, and a blank stands in its place.
                "img" => {
                    let source = attribute("data-src").or_else(|| attribute("src"));
                    pictures.extend(source.and_then(|source| address(view, source)));
                }
                "time" => times.extend(attribute("datetime").map(str::to_owned)),
                "ul" | "ol" => lists += 1,
                "li" if cell.parts.len() < MOST_PARTS => cell.parts.push(view.text(at)),
                "data" if cell.text.is_empty() => {
                    cell.text = attribute("value").unwrap_or_default().to_owned();
                }
                _ => {}
            }
            if cell.text.is_empty()
                && let Some(said) = attribute("aria-label").or_else(|| attribute("title"))
            {
                cell.text = said.trim().to_owned();
            }
        }
        if lists != 1 {
            cell.parts.clear();
        }
        cell.link = the_only(links);
        cell.picture = the_only(pictures);
        cell.time = the_only(times);
        cell
    }

    /// What a statement says; none for an item.
    pub(super) fn stated(view: &View, value: &Stated) -> Option<Self> {
        let mut cell = Self {
            machine: true,
            base: Some(view.base.clone()),
            language: view.language.clone(),
            ..Self::default()
        };
        match value {
            Stated::Text(text) => cell.text = plain(text),
            Stated::Number(number) => cell.text = number.to_string(),
            Stated::Bool(truth) => cell.truth = Some(*truth),
            Stated::Item(_) => return None,
        }
        Some(cell)
    }
}

/// An absolute address that somebody can go to.
pub(super) fn address(view: &View, reference: &str) -> Option<String> {
    let reference = reference.trim();
    if reference.is_empty() || reference == "#" {
        return None;
    }
    let url = view.base.join(reference).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto" | "tel").then(|| String::from(url))
}

fn the_only(mut all: Vec<String>) -> Option<String> {
    all.dedup();
    match all.len() {
        1 => all.pop(),
        _ => None,
    }
}

/// A text without markup, white space collapsed.
fn plain(text: &str) -> String {
    let is_markup =
        text.contains('<') && text.contains('>') || text.contains('&') && text.contains(';');
    let text = match is_markup && text.len() < 100_000 {
        true => crate::parse::parse(text).document.root().text().to_string(),
        false => text.to_owned(),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
