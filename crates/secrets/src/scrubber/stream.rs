//! Secrets in bytes that come in chunks.

use std::fmt;

use secrecy::zeroize::Zeroizing;

use super::Scrubber;
use super::finder::{Finder, merged};
use super::forms::is_base64;

/// Scrubs bytes that come in chunks: together, what comes out is what [`Scrubber::scrub_bytes`] makes of the whole.
///
/// Only what may be the beginning of a secret is held back, less than the longest form of one. A change of the secrets
/// counts from the next chunk on. What is still held when this is dropped without [`ScrubStream::finish`] is lost.
pub struct ScrubStream {
    scrubber: Scrubber,
    held: Zeroizing<Vec<u8>>,
    /// How many of the held bytes belong to a secret whose placeholder is out.
    covered: usize,
}

impl ScrubStream {
    pub(super) fn new(scrubber: Scrubber) -> Self {
        Self {
            scrubber,
            held: Zeroizing::default(),
            covered: 0,
        }
    }

    /// Takes a chunk and gives what can be told by now.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(chunk);
        self.release(false)
    }

    /// Gives the rest, after the last chunk.
    pub fn finish(mut self) -> Vec<u8> {
        self.release(true)
    }

    fn release(&mut self, last: bool) -> Vec<u8> {
        let finder = self.scrubber.finder();
        let hits = finder
            .as_ref()
            .map(|finder| finder.hits(&self.held))
            .unwrap_or_default();
        let mut until = self.held.len();
        if let (Some(finder), false) = (&finder, last) {
            until = settled(finder, &self.held);
            let open = hits.iter().filter(|hit| hit.open).map(|hit| hit.start);
            until = open.fold(until, usize::min);
        }
        let mut released = Vec::with_capacity(until);
        let mut done = self.covered;
        for span in merged(hits).into_iter().filter(|span| span.start < until) {
            // What overlaps with a secret that is out already has its placeholder.
            if span.start >= done {
                released.extend_from_slice(&self.held[done..span.start]);
                released.extend(
                    finder
                        .iter()
                        .flat_map(|finder| finder.placeholder(&span).into_bytes()),
                );
            }
            done = done.max(span.end);
        }
        if done < until {
            released.extend_from_slice(&self.held[done..until]);
        }
        self.covered = done.saturating_sub(until);
        self.held.drain(..until);
        released
    }
}

/// Up to where no form begins that is not there as a whole, and no digit of Base64 stands that could belong to one.
fn settled(finder: &Finder, bytes: &[u8]) -> usize {
    let begins = finder.unfinished(bytes);
    match begins.checked_sub(1) {
        Some(before) if is_base64(bytes[before]) => before,
        _ => begins,
    }
}

/// Shows how much is held back, and nothing of it.
impl fmt::Debug for ScrubStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrubStream")
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}
