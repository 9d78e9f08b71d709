//! A door as a browser meets it: over real sockets, between raw clients and origins of the tests' own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod life;
mod plain;
mod rebinding;
mod refusals;
mod support;
mod tunnels;
mod upstreams;
