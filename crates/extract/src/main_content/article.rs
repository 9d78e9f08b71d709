//! The article of a page, as the Readability algorithm finds it.

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use super::measure::length;

/// The most nodes of a page that an article is looked for in. Scoring takes several passes over copies of the tree.
const MAX_NODES: usize = 200_000;
/// The least text that counts as a find.
const MIN_TEXT: usize = 200;

/// Where the algorithm leaves what it found.
pub(super) const ROOT: &str = "#readability-page-1";

/// A document that holds the article and nothing else, in an element with the id of [`ROOT`].
pub(super) fn article(page: &Document) -> Option<Document> {
    if page.tree.len() > MAX_NODES {
        return None;
    }
    let config = Config {
        keep_classes: true,
        disable_json_ld: true,
        ..Config::default()
    };
    let page = page.clone();
    // Those that are left are notes within the content, and the algorithm would drop them for their name.
    for note in page.select("aside").nodes() {
        note.rename("div");
    }
    let mut reader = Readability::with_document(page, None, Some(config)).ok()?;
    let article = reader.parse().ok()?;
    (length(&article.text_content) >= MIN_TEXT).then_some(reader.doc)
}
