//! The stores, on real databases. Each test that can runs on both.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failure ends the test"
)]

mod audit;
mod connect;
mod files;
mod keyring;
mod keys;
mod meta;
mod sealed;
mod sessions;
mod steps;
mod support;
mod tenants;
