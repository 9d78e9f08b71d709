//! Where an element is, in the ways that a client can ask for it again.

use serde::{Deserialize, Serialize};

/// Several spellings of one element's place (Notte API: `NodeSelectors`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSelectors {
    /// A CSS selector within the element's document or shadow root.
    pub css_selector: String,
    /// An XPath within the element's document.
    pub xpath_selector: String,
    /// A name in the reference's own scheme; kept for callers that send one.
    pub notte_selector: Option<String>,
    /// The element is inside a frame.
    pub in_iframe: bool,
    /// The element is inside an open shadow root.
    pub in_shadow_root: bool,
    /// CSS selectors of the frame elements that lead to it, outermost first.
    pub iframe_parent_css_selectors: Vec<String>,
    /// A selector in Playwright's language, used on the page as a whole; it wins over the others.
    pub playwright_selector: Option<String>,
    /// A Python expression; kept, never evaluated.
    pub python_selector: Option<String>,
}

impl NodeSelectors {
    /// The selector string `text`, to be understood as Playwright's language.
    pub fn from_text(text: &str) -> Self {
        Self {
            playwright_selector: Some(text.to_owned()),
            ..Self::default()
        }
    }

    /// No spelling is given at all.
    pub fn is_empty(&self) -> bool {
        let blank =
            |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        self.css_selector.trim().is_empty()
            && self.xpath_selector.trim().is_empty()
            && blank(&self.playwright_selector)
    }
}
