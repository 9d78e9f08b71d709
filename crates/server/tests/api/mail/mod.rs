//! Mail and text messages as they come in: real SMTP into the built binary, read through the APIs.

mod clients;
mod inbox;
mod sealed;
mod texts;
