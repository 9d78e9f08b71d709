//! Which of the links sign in or confirm.

use url::Url;

use crate::html::Link;

use super::SignInLink;
use super::fold::fold;
use super::topic::Topic;
use super::urls::urls;
use super::words::{Hit, Meaning, about_links};

/// Links that are looked at.
const MOST: usize = 500;
/// The longest address that is looked at, in bytes: reading host names takes more than their share of time.
const LONGEST: usize = 8 * 1024;
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
    let parsed = Some(url)
        .filter(|url| url.len() <= LONGEST && is_web(url))
        .and_then(|url| Url::parse(url).ok())?;
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
    let confidence = match (text, address, context) {
        (_, Some(Meaning::Away), _) if text.is_none() => return None,
        (Some(Meaning::Link), Some(Meaning::Link), _) => 95,
        (Some(Meaning::Link), _, _) => 85,
        (None, Some(Meaning::Link), Some(Meaning::Link)) => 80,
        (None, Some(Meaning::Link), None) if topic.is_access() => 65,
        (None, None, Some(Meaning::Link)) => 60,
        _ => return None,
    };
    Some(if is_for_everybody(&path) {
        confidence / 2
    } else {
        confidence
    })
}

/// Whether it is written as a web address is. Browsers take `https:example.com` for one too, others do not, and the reader
/// must follow the same link that was judged.
fn is_web(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Whether an address has nothing in it that could be made for one mail: `/login`, `/account/activate`. It leads to a page
/// where to sign in, and does not sign in by itself.
fn is_for_everybody(path: &str) -> bool {
    let (path, rest) = path.split_once('?').unwrap_or((path, ""));
    rest.trim_matches('#').is_empty()
        && path
            .split('/')
            .all(|part| part.len() <= 16 && !part.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether a word is one that is written on links and buttons.
pub(super) fn is_on_links(word: &str) -> bool {
    meanings(word).next().is_some()
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
    // The beginning of a word, not the middle of one; anything may follow it (`confirm`, `confirmation`).
    let begins = |hit: &Hit| {
        let before = text
            .get(..hit.start)
            .and_then(|before| before.chars().next_back());
        let first = text.get(hit.start..).and_then(|word| word.chars().next());
        let runs_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        !(runs_on(before) && runs_on(first))
    };
    let hits = about_links()
        .into_iter()
        .flat_map(move |table| table.hits(text, begins));
    hits.map(|hit| hit.meaning)
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://example.com/verify?t=1", true)]
    #[case("HTTP://example.com/verify?t=1", true)]
    #[case("https:example.com/verify?t=1", false)]
    #[case("https:&j//example.com/verify?t=1", false)]
    #[case("https:\\\\example.com/verify?t=1", false)]
    #[case("ht\ntps://example.com/verify?t=1", false)]
    #[case("https:/é/example.com/verify?t=1", false)]
    fn a_link_is_written_as_one(#[case] url: &str, #[case] is_link: bool) {
        let judged = judge(url, "Verify", "", Topic::default());
        assert_eq!(judged.is_some(), is_link);
    }
}
