//! The stores, on real databases. Each test that can runs on both.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failure ends the test"
)]

mod approvals;
mod assignments;
mod audit;
mod casting;
mod connect;
mod crawls;
mod defaults;
mod files;
mod identity;
mod journeys;
mod keyring;
mod keys;
mod mailboxes;
mod mails;
mod meta;
mod numbers;
mod older;
mod personas;
mod projects;
mod roles;
mod runs;
mod sealed;
mod sessions;
mod steps;
mod support;
mod tenants;
mod texts;
mod vaults;
