//! How messages travel: pipes and WebSockets.

pub(crate) mod pipe;
pub(crate) mod websocket;
