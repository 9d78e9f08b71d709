//! A whole page, or a page with its frames, as Markdown.

use std::collections::HashSet;

use dom_query::{Document, NodeId};
use url::Url;

use crate::css::{fits_any, remove};
use crate::main_content::{BY_TAG, main_content};
use crate::markdown::{Renderer, Wanted};
use crate::parse::{Parsed, parse};
use crate::references::{References, base_of};
use crate::selector::Chosen;
use crate::table_parts::in_tables;
use crate::{Error, Metadata, Options, Placeholder, metadata};

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The title: that of the document, else of its Open Graph data, else its first main heading.
    pub title: Option<String>,
    /// The content as GitHub-flavoured Markdown, without a line end at its end. Empty for an empty page.
    pub markdown: String,
    /// The absolute addresses that the content links to, each once, in the order of the page.
    pub links: Vec<Url>,
    /// What the page says about itself.
    pub metadata: Metadata,
    /// What the short names in the Markdown stand for; empty unless asked for.
    pub placeholders: Vec<Placeholder>,
    /// Whether the page went beyond a bound (16 MiB, 600,000 nodes, work) and its end is missing.
    pub truncated: bool,
}

/// A document inside a page, or the page itself.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The document's address; relative addresses in it are seen from there.
    pub url: &'a Url,
    /// The document's markup.
    pub html: &'a str,
}

/// Turns a page into Markdown.
///
/// # Errors
/// [`Error::NoMatch`] when the options name a selector that nothing fits, [`Error::TooMuch`] when looking takes too long.
pub fn page(html: &str, base: &Url, options: &Options) -> Result<Page, Error> {
    frames(&[Frame { url: base, html }], options)
}

/// Turns a page, which is the first part, and its frames into Markdown.
///
/// Each further document follows after a blank line, `IFRAME <url>:` and a line end, `data:` documents and empty ones at
/// `about:blank` excepted. With a selector the first part alone is read (Notte API: scrape, semantics).
///
/// # Errors
/// [`Error::NoMatch`] when the options name a selector that nothing in the first part fits, [`Error::TooMuch`] when looking takes
/// too long.
pub fn frames(parts: &[Frame<'_>], options: &Options) -> Result<Page, Error> {
    let mut references = References::new(options.link_placeholders);
    let mut whole = Page {
        title: None,
        markdown: String::new(),
        links: Vec::new(),
        metadata: Metadata::default(),
        placeholders: Vec::new(),
        truncated: false,
    };
    for (index, part) in parts.iter().enumerate() {
        let is_main = index == 0;
        if !is_main && (options.selector.is_some() || part.url.scheme() == "data") {
            continue;
        }
        let parsed = parse(part.html);
        whole.truncated |= parsed.truncated;
        if is_main {
            whole.title = title(&parsed.document);
            whole.metadata = metadata::of(&parsed.document, part.url);
        }
        let mut markdown = document(&parsed, part.url, options, &mut references)?;
        if markdown.is_empty() && options.only_main_content && options.selector.is_none() {
            // A page of nothing but navigation is about that.
            let all = Options {
                only_main_content: false,
                ..options.clone()
            };
            markdown = document(&parse(part.html), part.url, &all, &mut references)?;
        }
        if !is_main {
            if markdown.is_empty() && part.url.as_str() == "about:blank" {
                continue;
            }
            whole.markdown.push_str("\n\nIFRAME ");
            whole.markdown.push_str(part.url.as_str());
            whole.markdown.push_str(":\n");
        }
        whole.markdown.push_str(&markdown);
    }
    (whole.links, whole.placeholders) = references.finish();
    Ok(whole)
}

fn document(
    parsed: &Parsed,
    url: &Url,
    options: &Options,
    references: &mut References,
) -> Result<String, Error> {
    let document = &parsed.document;
    let base = base_of(document, url);
    let wanted = Wanted {
        base: &base,
        links: options.links,
        images: options.images,
    };
    let mut renderer = Renderer::new(wanted, references);

    if let Some(chosen) = chosen(document, options)? {
        for root in in_tables(document, chosen.outermost) {
            renderer.block(root);
        }
        return Ok(renderer.finish());
    }

    if options.only_main_content {
        let main = main_content(document, url, options.images);
        if let Some(root) = main.root() {
            renderer.heading(&main.title);
            renderer.block(root);
        }
        return Ok(renderer.finish());
    }
    renderer.block(document.html_root());
    Ok(renderer.finish())
}

/// Takes what is not wanted out of a document: out of the elements that the options name, which are the answer, or else out
/// of the whole.
///
/// # Errors
/// As [`crate::Selector::choose`].
pub(crate) fn chosen<'a>(
    document: &'a Document,
    options: &Options,
) -> Result<Option<Chosen<'a>>, Error> {
    let Some(selector) = &options.selector else {
        remove(document, &options.ignored_tags);
        return Ok(None);
    };
    let chosen = selector.choose(document)?;
    if !options.ignored_tags.is_empty() {
        chosen.remove(fits_any(&options.ignored_tags));
    }
    if options.only_main_content {
        let around: HashSet<NodeId> = document
            .select(BY_TAG)
            .nodes()
            .iter()
            .map(|node| node.id)
            .collect();
        chosen.remove(|node| around.contains(&node.id));
    }
    Ok(Some(chosen))
}

fn title(document: &Document) -> Option<String> {
    let text = |selector: &str| {
        let found = document.select_single(selector);
        let words: Vec<_> = found
            .nodes()
            .first()?
            .text()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let open_graph = || {
        let content = document
            .select_single("meta[property='og:title'][content]")
            .attr("content")?;
        let content = content.trim().to_owned();
        (!content.is_empty()).then_some(content)
    };
    text("head > title")
        .or_else(open_graph)
        .or_else(|| text("h1"))
}
