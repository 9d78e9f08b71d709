//! Which of the links sign in or confirm.

use url::Url;

use crate::html::Link;

use super::SignInLink;
use super::fold::fold;
use super::topic::Topic;
use super::urls::urls;
use super::words::{Meaning, about_links};

/// Links that are looked at.
const MOST: usize = 500;
/// What is read before a link to know what it is for, in bytes.
const CONTEXT: usize = 300;

/// The links of a message, best first: those of the HTML (its text and its links), and the addresses in the plain text.
pub(super) fn links(text: &str, html: Option<(&str, &[Link])>, topic: Topic) -> Vec<SignInLink> {
    let mut found: Vec<SignInLink> = Vec::new();
    if let Some((rendered, links)) = html {
        for link in links.iter().take(MOST) {
            let context = tail(rendered.get(..link.at).unwrap_or_default());
            let confidence = judge(&link.url, &link.text, context, topic);
            add(&mut found, &link.url, &link.text, confidence);
        }
    }
    let mut before = String::new();
    let mut seen = 0;
    for line in text.lines() {
        let mut from = 0;
        for at in urls(line) {
            seen += 1;
            if seen > MOST {
                return sorted(found);
            }
            before.push_str(line.get(from..at.start).unwrap_or_default());
            from = at.end;
            let url = line.get(at).unwrap_or_default();
            let said = tail(&before);
            let confidence = judge(url, last_line(said), said, topic);
            add(&mut found, url, last_line(said), confidence);
            // What was said before this address says nothing about the next one.
            before.clear();
        }
        before.push_str(line.get(from..).unwrap_or_default());
        before.push('\n');
    }
    sorted(found)
}

fn sorted(mut found: Vec<SignInLink>) -> Vec<SignInLink> {
    found.sort_by_key(|link| std::cmp::Reverse(link.confidence));
    found
}

fn add(found: &mut Vec<SignInLink>, url: &str, text: &str, confidence: Option<u8>) {
    let Some(confidence) = confidence else {
        return;
    };
    match found.iter_mut().find(|link| link.url == url) {
        Some(link) => link.confidence = link.confidence.max(confidence),
        None => found.push(SignInLink {
            url: url.to_owned(),
            text: text.to_owned(),
            confidence,
        }),
    }
}

/// How sure it is that a link is one to follow; none if it is another kind.
fn judge(url: &str, text: &str, context: &str, topic: Topic) -> Option<u8> {
    let parsed = Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let text = meaning(&fold(text));
    if text == Some(Meaning::Away) {
        return None;
    }
    let path = match (parsed.path(), parsed.query(), parsed.fragment()) {
        ("/" | "", None, None) => return None,
        (path, query, fragment) => format!(
            "{path}?{}#{}",
            query.unwrap_or_default(),
            fragment.unwrap_or_default()
        ),
    };
    let address = meaning(&fold(&path).replace(['-', '_'], " "));
    let context = meaning_at_end(&fold(context));
    match (text, address, context) {
        (_, Some(Meaning::Away), _) if text.is_none() => None,
        (Some(Meaning::Link), Some(Meaning::Link), _) => Some(95),
        (Some(Meaning::Link), _, _) => Some(85),
        (None, Some(Meaning::Link), Some(Meaning::Link)) => Some(80),
        (None, Some(Meaning::Link), None) if topic.is_access() => Some(65),
        (None, None, Some(Meaning::Link)) => Some(60),
        _ => None,
    }
}

/// What is said: [`Meaning::Link`] or [`Meaning::Away`], which wins.
fn meaning(text: &str) -> Option<Meaning> {
    let (mut first, mut away) = (None, false);
    for meaning in meanings(text) {
        first = first.or(Some(meaning));
        away |= meaning == Meaning::Away;
    }
    if away { Some(Meaning::Away) } else { first }
}

/// What is said last.
fn meaning_at_end(text: &str) -> Option<Meaning> {
    meanings(text).last()
}

fn meanings(text: &str) -> impl Iterator<Item = Meaning> {
    let hits = about_links().into_iter().flat_map(|table| table.hits(text));
    // The beginning of a word, not the middle of one; anything may follow it (`confirm`, `confirmation`).
    hits.filter(|hit| {
        let before = text
            .get(..hit.start)
            .and_then(|before| before.chars().next_back());
        let first = text.get(hit.start..).and_then(|word| word.chars().next());
        let runs_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        !(runs_on(before) && runs_on(first))
    })
    .map(|hit| hit.meaning)
}

/// The end of what is said before a link.
fn tail(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.ceil_char_boundary(text.len().saturating_sub(CONTEXT));
    let text = text.get(start..).unwrap_or_default();
    // The line that the link is on, and the one before it.
    let mut lines = text.rmatch_indices('\n').map(|(at, _)| at);
    let from = lines.find(|at| {
        text.get(*at..)
            .is_some_and(|behind| behind.trim().lines().count() >= 2)
    });
    text.get(from.unwrap_or_default()..).unwrap_or_default()
}

fn last_line(text: &str) -> &str {
    text.trim()
        .lines()
        .next_back()
        .unwrap_or_default()
        .trim()
        .trim_end_matches([':', '：', '<', ' '])
}
