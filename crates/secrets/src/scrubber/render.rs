//! Placeholders in the places of secrets.

use std::borrow::Cow;

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
