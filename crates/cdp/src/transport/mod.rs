//! How messages travel: over pipes or a WebSocket.

pub(crate) mod pipe;
pub(crate) mod websocket;
