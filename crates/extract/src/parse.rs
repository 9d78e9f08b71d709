//! Reading markup into a tree within bounds.
//!
//! The HTML standard's algorithm takes time and memory out of proportion on hostile input: it looks through all open
//! elements for many a tag, compares each attribute with all before it, and re-opens formatting elements in every
//! block. Browsers bound the depth; this reader bounds the depth, nodes, attributes and work as well.

mod scan;
mod shadow;
mod sink;
mod tree;

use dom_query::Document;
use html5ever::{
    TokenizerResult,
    buffer_queue::BufferQueue,
    interface::TreeSink,
    tendril::StrTendril,
    tokenizer::{Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

use self::{scan::next_slice, sink::BoundedSink, tree::MeasuredTree};

/// The most markup that is read, in bytes; what comes after is left out.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A page as a tree.
pub(crate) struct Parsed {
    /// The tree.
    pub document: Document,
    /// Whether a limit was met and something is missing.
    pub truncated: bool,
}

/// Reads a whole document, as a browser would that runs scripts.
pub(crate) fn parse(html: &str) -> Parsed {
    let (html, is_cut) = within(html, MAX_BYTES);
    let options = TreeBuilderOpts {
        // A page that runs scripts shows no `noscript`; read as text, its content cannot spill into the page.
        scripting_enabled: true,
        ..TreeBuilderOpts::default()
    };
    let sink = BoundedSink::new(TreeBuilder::new(MeasuredTree::default(), options));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();

    let mut rest = html;
    while !rest.is_empty() && !tokenizer.sink.is_exhausted() {
        let slice = next_slice(rest, tokenizer.sink.is_between_tags());
        if slice.ends_something {
            tokenizer.sink.expect_end();
        }
        for text in [slice.text, slice.closing] {
            if !text.is_empty() {
                input.push_back(StrTendril::from(text));
            }
        }
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        rest = rest.get(slice.consumed..).unwrap_or_default();
    }
    tokenizer.end();
    let truncated = is_cut || tokenizer.sink.is_exhausted();
    let document = tokenizer.sink.into_tree().finish();
    shadow::flatten(&document);
    Parsed {
        document,
        truncated,
    }
}

/// The text, cut at a character boundary, and whether it was cut.
fn within(text: &str, limit: usize) -> (&str, bool) {
    if text.len() <= limit {
        return (text, false);
    }
    let end = text.floor_char_boundary(limit);
    (text.get(..end).unwrap_or_default(), true)
}

#[cfg(test)]
mod tests;
