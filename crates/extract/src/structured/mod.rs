//! Data in the shape of a JSON Schema, as far as a page states it: in items for machines, tables, lists and labels.
//!
//! What is in doubt stays out: a wrong value is worse than a missing one. Nothing here guesses from the wording of sentences.

mod cards;
mod cell;
mod contacts;
mod convert;
mod dates;
mod field;
mod fill;
mod head;
mod json;
mod labels;
mod names;
mod numbers;
mod records;
mod schema;
mod sections;
mod source;
mod tables;
mod things;
mod values;
mod vocabulary;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use serde_json::Value;
use url::Url;

use self::cards::{Group, groups, shown_prices};
use self::cell::Cell;
use self::field::{Field, Name};
use self::fill::{Answer, Filler};
use self::head::Head;
use self::labels::{Label, labels};
use self::schema::shape;
use self::sections::Sections;
pub use self::source::{Source, SourceKind};
use self::tables::{Table, tables};
use self::things::Things;
use crate::page::chosen;
use crate::parse::parse;
use crate::statements::Statements;
use crate::view::View;
use crate::{Frame, Options};

/// So many pointers to what was not found are told.
const MOST_MISSING: usize = 100;

/// What a page states of the data that a schema asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The data: every value in it fits its place in the schema, and what was not found is absent. None where nothing was
    /// found.
    pub data: Option<Value>,
    /// JSON pointers into the data to each single value, and where it was found.
    pub sources: BTreeMap<String, Source>,
    /// JSON pointers to what the schema names and the page does not state, required or not; the first 100. An empty pointer
    /// stands for everything.
    pub missing: Vec<String>,
}

/// Everything that a page says which could fill a schema.
struct Page {
    views: Vec<View>,
    statements: Statements,
    sections: Vec<Sections>,
    tables: Vec<Table>,
    /// By document and place.
    labels: Vec<Label>,
    groups: Vec<Group>,
    /// What is labelled, as fields of the page as a whole.
    fields: Vec<Field>,
    /// What the page shows as its prices.
    prices: Vec<(Cell, Source)>,
    /// What the head of the page itself says.
    head: Head,
}

/// Fills a JSON Schema from what a page, which is the first part, and its frames state.
///
/// Of the options `selector` (for the first part; frames are left out then) and `ignored_tags` count. A schema may nest eight
/// levels deep; what it asks beyond types, formats, choices and bounds (`not`, `if`, several objects to choose from) is left
/// open, and so missing.
pub fn structured(parts: &[Frame<'_>], schema: &Value, options: &Options) -> Found {
    let shape = shape(schema);
    let page = Page::read(parts, options);
    let filler = Filler {
        page: &page,
        things: Things::new(&page.views, &page.statements),
    };
    found(filler.root(&shape))
}

/// Fills a JSON Schema from a JSON document: by members of the same names, else of names that differ in case, `_` and `-` alone.
///
/// A document that only wraps up what is wanted (`{"data": …}`, `{"items": […]}`) is looked into; lists at the top fill the
/// schema's one list. A text that is no JSON, or longer than 2 MiB, states nothing.
pub fn structured_json(text: &str, url: &Url, schema: &Value) -> Found {
    let document = crate::document::parsed_json(text);
    found(document.and_then(|document| json::read(&document, url, &shape(schema))))
}

fn found(answer: Option<Answer>) -> Found {
    match answer {
        Some(mut answer) => {
            answer.missing.truncate(MOST_MISSING);
            Found {
                data: Some(answer.value),
                sources: answer.sources.into_iter().collect(),
                missing: answer.missing,
            }
        }
        None => Found {
            missing: vec![String::new()],
            ..Found::default()
        },
    }
}

impl Page {
    fn read(parts: &[Frame<'_>], options: &Options) -> Self {
        let mut views = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 && (options.selector.is_some() || part.url.scheme() == "data") {
                continue;
            }
            let parsed = parse(part.html);
            let nothing = HashSet::new();
            let chosen = chosen(&parsed.document, options);
            let within = match &chosen {
                Ok(chosen) => chosen.as_ref().map(|chosen| &chosen.ids),
                Err(_) => Some(&nothing),
            };
            let prefix = match index {
                0 => String::new(),
                _ => format!("{} ", part.url),
            };
            views.push(View::new(&parsed.document, part.url, prefix, within));
        }
        let statements = Statements::read(&views);
        let sections: Vec<Sections> = views.iter().map(Sections::of).collect();
        let mut all_tables = Vec::new();
        let mut all_labels = Vec::new();
        let mut all_groups = Vec::new();
        for (index, (view, sections)) in views.iter().zip(&sections).enumerate() {
            let of_view = tables(view, index);
            let mut own = labels(view, index, &of_view, sections);
            own.sort_by_key(|label| label.at);
            all_labels.extend(own);
            all_tables.extend(of_view);
            all_groups.extend(groups(view, index, sections));
        }
        let prices = match views.first() {
            Some(view) => {
                let own: Vec<&Group> = all_groups.iter().filter(|group| group.view == 0).collect();
                shown_prices(view, &own)
            }
            None => Vec::new(),
        };
        let head = views.first().map(Head::of).unwrap_or_default();
        let fields = page_fields(&views, &all_labels, &all_groups);
        Self {
            views,
            statements,
            sections,
            tables: all_tables,
            labels: all_labels,
            groups: all_groups,
            fields,
            prices,
            head,
        }
    }
}

/// The labels as fields of the page; those of things in a list are told apart by coming again and again.
fn page_fields(views: &[View], labels: &[Label], groups: &[Group]) -> Vec<Field> {
    let mut in_card = vec![false; labels.len()];
    for group in groups {
        let Some(view) = views.get(group.view) else {
            continue;
        };
        let mut ranges = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (number, member) in group.members.iter().enumerate() {
            let end = view.node(*member).end;
            let from = labels.partition_point(|it| (it.view, it.at) < (group.view, *member));
            let to = labels.partition_point(|it| (it.view, it.at) < (group.view, end));
            for label in labels.get(from..to).unwrap_or_default() {
                seen.entry(&label.key)
                    .and_modify(|first| {
                        if *first != number {
                            *first = usize::MAX;
                        }
                    })
                    .or_insert(number);
            }
            ranges.push(from..to);
        }
        // What only one of several things says is said of that one.
        let told_of_one =
            group.are_things && ranges.iter().any(|range: &Range<usize>| range.is_empty());
        if told_of_one || seen.values().any(|it| *it == usize::MAX) {
            for range in ranges {
                in_card
                    .get_mut(range)
                    .into_iter()
                    .flatten()
                    .for_each(|it| *it = true);
            }
        }
    }
    labels
        .iter()
        .zip(in_card)
        .map(|(label, in_card)| Field {
            name: Name::Label(label.key.clone()),
            section: label.section.clone(),
            cell: label.cell.clone(),
            source: label.source.clone(),
            weak: false,
            in_card: in_card || label.by_visitors,
        })
        .collect()
}
