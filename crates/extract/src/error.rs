//! Why a page's content is not given.

/// Why a page's content was not given. The markup itself is never a reason: whatever it is, it is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no CSS selector.
    #[error("`{value}` is not a CSS selector: it cannot be read from character {position} on")]
    Selector {
        /// The text as given, cut to 200 characters.
        value: String,
        /// The character, counted from 1, from which on it cannot be read.
        position: usize,
    },
    /// The text is no XPath that finds elements.
    #[error("`{value}` is not an XPath for elements: {reason}")]
    XPath {
        /// The text as given, cut to 200 characters.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The selector is fine, but this page is too large for it.
    #[error(
        "looking for `{selector}` takes too long on this page: an XPath with fewer `//` and conditions, or a CSS selector, may do"
    )]
    TooMuch {
        /// The selector as given.
        selector: String,
    },
    /// The selector is fine, but no element of the page fits it.
    #[error("no element matches `{selector}`")]
    NoMatch {
        /// The selector as given.
        selector: String,
    },
    /// A document is no text that can be read.
    #[error(
        "a document of type `{content_type}` cannot be read as text: HTML, feeds, JSON, XML and plain text can"
    )]
    Unreadable {
        /// What it is, by its content type or its first bytes.
        content_type: String,
    },
}
