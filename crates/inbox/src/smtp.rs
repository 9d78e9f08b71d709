//! The protocol: RFC 5321, receiving side, without any input or output of its own.
//!
//! A [`Session`] is fed the bytes of a connection, gathers the replies, and says what it needs to know
//! ([`Event`]). One file for each command.

mod body;
mod command;
mod data;
mod ehlo;
mod help;
mod line;
mod mail;
mod noop;
mod not_here;
mod quit;
mod rcpt;
mod room;
mod rset;
mod session;
mod starttls;
mod terms;
mod vrfy;

pub use room::Memory;
pub use session::{Event, Session};
pub use terms::Terms;
