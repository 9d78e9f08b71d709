//! Reading a mail's content, from DATA's answer to the line with the dot.

use memchr::memchr2;

use super::room::Room;

/// Why a mail's content cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A CR without LF or an LF without CR.
    BareLine,
    /// Larger than one mail may be.
    TooLarge,
    /// The memory for all mails is used up.
    NoRoom,
}

/// How the content ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// With its dot. The room is held as long as the bytes are.
    Whole(Vec<u8>, Room),
    /// With its dot, but it cannot be taken.
    Faulty(Fault),
    /// It cannot be taken, and its end is too far off to wait for.
    GivenUp(Fault),
}

/// Where in the content the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    LineStart,
    /// Behind a dot at the start of a line.
    Dot,
    /// Behind such a dot and a CR.
    DotCr,
    Text,
    Cr,
}

/// Takes the dots of the transport out (RFC 5321, 4.5.2) and finds the end, which is CR LF, dot, CR LF and nothing else.
///
/// Once a fault is found nothing is kept any more; the end is still looked for, by the same rule, so that what follows
/// the mail is not taken for a part of it or the other way round.
#[derive(Debug)]
pub(super) struct BodyReader {
    at: At,
    bytes: Vec<u8>,
    room: Option<Room>,
    fault: Option<Fault>,
    seen: usize,
    limit: usize,
}

impl BodyReader {
    /// For a mail of at most `limit` bytes, in the given room.
    pub(super) fn new(limit: usize, room: Room) -> Self {
        Self {
            // DATA's own CR LF is the one before the first line: a mail may be empty.
            at: At::LineStart,
            bytes: Vec::new(),
            room: Some(room),
            fault: None,
            seen: 0,
            limit,
        }
    }

    /// Takes bytes off the input until the mail has ended; none while more are needed.
    pub(super) fn take(&mut self, input: &mut &[u8]) -> Option<Ended> {
        // Half of the senders that went too far stop a little later; who goes on far beyond is not waited for. Where that
        // is must not depend on how the network cut the bytes.
        let most = self.limit.saturating_mul(2);
        while !input.is_empty() {
            let left = most.saturating_sub(self.seen).saturating_add(1);
            let (mut part, _) = input.split_at(left.min(input.len()));
            let before = part.len();
            let ended = self.advance(&mut part);
            let taken = before - part.len();
            *input = input.get(taken..).unwrap_or_default();
            self.seen = self.seen.saturating_add(taken);
            match (ended, self.fault) {
                (true, Some(fault)) => return Some(Ended::Faulty(fault)),
                (true, None) => {
                    let room = self.room.take()?;
                    return Some(Ended::Whole(std::mem::take(&mut self.bytes), room));
                }
                (false, Some(fault)) if self.seen > most => return Some(Ended::GivenUp(fault)),
                (false, _) => {}
            }
        }
        None
    }

    /// Whether the end was reached.
    fn advance(&mut self, input: &mut &[u8]) -> bool {
        while let Some((&byte, rest)) = input.split_first() {
            if self.at == At::Text {
                // The long stretches between line ends, in one piece.
                let length = memchr2(b'\r', b'\n', input).unwrap_or(input.len());
                if length > 0 {
                    let (text, rest) = input.split_at(length);
                    self.keep(text);
                    *input = rest;
                    continue;
                }
            }
            *input = rest;
            self.at = match (self.at, byte) {
                (At::LineStart, b'.') => At::Dot,
                (At::Dot, b'\r') => At::DotCr,
                (At::DotCr, b'\n') => return true,
                (At::Cr, b'\n') => {
                    self.keep(b"\r\n");
                    At::LineStart
                }
                (At::Cr | At::DotCr, b'\r') => {
                    self.fail(Fault::BareLine);
                    At::Cr
                }
                (At::Cr | At::DotCr, _) | (_, b'\n') => {
                    self.fail(Fault::BareLine);
                    At::Text
                }
                (_, b'\r') => At::Cr,
                (_, byte) => {
                    self.keep(&[byte]);
                    At::Text
                }
            };
        }
        false
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        if self.bytes.len() + bytes.len() > self.limit {
            return self.fail(Fault::TooLarge);
        }
        if !self
            .room
            .as_mut()
            .is_some_and(|room| room.grow(bytes.len()))
        {
            return self.fail(Fault::NoRoom);
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn fail(&mut self, fault: Fault) {
        // A mail that is ambiguous is refused for that, whatever else is wrong with it.
        if self.fault.is_none() || fault == Fault::BareLine {
            self.fault = Some(fault);
        }
        self.bytes = Vec::new();
        self.room = None;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::room::Memory;
    use super::*;

    const LIMIT: usize = 1000;

    fn read(input: &[u8]) -> (Option<Ended>, &[u8]) {
        let mut reader = BodyReader::new(LIMIT, Memory::new(LIMIT).room());
        let mut rest = input;
        (reader.take(&mut rest), rest)
    }

    #[rstest]
    #[case(b".\r\n", b"")]
    #[case(b"hello\r\n.\r\n", b"hello\r\n")]
    #[case(b"\r\n.\r\n", b"\r\n")]
    #[case(b"..\r\n.\r\n", b".\r\n")]
    #[case(b"..two\r\n...three\r\n.\r\n", b".two\r\n..three\r\n")]
    #[case(b".one\r\n.\r\n", b"one\r\n")]
    #[case(b"a.b\r\n \r\n .\r\n.\r\n", b"a.b\r\n \r\n .\r\n")]
    fn dots_of_the_transport_are_taken_out(#[case] input: &[u8], #[case] expected: &[u8]) {
        let (ended, rest) = read(input);
        let Some(Ended::Whole(bytes, _)) = ended else {
            panic!("{ended:?}")
        };
        assert_eq!((bytes.as_slice(), rest), (expected, &b""[..]));
    }

    #[rstest]
    #[case(b"a\nb\r\n.\r\n")]
    #[case(b"a\rb\r\n.\r\n")]
    #[case(b"a\r\r\n.\r\n")]
    #[case(b"\n.\r\nMAIL FROM:<>\r\n\r\n.\r\n")]
    #[case(b".\nMAIL FROM:<>\r\n.\r\n")]
    #[case(b".\rMAIL FROM:<>\r\n.\r\n")]
    #[case(b"\r.\r\n\r\n.\r\n")]
    fn a_bare_line_end_spoils_it_and_ends_nothing(#[case] input: &[u8]) {
        let (ended, rest) = read(input);
        assert!(
            matches!(ended, Some(Ended::Faulty(Fault::BareLine))),
            "{ended:?}"
        );
        assert!(rest.is_empty());
    }

    #[test]
    fn the_limit_counts_what_is_kept() {
        let exact = [&vec![b'x'; LIMIT - 2][..], b"\r\n.\r\n"].concat();
        assert!(matches!(read(&exact).0, Some(Ended::Whole(..))));
        let more = [&vec![b'x'; LIMIT - 1][..], b"\r\n.\r\n"].concat();
        assert!(matches!(
            read(&more).0,
            Some(Ended::Faulty(Fault::TooLarge))
        ));
        let endless = vec![b'x'; 2 * LIMIT + 1];
        assert!(matches!(
            read(&endless).0,
            Some(Ended::GivenUp(Fault::TooLarge))
        ));
    }

    #[test]
    fn how_it_is_cut_does_not_matter() {
        let mut input = vec![b'x'; 2 * LIMIT + 1];
        input.extend_from_slice(b"\n\r\n.\r\n");
        for size in [1, 7, LIMIT, input.len()] {
            let mut reader = BodyReader::new(LIMIT, Memory::new(LIMIT).room());
            let ended = input
                .chunks(size)
                .find_map(|mut part| reader.take(&mut part));
            assert!(
                matches!(ended, Some(Ended::GivenUp(Fault::TooLarge))),
                "{size}: {ended:?}"
            );
        }
    }

    #[test]
    fn memory_for_all_is_a_limit_too() {
        let memory = Memory::new(LIMIT);
        let mut other = memory.room();
        assert!(other.grow(LIMIT - 10));
        let mut reader = BodyReader::new(LIMIT, memory.room());
        let ended = reader.take(&mut &b"0123456789\r\n.\r\n"[..]);
        assert!(matches!(ended, Some(Ended::Faulty(Fault::NoRoom))));
        drop(other);
        assert!(
            memory.room().grow(LIMIT),
            "what the spoilt mail had is free again"
        );
    }
}
