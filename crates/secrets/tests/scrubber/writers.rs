//! How others write a text: the same forms as the scrubber knows, by other code.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

/// Writes a secret between two texts, all of it in the same way.
pub type Writer = fn(&str, &str, &str) -> Vec<u8>;

fn whole(write: impl Fn(&str) -> String, before: &str, secret: &str, after: &str) -> Vec<u8> {
    write(&[before, secret, after].concat()).into_bytes()
}

fn alone(write: impl Fn(&str) -> String, before: &str, secret: &str, after: &str) -> Vec<u8> {
    [before, &write(secret), after].concat().into_bytes()
}

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

fn percent(set: &'static AsciiSet) -> impl Fn(&str) -> String {
    move |text| utf8_percent_encode(text, set).to_string()
}

fn small(text: String) -> String {
    let mut small = String::new();
    let mut digits = 0_u8;
    for c in text.chars() {
        small.push(if digits > 0 {
            c.to_ascii_lowercase()
        } else {
            c
        });
        digits = if c == '%' {
            2
        } else {
            digits.saturating_sub(1)
        };
    }
    small
}

fn every_byte(text: &str) -> String {
    text.bytes()
        .map(|byte| percent_encode(&[byte], NON_ALPHANUMERIC).to_string())
        .map(|coded| {
            if coded.len() == 1 {
                format!("%{:02X}", coded.as_bytes()[0])
            } else {
                coded
            }
        })
        .collect()
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn json_units(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

fn json_ascii(text: &str) -> String {
    json(text)
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.into()
            } else {
                json_units(&c.to_string())
                    .to_uppercase()
                    .replace("\\U", "\\u")
            }
        })
        .collect()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn html_apostrophes(text: &str) -> String {
    html(text).replace('\'', "&#39;")
}

fn decimal(text: &str) -> String {
    text.chars()
        .map(|c| format!("&#{};", u32::from(c)))
        .collect()
}

fn hexadecimal(text: &str) -> String {
    text.chars()
        .map(|c| format!("&#x{:X};", u32::from(c)))
        .collect()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn spaced(text: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

fn utf16(order: fn(u16) -> [u8; 2], before: &str, secret: &str, after: &str) -> Vec<u8> {
    [before, secret, after]
        .concat()
        .encode_utf16()
        .flat_map(order)
        .collect()
}

/// All of them, with their names.
pub const WRITERS: &[(&str, Writer)] = &[
    ("raw", |b, s, a| whole(str::to_owned, b, s, a)),
    ("capitals", |b, s, a| alone(str::to_uppercase, b, s, a)),
    ("small letters", |b, s, a| alone(str::to_lowercase, b, s, a)),
    ("percent, all but letters and digits", |b, s, a| {
        whole(percent(NON_ALPHANUMERIC), b, s, a)
    }),
    ("percent, small", |b, s, a| {
        whole(|t| small(percent(NON_ALPHANUMERIC)(t)), b, s, a)
    }),
    ("percent, component", |b, s, a| {
        whole(percent(COMPONENT), b, s, a)
    }),
    ("percent, query", |b, s, a| whole(percent(QUERY), b, s, a)),
    ("percent, path", |b, s, a| whole(percent(PATH), b, s, a)),
    ("percent, every byte", |b, s, a| whole(every_byte, b, s, a)),
    ("plus", |b, s, a| whole(form, b, s, a)),
    ("plus, small", |b, s, a| whole(|t| small(form(t)), b, s, a)),
    ("JSON", |b, s, a| whole(json, b, s, a)),
    ("JSON, slashes", |b, s, a| {
        whole(|t| json(t).replace('/', "\\/"), b, s, a)
    }),
    ("JSON, ASCII only", |b, s, a| whole(json_ascii, b, s, a)),
    ("JSON, every unit", |b, s, a| whole(json_units, b, s, a)),
    ("HTML, names", |b, s, a| whole(html, b, s, a)),
    ("HTML, apostrophes", |b, s, a| {
        whole(html_apostrophes, b, s, a)
    }),
    ("HTML, decimal", |b, s, a| whole(decimal, b, s, a)),
    ("HTML, hexadecimal", |b, s, a| whole(hexadecimal, b, s, a)),
    ("Base64", |b, s, a| whole(|t| STANDARD.encode(t), b, s, a)),
    ("Base64, no padding", |b, s, a| {
        whole(|t| STANDARD_NO_PAD.encode(t), b, s, a)
    }),
    ("Base64 for URLs", |b, s, a| {
        whole(|t| URL_SAFE.encode(t), b, s, a)
    }),
    ("Base64 for URLs, no padding", |b, s, a| {
        whole(|t| URL_SAFE_NO_PAD.encode(t), b, s, a)
    }),
    ("hexadecimal", |b, s, a| whole(hex, b, s, a)),
    ("hexadecimal, capitals", |b, s, a| {
        whole(|t| hex(t).to_uppercase(), b, s, a)
    }),
    ("UTF-16LE", |b, s, a| utf16(u16::to_le_bytes, b, s, a)),
    ("UTF-16BE", |b, s, a| utf16(u16::to_be_bytes, b, s, a)),
    ("reversed", |b, s, a| {
        whole(|t| t.chars().rev().collect(), b, s, a)
    }),
    ("spaced", |b, s, a| alone(spaced, b, s, a)),
];
