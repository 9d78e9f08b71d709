//! A tree as GitHub-flavoured Markdown.
//!
//! One walk over the tree, without recursion: [`walk`] meets the elements, [`inline`] gathers the text of a paragraph,
//! [`blocks`] lays paragraphs out below each other, [`table`] puts cells into a grid.

mod blocks;
mod code;
mod controls;
mod element;
mod escape;
mod inline;
mod leaves;
mod table;
mod walk;

pub(crate) use code::fenced;
pub(crate) use walk::{Renderer, Wanted};
