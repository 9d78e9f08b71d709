//! HTML of mails to text and links.
//!
//! Read tag by tag, without a tree: a mail may come from anybody, and the HTML standard's way to build a tree takes time
//! and memory out of proportion on hostile input. Here both grow with the input and nothing recurses.

mod attributes;
mod element;
mod entities;
mod hidden;
mod render;
mod scan;
mod writer;

pub(crate) use render::{Link, Urls, render};
