#![doc = include_str!("../README.md")]

mod api_key;
mod instance_key;
mod token;

pub use api_key::{ApiKeySecret, MIN_OWN_KEY_LENGTH};
pub use instance_key::{InstanceKey, KeyFileError};
pub use token::{Purpose, TokenError, Tokens};
