//! Finding the part of a page that it is about.

use dom_query::{Document, Selection};
use dom_smoothie::{Config, Readability};

/// The most nodes of a page that an article is looked for in. Scoring takes several passes over copies of the tree.
const MAX_NODES: usize = 200_000;
/// The least text, in bytes, that counts as a find.
const MIN_TEXT: usize = 200;
/// An article makes up at least this part of a page's text, navigation and the like left out: one in so many. Where it
/// is less, the page is a list, a shop or an application rather than an article, and scoring took one box for all.
const MIN_SHARE: usize = 3;
/// What surrounds the content, by tag name and by role.
const SURROUNDINGS: &str = "nav, aside, footer:not(article footer, blockquote footer), \
    header:not(article header, main header, section header), \
    [role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=search], [role=menu], [role=menubar]";

/// An article within a page.
pub(crate) struct Article {
    document: Document,
    /// Its title without the site's name; empty when it has none.
    pub title: String,
}

impl Article {
    /// The element that holds the article and nothing else.
    pub(crate) fn root(&self) -> Selection<'_> {
        self.document.select_single("#readability-page-1")
    }
}

/// The article of a page, when it is one.
pub(crate) fn article(page: &Document) -> Option<Article> {
    if page.tree.len() > MAX_NODES {
        return None;
    }
    let config = Config {
        keep_classes: true,
        ..Config::default()
    };
    let page = page.clone();
    // Its content is text to this parser, and would count as such.
    page.select("script, style, noscript, template").remove();
    let all = {
        let rest = page.clone();
        remove_surroundings(&rest);
        text_length(&rest.text())
    };

    let mut reader = Readability::with_document(page, None, Some(config)).ok()?;
    if !reader.is_probably_readable() {
        return None;
    }
    let article = reader.parse().ok()?;
    let found = text_length(&article.text_content);
    if found < MIN_TEXT || found * MIN_SHARE < all {
        return None;
    }
    Some(Article {
        document: reader.doc,
        title: article.title.trim().to_owned(),
    })
}

/// Drops navigation, headers, footers and what stands beside the content.
pub(crate) fn remove_surroundings(document: &Document) {
    surroundings(document).remove();
}

/// Navigation, headers, footers and what stands beside the content.
pub(crate) fn surroundings(document: &Document) -> Selection<'_> {
    document.select(SURROUNDINGS)
}

/// The length of a text without what separates its words, in bytes.
fn text_length(text: &str) -> usize {
    text.split_ascii_whitespace().map(str::len).sum()
}
