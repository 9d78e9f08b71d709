//! Character references.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;
use memchr::memchr;

/// The longest name in the standard's table, `&` and `;` included, is 33 bytes long.
const LONGEST: usize = 40;

/// Replaces the references (`&amp;`, `&#8212;` …); what is none stays.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    let (start, mut rest) = text.split_at(first);
    let mut decoded = String::with_capacity(text.len());
    decoded.push_str(start);
    while !rest.is_empty() {
        let end = match reference(rest) {
            Some(reference) => {
                add_html_token(&mut decoded, reference.as_bytes(), false);
                reference.len()
            }
            None => {
                // The `&` itself, and all up to the next.
                let next = rest.get(1..).and_then(|rest| memchr(b'&', rest.as_bytes()));
                let end = next.map_or(rest.len(), |at| at + 1);
                decoded.push_str(rest.get(..end).unwrap_or_default());
                end
            }
        };
        rest = rest.get(end..).unwrap_or_default();
        if !rest.starts_with('&') {
            let (plain, behind) =
                rest.split_at(memchr(b'&', rest.as_bytes()).unwrap_or(rest.len()));
            decoded.push_str(plain);
            rest = behind;
        }
    }
    Cow::Owned(decoded)
}

/// The reference at the start of the text, `&` and `;` included.
fn reference(text: &str) -> Option<&str> {
    let body = text.strip_prefix('&')?;
    let length = body.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let body = body.get(..length)?;
    let good = !body.is_empty()
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
    if good { text.get(..length + 2) } else { None }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain", "plain")]
    #[case("a &amp; b", "a & b")]
    #[case("&lt;&#60;&#x3c;", "<<<")]
    #[case("caf&eacute; &nbsp;", "café \u{a0}")]
    #[case("x?a=1&b=2&c;", "x?a=1&b=2&c;")]
    #[case("&", "&")]
    #[case("&&amp;&", "&&&")]
    #[case("&;", "&;")]
    #[case("AT&T; ü & ö", "AT&T; ü & ö")]
    #[case("&#xffffffff;", "\u{fffd}")]
    fn references_are_replaced(#[case] text: &str, #[case] decoded: &str) {
        assert_eq!(decode(text), decoded);
    }
}
