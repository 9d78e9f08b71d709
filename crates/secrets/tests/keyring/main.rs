//! The tree of keys and the audit, on real databases. Each test that can runs on both.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failure ends the test"
)]

mod audit;
mod frozen;
mod opening;
mod rotation;
mod sources;
mod support;
mod transit;
mod values;
