//! What a session's options and actions do, asked for over HTTP and proven where it counts: at the site, in the page, in
//! the processes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

#[expect(dead_code, reason = "the tests of the API use more of it")]
#[path = "../support/mod.rs"]
mod support;

mod actions;
mod calls;
mod engine;
mod files;
mod house;
mod pictures;
mod proxies;
mod proxy_server;
mod reach;
mod refusals;
mod slow_sites;
mod times;
