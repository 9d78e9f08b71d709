//! XPath 1.0 for the elements of a page, as browsers read it in HTML.
//!
//! The grammar is that of `xpath-eval`. Its evaluator cannot be bounded (it compares sets of nodes pair by pair), so what an
//! expression means is worked out here, where each step is counted.

mod check;
mod functions;
mod run;
mod tree;
mod value;

use std::sync::Arc;

use dom_query::{Document, NodeRef};
use xpath_eval::Expr;

use self::run::Run;
use self::tree::Tree;
use self::value::Value;
use crate::Error;
use crate::css::beyond_bounds;

/// An XPath that has been checked: it means elements of whatever page.
#[derive(Debug, Clone)]
pub(crate) struct XPath(Arc<Expr>);

impl XPath {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`Error::XPath`] for what is none, is none for nodes, or goes beyond a bound.
    pub(crate) fn new(source: &str) -> Result<Self, Error> {
        let refused = |reason: String| Error::XPath {
            value: source.chars().take(200).collect(),
            reason,
        };
        if let Some(position) = beyond_bounds(source) {
            return Err(refused(format!(
                "it is too long or nested too deeply from character {position} on"
            )));
        }
        let read = xpath_eval::parse(source).map_err(|error| {
            let before = source.get(..error.position).unwrap_or(source);
            let position = before.chars().count() + 1;
            refused(format!("{} at character {position}", error.message))
        })?;
        check::is_for_nodes(&read).map_err(refused)?;
        Ok(Self(Arc::new(read)))
    }

    /// The elements of a document that it means, in the order of the page; nothing where finding them takes too long.
    pub(crate) fn elements<'a>(&self, document: &'a Document) -> Option<Vec<NodeRef<'a>>> {
        let tree = Tree::new(document)?;
        match Run::new(&tree).evaluate(&self.0)? {
            Value::Nodes(found) => Some(
                found
                    .into_iter()
                    .filter_map(|at| tree.element(at))
                    .filter_map(|id| document.tree.get(&id))
                    .collect(),
            ),
            _ => Some(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests;
