//! What a page says about itself: title, author, dates, language, address, site, description, picture.

mod data;
mod markup;

use dom_query::Document;
use serde::Serialize;
use url::Url;

use self::data::Described;
use self::markup::Markup;
use crate::json_ld::JsonLd;
use crate::parse::parse;
use crate::references::base_of;

/// The longest title, name or date, in characters; longer ones are cut.
const MAX_SHORT: usize = 500;
/// The longest description, in characters; longer ones are cut.
const MAX_LONG: usize = 2_000;

/// What a page says about itself, by JSON-LD (schema.org), Open Graph, microdata, `meta` and `link` elements.
///
/// A member is `None` where the page says nothing, or nothing that can be what it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// The title, without the site's name where the page gives it so.
    pub title: Option<String>,
    /// Who wrote it; several names are separated by `, `.
    pub author: Option<String>,
    /// When it was published, as the page writes it: mostly ISO 8601.
    pub published: Option<String>,
    /// When it was changed last, as the page writes it.
    pub modified: Option<String>,
    /// The language as a BCP 47 tag, such as `en` or `pt-BR`.
    pub language: Option<String>,
    /// The address that the page wants to be known by, absolute.
    pub canonical: Option<Url>,
    /// The name of the site.
    pub site_name: Option<String>,
    /// What the page is about, in a sentence or two.
    pub description: Option<String>,
    /// The picture that stands for the page, absolute.
    pub image: Option<Url>,
}

impl Metadata {
    /// Whether the page says nothing about itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads what a page says about itself. `base` is the page's address.
#[must_use]
pub fn metadata(html: &str, base: &Url) -> Metadata {
    let document = parse(html).document;
    of(&document, base)
}

/// Reads it from a page that is parsed.
pub(crate) fn of(document: &Document, page: &Url) -> Metadata {
    let base = base_of(document, page);
    let json = JsonLd::of(document);
    let data = Described::by(&json);
    let markup = Markup::of(document);
    let address = |text: String| web_address(&text, &base);

    Metadata {
        title: markup
            .property("og:title")
            .or_else(|| data.text(&["headline"]))
            .or_else(|| markup.name("twitter:title"))
            .or_else(|| markup.title())
            .or_else(|| data.text(&["name"]))
            .and_then(short),
        author: data
            .names("author")
            .or_else(|| data.names("creator"))
            .or_else(|| markup.author())
            .map(|name| without_by(&name).to_owned())
            .and_then(short),
        published: data
            .text(&["datePublished", "uploadDate", "datePosted", "dateCreated"])
            .and_then(date)
            .or_else(|| markup.published().and_then(date)),
        modified: data
            .text(&["dateModified"])
            .and_then(date)
            .or_else(|| markup.modified().and_then(date)),
        language: markup
            .language()
            .and_then(language)
            .or_else(|| data.text(&["inLanguage"]).and_then(language))
            .or_else(|| markup.property("og:locale").and_then(language)),
        canonical: markup
            .canonical()
            .and_then(address)
            .or_else(|| markup.property("og:url").and_then(address)),
        site_name: markup
            .property("og:site_name")
            .or_else(|| data.site())
            .or_else(|| markup.name("application-name"))
            .and_then(short),
        description: markup
            .property("og:description")
            .or_else(|| markup.name("description"))
            .or_else(|| data.text(&["description"]))
            .or_else(|| markup.name("twitter:description"))
            .and_then(|text| cut(&text, MAX_LONG)),
        image: markup
            .images()
            .into_iter()
            .chain(data.images())
            .find_map(address),
    }
}

/// An absolute web address, seen from the page. Others are nothing that somebody could fetch.
fn web_address(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let url = base.join(text).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn short(text: String) -> Option<String> {
    cut(&text, MAX_SHORT)
}

/// A text on one line, cut to so many characters; `None` when nothing is left.
fn cut(text: &str, most: usize) -> Option<String> {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > 4 * most {
            break;
        }
    }
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
    }
    (!out.is_empty()).then_some(out)
}

/// A text that can be a date: short, with a year in it.
fn date(text: String) -> Option<String> {
    let text = cut(&text, 100)?;
    let digits = text
        .split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or_default();
    (text.chars().count() <= 64 && (4..=14).contains(&digits)).then_some(text)
}

/// A language tag; `en_US` is written `en-US`, and of a list only the first counts.
fn language(text: String) -> Option<String> {
    let first = text
        .split([',', ';', ' '])
        .next()
        .unwrap_or_default()
        .trim()
        .replace('_', "-");
    let is_tag = (2..=35).contains(&first.len())
        && first.split('-').enumerate().all(|(place, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric())
                && (place > 0
                    || (2..=3).contains(&part.len())
                        && part.bytes().all(|b| b.is_ascii_alphabetic()))
        });
    is_tag.then_some(first)
}

/// A name without the `By` before it.
fn without_by(name: &str) -> &str {
    let name = name.trim();
    match name.get(..3) {
        Some(by) if by.eq_ignore_ascii_case("by ") => name.get(3..).unwrap_or_default().trim(),
        _ => name,
    }
}
