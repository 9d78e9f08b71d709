#![doc = include_str!("../README.md")]

mod age_file;
mod api_key;
mod audit;
mod context;
mod envelope;
mod key;
mod key_file;
mod otp;
mod password;
pub mod private_file;
mod root;
mod rotation;
mod scrubber;
mod token;
mod tree;

pub use age_file::{FileError, FileLock, FileUnlock, decrypt_file, encrypt_file};
pub use api_key::{ApiKeySecret, MIN_OWN_KEY_LENGTH};
pub use audit::{AuditTrail, Fault, Verified};
pub use envelope::{ENVELOPE_OVERHEAD, EnvelopeError};
pub use key::{CHECK_LENGTH, KEY_LENGTH, Key};
pub use key_file::KeyFileError;
pub use otp::{InvalidOneTime, Moving, OneTime, OtpAlgorithm, TimedCode};
pub use password::{PasswordError, PasswordPolicy};
pub use root::{
    CredentialKey, KeyFile, MIN_PASSPHRASE_LENGTH, Passphrase, RootError, RootSource, Successor,
    Transit, TransitAddress, VariableKey,
};
pub use rotation::{DataRotated, Progress, Rotation, RotationError, Watcher};
pub use scrubber::{SHORTEST_SEARCHED, ScrubStream, Scrubber, SessionScrubbers};
pub use token::{Purpose, TokenError, Tokens};
pub use tree::{Earlier, KeyTree, OpenError};
