//! Keeping page text from being read as Markdown, with no more backslashes than that takes.

/// Adds text to a line of Markdown.
///
/// `is_link` says that the text is inside a link's brackets.
pub(super) fn text_into(out: &mut String, text: &str, is_link: bool) {
    let mut before = out.chars().next_back().filter(|c| *c != '\n');
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        if needs_backslash(c, before, after, is_link) {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

fn needs_backslash(c: char, before: Option<char>, after: &str, is_link: bool) -> bool {
    let next = after.chars().next();
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_none_or(|c| c.is_ascii_punctuation()),
        '`' => true,
        '*' => !(is_space(before) && next.is_some_and(char::is_whitespace)),
        '_' => {
            let is_within_word = is_word(before) && is_word(next);
            let is_alone = is_space(before) && next.is_some_and(char::is_whitespace);
            !is_within_word && !is_alone
        }
        '[' => is_link,
        ']' => is_link || matches!(next, Some('(' | '[' | ':')),
        '<' => next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => is_entity(after),
        '~' => next == Some('~'),
        _ => false,
    }
}

/// Whether the text after a `&` makes a character reference of it.
fn is_entity(after: &str) -> bool {
    let Some(end) = after.bytes().take(33).position(|b| b == b';') else {
        return false;
    };
    let name = after.get(..end).unwrap_or_default();
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Puts a backslash where the beginning of a line would make a heading, list, quote or rule of it.
pub(super) fn line_start(line: &str) -> Option<usize> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    match first {
        '#' => {
            let rest = line.trim_start_matches('#');
            (line.len() - rest.len() <= 6 && ends(rest)).then_some(0)
        }
        '>' => Some(0),
        '-' | '+' | '=' => {
            let is_rule = line.trim_end().chars().all(|c| c == first || c == ' ');
            ((first != '=' && ends(chars.as_str())) || (first != '+' && is_rule)).then_some(0)
        }
        '0'..='9' => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = line.len() - rest.len();
            let after = rest.strip_prefix(['.', ')'])?;
            (digits <= 9 && ends(after)).then_some(digits)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2 * 3 * 4", "2 * 3 * 4")]
    #[case("*not emphasis*", r"\*not emphasis\*")]
    #[case("snake_case_name _x_", r"snake_case_name \_x\_")]
    #[case("a `b` c", r"a \`b\` c")]
    #[case("[1] [x](y) [z]: u", r"[1] [x\](y) [z\]: u")]
    #[case("a < b <b> </i> <3", r"a < b \<b> \</i> <3")]
    #[case("AT&T &amp; &#38; & co;", r"AT&T \&amp; \&#38; & co;")]
    #[case(r"C:\dir \*", r"C:\dir \\\*")]
    #[case("~5 ~~x~~", r"~5 \~~x\~~")]
    fn only_what_would_act_is_escaped(#[case] text: &str, #[case] expected: &str) {
        let mut out = String::new();
        text_into(&mut out, text, false);
        assert_eq!(out, expected);
    }

    #[rstest]
    #[case("# x", Some(0))]
    #[case("#x", None)]
    #[case("####### x", None)]
    #[case("> x", Some(0))]
    #[case("- x", Some(0))]
    #[case("-x", None)]
    #[case("---", Some(0))]
    #[case("===", Some(0))]
    #[case("+ x", Some(0))]
    #[case("+1 555", None)]
    #[case("1. x", Some(1))]
    #[case("12) x", Some(2))]
    #[case("1.5 x", None)]
    #[case("", None)]
    fn line_starts(#[case] line: &str, #[case] expected: Option<usize>) {
        assert_eq!(line_start(line), expected);
    }
}
