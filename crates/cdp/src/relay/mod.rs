//! Sharing the connection with outside clients: Playwright's `connect_over_cdp`, puppeteer's `connect`, or anything
//! else that speaks CDP to a browser.
//!
//! Every client gets a browser-level session of its own (`Target.attachToBrowserTarget`), which the client takes for
//! the connection itself. Command numbers are rewritten on the way in and out, sessions that the client attaches are
//! its own, and everything else passes as bytes. What a client may not do is in [`rules`].

pub(crate) mod link;
mod request;
pub mod rules;
mod serve;

pub use rules::Rules;
pub use serve::{Ended, serve};
