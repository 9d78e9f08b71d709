//! Strings of JSON, without the quotes around them (RFC 8259 §7).

use secrecy::zeroize::Zeroizing;

use super::{escaped, push_hex};

/// What encoders escape beside what they must: nothing; what could end a script element (Go); quotes as well (PHP, .NET).
const CAREFUL: &[&str] = &["", "<>&", "<>&'", "<>&'\"", "<>&'\"+`"];

pub(super) fn forms(text: &str, add: &mut impl FnMut(Zeroizing<String>)) {
    for capitals in [false, true] {
        add(escaped(text, |out, c| push_units(out, c, capitals)));
        for slash in ["/", "\\/"] {
            for ascii_only in [false, true] {
                for careful in CAREFUL {
                    let unit = |c: char| {
                        careful.contains(c)
                            || ascii_only && !c.is_ascii()
                            || is_line_end(c) && !careful.is_empty()
                    };
                    add(escaped(text, |out, c| match c {
                        '/' => out.push_str(slash),
                        _ if unit(c) => push_units(out, c, capitals),
                        _ => push_least(out, c, capitals),
                    }));
                }
            }
        }
    }
}

/// Ends of lines for JavaScript, though not for JSON.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// A character with no more escaping than it must have.
fn push_least(out: &mut String, c: char, capitals: bool) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\0'..='\u{1f}' => push_units(out, c, capitals),
        _ => out.push(c),
    }
}

/// A character as its units of UTF-16.
fn push_units(out: &mut String, c: char, capitals: bool) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str("\\u");
        push_hex(out, u32::from(*unit), 4, capitals);
    }
}
