//! What kind of document bytes are.

use super::essence;
use crate::Error;

/// How much of the beginning is looked at.
const SNIFFED: usize = 1_024;
/// The content type of bytes that nothing more is known of (RFC 2046, 4.5.1).
const UNKNOWN: &str = "application/octet-stream";
/// The content type of PDF (RFC 8118).
pub(super) const PDF: &str = "application/pdf";

/// A kind that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Markdown,
    Text,
    Json,
    Xml,
}

/// The kind that the content type names, or where it names none the one that the bytes look like.
pub(super) fn kind(bytes: &[u8], content_type: Option<&str>) -> Result<Kind, Error> {
    let head = bytes.get(..SNIFFED).unwrap_or(bytes);
    let named = content_type.map(essence).unwrap_or_default();
    let refused = |what: &str| {
        Err(Error::Unreadable {
            content_type: what.to_owned(),
        })
    };
    let by_name = match named.as_str() {
        "" | UNKNOWN | "binary/octet-stream" | "unknown/unknown" | "*/*" => Ok(looks_like(head)),
        "text/html" => Ok(match looks_like(head) {
            // Feeds are often sent so.
            Kind::Xml => Kind::Xml,
            _ => Kind::Html,
        }),
        "application/xhtml+xml" => Ok(Kind::Html),
        "text/markdown" | "text/x-markdown" => Ok(Kind::Markdown),
        "application/json" | "text/json" | "application/x-javascript+json" => Ok(Kind::Json),
        "text/xml" | "application/xml" => Ok(match looks_like(head) {
            Kind::Html => Kind::Html,
            _ => Kind::Xml,
        }),
        "application/javascript"
        | "application/x-javascript"
        | "application/x-sh"
        | "application/yaml"
        | "application/x-yaml"
        | "application/toml"
        | "application/sql"
        | "application/x-ndjson"
        | "application/jsonl"
        | "application/x-www-form-urlencoded" => Ok(Kind::Text),
        name if name.ends_with("+json") => Ok(Kind::Json),
        name if name.ends_with("+xml") && !name.starts_with("image/") => Ok(Kind::Xml),
        name if name.starts_with("text/") => Ok(Kind::Text),
        name => refused(&name.chars().take(100).collect::<String>()),
    };
    match binary(head) {
        // What it is called says more than that it is no text.
        Some(UNKNOWN) if by_name.is_err() => by_name,
        Some(binary) => refused(binary),
        None => by_name,
    }
}

/// What kind of text it looks like.
fn looks_like(head: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(head)
        .replace('\0', "")
        .to_ascii_lowercase();
    let text = text.trim_start_matches(['\u{feff}', '\u{fffd}', ' ', '\t', '\r', '\n']);
    let begins = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let is_feed = ["<rss", "<feed", "<rdf:rdf"]
        .iter()
        .any(|root| text.contains(root))
        && !text.contains("<html");
    if begins(&["<?xml", "<rss", "<feed", "<rdf:rdf"]) {
        let is_page = text.contains("<!doctype html") || text.contains("<html");
        return if is_page { Kind::Html } else { Kind::Xml };
    }
    if is_feed && begins(&["<!--"]) {
        return Kind::Xml;
    }
    if begins(&[
        "<!doctype",
        "<!--",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
        "<style",
        "<link",
        "<div",
        "<p>",
        "<p ",
        "<h1",
        "<table",
        "<a ",
        "<br",
        "<b>",
        "<iframe",
        "<font",
        "<ul",
        "<article",
        "<main",
        "<section",
    ]) {
        return Kind::Html;
    }
    if begins(&["{", "["]) && text.contains(['"', ']', '}']) {
        return Kind::Json;
    }
    Kind::Text
}

/// The content type of what is no text, as its first bytes tell.
fn binary(head: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"%PDF-", PDF),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\x7fELF", "application/x-executable"),
        (b"OggS", "application/ogg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"ID3", "audio/mpeg"),
        (b"wOFF", "font/woff"),
        (b"wOF2", "font/woff2"),
        (b"\0asm", "application/wasm"),
    ];
    if let Some((_, name)) = KNOWN.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(name);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("video/mp4");
    }
    // Text has no control characters but those between lines, unless it is UTF-16.
    let is_utf16 = head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || head.starts_with(b"<\0")
        || head.starts_with(b"\0<");
    let odd = head
        .iter()
        .filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31))
        .count();
    (!is_utf16 && odd * 10 > head.len()).then_some(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<!doctype html><p>x", None, Kind::Html)]
    #[case("\u{feff}\n <HTML>", None, Kind::Html)]
    #[case("<?xml version='1.0'?><rss>", None, Kind::Xml)]
    #[case("<?xml version='1.0'?><!DOCTYPE html><html>", None, Kind::Html)]
    #[case("<rss version=2.0>", Some("text/html; charset=utf-8"), Kind::Xml)]
    #[case("{\"a\":1}", None, Kind::Json)]
    #[case("[link] text", None, Kind::Json)]
    #[case("Dear all,", None, Kind::Text)]
    #[case("<p>not html", Some("text/plain"), Kind::Text)]
    #[case("{", Some("application/ld+json"), Kind::Json)]
    #[case("<a/>", Some("application/atom+xml"), Kind::Xml)]
    #[case("# x", Some("text/markdown; charset=utf-8"), Kind::Markdown)]
    #[case("a,b", Some("TEXT/CSV"), Kind::Text)]
    #[case("<!-- x --><feed>", Some("application/octet-stream"), Kind::Xml)]
    fn kinds(#[case] text: &str, #[case] content_type: Option<&str>, #[case] expected: Kind) {
        assert_eq!(kind(text.as_bytes(), content_type), Ok(expected));
    }

    #[rstest]
    #[case(b"%PDF-1.7", None, "application/pdf")]
    #[case(b"%PDF-1.7", Some("text/html"), "application/pdf")]
    #[case(b"x", Some("image/png"), "image/png")]
    #[case(b"\x89PNG\0\0", Some("image/png"), "image/png")]
    #[case(b"\0\x01\x02\x03\0\0\0", None, "application/octet-stream")]
    fn what_is_no_text_is_refused(
        #[case] bytes: &[u8],
        #[case] header: Option<&str>,
        #[case] name: &str,
    ) {
        let content_type = name.to_owned();
        assert_eq!(kind(bytes, header), Err(Error::Unreadable { content_type }));
    }
}
