//! Bodies that are JSON. They are changed in place, so that all else stays as it was written.

use secrecy::zeroize::Zeroizing;
use serde::de::IgnoredAny;

use super::{Value, Writing};

/// What the parser stands in.
struct Container {
    /// The name of the member that it reads; in a list, the name of the list.
    key: String,
    /// It has names.
    object: bool,
    /// A name comes next.
    names: bool,
}

/// The texts and numbers of a JSON body, each with the name of the member that it is, or is in.
pub(super) fn read(body: &[u8]) -> Vec<Value> {
    // The walk below trusts that it is JSON; this also bounds how deep it is.
    if serde_json::from_slice::<IgnoredAny>(body).is_err() {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut stack: Vec<Container> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'{' | b'[' => {
                let key = stack
                    .last()
                    .map(|outer| outer.key.clone())
                    .unwrap_or_default();
                let object = byte == b'{';
                stack.push(Container {
                    key,
                    object,
                    names: object,
                });
                at += 1;
            }
            b'}' | b']' => {
                stack.pop();
                at += 1;
            }
            b',' => {
                if let Some(inner) = stack.last_mut() {
                    inner.names = inner.object;
                }
                at += 1;
            }
            b'"' => {
                let end = end_of_text(body, at);
                let Ok(text) = serde_json::from_slice::<String>(&body[at..end]) else {
                    // Half of a pair, which no text of ours is.
                    at = end;
                    continue;
                };
                match stack.last_mut() {
                    Some(inner) if inner.names => {
                        inner.key = text;
                        inner.names = false;
                    }
                    inner => values.push(Value {
                        key: inner.map(|inner| inner.key.clone()).unwrap_or_default(),
                        text: Zeroizing::new(text),
                        at: at..end,
                        writing: Writing::JsonText,
                    }),
                }
                at = end;
            }
            b'0'..=b'9' => {
                let length = body[at..].iter().position(|byte| {
                    !matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
                });
                let end = length.map_or(body.len(), |length| at + length);
                if let Ok(text) = std::str::from_utf8(&body[at..end]) {
                    values.push(Value {
                        key: stack
                            .last()
                            .map(|inner| inner.key.clone())
                            .unwrap_or_default(),
                        text: Zeroizing::new(text.to_owned()),
                        at: at..end,
                        writing: Writing::JsonNumber,
                    });
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    values
}

/// Where the text that begins at `at` ends, behind its closing quote.
fn end_of_text(body: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = body.get(end) {
        match byte {
            b'"' => return end + 1,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    body.len()
}
