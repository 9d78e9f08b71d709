//! Which heading a place of a document lies below.

use super::names::key;
use crate::view::{Index, View};

/// The headings of a document, by where they begin.
pub(super) struct Sections(Vec<(Index, String)>);

impl Sections {
    pub(super) fn of(view: &View) -> Self {
        let headings = view.iter().filter(|(at, node)| {
            matches!(
                node.name.as_str(),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "legend" | "caption"
            ) && view.is_content(*at)
        });
        Self(headings.map(|(at, _)| (at, key(&view.text(at)))).collect())
    }

    /// A table's caption, or the heading above it.
    pub(super) fn within_or_above(&self, at: Index, end: Index) -> String {
        let inside = self.0.iter().find(|(begin, _)| (at..end).contains(begin));
        match inside {
            Some((_, caption)) => caption.clone(),
            None => self.above(at).to_owned(),
        }
    }

    /// The heading above a place.
    pub(super) fn above(&self, at: Index) -> &str {
        let count = self.0.partition_point(|(begin, _)| *begin < at);
        match count.checked_sub(1).and_then(|last| self.0.get(last)) {
            Some((_, heading)) => heading,
            None => "",
        }
    }
}
