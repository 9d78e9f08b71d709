//! A client for the Chrome DevTools Protocol (CDP), and a relay through which outside clients share its connection.
//!
//! # The client
//!
//! One [`Connection`] speaks to one browser over a pipe (`--remote-debugging-pipe`) or a WebSocket. Its [`Session`]s are
//! the browser itself ([`Connection::root`]) and every attached target ([`Connection::session`], flat mode only).
//! Only the envelope of a message is looked at when it arrives; parameters and results stay bytes until somebody who
//! waits for them decodes them, so a protocol that grows can never break the connection.
//!
//! Commands and events are plain structs in [`protocol`]: the small part of CDP that automating a browser needs.
//! Anything else goes through [`Session::call_raw`] and [`RawEvent::raw`].
//!
//! # The relay
//!
//! [`relay::serve`] connects one outside client (Playwright, puppeteer, anything that speaks CDP) to the same
//! connection, in a browser-level session of its own, under rules that keep it away from the machine.

mod command;
mod connection;
mod error;
mod events;
mod ids;
mod outgoing;
mod router;
mod session;
mod transport;
mod wire;

pub mod protocol;
pub mod relay;

pub use command::{Command, Event};
pub use connection::Connection;
pub use error::Error;
pub use events::{Events, RawEvent};
pub use ids::{
    BackendNodeId, BrowserContextId, ExecutionContextId, FrameId, LoaderId, NodeId, ObjectId,
    RequestId, ScriptId, SessionId, StreamHandle, TargetId,
};
pub use session::Session;
