//! Cutting markup into slices that the tokenizer can take.
//!
//! The tokenizer keeps a tag's attributes to itself until the tag ends, so a tag with too many of them has to be cut
//! short before the tokenizer sees it. To tell tags from text that looks like them, a slice ends wherever the
//! tokenizer may change to another way of reading.

use super::sink::is_raw_text;

/// The most attributes of one tag; the rest of them is left out.
const MAX_ATTRIBUTES: usize = 256;
/// About how long a slice gets, in bytes.
const LENGTH: usize = 32 * 1024;

/// The next piece of markup for the tokenizer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slice<'t> {
    /// What to feed.
    pub text: &'t str,
    /// What to feed after it, to end a tag that was cut short.
    pub closing: &'static str,
    /// How many bytes of the input this stands for.
    pub consumed: usize,
    /// Whether the tokenizer has a tag or comment to report at its end, unless it is in the middle of something.
    pub ends_something: bool,
}

/// The next tags with the text before them; or, when the tokenizer is in the middle of something (a comment, raw
/// text), all up to the next `>`.
pub(super) fn next_slice(input: &str, between_tags: bool) -> Slice<'_> {
    let up_to = |end: usize, ends_something: bool| Slice {
        text: input.get(..end).unwrap_or(input),
        closing: "",
        consumed: end.min(input.len()),
        ends_something,
    };
    let bytes = input.as_bytes();
    if !between_tags {
        return up_to(after_bracket(input, 0), true);
    }
    let mut end = 0;
    loop {
        let Some(start) = tag_start(input, end) else {
            return up_to(input.len(), false);
        };
        if matches!(bytes.get(start + 1), Some(b'!' | b'?')) {
            return match start {
                0 => up_to(after_bracket(input, 0), true),
                _ => up_to(start, false),
            };
        }
        match tag_end(bytes, start) {
            TagEnd::At(at) => end = at,
            TagEnd::TooMany { kept, end } => {
                return Slice {
                    text: input.get(..kept).unwrap_or(input),
                    closing: ">",
                    consumed: end,
                    ends_something: true,
                };
            }
        }
        if end >= LENGTH || names_raw_text(bytes, start) {
            return up_to(end, true);
        }
    }
}

/// One past the next `>`, or the end.
fn after_bracket(input: &str, from: usize) -> usize {
    input
        .get(from..)
        .and_then(|rest| rest.find('>'))
        .map_or(input.len(), |at| from + at + 1)
}

/// Where the next `<` stands that opens something.
fn tag_start(input: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += input.get(at..)?.find('<')?;
        let next = *input.as_bytes().get(at + 1)?;
        if next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?') {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether the tag is of an element whose content may not be markup.
fn names_raw_text(bytes: &[u8], start: usize) -> bool {
    let name = bytes
        .iter()
        .skip(start + 1)
        .take_while(|b| b.is_ascii_alphabetic())
        .take(12)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect::<String>();
    is_raw_text(&name)
}

enum TagEnd {
    /// One past the `>`, or the end of the input.
    At(usize),
    /// The tag has too many attributes: the byte where to cut it, and one past its `>`.
    TooMany { kept: usize, end: usize },
}

/// Follows the standard's tag states, as far as attributes and quotes go.
fn tag_end(bytes: &[u8], start: usize) -> TagEnd {
    let mut attributes = 0_usize;
    let mut kept = None;
    let mut state = State::Name;
    let mut at = start + 1;
    while let Some(&b) = bytes.get(at) {
        state = match (state, b) {
            (State::Single, b'\'') | (State::Double, b'"') => State::Between,
            (State::Single | State::Double, _) => state,
            (_, b'>') => {
                let end = at + 1;
                return kept.map_or(TagEnd::At(end), |kept| TagEnd::TooMany { kept, end });
            }
            (State::BeforeValue, b'"') => State::Double,
            (State::BeforeValue, b'\'') => State::Single,
            (State::BeforeValue, b) if b.is_ascii_whitespace() => State::BeforeValue,
            (State::BeforeValue, _) => State::Unquoted,
            (State::Unquoted, b) if !b.is_ascii_whitespace() => State::Unquoted,
            (State::Name, b) if !b.is_ascii_whitespace() && b != b'/' => State::Name,
            (State::Attribute | State::AfterName, b'=') => State::BeforeValue,
            (State::Attribute | State::AfterName, b) if b.is_ascii_whitespace() => State::AfterName,
            (State::Attribute, b) if b != b'/' => State::Attribute,
            (_, b) if b.is_ascii_whitespace() || b == b'/' => State::Between,
            (_, _) => {
                attributes += 1;
                if attributes > MAX_ATTRIBUTES && kept.is_none() {
                    kept = Some(at);
                }
                State::Attribute
            }
        };
        at += 1;
    }
    kept.map_or(TagEnd::At(bytes.len()), |kept| TagEnd::TooMany {
        kept,
        end: bytes.len(),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Name,
    Between,
    Attribute,
    AfterName,
    BeforeValue,
    Unquoted,
    Single,
    Double,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("text <b>x", true, "text <b>x")]
    #[case(
        "<script title='>' b=\">\" c=>d>x",
        true,
        "<script title='>' b=\">\" c=>"
    )]
    #[case("1 < 2 and text", true, "1 < 2 and text")]
    #[case("a<!-- > -->", true, "a")]
    #[case("<!-- > -->", true, "<!-- >")]
    #[case("<b>x</b><TITLE a>y", true, "<b>x</b><TITLE a>")]
    #[case("<b>x</b> y", true, "<b>x</b> y")]
    #[case(" --> <b x='>'>", false, " -->")]
    #[case("<b x='", true, "<b x='")]
    fn slices_end_where_a_tag_may_end(
        #[case] input: &str,
        #[case] between: bool,
        #[case] expected: &str,
    ) {
        assert_eq!(next_slice(input, between).text, expected);
    }

    #[test]
    fn a_tag_with_too_many_attributes_is_cut() {
        let attributes: String = (0..1_000).map(|n| format!(" a{n}")).collect();
        let html = format!("<p{attributes}>text");
        let slice = next_slice(&html, true);
        assert!(slice.text.ends_with(" a255 "));
        assert_eq!(slice.closing, ">");
        assert_eq!(&html[slice.consumed..], "text");
    }
}
