//! Looking for a secret in whatever reached anybody, in all spellings that it may have.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The spellings of a secret that are looked for.
pub(super) fn spellings(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap();
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

/// Fails when `text` holds one of the secrets.
pub(super) fn holds_none(what: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        for spelling in spellings(secret) {
            assert!(
                !text.contains(&spelling),
                "{what} holds a secret as {spelling}: {text}"
            );
        }
    }
}
