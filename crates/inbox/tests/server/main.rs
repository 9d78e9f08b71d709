//! A server on a real socket.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod floods;
mod life;
mod support;
mod tls;
