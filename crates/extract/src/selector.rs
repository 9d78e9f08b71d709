//! Which elements of a page are meant, in either language.

use std::{collections::HashSet, str::FromStr};

use dom_query::{Document, NodeId, NodeRef};

use crate::xpath::XPath;
use crate::{Css, Error};

/// A CSS selector or an XPath that has been checked.
///
/// As for clients that drive browsers, an XPath is what begins with `//` or `..`, brackets before them aside, or with
/// `xpath=`; all else is CSS.
#[derive(Debug, Clone)]
pub struct Selector {
    source: String,
    language: Language,
}

#[derive(Debug, Clone)]
enum Language {
    Css(Css),
    XPath(XPath),
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// [`Error::Selector`] for what is no CSS selector, [`Error::XPath`] for what is no XPath for elements. Neither may be
    /// longer than 2,048 bytes or nested deeper than 16 brackets.
    pub fn new(source: &str) -> Result<Self, Error> {
        let language = match xpath_in(source) {
            Some(expression) => Language::XPath(XPath::new(expression)?),
            None => Language::Css(Css::new(source)?),
        };
        Ok(Self {
            source: source.to_owned(),
            language,
        })
    }

    /// The selector as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The elements of a document that are meant.
    ///
    /// # Errors
    /// [`Error::NoMatch`] where there is none, [`Error::TooMuch`] where looking for them takes too long.
    pub(crate) fn choose<'a>(&self, document: &'a Document) -> Result<Chosen<'a>, Error> {
        let all = match &self.language {
            Language::Css(css) => document.select_matcher(css.matcher()).nodes().to_vec(),
            Language::XPath(xpath) => xpath.elements(document).ok_or_else(|| Error::TooMuch {
                selector: self.source.clone(),
            })?,
        };
        if all.is_empty() {
            return Err(Error::NoMatch {
                selector: self.source.clone(),
            });
        }
        Ok(Chosen::new(&all))
    }
}

impl FromStr for Selector {
    type Err = Error;

    fn from_str(source: &str) -> Result<Self, Error> {
        Self::new(source)
    }
}

/// The XPath that a selector is, if it is one.
fn xpath_in(source: &str) -> Option<&str> {
    let source = source.trim();
    let named = source.strip_prefix("xpath").map(str::trim_start);
    if let Some(expression) = named.and_then(|rest| rest.strip_prefix('=')) {
        return Some(expression.trim());
    }
    let path = source.trim_start_matches('(');
    (path.starts_with("//") || path.starts_with("..")).then_some(source)
}

/// The elements that a selector chose.
pub(crate) struct Chosen<'a> {
    /// All of them.
    pub ids: HashSet<NodeId>,
    /// Those that lie in no other one, in the order of the page.
    pub outermost: Vec<NodeRef<'a>>,
}

impl<'a> Chosen<'a> {
    fn new(all: &[NodeRef<'a>]) -> Self {
        let ids: HashSet<NodeId> = all.iter().map(|node| node.id).collect();
        let is_outermost =
            |node: &&NodeRef<'_>| !node.ancestors_it(None).any(|above| ids.contains(&above.id));
        let outermost = all.iter().filter(is_outermost).copied().collect();
        Self { ids, outermost }
    }

    /// Takes elements out of what was chosen, with all they hold. Who chooses an element wants it: it stays itself, and what
    /// is around it does not matter.
    pub(crate) fn remove(&self, mut is_unwanted: impl FnMut(&NodeRef<'_>) -> bool) {
        let inside = self.outermost.iter().flat_map(NodeRef::descendants_it);
        // All are looked at before one goes: what selectors say of neighbours is said of the page as it came.
        let unwanted: Vec<_> = inside
            .filter(|node| node.is_element() && !self.ids.contains(&node.id) && is_unwanted(node))
            .collect();
        for node in unwanted {
            node.remove_from_parent();
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("//a", Some("//a"))]
    #[case(" (//a)[1] ", Some("(//a)[1]"))]
    #[case("..", Some(".."))]
    #[case("xpath=/html", Some("/html"))]
    #[case("xpath = /html", Some("/html"))]
    #[case("/html", None)]
    #[case("xpath", None)]
    #[case("a > b", None)]
    fn languages(#[case] source: &str, #[case] expected: Option<&str>) {
        assert_eq!(xpath_in(source), expected);
    }
}
