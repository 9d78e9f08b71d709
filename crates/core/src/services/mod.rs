//! The rules. Services create ids and times, check rights and decide; ports store and do.

mod access;
mod files;
mod session_request;
mod sessions;

pub use access::{Access, NewKey};
pub use files::{Files, MAX_FILE_BYTES};
pub use session_request::{ProxyRequest, SessionRequest};
pub use sessions::{Debug, LiveEvent, Sessions, Settings};
