//! Tables: telling data from layout, and the grid of a data table.

use dom_query::{NodeData, NodeRef};

/// The largest number that `colspan` counts for here.
const MAX_COLUMNS_SPANNED: usize = 64;
/// The most columns of a table; cells beyond are left out.
const MAX_COLUMNS: usize = 1_000;

/// A table's cells as they come.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Cell {
    text: String,
    columns: usize,
    rows: usize,
    is_header: bool,
}

impl Grid {
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Adds a cell with the number of columns and rows that its markup says it spans.
    pub(super) fn cell(&mut self, text: String, columns: usize, rows: usize, is_header: bool) {
        if self.rows.is_empty() {
            self.row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell {
                text,
                columns: columns.clamp(1, MAX_COLUMNS_SPANNED),
                rows: rows.max(1),
                is_header,
            });
        }
    }

    /// The table as Markdown: what spans several places is repeated in each. A first row of header cells is the
    /// header; without one the header is empty.
    pub(super) fn finish(self) -> String {
        let rows = self.expand();
        let Some(first) = rows.first() else {
            return String::new();
        };
        if rows.iter().flatten().all(|cell| cell.text.is_empty()) {
            return String::new();
        }
        let has_header = first.iter().all(|cell| cell.is_header);
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let cells: usize = rows.iter().map(Vec::len).sum();
        // A short row is complete Markdown too; a few wide rows shall not blow up all others.
        let fills_up = rows.len().saturating_mul(width) <= cells.saturating_mul(2) + 1_000;

        let mut out = String::new();
        let mut body = rows.iter();
        write_row(
            &mut out,
            if has_header {
                body.next().map_or(&[], Vec::as_slice)
            } else {
                &[]
            },
            width,
        );
        out.push_str("\n|");
        out.push_str(&" --- |".repeat(width));
        for row in body {
            if row.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
            out.push('\n');
            write_row(&mut out, row, if fills_up { width } else { row.len() });
        }
        out
    }

    /// Repeats what spans several columns or rows, within bounds.
    fn expand(&self) -> Vec<Vec<&Cell>> {
        let mut budget = 4 * self.rows.iter().map(Vec::len).sum::<usize>() + 1_000;
        let mut bytes = 4 * self
            .rows
            .iter()
            .flatten()
            .map(|cell| cell.text.len())
            .sum::<usize>()
            + 10_000;
        let mut repeats = |cell: &Cell| {
            let fits = budget > 0 && bytes >= cell.text.len();
            if fits {
                budget -= 1;
                bytes -= cell.text.len();
            }
            fits
        };
        // Per column: the cell that reaches down into it, and into how many more rows.
        let mut above: Vec<Option<(&Cell, usize)>> = Vec::new();
        let mut grid = Vec::with_capacity(self.rows.len());
        for row in self.rows.iter().filter(|row| !row.is_empty()) {
            let mut line: Vec<&Cell> = Vec::with_capacity(row.len());
            let mut cells = row.iter();
            while line.len() < MAX_COLUMNS {
                if let Some(cell) = take_from_above(&mut above, line.len()) {
                    if repeats(cell) {
                        line.push(cell);
                        continue;
                    }
                    above.clear();
                }
                let Some(cell) = cells.next() else {
                    if above.len() > line.len()
                        && above.iter().skip(line.len()).any(Option::is_some)
                    {
                        line.push(&EMPTY);
                        continue;
                    }
                    break;
                };
                for column in 0..cell.columns {
                    if column > 0 && !repeats(cell) {
                        break;
                    }
                    if cell.rows > 1 {
                        let place = line.len();
                        if above.len() <= place {
                            above.resize(place + 1, None);
                        }
                        above[place] = Some((cell, cell.rows - 1));
                    }
                    line.push(cell);
                }
            }
            grid.push(line);
        }
        grid
    }
}

/// Stands in a gap left by cells that reach down beside it.
static EMPTY: Cell = Cell {
    text: String::new(),
    columns: 1,
    rows: 1,
    is_header: true,
};

/// The cell that reaches down into this column of the next row.
fn take_from_above<'c>(above: &mut [Option<(&'c Cell, usize)>], column: usize) -> Option<&'c Cell> {
    let slot = above.get_mut(column)?;
    let (cell, left) = (*slot)?;
    *slot = (left > 1).then_some((cell, left - 1));
    Some(cell)
}

fn write_row(out: &mut String, row: &[&Cell], width: usize) {
    out.push('|');
    for place in 0..width {
        let text = row.get(place).map_or("", |cell| cell.text.as_str());
        if !text.is_empty() {
            out.push(' ');
            out.push_str(text);
        }
        out.push_str(" |");
    }
}

/// Whether a table holds data. Many only place things beside each other: those that say so, that hold other tables or
/// whole sections, or that have a single column.
pub(super) fn holds_data(table: &NodeRef<'_>) -> bool {
    let role = table.attr("role");
    if role.is_some_and(|role| matches!(role.trim(), "presentation" | "none")) {
        return false;
    }
    let mut has_sections = false;
    let mut columns = 0_usize;
    let mut widest = 0_usize;
    for node in table.descendants_it() {
        let found = node.query_or(Found::Other, |node| match &node.data {
            NodeData::Element(element) => match &*element.name.local {
                "th" | "thead" | "caption" => Found::Header,
                "table" => Found::Table,
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "form" | "article"
                | "section" => Found::Section,
                "tr" => Found::Row,
                "td" => Found::Cell,
                _ => Found::Other,
            },
            _ => Found::Other,
        });
        match found {
            Found::Header => return true,
            Found::Table => return false,
            Found::Section => has_sections = true,
            Found::Row => columns = 0,
            Found::Cell => {
                columns += 1;
                widest = widest.max(columns);
            }
            Found::Other => {}
        }
    }
    widest > 1 && !has_sections
}

enum Found {
    Header,
    Table,
    Section,
    Row,
    Cell,
    Other,
}
