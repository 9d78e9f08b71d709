//! Labels with values beside them: definition lists, tables of two columns, and fields such as `<b>Weight:</b> 2 kg`.

use super::cell::Cell;
use super::names::{is_known, label_key, unit_of};
use super::sections::Sections;
use super::source::{Source, SourceKind};
use super::tables::Table;
use crate::view::{Index, View, is_inline};

/// So many labels of a page are read.
const MOST: usize = 5_000;
/// A label has at most so many characters, and so many words.
const LONGEST: usize = 48;
const MOST_WORDS: usize = 6;

/// A label and its value.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// The label in the spelling that names are compared by.
    pub key: String,
    /// The heading above it, in the same spelling.
    pub section: String,
    /// The value.
    pub cell: Cell,
    /// Where it is.
    pub source: Source,
    /// The document and the place in it.
    pub view: usize,
    /// The place of the value.
    pub at: Index,
    /// Whether it stands in what visitors wrote.
    pub by_visitors: bool,
}

/// All labels of a document.
pub(super) fn labels(
    view: &View,
    index: usize,
    tables: &[Table],
    sections: &Sections,
) -> Vec<Label> {
    let mut reader = Reader {
        view,
        index,
        sections,
        found: Vec::new(),
    };
    let mut skip = 0;
    for (at, node) in view.iter() {
        if reader.found.len() >= MOST {
            break;
        }
        if at < skip || node.name.is_empty() || !view.is_content(at) {
            continue;
        }
        match node.name.as_str() {
            "script" | "style" | "template" | "title" | "head" => skip = node.end,
            "dl" => reader.definitions(at),
            "dt" | "dd" => {}
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => reader.below_heading(at),
            // Cells are read with their tables.
            "td" | "th" => skip = node.end.min(at + 1),
            _ => {
                reader.pair(at);
                reader.lines(at);
            }
        }
    }
    for table in tables.iter().filter(|table| table.view == index) {
        for (name, cell, at) in table.pairs() {
            reader.add(&name, cell, *at, SourceKind::Table);
        }
    }
    reader.found
}

struct Reader<'v> {
    view: &'v View,
    index: usize,
    sections: &'v Sections,
    found: Vec<Label>,
}

impl Reader<'_> {
    fn add(&mut self, label: &str, mut cell: Cell, at: Index, kind: SourceKind) {
        let key = label_key(label);
        let is_empty = cell.text.is_empty() && cell.picture.is_none() && cell.parts.is_empty();
        if key.is_empty() || is_empty || self.found.len() >= MOST {
            return;
        }
        cell.unit = unit_of(label);
        cell.several = label.trim_end_matches([':', ' ']).ends_with('s');
        self.found.push(Label {
            key,
            section: self.sections.above(at).to_owned(),
            cell,
            source: Source {
                kind,
                place: self.view.path(at),
            },
            view: self.index,
            at,
            by_visitors: by_visitors(self.view, at),
        });
    }

    fn definitions(&mut self, list: Index) {
        let mut terms: Vec<String> = Vec::new();
        let mut values: Vec<Index> = Vec::new();
        let mut parts: Vec<(Index, bool)> = Vec::new();
        for (at, node) in self.view.children(list) {
            match node.name.as_str() {
                "dt" | "dd" => parts.push((at, node.name == "dt")),
                // Groups may be wrapped (HTML standard, 4.4.9).
                "div" => parts.extend(
                    self.view
                        .children(at)
                        .filter(|(_, inner)| matches!(inner.name.as_str(), "dt" | "dd"))
                        .map(|(inner_at, inner)| (inner_at, inner.name == "dt")),
                ),
                _ => {}
            }
        }
        for (at, is_term) in parts {
            if !self.view.is_content(at) {
                continue;
            }
            if is_term {
                if !values.is_empty() {
                    self.defined(&terms, &values);
                    terms.clear();
                    values.clear();
                }
                terms.push(self.view.text(at));
            } else {
                values.push(at);
            }
        }
        self.defined(&terms, &values);
    }

    fn defined(&mut self, terms: &[String], values: &[Index]) {
        let Some(first) = values.first() else { return };
        let mut cell = Cell::of(self.view, *first);
        if values.len() > 1 {
            cell = Cell {
                parts: values.iter().map(|at| self.view.text(*at)).collect(),
                language: cell.language,
                base: cell.base,
                ..Cell::default()
            };
        }
        for term in terms {
            self.add(term, cell.clone(), *first, SourceKind::DefinitionList);
        }
    }

    /// A heading with nothing but one list or one paragraph below it.
    fn below_heading(&mut self, heading: Index) {
        let Some((at, next)) = self.view.next(heading) else {
            return;
        };
        let ends = self.view.next(at).is_none_or(|(_, it)| {
            matches!(
                it.name.as_str(),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hr"
            )
        });
        let fits = match next.name.as_str() {
            "ul" | "ol" => true,
            "p" => ends,
            _ => false,
        };
        if !fits || !self.view.is_content(at) {
            return;
        }
        let label = self.view.text(heading);
        if !is_label(&label) {
            return;
        }
        let mut cell = Cell::of(self.view, at);
        if next.name != "p" {
            // A list is no single text.
            cell.text.clear();
        }
        self.add(&label, cell, at, SourceKind::LabelledField);
        // Its heading is above it, not beside it.
        if let Some(last) = self.found.last_mut() {
            last.section.clear();
        }
    }

    /// Two elements beside each other, the first of which is a label by its class or its colon.
    fn pair(&mut self, at: Index) {
        if self.view.node(at).end - at > 200 {
            return;
        }
        let mut children = self.view.children(at);
        let (Some((first, label)), Some((second, _)), None) =
            (children.next(), children.next(), children.next())
        else {
            return;
        };
        let own_text = self
            .view
            .below(at)
            .any(|(_, it)| it.name.is_empty() && it.parent == at && !it.text.trim().is_empty());
        let is_whole = !matches!(
            label.name.as_str(),
            "dt" | "td" | "th" | "ul" | "table" | "a"
        );
        if own_text || !is_whole || !self.view.is_content(first) || !self.view.is_content(second) {
            return;
        }
        let (text, value) = (self.view.text(first), self.view.text(second));
        // A colon is read with the line that it stands in.
        let inline = is_inline(&label.name) && is_inline(&self.view.node(second).name);
        if text.ends_with(':') && inline || !is_label(&text) {
            return;
        }
        // In a list of such pairs the first is the label, unless they are the names of two columns.
        let in_list = self.view.node(at).name == "li" && !is_known(&label_key(&value));
        let class = self.view.attribute(first, "class").unwrap_or_default();
        let says_label = label.name == "label" || says_label(class);
        if says_label || in_list || text.ends_with(':') {
            let cell = Cell::of(self.view, second);
            self.add(&text, cell, second, SourceKind::LabelledField);
        }
    }

    /// The lines of a block that holds no other block: `Label: value`.
    fn lines(&mut self, block: Index) {
        let node = self.view.node(block);
        if is_inline(&node.name) || node.end - block > 400 {
            return;
        }
        if self
            .view
            .below(block)
            .any(|(_, it)| !is_inline(&it.name) && it.name != "br")
        {
            return;
        }
        let mut begin = block + 1;
        for at in block + 1..=node.end {
            let ends = at == node.end || self.view.node(at).name == "br";
            if ends {
                self.line(begin, at);
                begin = at + 1;
            }
        }
    }

    fn line(&mut self, from: Index, to: Index) {
        if from >= to {
            return;
        }
        let text = self.view.text_of(from, to);
        let Some(colon) = text.find(':') else { return };
        let (label, value) = (text[..colon].trim(), text[colon + 1..].trim());
        if !is_label(label) || value.is_empty() {
            return;
        }
        // The nodes behind the colon hold the value and what it links to.
        let mut seen = String::new();
        let mut behind = None;
        for at in from..to {
            let node = self.view.node(at);
            if node.hidden || !node.name.is_empty() {
                continue;
            }
            let had_colon = seen.contains(':');
            seen.push_str(&node.text);
            if had_colon || seen.trim_end().ends_with(':') || seen.contains(':') {
                behind = Some(if had_colon { at } else { at + 1 });
                break;
            }
        }
        let ends_element = seen.trim_end().ends_with(':');
        let spaced = text[colon + 1..].starts_with(' ') || ends_element;
        // `12:30`, `https://…` and `note:x` are no labels.
        if !spaced {
            return;
        }
        let begin = behind.unwrap_or(to).min(to);
        let mut cell = match begin < to && ends_element {
            true => Cell::between(self.view, begin, to),
            false => Cell {
                base: Some(self.view.base.clone()),
                language: self.view.language.clone(),
                ..Cell::between(self.view, from, to)
            },
        };
        cell.text = value.to_owned();
        cell.parts.clear();
        let at = if begin < to { begin } else { from };
        let at = match self.view.node(at).name.is_empty() {
            true => self.view.node(at).parent,
            false => at,
        };
        self.add(label, cell, at, SourceKind::LabelledField);
    }
}

/// Whether a place lies in a comment, a review or a quotation.
fn by_visitors(view: &View, at: Index) -> bool {
    let mut at = at;
    loop {
        let node = view.node(at);
        let names = ["class", "id"]
            .iter()
            .filter_map(|it| view.attribute(at, it));
        let called = names
            .flat_map(|it| it.split(|it: char| !it.is_ascii_alphanumeric()))
            .any(|it| {
                matches!(
                    it,
                    "comment"
                        | "comments"
                        | "review"
                        | "reviews"
                        | "testimonial"
                        | "reply"
                        | "replies"
                )
            });
        if called || node.name == "blockquote" {
            return true;
        }
        if node.parent == at {
            return false;
        }
        at = node.parent;
    }
}

/// Whether a class says that its element names the one beside it.
fn says_label(class: &str) -> bool {
    class
        .to_ascii_lowercase()
        .split(|it: char| !it.is_ascii_alphanumeric())
        .any(|it| {
            matches!(
                it,
                "label" | "key" | "term" | "caption" | "attribute" | "attr" | "property" | "dt"
            )
        })
}

/// Whether a text is short and plain enough to be a label.
fn is_label(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':').trim();
    !text.is_empty()
        && text.chars().count() <= LONGEST
        && text.split_whitespace().count() <= MOST_WORDS
        && text.chars().any(char::is_alphabetic)
        && !text.contains(['.', '!', ';', '"', '/', '@', '=', '{', '|'])
        || matches!(text, "Invoice no." | "Order no." | "No.")
}
