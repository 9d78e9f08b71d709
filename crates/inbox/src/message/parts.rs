//! The structure of a mail: which part begins and ends where (RFC 2046, 5.1).
//!
//! Goes through the lines once and recurses nowhere, so that no nesting can exhaust the stack.

use std::ops::Range;

use memchr::memchr;

use super::headers::Headers;

/// How deep multiparts may lie in each other.
const DEEPEST: usize = 20;
/// Parts that are looked at.
const MOST_PARTS: usize = 500;
/// RFC 2046, 5.1.1 allows 70; some write more.
const LONGEST_BOUNDARY: usize = 200;

/// A part that is no multipart.
pub(super) struct Part {
    /// Where its headers are. Read, they take many times the memory, so they are read again when it is their turn.
    pub(super) headers: Range<usize>,
    /// Where its content is.
    pub(super) body: Range<usize>,
    /// Which `multipart/alternative` it is in, if in any: the innermost.
    pub(super) alternative: Option<usize>,
    /// Whether it is a whole mail unless its headers say otherwise (RFC 2046, 5.1.5).
    pub(super) in_digest: bool,
}

/// The parts of a mail in their order.
pub(super) struct Parts {
    /// Where the headers of the whole end.
    pub(super) headers_end: usize,
    pub(super) parts: Vec<Part>,
    /// Whether some were left out.
    pub(super) truncated: bool,
}

/// A multipart that is open.
struct Container {
    boundary: Vec<u8>,
    alternative: Option<usize>,
    is_digest: bool,
}

/// Goes through a mail.
pub(super) fn parts(raw: &[u8]) -> Parts {
    let mut walk = Walk {
        raw,
        open: Vec::new(),
        found: Parts {
            headers_end: 0,
            parts: Vec::new(),
            truncated: false,
        },
        current: None,
        alternatives: 0,
    };
    let (end, body) = walk.headers(0);
    walk.found.headers_end = end;
    walk.part(0..end, body);
    walk.lines(body);
    walk.found
}

struct Walk<'a> {
    raw: &'a [u8],
    open: Vec<Container>,
    found: Parts,
    /// The part whose end is looked for.
    current: Option<Part>,
    alternatives: usize,
}

impl Walk<'_> {
    /// Goes through the lines from `at` on until the end of the mail.
    fn lines(&mut self, mut at: usize) {
        while at < self.raw.len() {
            let next = self.line_end(at);
            let Some((depth, closes)) = self.delimiter(at..next) else {
                at = next;
                continue;
            };
            self.end_part(at);
            if self.found.parts.len() >= MOST_PARTS {
                self.found.truncated = true;
                return;
            }
            // What was open inside ends with it (it should have been closed).
            self.open.truncate(if closes { depth } else { depth + 1 });
            at = next;
            if !closes {
                let (end, body) = self.headers(next);
                self.part(next..end, body);
                at = body;
            }
        }
        self.end_part(self.raw.len());
    }

    /// Where the headers that begin at `at` end, and where the content begins.
    fn headers(&self, mut at: usize) -> (usize, usize) {
        while at < self.raw.len() {
            let next = self.line_end(at);
            let line = self.raw.get(at..next).unwrap_or_default();
            if line.trim_ascii().is_empty() {
                return (next, next);
            }
            // Headers without an end are over where the part is.
            if self.delimiter(at..next).is_some() {
                return (at, at);
            }
            at = next;
        }
        (at, at)
    }

    /// Begins a part, or goes into a multipart.
    fn part(&mut self, range: Range<usize>, body: usize) {
        let headers = Headers::of_part(self.raw.get(range.clone()).unwrap_or_default());
        self.found.truncated |= headers.truncated;
        let parent = self.open.last();
        let (alternative, in_digest) =
            parent.map_or((None, false), |open| (open.alternative, open.is_digest));
        let multipart = headers
            .content_type()
            .filter(|kind| kind.ctype() == "multipart");
        let boundary = multipart
            .and_then(|kind| kind.attribute("boundary"))
            .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()));
        match (multipart, boundary) {
            (Some(kind), Some(boundary)) if self.open.len() < DEEPEST => {
                let subtype = kind.subtype().unwrap_or_default();
                let is_alternative = subtype == "alternative";
                self.alternatives += usize::from(is_alternative);
                self.open.push(Container {
                    boundary: boundary.trim_ascii_end().as_bytes().to_vec(),
                    alternative: if is_alternative {
                        Some(self.alternatives)
                    } else {
                        alternative
                    },
                    is_digest: subtype == "digest",
                });
            }
            // Too deep: left out, and what follows in it is its preamble to us.
            (Some(_), Some(_)) => self.found.truncated = true,
            _ => {
                self.current = Some(Part {
                    headers: range,
                    body: body..body,
                    alternative,
                    in_digest,
                });
            }
        }
    }

    /// Ends the part whose end is looked for. The line end before a delimiter belongs to the delimiter.
    fn end_part(&mut self, at: usize) {
        if let Some(mut part) = self.current.take() {
            let body = self.raw.get(part.body.start..at).unwrap_or_default();
            let body = if at < self.raw.len() {
                without_line_end(body)
            } else {
                body
            };
            part.body.end = part.body.start + body.len();
            self.found.parts.push(part);
        }
    }

    /// Behind the end of the line that begins at `at`.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.raw.get(at..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.raw.len(), |end| at + end + 1)
    }

    /// Which multipart the line delimits (0 is the outermost), and whether it closes it.
    fn delimiter(&self, line: Range<usize>) -> Option<(usize, bool)> {
        let line = self.raw.get(line)?.strip_prefix(b"--")?.trim_ascii_end();
        self.open
            .iter()
            .enumerate()
            .rev()
            .find_map(
                |(depth, open)| match line.strip_prefix(open.boundary.as_slice())? {
                    b"" => Some((depth, false)),
                    b"--" => Some((depth, true)),
                    _ => None,
                },
            )
    }
}

fn without_line_end(body: &[u8]) -> &[u8] {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    body.strip_suffix(b"\r").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(raw: &str) -> Vec<&str> {
        let found = parts(raw.as_bytes());
        found
            .parts
            .iter()
            .map(|part| &raw[part.body.clone()])
            .collect()
    }

    #[test]
    fn a_mail_is_its_only_part() {
        assert_eq!(
            bodies("Subject: x\r\n\r\nhello\r\n--x\r\n"),
            ["hello\r\n--x\r\n"]
        );
        assert_eq!(bodies("no headers at all"), [""]);
        assert_eq!(bodies("\n"), [""]);
    }

    #[test]
    fn parts_end_before_their_delimiter() {
        let raw = "Content-Type: multipart/mixed; boundary=x\n\npreamble\n--x\n\none\n--x \nA: b\n\ntwo\n\n--x--\nepilogue\n";
        assert_eq!(bodies(raw), ["one", "two\n"]);
    }

    #[test]
    fn multiparts_lie_in_each_other() {
        let raw = "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
            Content-Type: multipart/alternative; boundary=\"x y\"\r\n\r\n--x y\r\n\r\na\r\n--x y\r\n\r\nb\r\n--x y--\r\n\
            --x\r\n\r\nc\r\n--x--\r\n";
        let found = parts(raw.as_bytes());
        let parts: Vec<_> = found
            .parts
            .iter()
            .map(|part| (&raw[part.body.clone()], part.alternative))
            .collect();
        assert_eq!(parts, [("a", Some(1)), ("b", Some(1)), ("c", None)]);
    }

    #[test]
    fn what_is_not_closed_ends_with_what_is_around_it() {
        let raw = "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=y\n\n\
            --y\n\na\n--x\n\nb";
        assert_eq!(bodies(raw), ["a", "b"]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep: String = (0..10_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        let found = parts(deep.as_bytes());
        assert!(found.truncated && found.parts.is_empty());

        let many = format!(
            "Content-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\n\na\n".repeat(10_000)
        );
        let found = parts(many.as_bytes());
        assert!(found.truncated && found.parts.len() == MOST_PARTS);
    }
}
