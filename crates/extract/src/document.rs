//! Whatever a web address may answer, as Markdown: HTML, feeds, JSON, XML, plain text.

mod charset;
mod feed;
mod feed_json;
mod feed_xml;
mod json;
mod kind;

use url::Url;

pub use self::charset::{Decoded, decode};
pub(crate) use self::json::parsed as parsed_json;
use self::kind::{Kind, kind};
use crate::markdown::fenced;
use crate::parse::parse;
use crate::{Error, Metadata, Options, Page, page};

/// The most of an answer that is read, in bytes; what comes after is left out.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// The longest text that is shown, in bytes; a longer one is cut.
const MAX_TEXT: usize = 2 * 1024 * 1024;

/// Whether [`document`] would take bytes for a page, which a browser may show more of.
pub fn is_html(bytes: &[u8], content_type: Option<&str>) -> bool {
    matches!(kind(bytes, content_type), Ok(Kind::Html))
}

/// Whether [`document`] would take bytes for JSON.
pub fn is_json(bytes: &[u8], content_type: Option<&str>) -> bool {
    matches!(kind(bytes, content_type), Ok(Kind::Json))
}

/// The text of a file that a browser shows as a page of its own making: that of its one `pre`.
pub fn viewed_text(html: &str) -> String {
    let parsed = parse(html);
    parsed
        .document
        .select("body > pre")
        .first()
        .text()
        .to_string()
}

/// Whether bytes are a PDF, by their content type or their beginning. [`document`] refuses it.
pub fn is_pdf(bytes: &[u8], content_type: Option<&str>) -> bool {
    matches!(kind(bytes, content_type), Err(Error::Unreadable { content_type }) if content_type == kind::PDF)
}

/// Turns what was fetched from an address into Markdown.
///
/// `content_type` is the value of the header of that name; without one, or where it says nothing (`application/octet-stream`),
/// the bytes tell. Feeds become a list of their entries, JSON and XML a fenced block, plain text one as well.
///
/// ```
/// use guise_extract::{Options, document};
///
/// let url = url::Url::parse("https://site.example/data.json").unwrap();
/// let page = document(b"{\"a\":[1,2]}", Some("application/json"), &url, &Options::default()).unwrap();
/// assert!(page.markdown.starts_with("```json\n{\n  \"a\": ["));
/// ```
///
/// # Errors
/// [`Error::Unreadable`] for what is no text: pictures, archives, PDF. [`Error::NoMatch`] as in [`page()`].
pub fn document(
    bytes: &[u8],
    content_type: Option<&str>,
    url: &Url,
    options: &Options,
) -> Result<Page, Error> {
    let kind = kind(bytes, content_type)?;
    let is_cut = bytes.len() > MAX_BYTES;
    let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    let text = decode(bytes, content_type).text;
    let mut found = match kind {
        Kind::Html => page(&text, url, options)?,
        Kind::Markdown => {
            let (text, is_cut) = shortened(&text);
            plain(text.trim().to_owned(), is_cut)
        }
        Kind::Text => block(&text, ""),
        Kind::Json => match feed_json::read(&text, url) {
            Some(feed) => feed.page(options),
            None => json::page(&text),
        },
        Kind::Xml => match feed_xml::read(&text, url) {
            Some(feed) => feed.page(options),
            None => block(&text, "xml"),
        },
    };
    found.truncated |= is_cut;
    Ok(found)
}

/// A page that is one fenced block.
fn block(text: &str, language: &str) -> Page {
    let (text, is_cut) = shortened(text);
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    plain(fenced(&text, language), is_cut)
}

/// A page of Markdown that tells nothing more.
fn plain(markdown: String, truncated: bool) -> Page {
    Page {
        title: None,
        markdown,
        links: Vec::new(),
        metadata: Metadata::default(),
        placeholders: Vec::new(),
        truncated,
    }
}

/// The text up to the longest that is shown, and whether something was left out.
fn shortened(text: &str) -> (&str, bool) {
    if text.len() <= MAX_TEXT {
        return (text, false);
    }
    let end = text.floor_char_boundary(MAX_TEXT);
    (text.get(..end).unwrap_or_default(), true)
}

/// The essence of a content type (RFC 9110, 8.3.1) in lower case.
fn essence(content_type: &str) -> String {
    content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The value of a content type's parameter, without quotes.
fn parameter<'c>(content_type: &'c str, wanted: &str) -> Option<&'c str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches(['"', '\'']))
    })
}
