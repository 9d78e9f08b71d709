//! Secrets in the place of their stand-ins in the body of a request.
//!
//! A stand-in counts only where it stands as the value of what was filled in: under the name of the filled field, or under one
//! that says what it is. So a page cannot have it put into a comment.

mod form;
mod json;
mod keys;
mod multipart;
mod values;

use std::ops::Range;

use guise_core::SecretPart;
use memchr::memmem;
use secrecy::zeroize::Zeroizing;

/// A stand-in with what it stands for.
pub(crate) struct StandIn<'a> {
    /// What was filled in.
    pub(crate) part: SecretPart,
    /// What the page has.
    pub(crate) dummy: &'a str,
    /// What the site is to get.
    pub(crate) secret: &'a str,
    /// What the filled field is called.
    pub(crate) names: &'a [String],
    /// What the boxes are called that begin with the filled field and take a character each.
    pub(crate) boxes: &'a [String],
    /// It also counts where nothing tells what it is.
    pub(crate) anywhere: bool,
}

/// A body with secrets in it.
pub(crate) struct Swapped {
    /// The body.
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// Which of the stand-ins were replaced.
    pub(crate) which: Vec<usize>,
}

/// A value in a body.
struct Value {
    /// What it is called.
    key: String,
    /// What it says.
    text: Zeroizing<String>,
    /// Where it stands.
    at: Range<usize>,
    /// How texts are written there.
    writing: Writing,
}

/// How a text is written in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// `application/x-www-form-urlencoded`
    Form,
    /// A JSON string, with its quotes.
    JsonText,
    /// A JSON number.
    JsonNumber,
    /// As it is.
    Plain,
}

impl Writing {
    fn write(self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        Some(match self {
            Self::Form => {
                let mut written = Zeroizing::new(Vec::with_capacity(3 * text.len()));
                for piece in url::form_urlencoded::byte_serialize(text.as_bytes()) {
                    written.extend_from_slice(piece.as_bytes());
                }
                written
            }
            Self::JsonText => {
                // Room for the longest spelling, so that no half of it stays behind in freed memory.
                let mut written = Zeroizing::new(Vec::with_capacity(6 * text.len() + 2));
                serde_json::to_writer(&mut *written, text).ok()?;
                written
            }
            Self::JsonNumber => {
                let number = text.bytes().all(|byte| byte.is_ascii_digit())
                    && (!text.starts_with('0') || text == "0")
                    && !text.is_empty();
                number.then(|| Zeroizing::new(text.as_bytes().to_vec()))?
            }
            Self::Plain => Zeroizing::new(text.as_bytes().to_vec()),
        })
    }
}

/// Puts secrets in the place of their stand-ins. `None` when there is none to be replaced.
pub(crate) fn swap(
    content_type: Option<&str>,
    body: &[u8],
    stand_ins: &[StandIn<'_>],
) -> Option<Swapped> {
    let values = read(content_type, body);
    let mut edits: Vec<(Range<usize>, Zeroizing<Vec<u8>>)> = Vec::new();
    let mut which = Vec::new();
    for (index, stand_in) in stand_ins.iter().enumerate() {
        let mut found = false;
        for (value, text) in values::replacements(stand_in, &values) {
            let Some(written) = value.writing.write(&text) else {
                continue;
            };
            found = true;
            // A secret that was filled in twice has one stand-in, which is replaced once.
            if edits.iter().all(|(at, _)| *at != value.at) {
                edits.push((value.at.clone(), written));
            }
        }
        if !found && stand_in.anywhere && !stand_in.dummy.is_empty() {
            for at in memmem::find_iter(body, stand_in.dummy) {
                let at = at..at + stand_in.dummy.len();
                found = true;
                let apart = |other: &Range<usize>| other.end <= at.start || at.end <= other.start;
                if edits.iter().all(|(other, _)| apart(other)) {
                    edits.push((at, Zeroizing::new(stand_in.secret.as_bytes().to_vec())));
                }
            }
        }
        if found {
            which.push(index);
        }
    }
    if which.is_empty() {
        return None;
    }
    edits.sort_by_key(|(at, _)| at.start);
    Some(Swapped {
        body: edited(body, &edits),
        which,
    })
}

/// The values of a body by its form; none when its form is not known.
fn read(content_type: Option<&str>, body: &[u8]) -> Vec<Value> {
    let whole = content_type.unwrap_or_default();
    let kind = whole
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => form::read(body),
        "multipart/form-data" => multipart::read(whole, body),
        // Scripts that send JSON do not always say so.
        "" | "text/plain" => json::read(body),
        kind if kind == "application/json" || kind == "text/json" || kind.ends_with("+json") => {
            json::read(body)
        }
        _ => Vec::new(),
    }
}

fn edited(body: &[u8], edits: &[(Range<usize>, Zeroizing<Vec<u8>>)]) -> Zeroizing<Vec<u8>> {
    let longer: usize = edits.iter().map(|(_, written)| written.len()).sum();
    let mut edited = Zeroizing::new(Vec::with_capacity(body.len() + longer));
    let mut from = 0;
    for (at, written) in edits {
        edited.extend_from_slice(&body[from..at.start]);
        edited.extend_from_slice(written);
        from = at.end;
    }
    edited.extend_from_slice(&body[from..]);
    edited
}

#[cfg(test)]
mod tests;
