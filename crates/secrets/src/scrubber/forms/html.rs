//! Character references of HTML (HTML standard §13.5).

use std::fmt::Write as _;

use secrecy::zeroize::Zeroizing;

use super::{escaped, push_hex};

/// How quotes and the like are written where they are; `&`, `<` and `>` always have their names.
const QUOTES: &[&[(char, &str)]] = &[
    &[],
    &[('"', "&quot;")],
    &[('"', "&quot;"), ('\'', "&#39;")],
    &[('"', "&quot;"), ('\'', "&#039;")],
    &[('"', "&quot;"), ('\'', "&#x27;")],
    &[('"', "&quot;"), ('\'', "&apos;")],
    &[('"', "&#34;"), ('\'', "&#39;")],
    &[('"', "&quot;"), ('\'', "&#x27;"), ('/', "&#x2F;")],
    &[
        ('"', "&quot;"),
        ('\'', "&#39;"),
        ('/', "&#x2F;"),
        ('`', "&#x60;"),
        ('=', "&#x3D;"),
    ],
];

/// How a number is written.
#[derive(Clone, Copy)]
enum Number {
    Decimal,
    Hex { capitals: bool },
}

const NUMBERS: &[Number] = &[
    Number::Decimal,
    Number::Hex { capitals: false },
    Number::Hex { capitals: true },
];

pub(super) fn forms(text: &str, add: &mut impl FnMut(Zeroizing<String>)) {
    for number in NUMBERS {
        add(escaped(text, |out, c| push_number(out, c, *number)));
        add(escaped(text, |out, c| match c {
            '&' | '<' | '>' | '"' | '\'' => push_number(out, c, *number),
            _ => out.push(c),
        }));
        for quotes in QUOTES {
            add(escaped(text, |out, c| match c.is_ascii() {
                true => push_ascii(out, c, quotes),
                false => push_number(out, c, *number),
            }));
        }
    }
    for quotes in QUOTES {
        // As browsers write it, only the space that does not break has its name.
        for from in ['\u{a1}', '\u{100}'] {
            add(escaped(text, |out, c| match c {
                '\u{a0}' => out.push_str("&nbsp;"),
                _ => match latin_name(c).filter(|_| c < from) {
                    None => push_ascii(out, c, quotes),
                    Some(name) => push_name(out, name),
                },
            }));
        }
        add(escaped(text, |out, c| push_ascii(out, c, quotes)));
    }
}

fn push_ascii(out: &mut String, c: char, quotes: &[(char, &str)]) {
    match (c, quotes.iter().find(|(quote, _)| *quote == c)) {
        ('&', _) => out.push_str("&amp;"),
        ('<', _) => out.push_str("&lt;"),
        ('>', _) => out.push_str("&gt;"),
        (_, Some((_, reference))) => out.push_str(reference),
        _ => out.push(c),
    }
}

fn push_name(out: &mut String, name: &str) {
    out.push('&');
    out.push_str(name);
    out.push(';');
}

fn push_number(out: &mut String, c: char, number: Number) {
    match number {
        Number::Decimal => {
            // Writing to a string does not fail.
            let _ = write!(out, "&#{}", u32::from(c));
        }
        Number::Hex { capitals } => {
            out.push_str("&#x");
            push_hex(out, c.into(), 1, capitals);
        }
    }
    out.push(';');
}

fn latin_name(c: char) -> Option<&'static str> {
    let index = u32::from(c).checked_sub(0xa0)?;
    LATIN.get(usize::try_from(index).ok()?).copied()
}

/// The names of U+00A0 to U+00FF, those beyond ASCII that older programs write.
const LATIN: &[&str] = &[
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];
