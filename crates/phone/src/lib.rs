#![doc = include_str!("../README.md")]

mod area_codes;
mod loopback;
mod refusal;
pub mod sms;
pub mod standard_webhooks;
pub mod twilio;

pub use loopback::Loopback;
pub use refusal::Refusal;
pub use twilio::{Twilio, TwilioSettings};
