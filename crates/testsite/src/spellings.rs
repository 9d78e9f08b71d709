//! Looking for a secret in whatever reached anybody, in all spellings that it may have.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The spellings of a secret that are looked for: as it is, backwards, and as addresses, forms, JSON, HTML, hexadecimal digits and
/// base64 have it.
#[must_use]
pub fn spellings(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::Value::from(secret).to_string();
    let ascii: String = secret
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let html = secret
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let mut spellings = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent,
        form,
        json.trim_matches('"').to_owned(),
        ascii,
        hex.to_uppercase(),
        hex,
        html,
        secret.chars().rev().collect(),
    ];
    // Inside of a longer text, base64 depends on where it begins.
    for before in 0..3 {
        let mut bytes = vec![b'x'; before];
        bytes.extend_from_slice(secret.as_bytes());
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes);
            // The first and last characters also hold what stands beside it.
            let from = if before == 0 { 0 } else { 4 };
            spellings.push(encoded[from..encoded.len() - 2].to_owned());
        }
    }
    spellings.push(STANDARD.encode(secret));
    spellings.sort();
    spellings.dedup();
    spellings
}

/// The first spelling of a secret that a text holds.
///
/// ```
/// use guise_testsite::spelling_in;
///
/// assert_eq!(spelling_in("p=a%26bcdefg", "a&bcdefg").as_deref(), Some("a%26bcdefg"));
/// assert_eq!(spelling_in("p=bcdefg", "a&bcdefg"), None);
/// ```
#[must_use]
pub fn spelling_in(text: &str, secret: &str) -> Option<String> {
    let mut spellings = spellings(secret).into_iter();
    spellings.find(|spelling| text.contains(spelling.as_str()))
}
