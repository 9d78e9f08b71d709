//! Identities over HTTP: personas, projects, journeys, vaults and mailboxes in every dialect, alone, across each other and under
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
mod journey_races;
mod notte;
mod project_crossings;
mod races;
mod releases;
mod seeds;
mod world;
