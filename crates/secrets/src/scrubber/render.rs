//! Placeholders in the places of secrets.

use std::borrow::Cow;
use std::cmp::Reverse;

use secrecy::zeroize::Zeroizing;

use super::finder::{Finder, merged};

pub(super) fn bytes<'a>(finder: &Finder, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let spans = merged(finder.hits(bytes));
    if spans.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut scrubbed = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for span in spans {
        scrubbed.extend_from_slice(&bytes[done..span.start]);
        scrubbed.extend_from_slice(finder.placeholder(&span).as_bytes());
        done = span.end;
    }
    scrubbed.extend_from_slice(&bytes[done..]);
    Cow::Owned(scrubbed)
}

pub(super) fn text<'a>(finder: &Finder, text: &'a str) -> Cow<'a, str> {
    let mut hits = finder.hits(text.as_bytes());
    if let Some(bare) = Bare::of(text) {
        hits.extend(
            finder
                .hits(bare.text.as_bytes())
                .into_iter()
                .map(|mut hit| {
                    hit.start = bare.places[hit.start];
                    // Up to the end of the last byte, which stands where it stands: a backslash behind it is not its own.
                    hit.end = bare.places[hit.end - 1] + 1;
                    hit
                }),
        );
        hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
    }
    // Backwards or in UTF-16, bytes can fit in the middle of characters.
    for hit in &mut hits {
        hit.start = text.floor_char_boundary(hit.start);
        hit.end = text.ceil_char_boundary(hit.end);
    }
    let spans = merged(hits);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut scrubbed = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        scrubbed.push_str(&text[done..span.start]);
        scrubbed.push_str(&finder.placeholder(&span));
        done = span.end;
    }
    scrubbed.push_str(&text[done..]);
    Cow::Owned(scrubbed)
}

/// A text without the backslashes that keep its punctuation from acting: in Markdown, shells, patterns, selectors. Which signs get
/// one depends on what stands beside them, so it is no form of a secret.
struct Bare {
    text: Zeroizing<String>,
    /// Where each byte of it stands in the text as it was.
    places: Vec<usize>,
}

impl Bare {
    /// `None` where nothing would be different.
    fn of(text: &str) -> Option<Self> {
        let acts = |at: usize| {
            text.as_bytes()
                .get(at + 1)
                .is_some_and(u8::is_ascii_punctuation)
        };
        if !text.match_indices('\\').any(|(at, _)| acts(at)) {
            return None;
        }
        let mut bare = Self {
            text: Zeroizing::new(String::with_capacity(text.len())),
            places: Vec::with_capacity(text.len()),
        };
        let mut chars = text.char_indices();
        while let Some((mut at, mut c)) = chars.next() {
            if c == '\\' && acts(at) {
                // There is one: the text goes on with punctuation.
                if let Some(next) = chars.next() {
                    (at, c) = next;
                }
            }
            bare.text.push(c);
            bare.places.extend(at..at + c.len_utf8());
        }
        Some(bare)
    }
}
