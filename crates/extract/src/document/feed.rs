//! What feeds have in common: a title and entries.

use url::Url;

use crate::parse::parse;
use crate::references::link_url;
use crate::{Metadata, Options, Page, page};

/// The most entries that are read.
pub(super) const MAX_ENTRIES: usize = 300;
/// The most text of one member, in bytes.
pub(super) const MAX_MEMBER: usize = 128 * 1024;
/// The most links of a feed that are listed.
const MAX_LINKS: usize = 2_000;
/// The longest Markdown of a feed, in bytes; the entries after that are left out.
const MAX_MARKDOWN: usize = 2 * 1024 * 1024;

/// A feed, whatever it was written in.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pub title: String,
    pub description: String,
    pub language: String,
    /// The address of the site.
    pub link: String,
    pub entries: Vec<Entry>,
    /// Whether there were more entries than are read.
    pub truncated: bool,
    /// What addresses are relative to.
    pub base: Option<Url>,
}

/// One entry of a feed.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub title: String,
    pub link: String,
    pub date: String,
    pub author: String,
    /// HTML or text: the content, and what there is when there is none.
    pub content: String,
    pub summary: String,
}

impl Feed {
    /// The feed as Markdown: its title, and each entry as a linked heading, a line with date and author, and its text.
    pub(super) fn page(self, options: &Options) -> Page {
        let Some(base) = &self.base else {
            return super::plain(String::new(), self.truncated);
        };
        let part = |html: &str| {
            let options = Options {
                only_main_content: false,
                selector: None,
                link_placeholders: false,
                ..options.clone()
            };
            page(html, base, &options).unwrap_or_else(|_| super::plain(String::new(), false))
        };
        let title = one_line(&self.title);
        let mut markdown = String::new();
        let mut links = Vec::new();
        let mut truncated = self.truncated;
        if !title.is_empty() {
            push_block(
                &mut markdown,
                &part(&format!("<h1>{}</h1>", escaped(&title))).markdown,
            );
        }
        push_block(&mut markdown, &part(&self.description).markdown);
        for entry in &self.entries {
            if markdown.len() > MAX_MARKDOWN {
                truncated = true;
                break;
            }
            let url = link_url(&entry.link, base).filter(|_| !entry.link.trim().is_empty());
            let date = one_line(&entry.date);
            let mut heading = escaped(&one_line(&parse(&entry.title).document.text()));
            if heading.is_empty() {
                heading = escaped(if date.is_empty() {
                    entry.link.trim()
                } else {
                    &date
                });
            }
            if let Some(url) = &url {
                heading = format!("<a href=\"{}\">{heading}</a>", escaped(url.as_str()));
            }
            let about: Vec<String> = [date, one_line(&entry.author)]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect();
            let text = if entry.content.trim().is_empty() {
                &entry.summary
            } else {
                &entry.content
            };
            let head = part(&format!(
                "<h2>{heading}</h2><p>{}</p>",
                escaped(&about.join(" · "))
            ));
            let body = part(text);
            push_block(&mut markdown, &head.markdown);
            push_block(&mut markdown, &body.markdown);
            for link in head.links.into_iter().chain(body.links) {
                if !links.contains(&link) && links.len() < MAX_LINKS {
                    links.push(link);
                }
            }
        }
        Page {
            title: (!title.is_empty()).then(|| title.clone()),
            markdown,
            links,
            metadata: Metadata {
                title: (!title.is_empty()).then_some(title),
                language: (!self.language.is_empty()).then(|| self.language.clone()),
                canonical: link_url(&self.link, base).filter(|_| !self.link.trim().is_empty()),
                ..Metadata::default()
            },
            placeholders: Vec::new(),
            truncated,
        }
    }
}

fn push_block(markdown: &mut String, block: &str) {
    if block.is_empty() {
        return;
    }
    if !markdown.is_empty() {
        markdown.push_str("\n\n");
    }
    markdown.push_str(block);
}

fn one_line(text: &str) -> String {
    let mut out = text
        .split_whitespace()
        .take(200)
        .collect::<Vec<_>>()
        .join(" ");
    if let Some((end, _)) = out.char_indices().nth(500) {
        out.truncate(end);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
