//! Sitemaps (sitemaps.org protocol): lists of a site's addresses, and lists of such lists.

/// What a sitemap has in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sitemap {
    /// The addresses, as they stand there, in their order.
    pub addresses: Vec<String>,
    /// They are addresses of further sitemaps.
    pub is_index: bool,
}

/// Reads at most `limit` addresses: of XML the content of each `loc`, of a text each line.
///
/// The format needs no tree: elements other than `loc` and the name of the outermost one mean nothing here, and text
/// within tags cannot have a `<` in it. What is no sitemap has no addresses.
pub(crate) fn read(text: &str, limit: usize) -> Sitemap {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        let lines = text.lines().map(str::trim);
        let addresses =
            lines.filter(|line| line.starts_with("http://") || line.starts_with("https://"));
        return Sitemap {
            addresses: addresses.take(limit).map(str::to_owned).collect(),
            is_index: false,
        };
    }
    let mut sitemap = Sitemap::default();
    let mut rest = text;
    let mut outermost = true;
    while sitemap.addresses.len() < limit {
        let Some((_, tag)) = rest.split_once('<') else {
            break;
        };
        if let Some(behind) = tag.strip_prefix("!--") {
            rest = behind.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let Some((inside, behind)) = tag.split_once('>') else {
            break;
        };
        rest = behind;
        let name = inside
            .split([' ', '\t', '\r', '\n', '/'])
            .next()
            .unwrap_or_default();
        if name.starts_with(['?', '!']) || name.is_empty() {
            continue;
        }
        if outermost {
            outermost = false;
            sitemap.is_index = name.rsplit(':').next() == Some("sitemapindex");
        }
        if name == "loc" && !inside.ends_with('/') {
            let (content, behind) = content(behind);
            rest = behind;
            if !content.is_empty() {
                sitemap.addresses.push(content);
            }
        }
    }
    sitemap
}

/// The text up to the end of an element, and what comes behind it.
fn content(text: &str) -> (String, &str) {
    if let Some(inside) = text.trim_start().strip_prefix("<![CDATA[") {
        return match inside.split_once("]]>") {
            Some((content, behind)) => (content.trim().to_owned(), behind),
            None => (String::new(), ""),
        };
    }
    let end = text.find('<').unwrap_or(text.len());
    let (content, behind) = text.split_at(end);
    (unescaped(content.trim()), behind)
}

/// The five entities of XML; addresses have no others in them (sitemaps.org, "Entity escaping").
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_in_their_order() {
        let text = "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<!-- <loc>no</loc> -->\n<urlset xmlns='x' xmlns:image='y'>
            <url><loc> https://a.test/?a=1&amp;b=2 </loc><lastmod>2026</lastmod><image:image><image:loc>https://a.test/p.png</image:loc></image:image></url>
            <url><loc><![CDATA[https://a.test/c?x&y]]></loc></url><url><loc/></url></urlset>";
        let found = read(text, 10);
        assert_eq!(
            found.addresses,
            ["https://a.test/?a=1&b=2", "https://a.test/c?x&y"]
        );
        assert!(!found.is_index);
        assert_eq!(read(text, 1).addresses.len(), 1);
    }

    #[test]
    fn lists_of_lists_and_of_lines() {
        let index =
            "<sitemapindex><sitemap><loc>https://a.test/1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(
            read(index, 10),
            Sitemap {
                addresses: vec!["https://a.test/1.xml".to_owned()],
                is_index: true
            }
        );
        let lines = read("https://a.test/1\r\n\nhttps://a.test/2\nnothing", 10);
        assert_eq!(lines.addresses, ["https://a.test/1", "https://a.test/2"]);
        for nothing in [
            "",
            "<html><body><a href='/x'>x</a>",
            "<loc",
            "<loc>",
            "<!--",
            "<a><![CDATA[",
        ] {
            assert_eq!(read(nothing, 10).addresses, [""; 0], "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn answers_for_any_text(text in "(<loc>|</loc>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<|>|a|&amp;|\\PC){0,20}") {
            let _ = read(&text, 10);
        }
    }
}
