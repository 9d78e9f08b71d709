//! The protocol on real sockets.

mod admission;
mod clock;
mod connection;
mod handle;
mod listen;
mod options;
mod shared;

pub use handle::{Handle, Server};
pub use options::Options;
