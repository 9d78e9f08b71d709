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

/// Digits of so many characters stand in times and other numbers by chance.
const SHORT_NUMBER: usize = 8;

/// The first spelling of a secret that a text holds. Digits of a one-time code that are part of a longer number are none.
///
/// ```
/// use guise_testsite::spelling_in;
///
/// assert_eq!(spelling_in("p=a%26bcdefg", "a&bcdefg").as_deref(), Some("a%26bcdefg"));
/// assert_eq!(spelling_in("p=bcdefg", "a&bcdefg"), None);
/// assert_eq!(spelling_in("1.796038971540379e+12", "154037"), None);
/// assert_eq!(spelling_in("1.796038971540379e+12, 154037", "154037").as_deref(), Some("154037"));
/// ```
#[must_use]
pub fn spelling_in(text: &str, secret: &str) -> Option<String> {
    let holds = |spelling: &String| {
        let short = spelling.len() <= SHORT_NUMBER && spelling.bytes().all(|b| b.is_ascii_digit());
        let mut found = text.match_indices(spelling.as_str());
        found.any(|(at, _)| !short || !continues_number(&text[..at], &text[at + spelling.len()..]))
    };
    spellings(secret).into_iter().find(holds)
}

/// Whether digits between these two texts belong to a number that is longer than they are.
fn continues_number(before: &str, after: &str) -> bool {
    let ends_with_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    // `%20` ends with a digit, too, which is none.
    let escape = before.len().checked_sub(3).and_then(|at| before.get(at..));
    let escaped = escape.is_some_and(|escape| escape.starts_with('%'));
    after.starts_with(|c: char| c.is_ascii_digit())
        || (ends_with_digit(before) && !escaped)
        || before.strip_suffix('.').is_some_and(ends_with_digit)
}

#[cfg(test)]
mod tests {
    use super::spelling_in;

    #[test]
    fn a_code_is_not_found_in_longer_numbers() {
        for (text, found) in [
            ("154037", true),
            (r#"{"code":154037}"#, true),
            ("a=1&code=154037&b=2", true),
            ("a%20154037", true),
            ("It is 154037.", true),
            ("730451", true),
            ("44154037, 154037", true),
            ("91540379", false),
            ("44331.154037", false),
            ("1540371", false),
        ] {
            assert_eq!(spelling_in(text, "154037").is_some(), found, "{text}");
        }
    }

    #[test]
    fn a_card_is_found_in_longer_numbers() {
        let spelling = spelling_in("142424242424242429", "4242424242424242");
        assert_eq!(spelling.as_deref(), Some("4242424242424242"));
    }
}
