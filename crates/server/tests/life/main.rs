//! The binary as an operator meets it: its commands, its start and end, and what becomes of its processes.
//!
//! Everything here starts the real program with real browsers; what is left of them is counted in /proc and on disk, not
//! by the program's own list.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod acknowledged;
mod churn;
mod configuration;
mod confinement;
mod databases;
mod death;
mod descriptors;
mod doctor;
mod end;
mod first_start;
mod isolation;
mod keyring;
mod keys;
mod numbers;
mod pool;
mod reach;
mod readers;
mod slow_clients;
mod start_failures;
mod support;
mod vault_files;
mod ways;
