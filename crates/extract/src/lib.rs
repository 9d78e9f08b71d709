//! HTML, feeds, JSON and text in; Markdown, links, images, metadata, and data by a schema out.
//!
//! Pure: no network, no clock, no threads. Every function answers for any input: markup is read by a bounded parser
//! (depth, nodes, attributes and work are limited, [`Page::truncated`] says when a limit was met) and nothing here
//! recurses over the document.

mod attribute;
mod css;
mod document;
mod error;
mod evidence;
mod images;
mod json_ld;
mod main_content;
mod markdown;
mod metadata;
mod options;
mod page;
mod parse;
mod references;
mod selector;
mod statements;
mod structured;
mod table_parts;
mod view;
mod visibility;
mod xpath;

pub use css::Css;
pub use document::{Decoded, decode, document, is_html, is_json, is_pdf, viewed_text};
pub use error::Error;
pub use evidence::{NeedsBrowser, needs_browser};
pub use images::{Category, Image, images};
pub use metadata::{Metadata, metadata};
pub use options::Options;
pub use page::{Frame, Page, frames, page};
pub use references::Placeholder;
pub use selector::Selector;
pub use structured::{Found, Source, SourceKind, structured, structured_json};
