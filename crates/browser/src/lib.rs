//! Browser sessions on real Chromium.
//!
//! [`ChromiumBrowser`] implements the domain's `Browser` port: it attaches to a Chromium that was started, follows its
//! tabs, frames and workers, observes, acts, captures, reads and records. What the browser runs on (processes, folders,
//! the door to the network) is behind [`Host`].
//!
//! # How it works
//! - [`Driver`] starts a process tree for each session, or takes one that waits in the pool with its page attached.
//! - [`ChromiumBrowser::attach`] attaches to every page, frame and worker before it runs, applies the session's
//!   [`Settings`] to it and follows its events. What is known of tabs and frames is on one board that can be waited on.
//! - Perception and element handling is a script ([`page_script`]) in an isolated world of every document, put there when
//!   it is first needed.
//! - An action resolves its element, waits in the page until it can be acted on, sends input, and waits for what that
//!   caused: by condition, never by a fixed time.

mod about;
mod act;
mod address;
mod attach;
mod board;
mod browser;
mod capture;
mod changes;
mod chrome_args;
mod cookies;
mod core;
mod description;
mod dialogs;
mod documents;
mod downloads;
mod driver;
mod elements;
mod fault;
mod fills;
mod host;
mod input;
mod locate;
mod navigation;
mod observe;
mod outside;
pub mod page_script;
mod pool;
mod posts;
mod process;
mod quiet;
mod readers;
mod recording;
mod remote;
mod scrape;
mod settings;
mod stage;
mod stuck;
mod tabs;
mod targets;
mod tasks;
mod user_agent;
mod view;
mod warm_up;
mod world;

pub use browser::ChromiumBrowser;
pub use driver::{Driver, DriverOptions};
pub use host::{Host, Parts, Settings};
pub use pool::PoolSizes;
pub use readers::ReaderLimits;
pub use scrape::{read_document, read_html};
