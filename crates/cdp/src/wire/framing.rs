//! NUL-delimited messages, as `--remote-debugging-pipe` frames them.

use bytes::{Buf, BytesMut};

/// Messages up to this size are copied out of the read buffer, so that a kept event does not keep a whole chunk alive.
const COPIED: usize = 16 * 1024;

/// Cuts a stream of bytes into messages. Every byte is searched once, however slowly a large message comes in, and a
/// large message is handed out without a copy.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    buffer: BytesMut,
    /// Bytes at the start of `buffer` that are known to hold no NUL.
    searched: usize,
}

impl Splitter {
    /// Where the next chunk is to be read to.
    pub(crate) fn buffer(&mut self, room: usize) -> &mut BytesMut {
        if self.buffer.capacity() - self.buffer.len() < room / 4 {
            self.buffer.reserve(room);
        }
        &mut self.buffer
    }

    /// The next whole message without its NUL, if one is there.
    pub(crate) fn next(&mut self) -> Option<BytesMut> {
        let Some(offset) = memchr::memchr(0, &self.buffer[self.searched..]) else {
            self.searched = self.buffer.len();
            return None;
        };
        let end = self.searched + offset;
        self.searched = 0;
        if end <= COPIED {
            let message = BytesMut::from(&self.buffer[..end]);
            self.buffer.advance(end + 1);
            Some(message)
        } else {
            let message = self.buffer.split_to(end);
            self.buffer.advance(1);
            Some(message)
        }
    }

    /// Bytes of a message that has begun and not ended.
    pub(crate) fn unfinished(&self) -> usize {
        self.buffer.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(chunks: &[&[u8]]) -> (Vec<Vec<u8>>, usize) {
        let mut splitter = Splitter::default();
        let mut messages = Vec::new();
        for chunk in chunks {
            splitter.buffer(64).extend_from_slice(chunk);
            while let Some(message) = splitter.next() {
                messages.push(message.to_vec());
            }
        }
        (messages, splitter.unfinished())
    }

    #[test]
    fn large_and_small_messages_keep_their_order() {
        let large = vec![b'x'; COPIED * 3];
        let mut stream = b"a\0".to_vec();
        stream.extend_from_slice(&large);
        stream.extend_from_slice(b"\0\0b\0rest");
        let (messages, unfinished) = split(&[&stream]);
        assert_eq!(messages, [b"a".to_vec(), large, Vec::new(), b"b".to_vec()]);
        assert_eq!(unfinished, 4);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_messages(
            messages in prop::collection::vec(prop::collection::vec(1_u8..=255, 0..200), 0..20),
            cut in 1_usize..64,
        ) {
            let stream: Vec<u8> = messages.iter().flat_map(|m| m.iter().copied().chain([0])).collect();
            let chunks: Vec<&[u8]> = stream.chunks(cut).collect();
            let (found, unfinished) = split(&chunks);
            prop_assert_eq!(found, messages);
            prop_assert_eq!(unfinished, 0);
        }
    }
}
