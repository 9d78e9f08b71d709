//! Cutting markup into slices that end where a tag may end.
//!
//! The tokenizer keeps a tag's attributes to itself until the tag ends, so a tag with too many of them has to be cut
//! short before the tokenizer sees it.

/// The most attributes of one tag; the rest of them is left out.
const MAX_ATTRIBUTES: usize = 256;

/// The next piece of markup for the tokenizer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slice<'t> {
    /// What to feed.
    pub text: &'t str,
    /// What to feed after it, to end a tag that was cut short.
    pub closing: &'static str,
    /// How many bytes of the input this stands for.
    pub consumed: usize,
}

/// The piece up to and including the next tag, or the next `>` when the tokenizer is inside something (a comment, raw text).
pub(super) fn next_slice(input: &str, between_tags: bool) -> Slice<'_> {
    let whole = |end: usize| Slice {
        text: input.get(..end).unwrap_or(input),
        closing: "",
        consumed: end.min(input.len()),
    };
    let after_bracket = |from: usize| {
        input.as_bytes()[from..]
            .iter()
            .position(|&b| b == b'>')
            .map_or(input.len(), |at| from + at + 1)
    };
    if !between_tags {
        return whole(after_bracket(0));
    }
    let Some(start) = tag_start(input.as_bytes()) else {
        return whole(input.len());
    };
    match tag_end(input.as_bytes(), start) {
        TagEnd::At(end) => whole(end),
        TagEnd::TooMany { kept, end } => Slice {
            text: input.get(..kept).unwrap_or(input),
            closing: ">",
            consumed: end,
        },
    }
}

/// Where the first `<` stands that opens something.
fn tag_start(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| {
        pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'/' | b'!' | b'?'))
    })
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
    #[case("text <b>x", true, "text <b>")]
    #[case("<a title='>' b=\">\" c=>d>x", true, "<a title='>' b=\">\" c=>")]
    #[case("1 < 2 and text", true, "1 < 2 and text")]
    #[case("<!-- > -->", true, "<!-- >")]
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
