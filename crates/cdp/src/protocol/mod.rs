//! The part of the protocol that automating a browser needs, by domain, written by hand.
//!
//! Commands carry their required parameters as plain fields and their optional ones as `Option`, left out when `None`,
//! so `CreateTarget { url, ..Default::default() }` is the usual way to write one. Fields that are not listed are
//! ignored when they arrive. Binary data stays the base64 text that it is on the wire.

mod macros;

pub mod browser;
pub mod dom;
pub mod emulation;
pub mod fetch;
pub mod input;
pub mod inspector;
pub mod io;
pub mod log;
pub mod network;
pub mod page;
pub mod runtime;
pub mod security;
pub mod storage;
pub mod target;

use serde::{Deserialize, Serialize};

/// The answer to commands that return nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}
