//! Writing commands.

use bytes::{BufMut, Bytes, BytesMut};

/// The message of one command: `method` must need no escaping; `params` must be one JSON value.
pub(crate) fn command(id: u32, session: Option<&str>, method: &str, params: &[u8]) -> Bytes {
    let mut message = BytesMut::with_capacity(params.len() + method.len() + 96);
    message.put_slice(b"{\"id\":");
    message.put_slice(id.to_string().as_bytes());
    if let Some(session) = session {
        message.put_slice(b",\"sessionId\":\"");
        message.put_slice(session.as_bytes());
        message.put_u8(b'"');
    }
    message.put_slice(b",\"method\":\"");
    message.put_slice(method.as_bytes());
    message.put_slice(b"\",\"params\":");
    message.put_slice(params);
    message.put_u8(b'}');
    message.freeze()
}
