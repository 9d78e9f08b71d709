//! What `meta`, `link` and `html` elements and microdata say about a page.

use std::collections::HashMap;

use dom_query::{Document, NodeRef};

use crate::attribute::attribute;

/// The most `meta` elements that are looked at.
const MAX_METAS: usize = 2_000;

/// The elements of a page that describe it.
pub(super) struct Markup<'d> {
    document: &'d Document,
    /// The contents of `meta` elements by `property`, in their order.
    properties: HashMap<String, Vec<String>>,
    /// The same by `name`, or by `itemprop` outside of an item's element, which the first ones of a page are.
    names: HashMap<String, Vec<String>>,
}

impl<'d> Markup<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        let mut markup = Self {
            document,
            properties: HashMap::new(),
            names: HashMap::new(),
        };
        for meta in document
            .select("meta[content]")
            .nodes()
            .iter()
            .take(MAX_METAS)
        {
            let Some(element) = meta.element_ref() else {
                continue;
            };
            let Some(content) = attribute(&element, "content")
                .map(str::trim)
                .filter(|content| !content.is_empty())
            else {
                continue;
            };
            // Pages write Open Graph names into either attribute, and several of them into one.
            for (attribute_name, also) in [
                ("property", false),
                ("name", true),
                ("http-equiv", true),
                ("itemprop", true),
            ] {
                let Some(keys) = attribute(&element, attribute_name) else {
                    continue;
                };
                for key in keys.split_ascii_whitespace().take(4) {
                    let key = key.to_ascii_lowercase();
                    let is_open_graph = key.starts_with("og:") || key.starts_with("article:");
                    let map = if also && !is_open_graph {
                        &mut markup.names
                    } else {
                        &mut markup.properties
                    };
                    map.entry(key).or_default().push(content.to_owned());
                }
            }
        }
        markup
    }

    /// The content of the first `meta` with this `property`.
    pub(super) fn property(&self, key: &str) -> Option<String> {
        self.properties.get(key)?.first().cloned()
    }

    /// The content of the first `meta` with this `name`.
    pub(super) fn name(&self, key: &str) -> Option<String> {
        self.names
            .get(key)
            .or_else(|| self.properties.get(key))?
            .first()
            .cloned()
    }

    fn first_name(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.name(key))
    }

    /// The document's title, else its first main heading.
    pub(super) fn title(&self) -> Option<String> {
        self.words("head > title").or_else(|| self.words("h1"))
    }

    pub(super) fn author(&self) -> Option<String> {
        let named = self
            .name("author")
            .or_else(|| self.property("article:author"))
            .or_else(|| {
                self.first_name(&["dc.creator", "dcterms.creator", "parsely-author", "byl"])
            })
            .filter(|name| !name.starts_with("http"));
        named
            .or_else(|| {
                self.names
                    .get("citation_author")
                    .map(|names| names.join(", "))
            })
            .or_else(|| self.words("[itemprop=author] [itemprop=name]"))
            .or_else(|| self.words("[itemprop=author]"))
            .or_else(|| self.words("a[rel~=author]"))
            .filter(|name| name.chars().count() <= 200)
    }

    pub(super) fn published(&self) -> Option<String> {
        self.property("article:published_time")
            .or_else(|| {
                self.first_name(&[
                    "datepublished",
                    "date",
                    "dc.date",
                    "dc.date.issued",
                    "dcterms.created",
                    "dcterms.date",
                    "citation_publication_date",
                    "pubdate",
                    "publish-date",
                    "parsely-pub-date",
                    "sailthru.date",
                ])
            })
            .or_else(|| self.moment("[itemprop=datePublished]"))
            .or_else(|| self.moment("time[pubdate]"))
            .or_else(|| {
                self.moment(
                    "article time[datetime], .entry-date[datetime], time.published[datetime]",
                )
            })
    }

    pub(super) fn modified(&self) -> Option<String> {
        self.property("article:modified_time")
            .or_else(|| self.property("og:updated_time"))
            .or_else(|| {
                self.first_name(&[
                    "datemodified",
                    "last-modified",
                    "dcterms.modified",
                    "revised",
                ])
            })
            .or_else(|| self.moment("[itemprop=dateModified]"))
            .or_else(|| self.moment("time.updated[datetime]"))
    }

    pub(super) fn language(&self) -> Option<String> {
        let own = self.document.select_single("html");
        own.attr("lang")
            .or_else(|| own.attr("xml:lang"))
            .map(|language| language.to_string())
            .filter(|language| !language.trim().is_empty())
            .or_else(|| self.name("content-language"))
    }

    pub(super) fn canonical(&self) -> Option<String> {
        self.link("canonical")
    }

    /// The addresses of pictures, the likeliest first.
    pub(super) fn images(&self) -> Vec<String> {
        let named = [
            "og:image:secure_url",
            "og:image",
            "og:image:url",
            "twitter:image",
            "twitter:image:src",
            "thumbnail",
        ]
        .into_iter()
        .filter_map(|key| self.name(key));
        named.chain(self.link("image_src")).collect()
    }

    fn link(&self, rel: &str) -> Option<String> {
        self.document
            .select("link[rel][href]")
            .nodes()
            .iter()
            .find_map(|link| {
                let is_it = link
                    .attr("rel")?
                    .split_ascii_whitespace()
                    .any(|word| word.eq_ignore_ascii_case(rel));
                is_it
                    .then(|| link.attr("href"))
                    .flatten()
                    .map(|href| href.to_string())
            })
    }

    /// The date that an element gives for machines, or shows.
    fn moment(&self, selector: &str) -> Option<String> {
        let node = self.first(selector)?;
        ["datetime", "content"]
            .into_iter()
            .find_map(|name| node.attr(name).filter(|value| !value.trim().is_empty()))
            .map(|value| value.to_string())
            .or_else(|| Some(node.text().to_string()))
    }

    fn words(&self, selector: &str) -> Option<String> {
        let text = self.first(selector)?.text();
        let words: Vec<&str> = text.split_whitespace().take(100).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn first(&self, selector: &str) -> Option<NodeRef<'d>> {
        self.document
            .select_single(selector)
            .nodes()
            .first()
            .copied()
    }
}
