//! Tables of data: as records with named columns, as records with named rows, and as labels with values.

use super::cell::Cell;
use super::names::{is_known, label_key, unit_of};
use crate::view::{Index, View};

/// So many tables, rows and columns are read.
const MOST_TABLES: usize = 200;
const MOST_ROWS: usize = 5_000;
const MOST_COLUMNS: usize = 100;

/// A table.
pub(super) struct Table {
    /// The document that it lies in, and where.
    pub view: usize,
    /// Its place.
    pub at: Index,
    /// Names of fields, and records of cells beside them; one or both readings of the grid.
    pub readings: Vec<Reading>,
    pairs: Vec<(String, Cell, Index)>,
}

/// A table as records.
pub(super) struct Reading {
    /// The names of the fields.
    pub names: Vec<String>,
    /// Whether the first field is the head of a column, and so what the record is called.
    pub is_called_by_first: bool,
    /// The records: a cell for each name, and where it is.
    pub records: Vec<Vec<Option<(Cell, Index)>>>,
}

struct Place {
    at: Index,
    is_header: bool,
    text: String,
}

impl Table {
    /// The labels and values in it.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (String, Cell, &Index)> {
        self.pairs
            .iter()
            .map(|(name, cell, at)| (name.clone(), cell.clone(), at))
    }
}

/// All tables of a document that hold data.
pub(super) fn tables(view: &View, index: usize) -> Vec<Table> {
    let mut found = Vec::new();
    let mut skip = 0;
    for (at, node) in view.iter() {
        if at < skip || node.name != "table" || node.hidden || found.len() >= MOST_TABLES {
            continue;
        }
        let role = view.attribute(at, "role").unwrap_or_default();
        let nested = view.below(at).any(|(_, it)| it.name == "table");
        if nested || matches!(role, "presentation" | "none") || !view.is_content(at) {
            continue;
        }
        skip = node.end;
        found.extend(read(view, index, at));
    }
    found
}

fn read(view: &View, index: usize, at: Index) -> Option<Table> {
    let mut rows: Vec<Vec<Place>> = Vec::new();
    let mut is_spanned = false;
    for (row, node) in view.below(at) {
        if node.name != "tr" || node.hidden || rows.len() >= MOST_ROWS {
            continue;
        }
        let mut cells = Vec::new();
        for (cell, inner) in view.children(row) {
            if !matches!(inner.name.as_str(), "td" | "th") || cells.len() >= MOST_COLUMNS {
                continue;
            }
            let spans = |name| {
                view.attribute(cell, name)
                    .is_some_and(|it| it.trim().parse::<u32>().is_ok_and(|it| it > 1))
            };
            is_spanned |= spans("rowspan") || (spans("colspan") && !cells.is_empty());
            cells.push(Place {
                at: cell,
                is_header: inner.name == "th",
                text: view.text(cell),
            });
        }
        if !cells.is_empty() {
            rows.push(cells);
        }
    }
    let mut table = Table {
        view: index,
        at,
        readings: Vec::new(),
        pairs: Vec::new(),
    };
    let width = rows.iter().map(Vec::len).max()?;
    // What spans several places belongs to several names.
    if is_spanned {
        return None;
    }
    let head = rows.first()?;
    let in_head = view.below(at).any(|(_, it)| it.name == "thead");
    let has_head = head.len() > 1
        && head.iter().skip(1).all(|it| it.is_header)
        && (head
            .first()
            .is_some_and(|it| it.is_header || it.text.is_empty())
            || in_head)
        && rows.len() > 1
        && rows
            .get(1)
            .is_some_and(|row| row.iter().skip(1).any(|it| !it.is_header));
    if has_head {
        table.readings.extend(by_columns(view, &rows, width));
        if rows
            .iter()
            .skip(1)
            .all(|row| row.first().is_some_and(|it| it.is_header))
            || head.first().is_some_and(|it| it.text.is_empty())
        {
            table.readings.extend(by_rows(view, &rows, width));
        }
        return Some(table);
    }
    let sides = [0, 2];
    let is_pairs =
        width == 2 || (width == 4 && rows.iter().all(|row| row.len() == 4 || row.len() == 2));
    if !is_pairs {
        return Some(table);
    }
    let has_headers = rows.iter().flatten().any(|it| it.is_header);
    if !has_headers && (in_head || begins_with_names(&rows)) {
        return Some(table);
    }
    for row in &rows {
        for side in sides {
            let (Some(label), Some(value)) = (row.get(side), row.get(side + 1)) else {
                continue;
            };
            let is_label = if has_headers {
                label.is_header && !value.is_header
            } else {
                label.text.chars().count() <= 40 && label.text.chars().any(char::is_alphabetic)
            };
            if is_label {
                let cell = Cell::of(view, value.at);
                table.pairs.push((label.text.clone(), cell, value.at));
            }
        }
    }
    Some(table)
}

/// Whether the first row of a table without headers names its columns, as far as words and numbers tell.
fn begins_with_names(rows: &[Vec<Place>]) -> bool {
    let Some((first, rest)) = rows.split_first() else {
        return false;
    };
    let has_digit = |it: &Place| it.text.contains(|it: char| it.is_ascii_digit());
    let Some(value) = first.get(1) else {
        return false;
    };
    let stands_out = !has_digit(value)
        && rest.len() > 1
        && rest.iter().all(|row| row.get(1).is_some_and(has_digit));
    stands_out || is_known(&label_key(&value.text))
}

fn by_columns(view: &View, rows: &[Vec<Place>], width: usize) -> Option<Reading> {
    let head = rows.first()?;
    let names: Vec<String> = head.iter().map(|it| label_key(&it.text)).collect();
    let records = rows
        .iter()
        .skip(1)
        // A row of another width is a remark or a sum.
        .filter(|row| row.len() == width && head.len() == width)
        .filter(|row| row.iter().any(|it| !it.is_header))
        .map(|row| {
            let cells = row.iter().zip(head).map(|(it, head)| {
                let mut cell = Cell::of(view, it.at);
                cell.unit = unit_of(&head.text);
                Some((cell, it.at))
            });
            cells.collect()
        })
        .collect();
    Some(Reading {
        names,
        is_called_by_first: false,
        records,
    })
}

/// Each column after the first is a record; its head is its name.
fn by_rows(view: &View, rows: &[Vec<Place>], width: usize) -> Option<Reading> {
    let mut names = vec![label_key(&rows.first()?.first()?.text)];
    names.extend(rows.iter().skip(1).map(|row| {
        row.first()
            .map(|it| label_key(&it.text))
            .unwrap_or_default()
    }));
    let records = (1..width)
        .map(|column| {
            rows.iter()
                .map(|row| {
                    let place = row.get(column)?;
                    Some((Cell::of(view, place.at), place.at))
                })
                .collect()
        })
        .collect();
    Some(Reading {
        names,
        is_called_by_first: true,
        records,
    })
}
