//! Models, asked at a provider on the loopback that takes no more than the real ones do.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod again;
mod anthropic;
mod bounds;
mod choosing;
mod garbage;
mod gemini;
mod ollama;
mod openai;
mod openai_like;
mod prices;
mod secrecy;
mod settings;
mod support;
