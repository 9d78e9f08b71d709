#![doc = include_str!("../README.md")]

mod body;
mod client;
mod connect;
mod error;
mod polite;
mod robots;
mod robots_cache;
mod sitemap;
mod sitemaps;

pub use client::{Client, Fetched, MAX_BYTES, Options, Patience, Request};
pub use error::{Error, NotFetched};
pub use polite::{Politeness, Taken};
pub use robots::Robots;
pub use sitemaps::{SitemapBounds, Wanted};
