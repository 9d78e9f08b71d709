//! Words that say what a number is, or what a message is about.

use std::ops::Range;

use super::words::{Meaning, about_numbers};

/// A word or phrase with a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) at: Range<usize>,
    pub(super) meaning: Meaning,
    /// Which entry of the table it is.
    pub(super) entry: usize,
}

/// The labels in a folded text, in their order.
pub(super) fn labels(text: &str) -> Vec<Label> {
    let hits = about_numbers()
        .into_iter()
        .flat_map(|table| table.hits(text, |hit| is_whole(text, hit.start..hit.end)));
    hits.map(|hit| Label {
        at: hit.start..hit.end,
        meaning: hit.meaning,
        entry: hit.entry,
    })
    .collect()
}

/// Whether a match is no part of another word. Only words for a code may be the end of one, as in German and its like
/// (`Einmalcode`); in scripts without blanks everything is a part of something.
fn is_whole(text: &str, at: Range<usize>) -> bool {
    let word = text.get(at.clone()).unwrap_or_default();
    let begins = text
        .get(..at.start)
        .and_then(|before| before.chars().next_back());
    let ends = text.get(at.end..).and_then(|behind| behind.chars().next());
    let runs_on = |edge: Option<char>, other: Option<char>| {
        edge.is_some_and(has_blanks) && other.is_some_and(|c| c.is_alphanumeric() && has_blanks(c))
    };
    let may_be_an_end = ["code", "kod", "kode", "koden", "pin", "tan"]
        .iter()
        .any(|end| {
            word.eq_ignore_ascii_case(end)
                && begins.is_some_and(|c| c.is_ascii_lowercase())
                && end.len() > 3
        });
    (may_be_an_end || !runs_on(word.chars().next(), begins))
        && !runs_on(word.chars().next_back(), ends)
}

/// Whether the character is of a script that puts blanks between words.
fn has_blanks(c: char) -> bool {
    c.is_ascii()
        || matches!(c, '\u{80}'..='\u{10ff}' | '\u{1200}'..='\u{2e7f}' | '\u{a640}'..='\u{abff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(text: &str) -> Vec<(&str, Meaning)> {
        labels(text)
            .into_iter()
            .map(|label| (&text[label.at], label.meaning))
            .collect()
    }

    #[test]
    fn the_longest_phrase_counts() {
        assert_eq!(
            meanings("Your Verification Code"),
            [("Verification Code", Meaning::Code)]
        );
        assert_eq!(meanings("the promo code"), [("promo code", Meaning::Trade)]);
        assert_eq!(meanings("code postal"), [("code postal", Meaning::Other)]);
        assert_eq!(meanings("a code"), [("code", Meaning::Vague)]);
    }

    #[test]
    fn parts_of_words_do_not_count() {
        assert_eq!(meanings("Ihr Code ist"), [("Code", Meaning::Vague)]);
        assert_eq!(meanings("encoded codes enterprise"), []);
        assert_eq!(
            meanings("Gutscheincode"),
            [("Gutscheincode", Meaning::Trade)]
        );
        assert_eq!(meanings("Irgendwascode"), [("code", Meaning::Vague)]);
        assert_eq!(meanings("您的验证码为"), [("验证码", Meaning::Code)]);
    }
}
