//! Character references.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;
use memchr::memchr;

/// The longest name in the standard's table, `&` and `;` included, is 33 bytes long.
const LONGEST: usize = 40;

/// Replaces the references (`&amp;`, `&#8212;` …); what is none stays.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    decode_into(text, |piece| decoded.push_str(piece));
    Cow::Owned(decoded)
}

/// The same piece by piece, so that a long text is not in memory twice.
pub(super) fn decode_into(text: &str, mut take: impl FnMut(&str)) {
    let mut replaced = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match reference(rest) {
            Some(reference) => {
                replaced.clear();
                add_html_token(&mut replaced, reference.as_bytes(), false);
                take(&replaced);
                reference.len()
            }
            None => {
                // All up to the next `&`; a first one begins no reference.
                let behind = rest.as_bytes().get(1..).unwrap_or_default();
                let end = memchr(b'&', behind).map_or(rest.len(), |at| at + 1);
                take(rest.get(..end).unwrap_or_default());
                end
            }
        };
        rest = rest.get(end..).unwrap_or_default();
    }
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
