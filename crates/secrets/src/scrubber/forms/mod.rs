//! The forms that a secret travels in.

mod base64;
mod html;
mod json;
mod percent;
mod spread;
mod utf16;

use std::fmt::Write as _;

use secrecy::zeroize::Zeroizing;

use super::SHORTEST_SEARCHED;
pub(super) use base64::is_base64;
pub(super) use utf16::widened;

/// The longest that a character becomes, in bytes: `%F0%9F%98%80`, `\ud83d\ude00`.
const WIDEST: usize = 12;

/// A secret as it may stand in a text.
pub(super) struct Form {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) kind: Kind,
}

/// What is special about a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Plain,
    /// Only the digits that depend on nothing but the secret. Whether there is one before and after them with some bits of
    /// it.
    Base64 { before: bool, after: bool },
    /// Two bytes for each unit. `cut` when the zero is left out that is the last byte (little-endian) or the first one: the
    /// rest is the same in both orders, and found whatever stands beside it.
    Utf16 { little: bool, cut: bool },
}

/// All forms of a secret, each once.
pub(super) fn of(secret: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for text in readings(secret) {
        let mut plain = |text: Zeroizing<String>| forms.push(Form::plain(text.as_bytes()));
        spread::forms(&text, &mut plain);
        percent::forms(&text, &mut plain);
        json::forms(&text, &mut plain);
        html::forms(&text, &mut plain);
        forms.extend(base64::forms(text.as_bytes()));
        forms.extend(utf16::forms(&text));
    }
    forms.sort_by(|one, other| one.bytes.cmp(&other.bytes));
    forms.dedup_by(|one, other| one.bytes == other.bytes);
    forms
}

impl Form {
    fn new(bytes: &[u8], kind: Kind) -> Self {
        let bytes = Zeroizing::new(bytes.to_vec());
        Self { bytes, kind }
    }

    fn plain(bytes: &[u8]) -> Self {
        Self::new(bytes, Kind::Plain)
    }
}

/// The secret itself, and as pages show it or programs read it: without white space at its ends, with other line breaks,
/// numbers without grouping or leading zeros.
fn readings(secret: &str) -> Vec<Zeroizing<String>> {
    let mut readings = vec![Zeroizing::new(secret.to_owned())];
    let mut add = |text: Zeroizing<String>| {
        if text.chars().count() >= SHORTEST_SEARCHED && !readings.contains(&text) {
            readings.push(text);
        }
    };
    add(Zeroizing::new(secret.trim().to_owned()));
    if secret.contains(['\r', '\n']) {
        for line_break in ["\n", "\r\n", " "] {
            add(built(secret.len() * 2, |out| {
                for (number, line) in secret.lines().enumerate() {
                    out.push_str(if number == 0 { "" } else { line_break });
                    out.push_str(line);
                }
            }));
        }
    }
    if secret
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'))
    {
        let digits = built(secret.len(), |out| {
            out.extend(secret.chars().filter(char::is_ascii_digit))
        });
        add(Zeroizing::new(digits.trim_start_matches('0').to_owned()));
        add(digits);
    }
    readings
}

/// A text of `most` bytes at most: one that outgrows its place leaves its bytes behind there.
fn built(most: usize, write: impl FnOnce(&mut String)) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(most));
    write(&mut text);
    text
}

/// Every character as `write` writes it.
fn escaped(text: &str, mut write: impl FnMut(&mut String, char)) -> Zeroizing<String> {
    built(text.len() * WIDEST, |out| {
        text.chars().for_each(|c| write(out, c))
    })
}

/// Adds a number in hexadecimal digits, `width` of them or more.
fn push_hex(out: &mut String, number: u32, width: usize, capitals: bool) {
    // Writing to a string does not fail.
    let _ = match capitals {
        true => write!(out, "{number:0width$X}"),
        false => write!(out, "{number:0width$x}"),
    };
}
