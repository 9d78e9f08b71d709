//! The rules, shown on ports that live in memory and on a clock that tests move.

#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

mod access;
mod actions;
mod admission;
mod approvals;
mod downloads;
mod ends;
mod files;
mod one_shot;
mod shutdown;
mod start;
mod stop;
mod store_failures;
mod support;
mod tenants;
mod timeouts;
mod trajectory;
mod turns;
mod vaults;
