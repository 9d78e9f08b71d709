//! Numbers and messages of Twilio's, with a small Twilio on the loopback.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod counterpart;
mod messages;
mod numbers;
mod settings;
