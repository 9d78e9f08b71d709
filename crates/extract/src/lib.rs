//! HTML in; Markdown, links, images and title out.
//!
//! Pure: no network, no clock, no threads. Every function answers for any input: markup is read by a bounded parser
//! (depth, nodes, attributes and work are limited, [`Page::truncated`] says when a limit was met) and nothing here
//! recurses over the document.

mod attribute;
mod css;
mod error;
mod images;
mod main_content;
mod markdown;
mod options;
mod page;
mod parse;
mod references;
mod visibility;

pub use css::Css;
pub use error::Error;
pub use images::{Category, Image, images};
pub use options::Options;
pub use page::{Frame, Page, frames, page};
pub use references::Placeholder;
