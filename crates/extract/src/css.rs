//! CSS selectors as callers write them.

use std::{fmt, str::FromStr};

use dom_query::{Document, Matcher, NodeRef};

use crate::Error;

/// The longest selector that is read, in bytes. Matching time grows with the number of combinators.
const MAX_LENGTH: usize = 2_048;
/// The deepest nesting of brackets that is read. The selector parser recurses into each.
const MAX_NESTING: usize = 16;

/// A CSS selector that has been checked.
#[derive(Clone)]
pub struct Css {
    source: String,
    matcher: Matcher,
}

impl Css {
    /// Reads a selector, or a list of selectors separated by commas.
    ///
    /// # Errors
    /// [`Error::Selector`] when the text is none, or is longer than 2,048 bytes or nested deeper than 16 brackets.
    pub fn new(source: &str) -> Result<Self, Error> {
        if let Some(position) = beyond_bounds(source) {
            return Err(refused(source, position));
        }
        match Matcher::new(source) {
            Ok(matcher) => Ok(Self {
                source: source.to_owned(),
                matcher,
            }),
            Err(_) => Err(refused(source, readable(source) + 1)),
        }
    }

    /// The selector as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    pub(crate) fn matcher(&self) -> &Matcher {
        &self.matcher
    }
}

/// Takes what any of the selectors fits out of a document, with all it holds, in one walk over it.
pub(crate) fn remove(document: &Document, ignored: &[Css]) {
    if ignored.is_empty() {
        return;
    }
    let mut is_ignored = fits_any(ignored);
    let root = document.root();
    let unwanted: Vec<_> = root
        .descendants_it()
        .filter(|node| node.is_element() && is_ignored(node))
        .collect();
    for node in unwanted {
        node.remove_from_parent();
    }
}

/// Tells whether any of the selectors fits an element.
pub(crate) fn fits_any(selectors: &[Css]) -> impl FnMut(&NodeRef<'_>) -> bool {
    // What a selector that counts siblings has counted once it needs not count for each of them.
    let mut counts: Vec<_> = selectors.iter().map(|_| Default::default()).collect();
    move |element| {
        let mut selectors = selectors.iter().zip(&mut counts);
        selectors.any(|(css, counts)| css.matcher.match_element_with_caches(element, counts))
    }
}

impl FromStr for Css {
    type Err = Error;

    fn from_str(source: &str) -> Result<Self, Error> {
        Self::new(source)
    }
}

impl fmt::Debug for Css {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Css").field(&self.source).finish()
    }
}

fn refused(source: &str, position: usize) -> Error {
    Error::Selector {
        value: source.chars().take(200).collect(),
        position,
    }
}

/// The number of the first character past a bound, counted from 1.
pub(crate) fn beyond_bounds(source: &str) -> Option<usize> {
    let mut nesting = 0_usize;
    for (index, (offset, c)) in source.char_indices().enumerate() {
        match c {
            '(' | '[' | '{' => nesting += 1,
            ')' | ']' | '}' => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > MAX_NESTING || offset >= MAX_LENGTH {
            return Some(index + 1);
        }
    }
    None
}

/// How many characters at the beginning make a selector by themselves. The parser does not say how far it came.
fn readable(source: &str) -> usize {
    let ends = source.char_indices().map(|(end, _)| end);
    ends.rev()
        .filter_map(|end| source.get(..end))
        .find(|text| Matcher::new(text).is_ok())
        .map_or(0, |text| text.chars().count())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("div..x", 4)]
    #[case("a, ", 2)]
    #[case("", 1)]
    #[case("p:nonsense", 2)]
    #[case("\u{e9}\u{e9}:not(.a..b)", 10)]
    #[case("//div", 1)]
    fn what_is_no_selector_is_refused_with_its_place(#[case] source: &str, #[case] at: usize) {
        let Err(Error::Selector { value, position }) = Css::new(source) else {
            panic!("`{source}` was accepted");
        };
        assert_eq!((value.as_str(), position), (source, at));
    }

    #[test]
    fn nesting_and_length_are_bounded() {
        assert!(Css::new(&":not(".repeat(100_000)).is_err());
        assert!(Css::new(&"a ".repeat(100_000)).is_err());
        assert!(Css::new("main > p:not(.ad):has(a[href])").is_ok());
    }
}
