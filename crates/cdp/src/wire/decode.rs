//! Typed decoding of parameters and results.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::Error;

/// Decodes `body`, which belongs to `method`.
///
/// JavaScript strings may hold lone surrogates (half of an emoji that a page cut in two). The browser writes them as
/// `\udXXX`, which no Rust string can hold; they become U+FFFD, as browsers themselves do when they encode text.
pub(crate) fn typed<T: DeserializeOwned>(
    method: Cow<'static, str>,
    body: &[u8],
) -> Result<T, Error> {
    serde_json::from_slice(body)
        .or_else(|error| match without_lone_surrogates(body) {
            Some(repaired) => serde_json::from_slice(&repaired),
            None => Err(error),
        })
        .map_err(|error| Error::Decode {
            method,
            reason: error.to_string(),
        })
}

/// `body` with every lone surrogate escape replaced, or `None` when there is none.
fn without_lone_surrogates(body: &[u8]) -> Option<Vec<u8>> {
    let mut repaired: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(offset) = memchr::memchr(b'\\', &body[at..]) {
        at += offset;
        match (surrogate(body, at), surrogate(body, at + 6)) {
            (Some(Half::High), Some(Half::Low)) => at += 12,
            (Some(_), _) => {
                repaired.get_or_insert_with(|| body.to_vec())[at + 2..at + 6]
                    .copy_from_slice(b"fffd");
                at += 6;
            }
            (None, _) => at += 2,
        }
        if at >= body.len() {
            break;
        }
    }
    repaired
}

enum Half {
    High,
    Low,
}

/// Which half the escape `\uXXXX` at `at` is, if it is one.
fn surrogate(body: &[u8], at: usize) -> Option<Half> {
    match body.get(at..at + 6)? {
        [
            b'\\',
            b'u',
            b'd' | b'D',
            b'8' | b'9' | b'a' | b'b' | b'A' | b'B',
            ..,
        ] => Some(Half::High),
        [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', ..] => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(body: &str) -> String {
        typed(Cow::Borrowed("Test.method"), body.as_bytes()).unwrap()
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        assert_eq!(decode(r#""a\ud83d b""#), "a\u{fffd} b");
        assert_eq!(
            decode(r#""\uDE00\ud83d\ude00\ud83d""#),
            "\u{fffd}😀\u{fffd}"
        );
        assert_eq!(decode(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
        assert_eq!(decode(r#""\\ud83d\ud83d""#), "\\ud83d\u{fffd}");
        assert_eq!(decode(r#""\ud83d\n""#), "\u{fffd}\n");
    }

    #[test]
    fn other_faults_are_reported_with_the_method() {
        let error = typed::<String>(Cow::Borrowed("Test.method"), b"7").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("Test.method carried something unexpected"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn every_utf16_string_decodes_as_rust_would(units in prop::collection::vec(
            prop_oneof![any::<u16>(), 0xd7f0_u16..0xe010], 0..12
        )) {
            let body: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(decode(&format!("\"{body}\"")), String::from_utf16_lossy(&units));
        }
    }
}
