//! Parts of tables that a selector chose without their tables.

use dom_query::{Document, NodeId, NodeRef};

const PARTS: [&str; 9] = [
    "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th",
];

/// A table that chosen parts of another one are gathered in.
struct Gathered<'a> {
    from: NodeId,
    table: NodeRef<'a>,
    /// The row that cells go to, and the one that they come from.
    row: Option<(NodeId, NodeRef<'a>)>,
}

/// The chosen elements; for parts of one table that follow each other a table of their own, in which cells of one row stay
/// beside each other.
pub(crate) fn in_tables<'a>(document: &'a Document, chosen: Vec<NodeRef<'a>>) -> Vec<NodeRef<'a>> {
    let mut out = Vec::with_capacity(chosen.len());
    let mut open: Option<Gathered<'a>> = None;
    for part in chosen {
        let Some(table) = table_of(part) else {
            open = None;
            out.push(part);
            continue;
        };
        let mut gathered = match open.take() {
            Some(gathered) if gathered.from == table.id => gathered,
            _ => {
                let own = document.tree.new_element("table");
                if let Some(role) = table.attr("role") {
                    own.set_attr("role", &role);
                }
                out.push(own);
                Gathered {
                    from: table.id,
                    table: own,
                    row: None,
                }
            }
        };
        let is_cell = part.has_name("td") || part.has_name("th");
        match part.parent().filter(|_| is_cell) {
            Some(parent) => {
                let row = match gathered.row {
                    Some((from, row)) if from == parent.id => row,
                    _ => {
                        let row = document.tree.new_element("tr");
                        gathered.table.append_child(&row);
                        gathered.row = Some((parent.id, row));
                        row
                    }
                };
                row.append_child(&part);
            }
            None => {
                gathered.row = None;
                gathered.table.append_child(&part);
            }
        }
        open = Some(gathered);
    }
    out
}

fn table_of(part: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let is_part = PARTS.iter().any(|name| part.has_name(name));
    let mut above = part.ancestors_it(None);
    above.find(|it| is_part && it.has_name("table"))
}
