//! What is on the wire, as bytes: messages and their envelopes. No I/O here.

pub(crate) mod compose;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod framing;
