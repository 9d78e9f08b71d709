//! A message as a row of sentences.

use std::borrow::Cow;
use std::ops::Range;

use super::Place;
use super::chunk::{Chunk, chunks};
use super::fold::fold;
use super::labels::{Label, labels};
use super::urls::mask;

/// One part of a message.
pub(super) struct View {
    pub(super) place: Place,
    /// Its sentences, none of them empty.
    pub(super) segments: Vec<Segment>,
}

/// A line, or a sentence where a line has several.
pub(super) struct Segment {
    /// Folded, addresses masked.
    pub(super) text: String,
    /// Whether it is quoted from an earlier message.
    pub(super) quoted: bool,
    /// From its first letter or digit to its last.
    pub(super) written: Range<usize>,
    /// In their order, none overlapping.
    pub(super) chunks: Vec<Chunk>,
    /// In their order, none overlapping.
    pub(super) labels: Vec<Label>,
}

impl View {
    pub(super) fn new(place: Place, text: &str) -> Self {
        let mut segments = Vec::new();
        let folded = fold(text);
        for line in lines(&folded) {
            let unquoted = line.trim_start_matches(['>', ' ']);
            let quoted = line.trim_start().starts_with('>');
            let masked = mask(unquoted);
            for sentence in sentences(&masked) {
                if !sentence.trim().is_empty() {
                    segments.push(Segment {
                        quoted,
                        written: written(sentence),
                        chunks: chunks(sentence),
                        labels: labels(sentence),
                        text: sentence.to_owned(),
                    });
                }
            }
        }
        Self { place, segments }
    }
}

fn written(text: &str) -> Range<usize> {
    let start = text.find(char::is_alphanumeric).unwrap_or_default();
    let end = text
        .char_indices()
        .rfind(|(_, c)| c.is_alphanumeric())
        .map_or(start, |(at, c)| at + c.len_utf8());
    start..end
}

/// The lines. Single letters or digits on lines of their own, as boxes for them become, are one line.
fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .peekable();
    std::iter::from_fn(move || {
        let first = rest.next()?;
        if !is_single(first) || !rest.peek().is_some_and(|next| is_single(next)) {
            return Some(Cow::Borrowed(first));
        }
        let mut joined = first.trim().to_owned();
        while let Some(next) = rest.next_if(|next| is_single(next)) {
            joined.push(' ');
            joined.push_str(next.trim());
        }
        Some(Cow::Owned(joined))
    })
}

fn is_single(line: &str) -> bool {
    let mut chars = line.trim().chars();
    chars.next().is_some_and(|c| c.is_ascii_alphanumeric()) && chars.next().is_none()
}

/// Splits behind what ends a sentence. An abbreviation (`No. 5`, `Tel. 040`) ends none: what follows begins with a capital
/// letter, and what comes before is a word of some length.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .char_indices()
            .find(|(at, c)| ends_sentence(rest, *at, *c))
            .map_or(rest.len(), |(at, c)| at + c.len_utf8());
        let (sentence, behind) = rest.split_at(end);
        rest = behind;
        Some(sentence)
    })
}

fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '；' => true,
        '.' | '!' | '?' => {
            let (before, behind) = text.split_at(at);
            let mut next = behind.chars().skip(1);
            let word = before
                .bytes()
                .rev()
                .take(4)
                .take_while(u8::is_ascii_alphanumeric)
                .count();
            next.next() == Some(' ')
                && next
                    .next()
                    .is_some_and(|c| !c.is_lowercase() && c.is_alphabetic())
                && word > 3
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_but_abbreviations_do_not() {
        let split = |line| sentences(line).map(str::trim).collect::<Vec<_>>();
        assert_eq!(split("Used once. Ticket 4."), ["Used once.", "Ticket 4."]);
        assert_eq!(
            split("Reg. No. 8812 at 3.5 percent"),
            ["Reg. No. 8812 at 3.5 percent"]
        );
        assert_eq!(split("认证码。请输入"), ["认证码。", "请输入"]);
        assert_eq!(split(""), Vec::<&str>::new());
    }

    #[test]
    fn quoted_lines_are_known() {
        let view = View::new(Place::Text, "new\n> old 123456\n\n> > older");
        let lines: Vec<_> = view
            .segments
            .iter()
            .map(|s| (s.text.as_str(), s.quoted))
            .collect();
        assert_eq!(
            lines,
            [("new", false), ("old 123456", true), ("older", true)]
        );
    }
}
