//! Which letters bytes stand for.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::parameter;

/// How much of the beginning is looked at for what markup says of itself. The HTML standard takes 1,024 bytes; pages have
/// long comments before it.
const DECLARED_WITHIN: usize = 4_096;
/// How much is looked at to guess.
const GUESSED_FROM: usize = 256 * 1024;

/// A text, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'b> {
    /// The text; what the encoding does not know is U+FFFD.
    pub text: Cow<'b, str>,
    /// The encoding's name in the WHATWG's Encoding standard.
    pub encoding: &'static str,
}

/// Reads bytes as text.
///
/// By their byte-order mark, the charset of the content type, what the markup declares (`meta`, XML declaration), as UTF-8 if
/// they are that, and else by a guess from the frequencies of letters.
#[must_use]
pub fn decode<'b>(bytes: &'b [u8], content_type: Option<&str>) -> Decoded<'b> {
    let (encoding, bom) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (encoding(bytes, content_type), 0),
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes.get(bom..).unwrap_or_default());
    Decoded {
        text,
        encoding: encoding.name(),
    }
}

fn encoding(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    let named = content_type
        .and_then(|content_type| parameter(content_type, "charset"))
        .and_then(|name| Encoding::for_label(name.as_bytes()));
    if let Some(encoding) = named {
        return encoding;
    }
    let head = bytes.get(..DECLARED_WITHIN).unwrap_or(bytes);
    if let Some(encoding) = without_mark(head) {
        return encoding;
    }
    let is_utf8 = is_utf8(bytes);
    match declared(head) {
        // A declaration that can be read as bytes is in no such encoding (HTML standard, 13.2.3.3).
        Some(encoding) if encoding == UTF_16BE || encoding == UTF_16LE => UTF_8,
        // Pages are moved to UTF-8, and their declaration is forgotten.
        Some(_) if is_utf8 && !bytes.is_ascii() => UTF_8,
        Some(encoding) => encoding,
        None if is_utf8 => UTF_8,
        None => guessed(bytes),
    }
}

/// Whether all of it is UTF-8; a last letter that is cut off does not count against it where there are whole ones.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            error.error_len().is_none() && !whole.is_ascii()
        }
    }
}

/// Markup in UTF-16 without a mark begins with a bracket and a zero.
fn without_mark(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [b'<', 0, second, 0, ..] if *second != 0 => Some(UTF_16LE),
        [0, b'<', 0, second, ..] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding in an XML declaration, `<meta charset>` or `<meta http-equiv=content-type>`.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let label = |text: &str| {
        let text = text.trim_start().strip_prefix('=')?.trim_start();
        let text = text.trim_start_matches(['"', '\'']);
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')))
            .unwrap_or(text.len());
        Encoding::for_label(text.get(..end)?.as_bytes())
    };
    if let Some(declaration) = head.trim_start().strip_prefix("<?xml") {
        let declaration = declaration.split("?>").next().unwrap_or_default();
        if let Some((_, rest)) = declaration.split_once("encoding") {
            return label(rest);
        }
    }
    head.split("<meta").skip(1).find_map(|meta| {
        let meta = meta.split('>').next().unwrap_or_default();
        let (_, rest) = meta.split_once("charset")?;
        label(rest)
    })
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..GUESSED_FROM).unwrap_or(bytes), true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(b"", None, "UTF-8", "")]
    #[case::utf8("é".as_bytes(), None, "UTF-8", "é")]
    #[case::mark(
        b"\xef\xbb\xbfx",
        Some("text/html; charset=windows-1252"),
        "UTF-8",
        "x"
    )]
    #[case::header(
        b"\xe9",
        Some("text/html; Charset=\"ISO-8859-1\""),
        "windows-1252",
        "é"
    )]
    #[case::meta(
        b"<meta charset=windows-1251>\xcf",
        None,
        "windows-1251",
        "<meta charset=windows-1251>П"
    )]
    #[case::equiv(
        b"<META http-equiv=content-type content='text/html; charset=koi8-r'>\xf0",
        None,
        "KOI8-R",
        "<META http-equiv=content-type content='text/html; charset=koi8-r'>П"
    )]
    #[case::xml(
        b"<?xml version='1.0' encoding='iso-8859-2'?>\xb3",
        Some("text/xml"),
        "ISO-8859-2",
        "<?xml version='1.0' encoding='iso-8859-2'?>ł"
    )]
    #[case::forgotten("<meta charset=latin1>é".as_bytes(), None, "UTF-8", "<meta charset=latin1>é")]
    #[case::utf16(b"<\0p\0>\0x\0", None, "UTF-16LE", "<p>x")]
    #[case::impossible(b"<meta charset=utf-16>x", None, "UTF-8", "<meta charset=utf-16>x")]
    #[case::unknown(
        b"<meta charset=klingon>x",
        Some("text/html; charset=klingon"),
        "UTF-8",
        "<meta charset=klingon>x"
    )]
    #[case::cut(b"\xe2\x82\xac \xe2\x82", None, "UTF-8", "€ \u{fffd}")]
    fn letters(
        #[case] bytes: &[u8],
        #[case] header: Option<&str>,
        #[case] encoding: &str,
        #[case] text: &str,
    ) {
        let decoded = decode(bytes, header);
        assert_eq!((decoded.encoding, &*decoded.text), (encoding, text));
    }

    #[rstest]
    #[case("shift_jis", "今日は良い天気です。明日は雨が降るでしょう。")]
    #[case("gbk", "今天天气很好，我们去公园散步，晚上回家吃饭。")]
    #[case("windows-1251", "Сегодня хорошая погода, и мы пойдём гулять в парк.")]
    #[case("euc-kr", "오늘은 날씨가 좋아서 공원에 산책하러 갑니다.")]
    fn what_nobody_says_is_guessed(#[case] label: &str, #[case] text: &str) {
        let (bytes, _, _) = Encoding::for_label(label.as_bytes())
            .expect("a label")
            .encode(text);
        assert_eq!(decode(&bytes, None).text, text);
    }
}
