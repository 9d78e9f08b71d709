//! The attributes of a tag.

use std::borrow::Cow;

use super::entities::decode;

/// Where a tag ends, seen from behind its name: the first `>` that is not inside quotes.
pub(super) fn tag_end(markup: &str) -> Option<usize> {
    let mut rest = markup;
    while let Some((_, _, behind)) = split(rest) {
        rest = behind;
    }
    let rest = skip_blanks(rest);
    rest.starts_with('>').then(|| markup.len() - rest.len())
}

/// The value of the first attribute of that name, its entities replaced; empty where it has none.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut rest = attributes;
    while let Some((key, value, behind)) = split(rest) {
        if key.eq_ignore_ascii_case(name) {
            return Some(decode(value));
        }
        rest = behind;
    }
    None
}

/// Splits the first attribute off: name, value, rest. None at the end of the tag.
fn split(markup: &str) -> Option<(&str, &str, &str)> {
    let markup = skip_blanks(markup);
    if markup.is_empty() || markup.starts_with('>') {
        return None;
    }
    // An `=` at the start belongs to the name, as browsers have it.
    let end = position(markup, 1, |byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'=')
    });
    let (name, rest) = markup.split_at(end);
    let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
        return Some((name, "", rest));
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            // Without its end the quote takes everything.
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return Some((name, value, rest));
        }
    }
    let end = position(value, 0, |byte| byte.is_ascii_whitespace() || byte == b'>');
    let (value, rest) = value.split_at(end);
    Some((name, value, rest))
}

fn skip_blanks(markup: &str) -> &str {
    markup.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/')
}

/// The first place from `from` on where an ASCII byte fits, or the end.
fn position(text: &str, from: usize, fits: impl Fn(u8) -> bool) -> usize {
    let found = text.bytes().skip(from).position(fits);
    let end = found.map_or(text.len(), |at| at + from);
    // Only a character of several bytes at the very start can be cut, by `from`.
    text.ceil_char_boundary(end)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#" href="a>b" x>text"#, Some(r#" href="a>b" x"#))]
    #[case(" href=a/b>", Some(" href=a/b"))]
    #[case("/>", Some("/"))]
    #[case(" a = 'x' / >", Some(" a = 'x' / "))]
    #[case(" a='x>", None)]
    #[case(" a", None)]
    #[case(" ü=1>", Some(" ü=1"))]
    #[case(" a=>", Some(" a="))]
    fn a_tag_ends_outside_quotes(#[case] markup: &str, #[case] tag: Option<&str>) {
        assert_eq!(tag_end(markup).map(|end| &markup[..end]), tag);
    }

    #[rstest]
    #[case(r#" href="x""#, Some("x"))]
    #[case(" class=b HREF=x ", Some("x"))]
    #[case(" href = 'a&amp;b' ", Some("a&b"))]
    #[case(" href=\"\" id=2", Some(""))]
    #[case(" href id=2", Some(""))]
    #[case(" data-href=x", None)]
    #[case(" a='href=x'", None)]
    #[case(" href=1 href=2", Some("1"))]
    fn the_first_attribute_of_a_name_counts(#[case] attributes: &str, #[case] value: Option<&str>) {
        assert_eq!(attribute(attributes, "href").as_deref(), value);
    }
}
