//! Finding the part of a page that it is about.
//!
//! First what surrounds the content goes ([`surroundings`]). Of what is left, an article is taken as the Readability
//! algorithm finds it, where that is nearly all of it or the page says that it is one; everything else (a thread, a shop, a
//! list, documentation) is taken whole, from the element that holds it.

mod article;
mod evidence;
mod judge;
mod measure;
mod phrases;
mod sections;
mod surroundings;
mod words;

use dom_query::{Document, NodeRef};
use url::Url;

use self::evidence::{Evidence, evidence};
use self::measure::{Measure, Measures};
pub(crate) use self::surroundings::BY_TAG;
use crate::json_ld::JsonLd;

/// An article that is at least so many hundredths of what is left of a page is all of it.
const WHOLE: usize = 93;
/// The same where the page says that it is an article.
const WHOLE_OF_ARTICLE: usize = 45;
/// An element that holds at least so many hundredths of the text in its parent stands for it.
const NEARLY_ALL: usize = 92;
/// What the page calls its main part has to hold so many hundredths of the page's text.
const MIN_MAIN: usize = 30;

/// What a page is about.
pub(crate) struct MainContent<'d> {
    content: Content<'d>,
    /// The main heading, where the content itself has none; else empty.
    pub title: String,
}

enum Content<'d> {
    Article(Document),
    Part(NodeRef<'d>),
}

impl MainContent<'_> {
    /// The element that holds the content.
    pub(crate) fn root(&self) -> Option<NodeRef<'_>> {
        match &self.content {
            Content::Article(document) => document
                .select_single(article::ROOT)
                .nodes()
                .first()
                .copied(),
            Content::Part(node) => Some(*node),
        }
    }
}

/// Finds what a page is about. What surrounds it is gone from the document afterwards.
pub(crate) fn main_content<'d>(document: &'d Document, url: &Url, images: bool) -> MainContent<'d> {
    let evidence = evidence(document, url, &JsonLd::of(document));
    let heading = heading(document);
    let measures = surroundings::remove(document, evidence);
    if !images {
        remove_captions(document);
    }
    let region = region(document, &measures);
    let content = match found_article(document, &region, &measures, evidence) {
        Some(document) => Content::Article(document),
        None => Content::Part(region),
    };
    let mut main = MainContent {
        content,
        title: String::new(),
    };
    let has_heading = main.root().is_some_and(|root| {
        root.descendants_it().chain([root]).any(|node| {
            node.has_name("h1")
                || is_heading(&node) && words(&node.text()).eq_ignore_ascii_case(&heading)
        })
    });
    if !has_heading {
        main.title = heading;
    }
    main
}

/// The article, if it is what the page is about.
fn found_article(
    document: &Document,
    region: &NodeRef<'_>,
    measures: &Measures,
    evidence: Evidence,
) -> Option<Document> {
    if evidence.is_conversation || evidence.is_item && !evidence.is_article {
        return None;
    }
    let found = article::article(document)?;
    let measure = {
        let root = found.select_single(article::ROOT);
        let root = root.nodes().first()?;
        Measures::below(*root).of(root)
    };
    let least = if evidence.is_article {
        WHOLE_OF_ARTICLE
    } else {
        WHOLE
    };
    (measure.plain() * 100 >= measures.of(region).plain() * least).then_some(found)
}

/// The element that holds what is left of the page.
fn region<'d>(document: &'d Document, measures: &Measures) -> NodeRef<'d> {
    let Some(body) = document.body() else {
        return document.html_root();
    };
    let total = measures.of(&body).plain();
    let named = document.select("main, [role=main], [itemprop=mainContentOfPage]");
    let main = named
        .nodes()
        .iter()
        .copied()
        .max_by_key(|node| measures.of(node).plain())
        .filter(|node| measures.of(node).plain() * 100 >= total * MIN_MAIN);
    let mut at = main.unwrap_or(body);
    while let Some(inner) = stands_for(&at, measures) {
        at = inner;
    }
    at
}

/// The child that holds nearly all of an element, when what it leaves behind is nothing to miss.
fn stands_for<'d>(node: &NodeRef<'d>, measures: &Measures) -> Option<NodeRef<'d>> {
    let whole = measures.of(node);
    let largest = node
        .children_it(false)
        .filter(|child| {
            matches!(
                child.node_name().as_deref(),
                Some(
                    "div"
                        | "section"
                        | "article"
                        | "main"
                        | "form"
                        | "center"
                        | "font"
                        | "table"
                        | "tbody"
                        | "tr"
                        | "td"
                        | "body"
                )
            )
        })
        .max_by_key(|child| measures.of(child).plain())?;
    let held = measures.of(&largest);
    if whole.text == 0 || held.plain() * 100 < whole.plain() * NEARLY_ALL {
        return None;
    }
    let left = Measure {
        text: whole.text - held.text,
        linked: whole.linked.saturating_sub(held.linked),
        links: whole.links.saturating_sub(held.links),
    };
    let leaves_heading = node.children_it(false).any(|child| {
        child.id != largest.id
            && (is_heading(&child) || child.descendants_it().any(|below| is_heading(&below)))
    });
    // A table's header or a price is short and still content.
    let is_part_of_table = matches!(node.node_name().as_deref(), Some("table" | "tbody" | "tr"));
    let is_little = left.plain() <= 40 || left.is_linked(50);
    (!leaves_heading && is_little && (!is_part_of_table || left.text == 0)).then_some(largest)
}

fn is_heading(node: &NodeRef<'_>) -> bool {
    matches!(node.node_name().as_deref(), Some("h1" | "h2" | "h3"))
}

/// The main heading of a page: its only `h1` that is no link to the site's own start, else the one nearest to the title.
fn heading(document: &Document) -> String {
    let title = document
        .select_single("head > title")
        .nodes()
        .first()
        .map(|title| words(&title.text()).to_lowercase())
        .unwrap_or_default();
    let mut headings: Vec<String> = document
        .select("h1")
        .nodes()
        .iter()
        .filter(|node| !is_site_name(node))
        .map(|node| words(&node.text()))
        .filter(|text| !text.is_empty())
        .collect();
    if let Some(at) = headings
        .iter()
        .position(|text| title.contains(&text.to_lowercase()))
    {
        return headings.swap_remove(at);
    }
    if headings.is_empty() {
        String::new()
    } else {
        headings.swap_remove(0)
    }
}

/// Whether a heading is the site's name, which links to its start.
fn is_site_name(heading: &NodeRef<'_>) -> bool {
    heading
        .descendants_it()
        .find(|node| node.has_name("a"))
        .and_then(|link| link.attr("href"))
        .is_some_and(|href| {
            href.trim_end_matches('/').matches('/').count() <= 2
                && (href.is_empty() || href.ends_with('/'))
        })
}

/// A caption without its picture says nothing.
fn remove_captions(document: &Document) {
    for caption in document.select("figure figcaption").nodes() {
        let figure = caption
            .ancestors_it(Some(4))
            .find(|above| above.has_name("figure"));
        let shows_text = figure.is_some_and(|figure| {
            figure.descendants_it().take(1_000).any(|node| {
                matches!(
                    node.node_name().as_deref(),
                    Some("table" | "pre" | "blockquote" | "math" | "code" | "p")
                )
            })
        });
        if !shows_text {
            caption.remove_from_parent();
        }
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
