//! Addresses found in a page: made absolute, checked, collected and, on demand, shortened.

use std::collections::{HashMap, HashSet};

use dom_query::{Element, NodeRef, local_name};
use url::Url;

use crate::attribute::attribute;

/// A short name that stands in the Markdown for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// `link1`, `link2` …, `image1`, `image2` …
    pub name: String,
    /// The absolute address.
    pub url: String,
}

/// Collects what the Markdown of a page, frames included, refers to.
#[derive(Debug, Default)]
pub(crate) struct References {
    use_placeholders: bool,
    names: HashMap<(Kind, String), String>,
    counts: [usize; 2],
    placeholders: Vec<Placeholder>,
    seen: HashSet<Url>,
    links: Vec<Url>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Link,
    Image,
}

impl References {
    pub(crate) fn new(use_placeholders: bool) -> Self {
        Self {
            use_placeholders,
            ..Self::default()
        }
    }

    /// Notes a link; the answer is what stands between the round brackets.
    pub(crate) fn link(&mut self, url: &Url) -> String {
        if self.seen.insert(url.clone()) {
            self.links.push(url.clone());
        }
        self.name(Kind::Link, url)
    }

    /// Notes an image; the answer is what stands between the round brackets.
    pub(crate) fn image(&mut self, url: &Url) -> String {
        self.name(Kind::Image, url)
    }

    /// The links in the order of the page, each once, and the placeholders.
    pub(crate) fn finish(self) -> (Vec<Url>, Vec<Placeholder>) {
        (self.links, self.placeholders)
    }

    fn name(&mut self, kind: Kind, url: &Url) -> String {
        if !self.use_placeholders {
            return destination(url.as_str());
        }
        let (index, word) = match kind {
            Kind::Link => (0, "link"),
            Kind::Image => (1, "image"),
        };
        let (counts, placeholders) = (&mut self.counts, &mut self.placeholders);
        self.names
            .entry((kind, url.as_str().to_owned()))
            .or_insert_with(|| {
                counts[index] += 1;
                let name = format!("{word}{}", counts[index]);
                placeholders.push(Placeholder {
                    name: name.clone(),
                    url: url.as_str().to_owned(),
                });
                name
            })
            .clone()
    }
}

/// Makes a link's address absolute. `None` for what is no address to go to: script, inline data, a lone `#`.
pub(crate) fn link_url(href: &str, base: &Url) -> Option<Url> {
    let href = href.trim();
    if href == "#" {
        return None;
    }
    let url = base.join(href).ok()?;
    (!matches!(url.scheme(), "javascript" | "vbscript" | "data" | "blob")).then_some(url)
}

/// Where an image element's picture lies. Lazily loaded ones keep it beside a stand-in `src`.
pub(crate) fn image_url(image: &Element, base: &Url) -> Option<Url> {
    let named = |name| {
        attribute(image, name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    ["src", "data-src", "data-original", "data-lazy-src"]
        .into_iter()
        .filter_map(named)
        .chain(
            ["srcset", "data-srcset"]
                .into_iter()
                .filter_map(|name| named(name).and_then(largest)),
        )
        .find_map(|source| picture_url(source, base))
}

/// Makes a picture's address absolute. `None` for inline data and whatever else nobody can fetch later.
pub(crate) fn picture_url(source: &str, base: &Url) -> Option<Url> {
    let has_inline_data = source
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    if has_inline_data {
        return None;
    }
    let url = base.join(source).ok()?;
    matches!(url.scheme(), "http" | "https" | "file").then_some(url)
}

/// The address that a `picture` around an image names.
pub(crate) fn picture_source(image: NodeRef<'_>, base: &Url) -> Option<Url> {
    let picture = image.parent().filter(|parent| parent.has_name("picture"))?;
    picture
        .children_it(false)
        .filter(|child| child.has_name("source"))
        .filter_map(|source| source.attr("srcset").or_else(|| source.attr("data-srcset")))
        .find_map(|set| picture_url(largest(&set)?, base))
}

/// The address of the largest candidate of a `srcset`.
fn largest(srcset: &str) -> Option<&str> {
    let size = |candidate: &&str| {
        let number = candidate.split_ascii_whitespace().nth(1).unwrap_or("1");
        let digits = number.trim_end_matches(|c: char| !c.is_ascii_digit());
        digits.parse::<f64>().unwrap_or(1.0)
    };
    srcset
        .split(", ")
        .map(|candidate| candidate.trim_matches(|c: char| c == ',' || c.is_ascii_whitespace()))
        .filter(|candidate| !candidate.is_empty())
        .max_by(|a, b| size(a).total_cmp(&size(b)))
        .and_then(|candidate| candidate.split_ascii_whitespace().next())
}

/// The address that relative ones are seen from: the page's own, or its `<base href>`.
pub(crate) fn base_of(document: &dom_query::Document, page: &Url) -> Url {
    document
        .select_single("base[href]")
        .nodes()
        .first()
        .and_then(|base| {
            let element = base.element_ref()?;
            page.join(element.attr_ref(local_name!("href"))?.trim())
                .ok()
        })
        .unwrap_or_else(|| page.clone())
}

/// An address as Markdown takes it: no spaces, no brackets that would end it too early.
fn destination(url: &str) -> String {
    let mut open = 0_i32;
    let balanced = url.chars().all(|c| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open >= 0
    }) && open == 0;
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' if !balanced => out.push_str("%28"),
            ')' if !balanced => out.push_str("%29"),
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a.png 1x, b.png 2x", Some("b.png"))]
    #[case("a.png 640w,\n b.png 320w", Some("a.png"))]
    #[case("only.png", Some("only.png"))]
    #[case(" , ", None)]
    fn the_largest_picture_of_a_set_counts(#[case] srcset: &str, #[case] expected: Option<&str>) {
        assert_eq!(largest(&srcset.replace('\n', "")), expected);
    }

    #[rstest]
    #[case("https://e.org/a_(b)", "https://e.org/a_(b)")]
    #[case("https://e.org/a)b", "https://e.org/a%29b")]
    #[case("https://e.org/a b", "https://e.org/a%20b")]
    fn destinations_keep_markdown_whole(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(destination(url), expected);
    }
}
