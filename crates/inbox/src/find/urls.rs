//! Addresses in running text.

use std::ops::Range;

/// Stands for an address that was taken out.
pub(super) const MASK: char = '\u{1}';

/// Where web addresses are in a line, the punctuation behind them left out.
pub(super) fn urls(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = scheme(line, from) {
        let rest = line.get(start..).unwrap_or_default();
        let end = rest.find(ends_url).unwrap_or(rest.len());
        let url = rest.get(..end).unwrap_or_default();
        let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
        // A closing bracket belongs to the address only if it was opened in it.
        let count = |bracket| url.matches(bracket).count();
        let url = match url.strip_suffix(')') {
            Some(inside) if count('(') < count(')') => inside,
            _ => url,
        };
        found.push(start..start + url.len());
        from = start + end.max(1);
    }
    found
}

/// The line with web addresses, mail addresses and host names taken out: the numbers in them are no codes.
pub(super) fn mask(line: &str) -> String {
    let mut masked = String::with_capacity(line.len());
    let mut from = 0;
    for url in urls(line) {
        push_masked(&mut masked, line.get(from..url.start).unwrap_or_default());
        masked.push(MASK);
        from = url.end;
    }
    push_masked(&mut masked, line.get(from..).unwrap_or_default());
    masked
}

/// Copies text, words with an `@` inside taken out.
fn push_masked(masked: &mut String, text: &str) {
    for word in text.split_inclusive(|c: char| c.is_whitespace() || "<>()[]\",;".contains(c)) {
        let has_at = word.get(1..).is_some_and(|rest| rest.contains('@'));
        if has_at {
            masked.push(MASK);
            masked.extend(word.chars().last().filter(|c| !c.is_alphanumeric()));
        } else {
            masked.push_str(word);
        }
    }
}

/// Where the first web address from a place on begins. Addresses of other kinds are passed over.
fn scheme(line: &str, from: usize) -> Option<usize> {
    let rest = line.get(from..)?;
    rest.match_indices("://").find_map(|(at, _)| {
        let before = rest.get(..at)?;
        ["https", "http"].iter().find_map(|scheme| {
            let start = at.checked_sub(scheme.len())?;
            let found = before.get(start..)?.eq_ignore_ascii_case(scheme);
            found.then_some(from + start)
        })
    })
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || "<>\"|\\^`{}".contains(c) || is_cjk_punctuation(c)
}

fn is_cjk_punctuation(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("see https://example.com/a?b=1.", &["https://example.com/a?b=1"])]
    #[case("<https://example.com/x>", &["https://example.com/x"])]
    #[case("(HTTP://example.com/x) and (https://example.com/a_(b))", &["HTTP://example.com/x", "https://example.com/a_(b)"])]
    #[case("ftp://example.com https://example.com", &["https://example.com"])]
    #[case("://", &[])]
    #[case("请点击https://example.com/a。谢谢", &["https://example.com/a"])]
    fn addresses_are_found(#[case] line: &str, #[case] expected: &[&str]) {
        let found: Vec<_> = urls(line).into_iter().map(|range| &line[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask("a https://example.com/123456 b"), "a \u{1} b");
        assert_eq!(mask("mail ada1234@example.com, now"), "mail \u{1}, now");
        assert_eq!(mask("@example.com #1234"), "@example.com #1234");
    }
}
