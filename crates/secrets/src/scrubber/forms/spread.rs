//! The characters as they are: in other cases and orders, with others between them, and as hexadecimal digits.

use secrecy::zeroize::Zeroizing;

use super::{built, push_hex};

/// What may stand between all characters of a secret: spelt out, hyphenated, one element of a page for each.
const BETWEEN: &[&str] = &[" ", "-", "\n"];

pub(super) fn forms(text: &str, add: &mut impl FnMut(Zeroizing<String>)) {
    add(Zeroizing::new(text.to_owned()));
    // As style sheets show it. At most three characters come of one.
    add(built(text.len() * 3, |out| {
        out.extend(text.chars().flat_map(char::to_uppercase))
    }));
    add(built(text.len() * 3, |out| {
        out.extend(text.chars().flat_map(char::to_lowercase))
    }));
    add(built(text.len(), |out| out.extend(text.chars().rev())));
    for between in BETWEEN {
        add(grouped(text, 1, between));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() > 4 {
        for between in [" ", "-"] {
            add(grouped(text, 4, between));
        }
    }
    for capitals in [false, true] {
        add(built(text.len() * 2, |out| {
            text.bytes()
                .for_each(|byte| push_hex(out, byte.into(), 2, capitals))
        }));
    }
}

fn grouped(text: &str, size: usize, between: &str) -> Zeroizing<String> {
    built(text.len() * 2, |out| {
        for (number, c) in text.chars().enumerate() {
            if number > 0 && number % size == 0 {
                out.push_str(between);
            }
            out.push(c);
        }
    })
}
