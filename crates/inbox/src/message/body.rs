//! The content of a part, decoded.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

/// How far into HTML its own word about its charset is looked for, in bytes, as browsers do.
const META_WITHIN: usize = 1024;

/// Undoes the transfer encoding (RFC 2045, 6); what is not encoded as it says is given as it is.
pub(super) fn decoded<'a>(body: &'a [u8], encoding: Option<&str>) -> Cow<'a, [u8]> {
    let decoded = match encoding {
        Some(encoding) if encoding.trim().eq_ignore_ascii_case("base64") => base64_decode(body),
        Some(encoding) if encoding.trim().eq_ignore_ascii_case("quoted-printable") => {
            quoted_printable_decode(body)
        }
        _ => None,
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// How many times as long a text may become in UTF-8.
const GROWTH: usize = 3;

/// Text in the charset that it is said to be in, and whether it is whole. Where nothing or nothing useful is said, it is
/// UTF-8 if it can be, and else Windows-1252, as in browsers.
///
/// It has `most` bytes at most: of text that is not UTF-8 no more is decoded than fits in any case. `cut` says that the
/// last character may be cut off.
pub(super) fn text(bytes: &[u8], charset: Option<&str>, most: usize, cut: bool) -> (String, bool) {
    let charset = charset.map(str::trim).filter(|charset| !is_ascii(charset));
    let is_utf8 = charset.is_some_and(|charset| {
        ["utf-8", "utf8"]
            .iter()
            .any(|name| charset.eq_ignore_ascii_case(name))
    });
    let said = charset
        .filter(|_| !is_utf8)
        .and_then(|charset| charset_decoder(charset.as_bytes()));
    if said.is_none()
        && let Some(text) = utf8(bytes, cut)
    {
        let kept = text.get(..text.floor_char_boundary(most)).unwrap_or(text);
        return (kept.to_owned(), kept.len() == text.len());
    }
    let kept = bytes.get(..most / GROWTH).unwrap_or(bytes);
    let fallback = if is_utf8 {
        None
    } else {
        charset_decoder(b"windows-1252")
    };
    let text = match said.or(fallback) {
        Some(decode) => decode(kept),
        None => String::from_utf8_lossy(kept).into_owned(),
    };
    (text, kept.len() == bytes.len())
}

fn utf8(bytes: &[u8], cut: bool) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

/// What an HTML document says about its charset itself.
pub(super) fn charset_of_html(html: &[u8]) -> Option<String> {
    let head = html.get(..META_WITHIN).unwrap_or(html).to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset=")?;
    let value = head.get(at + b"charset=".len()..)?;
    let value: Vec<u8> = value
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
        .collect();
    String::from_utf8(value)
        .ok()
        .filter(|charset| !charset.is_empty())
}

/// Who says ASCII and sends more means something else.
fn is_ascii(charset: &str) -> bool {
    ["us-ascii", "ascii", "unknown-8bit", "x-unknown"]
        .iter()
        .any(|name| charset.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(b"aGVs\r\nbG8=", Some("Base64"), b"hello")]
    #[case(b"caf=C3=A9=\r\n!", Some("quoted-printable"), b"caf\xc3\xa9!")]
    #[case(b"100% = =zz", Some("quoted-printable"), b"100% = =zz")]
    #[case(b"a=3D", Some("8bit"), b"a=3D")]
    #[case(b"a=3D", None, b"a=3D")]
    fn transfer_encodings(
        #[case] body: &[u8],
        #[case] encoding: Option<&str>,
        #[case] expected: &[u8],
    ) {
        assert_eq!(decoded(body, encoding).as_ref(), expected);
    }

    #[rstest]
    #[case(b"caf\xc3\xa9", Some("utf-8"), "café")]
    #[case(b"caf\xe9", Some("ISO-8859-1"), "café")]
    #[case(b"caf\xc3\xa9", Some("us-ascii"), "café")]
    #[case(b"caf\xe9", None, "café")]
    #[case(b"caf\xe9", Some("no-such-charset"), "café")]
    #[case(b"\x1b$B3NG'\x1b(B", Some("ISO-2022-JP"), "確認")]
    #[case(b"\xd1\xe9\xd6\xa4", Some("GB2312"), "验证")]
    #[case(b"\xb3\xce\xc7\xa7", Some("EUC-JP"), "確認")]
    #[case(b"\xea\xee\xe4", Some("windows-1251"), "код")]
    fn charsets(#[case] bytes: &[u8], #[case] charset: Option<&str>, #[case] expected: &str) {
        let (text, whole) = text(bytes, charset, 100, false);
        assert_eq!((text.as_str(), whole), (expected, true));
    }

    #[rstest]
    #[case("äöü".as_bytes(), None, false, "äö")]
    #[case("äöü".as_bytes(), Some("UTF-8"), false, "äö")]
    #[case(b"\xc3\xa4\xc3", None, true, "ä")]
    #[case(b"ab\xff", Some("utf-8"), false, "a")]
    #[case(b"\x80\x80", Some("windows-1252"), false, "€")]
    #[case(b"\x80\x80", None, false, "€")]
    fn no_more_than_fits(
        #[case] bytes: &[u8],
        #[case] charset: Option<&str>,
        #[case] cut: bool,
        #[case] expected: &str,
    ) {
        assert_eq!(text(bytes, charset, 5, cut).0, expected);
    }

    #[test]
    fn html_names_its_charset() {
        let html =
            b"<html><head><META http-equiv=Content-Type content=\"text/html; Charset=GB2312\">";
        assert_eq!(charset_of_html(html).as_deref(), Some("gb2312"));
        assert_eq!(
            charset_of_html(b"<meta charset='utf-8'>").as_deref(),
            Some("utf-8")
        );
        assert_eq!(charset_of_html(b"<p>charset"), None);
    }
}
