//! A server on a real socket.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod authentication;
mod clients;
mod floods;
mod life;
mod support;
mod tls;
