//! The protocol, fed from memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dialogue;
mod limits;
mod relay;
mod smuggling;
mod support;
mod tls;
