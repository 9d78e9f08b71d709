//! Twilio: numbers by its REST API of 2010-04-01, messages by its webhooks.
//!
//! Its signature covers the address and the parameters run together, without marks between them. Who has a genuine
//! request could cut it elsewhere and, say, shorten the text; but its `MessageSid` has a form that leaves no choice
//! where to cut, so that the message keeps its id and is dropped as known. [`message()`] therefore refuses every other
//! form.

mod client;
mod error;
mod message;
mod provider;
mod settings;
mod signature;

pub use error::TwilioError;
pub use message::{Params, message};
pub use provider::Twilio;
pub use settings::TwilioSettings;
pub use signature::{verify, verify_body};
