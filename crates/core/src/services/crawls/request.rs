//! From what a caller wishes a crawl to be to what it becomes.

use url::Url;

use super::scope;
use crate::{CrawlOptions, Error, Result, Violation};

/// How far a crawl may go, and how far it goes where the caller does not say.
const MOST_PAGES: i64 = 10_000;
const USUAL_PAGES: i64 = 100;
const DEEPEST: i64 = 20;
const USUAL_DEPTH: i64 = 5;
const LONGEST_MINUTES: i64 = 24 * 60;
const USUAL_MINUTES: i64 = 60;

/// The most patterns of one kind, and the longest, in bytes: each is compared with each address.
const MOST_PATTERNS: usize = 20;
const LONGEST_PATTERN: usize = 200;

/// A crawl as a dialect read it: types are right, nothing else is checked.
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "named as on the wire, where they are described"
)]
pub struct CrawlRequest {
    pub url: String,
    pub max_pages: Option<i64>,
    pub max_depth: Option<i64>,
    pub max_minutes: Option<i64>,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub sitemap: Option<bool>,
    pub respect_robots: Option<bool>,
    pub browser: Option<bool>,
    pub only_main_content: Option<bool>,
}

impl CrawlRequest {
    /// Where it begins, and how far it goes.
    ///
    /// # Errors
    /// Kind `Invalid` with every member that is out of bounds.
    pub(super) fn resolve(self) -> Result<(Url, CrawlOptions)> {
        let mut wrong = Vec::new();
        let url = scope::address(&self.url);
        if url.is_none() {
            let shown: String = self.url.chars().take(200).collect();
            wrong.push(violation(
                "url",
                "url_parsing",
                // What stands before an @ may be a password.
                match shown.rsplit_once('@') {
                    Some((_, host)) => format!("Invalid url '…@{host}': expected one without a name and a password"),
                    None => format!("Invalid url '{shown}': expected one such as https://example.com/docs, of at most 2000 bytes"),
                },
            ));
        }
        let mut bounded = |member: &str, given: Option<i64>, usual, least, most| {
            let value = given.unwrap_or(usual);
            if (least..=most).contains(&value) {
                return u32::try_from(value).unwrap_or_default();
            }
            let message = format!("Invalid {member} {value}: expected {least} to {most}");
            wrong.push(violation(member, "range", message));
            0
        };
        let max_pages = bounded("max_pages", self.max_pages, USUAL_PAGES, 1, MOST_PAGES);
        let max_depth = bounded("max_depth", self.max_depth, USUAL_DEPTH, 0, DEEPEST);
        let max_minutes = bounded(
            "max_minutes",
            self.max_minutes,
            USUAL_MINUTES,
            1,
            LONGEST_MINUTES,
        );
        for (member, patterns) in [("include", &self.include), ("exclude", &self.exclude)] {
            if patterns.len() > MOST_PATTERNS {
                let count = patterns.len();
                let message = format!(
                    "Invalid {member} of {count} patterns: expected at most {MOST_PATTERNS}"
                );
                wrong.push(violation(member, "too_long", message));
            }
            let bad = patterns.iter().find(|pattern| {
                pattern.len() > LONGEST_PATTERN || !pattern.starts_with(['/', '*'])
            });
            if let Some(bad) = bad {
                let shown: String = bad.chars().take(100).collect();
                let message = format!(
                    "Invalid pattern '{shown}' in {member}: expected a path with * for anything, such as /docs/*, of at most \
                     {LONGEST_PATTERN} bytes"
                );
                wrong.push(violation(member, "pattern", message));
            }
        }
        match url {
            Some(url) if wrong.is_empty() => Ok((
                url,
                CrawlOptions {
                    max_pages,
                    max_depth,
                    max_minutes,
                    include: self.include,
                    exclude: self.exclude,
                    sitemap: self.sitemap.unwrap_or(true),
                    respect_robots: self.respect_robots.unwrap_or(true),
                    browser: self.browser.unwrap_or(true),
                    only_main_content: self.only_main_content.unwrap_or(true),
                },
            )),
            _ => Err(Error::invalid(wrong)),
        }
    }
}

fn violation(member: &str, code: &'static str, message: String) -> Violation {
    Violation {
        path: vec![member.to_owned()],
        code,
        message,
        input: None,
    }
}
