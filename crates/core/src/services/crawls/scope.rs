//! Which addresses belong to a crawl.

use url::Url;

use super::glob::fits;
use crate::CrawlOptions;

/// The longest address, in bytes: it is a key of the database.
const LONGEST: usize = 2_000;

/// An address as crawls know it: absolute, by HTTP, without a fragment, which is never sent; `None` for what is none.
pub(super) fn address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    url.set_fragment(None);
    if url.query() == Some("") {
        url.set_query(None);
    }
    let fits = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= LONGEST;
    fits.then_some(url)
}

/// The addresses that belong to a crawl: of its first page's host, and of paths that are wished for.
#[derive(Clone)]
pub(super) struct Scope {
    host: Option<String>,
    port: Option<u16>,
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Scope {
    pub(super) fn new(first: &Url, options: &CrawlOptions) -> Self {
        Self {
            host: first.host_str().map(str::to_owned),
            port: first.port(),
            include: options.include.clone(),
            exclude: options.exclude.clone(),
        }
    }

    /// Goes on with another host: that which the first page leads to.
    pub(super) fn move_to(&mut self, url: &Url) {
        self.host = url.host_str().map(str::to_owned);
        self.port = url.port();
    }

    /// An address of the site.
    pub(super) fn site(&self, like: &str) -> Option<Url> {
        let mut url = Url::parse(like).ok()?;
        url.set_host(self.host.as_deref()).ok()?;
        url.set_port(self.port).ok()?;
        Some(url)
    }

    /// Whether an address is on the site, by HTTP or HTTPS.
    pub(super) fn is_on_site(&self, url: &Url) -> bool {
        url.host_str() == self.host.as_deref() && url.port() == self.port
    }

    /// Whether an address belongs to the crawl.
    pub(super) fn holds(&self, url: &Url) -> bool {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let any = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, &path));
        self.is_on_site(url)
            && (self.include.is_empty() || any(&self.include))
            && !any(&self.exclude)
    }

    /// Those of the addresses that belong to the crawl, each once, at most `most`.
    pub(super) fn chosen(&self, addresses: &[String], most: usize) -> Vec<String> {
        let mut chosen = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for url in addresses.iter().filter_map(|text| address(text)) {
            if chosen.len() >= most {
                break;
            }
            if seen.insert(url.clone()) && self.holds(&url) {
                chosen.push(url.into());
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_by_http_and_without_a_fragment() {
        let read = |text| address(text).map(String::from);
        assert_eq!(
            read(" HTTP://A.test:80/x/../y?#z ").unwrap(),
            "http://a.test/y"
        );
        for text in [
            "",
            "/x",
            "mailto:a@a.test",
            "ftp://a.test/",
            "http://me@a.test/",
            "http://me:x@a.test/",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(
            address(&format!("http://a.test/{}", "x".repeat(2_000))),
            None
        );
    }
}
