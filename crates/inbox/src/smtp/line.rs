//! Reading commands line by line.

/// What a line turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A whole command, its CR LF included.
    Whole(Vec<u8>),
    /// Longer than allowed; its bytes are gone.
    TooLong,
    /// A CR without LF or an LF without CR. Where a line ends is then a matter of opinion, and opinions that differ are
    /// how mails are smuggled: RFC 5321, 2.3.8 allows neither.
    Bare,
}

/// Gathers the bytes of the line that comes in.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    bytes: Vec<u8>,
    too_long: bool,
}

impl LineReader {
    /// Takes bytes off the input until a line is whole; none while more are needed. `limit` counts the CR LF.
    pub(super) fn take(&mut self, input: &mut &[u8], limit: usize) -> Option<Line> {
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            match (self.bytes.last() == Some(&b'\r'), byte) {
                (true, b'\n') => {
                    let mut bytes = std::mem::take(&mut self.bytes);
                    bytes.push(byte);
                    let too_long = std::mem::take(&mut self.too_long) || bytes.len() > limit;
                    return Some(if too_long {
                        Line::TooLong
                    } else {
                        Line::Whole(bytes)
                    });
                }
                (true, _) | (false, b'\n') => {
                    *self = Self::default();
                    return Some(Line::Bare);
                }
                _ if self.bytes.len() < limit => self.bytes.push(byte),
                _ => {
                    // Only its end still matters.
                    self.too_long = true;
                    self.bytes.clear();
                    self.bytes.push(byte);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8], limit: usize) -> Vec<Line> {
        let mut reader = LineReader::default();
        let mut rest = input;
        std::iter::from_fn(|| reader.take(&mut rest, limit)).collect()
    }

    #[test]
    fn a_line_ends_with_cr_lf() {
        assert_eq!(
            lines(b"NOOP\r\n\r\nQUIT\r\nunfinished", 512),
            [
                Line::Whole(b"NOOP\r\n".into()),
                Line::Whole(b"\r\n".into()),
                Line::Whole(b"QUIT\r\n".into())
            ]
        );
    }

    #[test]
    fn nothing_else_ends_a_line() {
        for bad in [&b"NOOP\n"[..], b"NOOP\rQUIT\r\n", b"\n", b"NOOP\r\r\n"] {
            assert_eq!(lines(bad, 512).first(), Some(&Line::Bare), "{bad:?}");
        }
    }

    #[test]
    fn a_long_line_is_one_line() {
        let long = [vec![b'x'; 100_000], b"\r\nNOOP\r\n".to_vec()].concat();
        assert_eq!(
            lines(&long, 512),
            [Line::TooLong, Line::Whole(b"NOOP\r\n".into())]
        );
        let exact = [vec![b'x'; 510], b"\r\n".to_vec()].concat();
        assert_eq!(lines(&exact, 512), [Line::Whole(exact.clone())]);
        let one_more = [vec![b'x'; 511], b"\r\n".to_vec()].concat();
        assert_eq!(lines(&one_more, 512), [Line::TooLong]);
    }
}
