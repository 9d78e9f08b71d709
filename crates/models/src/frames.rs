//! The body of an answer, taken apart into what the protocol reads.

use std::collections::VecDeque;

use memchr::memchr;

use crate::failure::Failure;

/// Octets of the longest event, or of the longest line. A whole answer of the longest kind fits, escaped.
const MAX_FRAME: usize = 4 << 20;
/// Octets of what stands before the data in a line, and after.
const FIELD: usize = 8;
/// Octets of the longest body: with events around each word it is many times what it says.
const MAX_BODY: usize = 64 << 20;

/// How a body is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events (WHATWG HTML, section 9.2), of which only the data counts.
    Events,
    /// One JSON text in each line.
    Lines,
    /// Not at all.
    Whole,
}

/// A body on its way.
pub(crate) struct Frames {
    framing: Framing,
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The data of the event that has not ended yet.
    data: Vec<u8>,
    ready: VecDeque<Vec<u8>>,
    octets: usize,
}

impl Frames {
    pub(crate) fn new(framing: Framing) -> Self {
        Self {
            framing,
            line: Vec::new(),
            data: Vec::new(),
            ready: VecDeque::new(),
            octets: 0,
        }
    }

    /// Takes what came in.
    pub(crate) fn push(&mut self, mut octets: &[u8]) -> Result<(), Failure> {
        self.octets = self.octets.saturating_add(octets.len());
        if self.octets > MAX_BODY {
            return Err(too_long("it", MAX_BODY));
        }
        if self.framing != Framing::Whole {
            while let Some(end) = memchr(b'\n', octets) {
                self.line.extend_from_slice(&octets[..end]);
                octets = &octets[end + 1..];
                self.end_line()?;
            }
        }
        self.line.extend_from_slice(octets);
        if self.line.len() + self.data.len() > MAX_FRAME + FIELD {
            return Err(too_long("one event of it", MAX_FRAME));
        }
        Ok(())
    }

    /// What is complete, in its order.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }

    /// The body has ended: what is there counts as complete.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        if self.framing == Framing::Whole {
            let whole = std::mem::take(&mut self.line);
            return self.give(whole);
        }
        self.end_line()?;
        self.end_event()
    }

    fn end_line(&mut self) -> Result<(), Failure> {
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if self.framing == Framing::Lines {
            return self.give(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        if let Some(data) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data
                .extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        }
        Ok(())
    }

    fn end_event(&mut self) -> Result<(), Failure> {
        let data = std::mem::take(&mut self.data);
        self.give(data)
    }

    fn give(&mut self, frame: Vec<u8>) -> Result<(), Failure> {
        if frame.len() > MAX_FRAME {
            return Err(too_long("one event of it", MAX_FRAME));
        }
        if !frame.trim_ascii().is_empty() {
            self.ready.push_back(frame);
        }
        Ok(())
    }
}

fn too_long(what: &str, most: usize) -> Failure {
    Failure::unreadable(format!("{what} has more than {} MiB", most >> 20))
}
