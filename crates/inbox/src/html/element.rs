//! What elements do to the text.

/// How an element stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// Runs with the text.
    Inline,
    /// On lines of its own.
    Block,
    /// On lines of its own, with an empty one before and behind.
    Paragraph,
    /// Beside its neighbour.
    Cell,
    /// Ends the line.
    Break,
}

const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "html",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "section",
    "summary",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
];
const PARAGRAPHS: [&str; 9] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"];
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Elements that end where their like begins.
const SELF_CLOSING: [&str; 8] = ["p", "li", "dd", "dt", "td", "th", "tr", "option"];

pub(super) fn flow(name: &str) -> Flow {
    match name {
        "br" | "hr" => Flow::Break,
        "td" | "th" => Flow::Cell,
        _ if BLOCKS.contains(&name) => Flow::Block,
        _ if PARAGRAPHS.contains(&name) => Flow::Paragraph,
        _ => Flow::Inline,
    }
}

/// Whether it has no content and no end tag.
pub(super) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Whether it ends where another of its name begins.
pub(super) fn ends_at_its_like(name: &str) -> bool {
    SELF_CLOSING.contains(&name)
}
