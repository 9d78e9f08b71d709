//! Sharing the connection with outside clients.

pub(crate) mod link;
