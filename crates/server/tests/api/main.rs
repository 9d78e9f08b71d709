//! The API as it is served: the built binary, real sockets, real browsers. Every answer is checked against the document
//! that the server serves and against the schemas of the Notte API.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

#[expect(
    dead_code,
    reason = "the tests of agents and identities use more of it"
)]
#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod approvals;
mod bad_input;
mod coverage;
mod crawled_sites;
mod crawls;
mod document;
mod files;
mod fills;
mod gates;
mod heavy;
mod keys;
mod limits;
mod mail;
mod page;
mod pdf;
mod posts;
mod reading;
mod scrape;
mod search;
mod sessions;
