//! Identities over HTTP: personas, projects, vaults and mailboxes in every dialect, alone, across each other and under
//! contention. Every answer is checked against the document that the server serves.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

#[expect(dead_code, reason = "the tests of the API use more of it")]
#[path = "../support/mod.rs"]
mod support;

mod aiqaramba;
mod crossings;
mod databases;
mod evalstudio;
mod generated;
mod notte;
mod races;
mod releases;
mod seeds;
mod world;
