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

/// Text in the charset that it is said to be in. Where nothing or nothing useful is said, it is UTF-8 if it can be, and
/// else Windows-1252, as in browsers.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let charset = charset.map(str::trim).filter(|charset| !is_ascii(charset));
    if let Some(decode) = charset.and_then(|charset| charset_decoder(charset.as_bytes())) {
        return decode(bytes);
    }
    match (std::str::from_utf8(bytes), charset_decoder(b"windows-1252")) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Some(decode)) => decode(bytes),
        (Err(_), None) => String::from_utf8_lossy(bytes).into_owned(),
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
        assert_eq!(text(bytes, charset), expected);
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
