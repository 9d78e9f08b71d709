//! What kind of thing an element is in Markdown.

use dom_query::Element;

use super::inline::Mark;
use crate::visibility::is_styled_as_block;

/// What an element means for the text in and around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Left out with all it holds.
    Nothing,
    /// No meaning of its own.
    Inline,
    /// Inline, but apart from the text around it.
    Apart,
    /// A block without a meaning of its own.
    Block,
    Marked(Mark),
    Code,
    Quotation,
    RubyText,
    Link,
    Break,
    Rule,
    Image,
    Input,
    Textarea,
    Select,
    Math,
    Heading(u8),
    Preformatted,
    Quote,
    UnorderedList,
    OrderedList,
    Item,
    /// A block of bold text: a definition's term, the summary of details.
    Label,
    Definition,
    Table,
    Row,
    Cell,
    Caption,
}

/// What an element means by its name, and where that says little by its inline style.
pub(super) fn kind(element: &Element) -> Kind {
    match &*element.name.local {
        "head" | "title" | "script" | "style" | "template" | "noscript" | "iframe" | "object"
        | "embed" | "applet" | "canvas" | "audio" | "video" | "map" | "area" | "datalist"
        | "noembed" | "noframes" | "param" | "source" | "track" | "colgroup" | "col" | "svg"
        | "rp" | "base" | "link" | "meta" | "frame" => Kind::Nothing,
        "b" | "strong" => Kind::Marked(Mark::Strong),
        "i" | "em" | "cite" | "dfn" | "var" => Kind::Marked(Mark::Emphasis),
        "s" | "del" | "strike" => Kind::Marked(Mark::Strike),
        "sup" => Kind::Marked(Mark::Superscript),
        "sub" => Kind::Marked(Mark::Subscript),
        "code" | "kbd" | "samp" | "tt" => Kind::Code,
        "q" => Kind::Quotation,
        "rt" => Kind::RubyText,
        "a" => Kind::Link,
        "br" => Kind::Break,
        "hr" => Kind::Rule,
        "img" => Kind::Image,
        "input" => Kind::Input,
        "textarea" => Kind::Textarea,
        "select" => Kind::Select,
        "math" => Kind::Math,
        "h1" => Kind::Heading(1),
        "h2" => Kind::Heading(2),
        "h3" => Kind::Heading(3),
        "h4" => Kind::Heading(4),
        "h5" => Kind::Heading(5),
        "h6" => Kind::Heading(6),
        "pre" | "listing" | "xmp" | "plaintext" => Kind::Preformatted,
        "blockquote" => Kind::Quote,
        "ul" | "menu" | "dir" => Kind::UnorderedList,
        "ol" => Kind::OrderedList,
        "li" => Kind::Item,
        "dt" | "summary" => Kind::Label,
        "dd" => Kind::Definition,
        "table" => Kind::Table,
        "tr" => Kind::Row,
        "td" | "th" if is_gutter(element) => Kind::Nothing,
        "td" | "th" => Kind::Cell,
        "caption" => Kind::Caption,
        "button" | "output" | "meter" | "progress" => Kind::Apart,
        "html" | "body" | "address" | "article" | "aside" | "center" | "details" | "dialog"
        | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "frameset"
        | "header" | "hgroup" | "legend" | "main" | "nav" | "optgroup" | "option" | "p"
        | "search" | "section" | "tbody" | "tfoot" | "thead" => Kind::Block,
        _ if is_styled_as_block(element) => Kind::Block,
        // Custom elements are mostly boxes of their own.
        name if name.contains('-') => Kind::Apart,
        _ => Kind::Inline,
    }
}

/// Whether a cell holds the line numbers of code beside it.
fn is_gutter(cell: &Element) -> bool {
    cell.attr_ref(dom_query::local_name!("class"))
        .is_some_and(|class| {
            class.split_ascii_whitespace().any(|word| {
                matches!(
                    word,
                    "linenos"
                        | "lineno"
                        | "gutter"
                        | "rouge-gutter"
                        | "blob-num"
                        | "hljs-ln-numbers"
                        | "line-numbers"
                        | "line-number"
                )
            })
        })
}
