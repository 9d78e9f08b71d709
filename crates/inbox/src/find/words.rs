//! The table of words and phrases with a meaning: `words.txt`.

use std::cmp::Reverse;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

const TEXT: &str = include_str!("words.txt");

/// What a word says about a number near it, about the message, or about a link. The names are those of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Code,
    Dual,
    Vague,
    Prompt,
    Other,
    Trade,
    Trading,
    Access,
    Meeting,
    Link,
    Away,
}

/// A part of the table, ready to search with.
pub(super) struct Table {
    search: AhoCorasick,
    meanings: Vec<Meaning>,
}

/// A word that was found.
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) meaning: Meaning,
    /// Which entry of the table it is.
    pub(super) entry: usize,
}

/// The words about numbers and messages.
pub(super) fn about_numbers() -> Option<&'static Table> {
    static TABLE: LazyLock<Option<Table>> =
        LazyLock::new(|| Table::of(|meaning| !matches!(meaning, Meaning::Link | Meaning::Away)));
    TABLE.as_ref()
}

/// The words about links.
pub(super) fn about_links() -> Option<&'static Table> {
    static TABLE: LazyLock<Option<Table>> =
        LazyLock::new(|| Table::of(|meaning| matches!(meaning, Meaning::Link | Meaning::Away)));
    TABLE.as_ref()
}

impl Table {
    fn of(wanted: impl Fn(Meaning) -> bool) -> Option<Self> {
        let entries: Vec<_> = entries().filter(|(meaning, _)| wanted(*meaning)).collect();
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(entries.iter().map(|(_, word)| word));
        Some(Self {
            search: search.ok()?,
            meanings: entries.iter().map(|(meaning, _)| *meaning).collect(),
        })
    }

    /// The words in a folded text that `counts` takes, in their order, none overlapping.
    ///
    /// Of those that begin at one place the longest counts: `code` is not what `code postal` means. But one that is not
    /// taken hides none that is: `code is` does not stand in `Code ist`.
    pub(super) fn hits(&self, text: &str, counts: impl Fn(&Hit) -> bool) -> Vec<Hit> {
        let found = self.search.find_overlapping_iter(text);
        let mut hits: Vec<Hit> = found
            .filter_map(|found| {
                let entry = found.pattern().as_usize();
                Some(Hit {
                    start: found.start(),
                    end: found.end(),
                    meaning: *self.meanings.get(entry)?,
                    entry,
                })
            })
            .filter(counts)
            .collect();
        hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
        let mut end = 0;
        hits.retain(|hit| {
            let free = hit.start >= end;
            if free {
                end = hit.end;
            }
            free
        });
        hits
    }
}

fn entries() -> impl Iterator<Item = (Meaning, &'static str)> {
    TEXT.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .filter_map(|(name, words)| Some((meaning(name)?, words)))
        .flat_map(|(meaning, words)| words.split(", ").map(move |word| (meaning, word)))
}

fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "code" => Meaning::Code,
        "dual" => Meaning::Dual,
        "vague" => Meaning::Vague,
        "prompt" => Meaning::Prompt,
        "other" => Meaning::Other,
        "trade" => Meaning::Trade,
        "trading" => Meaning::Trading,
        "access" => Meaning::Access,
        "meeting" => Meaning::Meeting,
        "link" => Meaning::Link,
        "away" => Meaning::Away,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        for line in TEXT
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (name, words) = line.split_once(": ").expect(line);
            assert!(meaning(name).is_some(), "{name} is no meaning");
            for word in words.split(',') {
                assert!(!word.trim().is_empty(), "an empty word in: {line}");
            }
        }
        assert!(about_numbers().is_some() && about_links().is_some());
    }

    #[test]
    fn every_word_can_be_found_and_has_one_meaning() {
        let mut seen = HashSet::new();
        for (meaning, word) in entries() {
            assert_eq!(
                super::super::fold::fold(word),
                word,
                "folding never leaves this"
            );
            assert_eq!(word.to_lowercase(), word);
            let of_links = matches!(meaning, Meaning::Link | Meaning::Away);
            assert!(seen.insert((of_links, word)), "{word} is there twice");
        }
    }
}
