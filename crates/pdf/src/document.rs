//! What is read of a document.

use lopdf::{LoadOptions, Object};
use pdf_inspector::{
    MarkdownOptions, OCR_REASON_NO_TEXT, OCR_REASON_SUSPECTED_GARBLED_TEXT, PdfError, PdfOptions,
    PdfProcessResult, process_pdf_mem_with_options,
};

use crate::date::iso;
use crate::{Document, Unreadable};

/// The longest text that is told, in bytes; a longer one is cut.
const MAX_TEXT: usize = 2 * 1024 * 1024;
/// The longest title, name or reason, in characters; longer ones are cut.
const MAX_SHORT: usize = 500;
/// The longest subject, in characters; longer ones are cut.
const MAX_LONG: usize = 2_000;
/// The longest tag of a language (RFC 5646, 4.4.1).
const MAX_LANGUAGE: usize = 35;
/// The most that a stream may inflate to where the language is looked for, in bytes.
const MAX_STREAM: usize = 8 * 1024 * 1024;

/// Reads a document.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
    let markdown = MarkdownOptions {
        // Addresses stand there as the document writes them.
        format_urls: false,
        // Markdown has no underlining, and HTML in it is no text.
        detect_underline: false,
        ..MarkdownOptions::default()
    };
    let options = PdfOptions::new().markdown(markdown);
    let read = process_pdf_mem_with_options(bytes, options).map_err(|error| match error {
        PdfError::Encrypted => Unreadable::Locked,
        error => Unreadable::Broken(cut(&error.to_string(), MAX_SHORT).unwrap_or_default()),
    })?;
    let markdown = text(read.markdown.as_deref().unwrap_or_default());
    if markdown.is_empty()
        && let Some(why) = no_text(&read)
    {
        return Err(why);
    }
    let short = |text: Option<String>| cut(&text?, MAX_SHORT);
    Ok(Document {
        markdown,
        pages: read.page_count,
        title: short(read.title),
        author: short(read.author),
        subject: read.subject.and_then(|text| cut(&text, MAX_LONG)),
        language: language(bytes),
        created: read.creation_date.as_deref().and_then(iso),
        modified: read.mod_date.as_deref().and_then(iso),
    })
}

/// Why there is no text; `None` where there is nothing on the pages.
fn no_text(read: &PdfProcessResult) -> Option<Unreadable> {
    let reasons = read.ocr_reasons_by_page.iter();
    let mut reasons = reasons.flat_map(|page| &page.reasons).peekable();
    if reasons.peek().is_none() && read.has_encoding_issues {
        return Some(Unreadable::Garbled);
    }
    let told: Vec<_> = reasons
        .filter(|reason| *reason != OCR_REASON_NO_TEXT)
        .collect();
    match told.first() {
        None => None,
        Some(_)
            if told
                .iter()
                .all(|it| *it == OCR_REASON_SUSPECTED_GARBLED_TEXT) =>
        {
            Some(Unreadable::Garbled)
        }
        Some(_) => Some(Unreadable::Pictures {
            pages: read.page_count,
        }),
    }
}

/// Text without control characters but those between lines and cells, of bounded length.
fn text(markdown: &str) -> String {
    let end = markdown.floor_char_boundary(MAX_TEXT);
    let markdown = markdown.get(..end).unwrap_or_default();
    let shown = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = markdown.chars().filter(shown).collect();
    text.trim().to_owned()
}

/// One line of at most so many characters; `None` where there is nothing in it.
fn cut(text: &str, most: usize) -> Option<String> {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line: String = words.join(" ").chars().take(most).collect();
    (!line.is_empty()).then_some(line)
}

/// The language that the catalog names (ISO 32000-1, 14.9.2), which the library does not tell.
fn language(bytes: &[u8]) -> Option<String> {
    let options = LoadOptions {
        // What only its owner may change is encrypted with no password.
        password: Some(String::new()),
        max_decompressed_size: Some(MAX_STREAM),
        ..LoadOptions::default()
    };
    let document = lopdf::Document::load_mem_with_options(bytes, options).ok()?;
    let named = document.catalog().and_then(|it| it.get(b"Lang")).ok()?;
    let (_, named) = document.dereference(named).ok()?;
    tag(named)
}

fn tag(named: &Object) -> Option<String> {
    let tag = lopdf::decode_text_string(named).ok()?;
    let tag = tag.trim();
    let is_tag = (2..=MAX_LANGUAGE).contains(&tag.len())
        && tag.starts_with(|c: char| c.is_ascii_alphabetic())
        && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_tag.then(|| tag.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&b"de-CH"[..], Some("de-CH"))]
    #[case(b" en ", Some("en"))]
    #[case(b"\xfe\xff\0f\0r", Some("fr"))]
    #[case(b"x", None)]
    #[case(b"English (UK)", None)]
    #[case(b"", None)]
    fn languages_are_tags(#[case] bytes: &[u8], #[case] expected: Option<&str>) {
        let named = Object::string_literal(bytes);
        assert_eq!(tag(&named).as_deref(), expected);
    }

    #[test]
    fn texts_are_cut_and_have_no_control_characters() {
        assert_eq!(text("\na\u{0}\tb\u{1b}\r\nc\n"), "a\tb\nc");
        assert_eq!(text(&"é".repeat(MAX_TEXT)).len(), MAX_TEXT);
        assert_eq!(cut(" a\n\u{0} b ", 9).as_deref(), Some("a b"));
        assert_eq!(cut("ééé", 2).as_deref(), Some("éé"));
        assert_eq!(cut(" \u{0}", 2), None);
    }

    #[test]
    fn what_is_no_document_is_broken() {
        for bytes in [&b""[..], b"%PDF-", b"%PDF-1.7\n%%EOF", b"<html>"] {
            let read = read(bytes);
            assert!(matches!(read, Err(Unreadable::Broken(_))), "{read:?}");
        }
    }
}
