//! Streams that other commands hand out.

use super::Empty;
use super::macros::{commands, objects};
use crate::StreamHandle;

objects! {
    /// A part of a stream.
    ReadReturns {
        /// The data.
        data: String,
        /// Whether this was the last part.
        eof: bool,
    } optional {
        /// Whether the data is base64.
        base64_encoded: bool,
    };
}

commands! {
    /// Reads on.
    Read = "IO.read" {
        /// The stream.
        handle: StreamHandle,
    } optional {
        /// From this byte.
        offset: i64,
        /// Bytes at most.
        size: i64,
    } -> ReadReturns;

    /// Closes a stream.
    Close = "IO.close" {
        /// The stream.
        handle: StreamHandle,
    } -> Empty;
}
