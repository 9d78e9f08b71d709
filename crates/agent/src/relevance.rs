//! Cutting a long page to what matters for a question: whole blocks, in their order, below their headings.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde_json::Value;

/// A block that is longer is cut at the ends of lines, in characters.
const LONGEST_BLOCK: usize = 2_000;
/// What a remark about something left out takes, in characters.
const REMARK: usize = 48;
/// Schemas are searched for words so far.
const MOST_PLACES: usize = 5_000;

/// How much a word counts that comes again, and how much a block's length (BM25).
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.75;

/// A page in Markdown, at most `budget` characters of it: all of it where it fits, else the blocks that have most to do with
/// `wanted`, in the order of the page, each below its headings; `[… n characters left out …]` stands for what is between.
///
/// How much a block has to do with it is told by BM25 over the words of blocks and the headings above them. What room is left
/// goes to other blocks, from the beginning.
pub(crate) fn cut(markdown: &str, wanted: &str, budget: usize) -> String {
    let length = markdown.chars().count();
    if length <= budget {
        return markdown.to_owned();
    }
    let blocks = blocks(markdown);
    let scores = scores(markdown, &blocks, wanted);
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
    let mut kept: HashSet<usize> = HashSet::new();
    // One remark may stand before the first block.
    let mut room = budget.saturating_sub(REMARK);
    for at in order {
        let with: Vec<usize> = above(&blocks, at).filter(|it| !kept.contains(it)).collect();
        let cost: usize = with.iter().map(|it| blocks[*it].length + REMARK).sum();
        if cost <= room {
            room -= cost;
            kept.extend(with);
        }
    }
    let mut out = String::new();
    let mut left_out = 0;
    for (at, block) in blocks.iter().enumerate() {
        if !kept.contains(&at) {
            left_out += block.length;
            continue;
        }
        remark(&mut out, &mut left_out);
        out.push_str(&markdown[block.range.clone()]);
    }
    remark(&mut out, &mut left_out);
    // Where nothing fits at all, its beginning is better than nothing.
    if kept.is_empty() {
        return markdown.chars().take(budget).collect();
    }
    out
}

fn remark(out: &mut String, left_out: &mut usize) {
    if *left_out > 0 {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&format!("[… {left_out} characters left out …]\n\n"));
    }
    *left_out = 0;
}

/// The words of a schema that say what is wanted: names, titles, descriptions, choices.
pub(crate) fn words_of(schema: &Value) -> String {
    let mut words = String::new();
    let mut open = vec![schema];
    let mut places = 0;
    while let Some(value) = open.pop() {
        places += 1;
        if places > MOST_PLACES {
            break;
        }
        let mut say = |text: &str| {
            words.push_str(text);
            words.push(' ');
        };
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("properties", Value::Object(properties)) => {
                            properties.keys().for_each(|name| say(name));
                        }
                        ("title" | "description" | "const", Value::String(text)) => say(text),
                        ("enum", Value::Array(choices)) => {
                            choices.iter().filter_map(Value::as_str).for_each(&mut say);
                        }
                        _ => {}
                    }
                    open.push(value);
                }
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    words
}

struct Block {
    range: Range<usize>,
    /// In characters.
    length: usize,
    /// 1 to 6 for a heading.
    level: usize,
    /// The heading above it, by its place among the blocks.
    heading: Option<usize>,
}

/// A block and the headings above it.
fn above(blocks: &[Block], at: usize) -> impl Iterator<Item = usize> {
    let mut next = Some(at);
    std::iter::from_fn(move || {
        let at = next?;
        next = blocks[at].heading;
        Some(at)
    })
}

/// Paragraphs, lists, tables and code with the blank lines behind them; the long ones in pieces.
fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The open headings, outermost first.
    let mut headings: Vec<usize> = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    let mut length = 0;
    let mut fence: Option<&str> = None;
    let mut began_in_fence = false;
    let mut lines = markdown.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let text = line.trim();
        if let Some(mark) = ["```", "~~~"]
            .into_iter()
            .find(|mark| text.starts_with(mark))
        {
            match fence {
                Some(own) if own == mark => fence = None,
                Some(_) => {}
                None => fence = Some(mark),
            }
        }
        at += line.len();
        length += line.chars().count();
        let next = lines.peek().map(|next| next.trim());
        let next_is_blank = next.is_some_and(str::is_empty);
        let ends = match fence {
            Some(_) => false,
            // The blank lines behind a block are its own.
            None => {
                next.is_some_and(|next| level(next) > 0)
                    || ((text.is_empty() || level(text) > 0) && !next_is_blank)
            }
        };
        if !ends && length < LONGEST_BLOCK && next.is_some() {
            continue;
        }
        let first = markdown[begin..at].lines().next().unwrap_or_default();
        let own_level = if began_in_fence {
            0
        } else {
            level(first.trim())
        };
        began_in_fence = fence.is_some();
        if own_level > 0 {
            headings.retain(|it| blocks[*it].level < own_level);
        }
        for (range, length) in pieces(markdown, begin..at) {
            blocks.push(Block {
                range,
                length,
                level: own_level,
                heading: headings.last().copied(),
            });
        }
        if own_level > 0 && !blocks.is_empty() {
            headings.push(blocks.len() - 1);
        }
        begin = at;
        length = 0;
    }
    blocks
}

/// A range in pieces of at most [`LONGEST_BLOCK`] characters, with the length of each.
fn pieces(markdown: &str, range: Range<usize>) -> Vec<(Range<usize>, usize)> {
    let mut found = Vec::new();
    let mut begin = range.start;
    let mut length = 0;
    for (at, _) in markdown[range.clone()].char_indices() {
        if length == LONGEST_BLOCK {
            found.push((begin..range.start + at, length));
            begin = range.start + at;
            length = 0;
        }
        length += 1;
    }
    found.push((begin..range.end, length));
    found
}

/// The level of a heading; 0 for anything else.
fn level(line: &str) -> usize {
    let marks = line.bytes().take_while(|it| *it == b'#').count();
    match line.as_bytes().get(marks) {
        Some(b' ') if marks <= 6 => marks,
        _ => 0,
    }
}

/// The words of a text, by which blocks are compared with what is wanted.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for it in text.chars().chain([' ']) {
        // `postalCode` is two words.
        if (!it.is_alphanumeric() || (it.is_uppercase() && was_lower)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if it.is_alphanumeric() {
            word.extend(it.to_lowercase());
        }
        was_lower = it.is_lowercase();
    }
    words.into_iter().map(|mut word| {
        if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
        word
    })
}

/// Words that are in every question.
fn says_nothing(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "of"
            | "and"
            | "or"
            | "in"
            | "on"
            | "to"
            | "for"
            | "is"
            | "are"
            | "what"
            | "which"
            | "all"
            | "each"
            | "from"
            | "page"
            | "with"
            | "as"
            | "by"
            | "it"
            | "that"
            | "give"
            | "extract"
            | "me"
            | "list"
            | "every"
    )
}

fn scores(markdown: &str, blocks: &[Block], wanted: &str) -> Vec<f64> {
    let asked: HashSet<String> = words(wanted).filter(|word| !says_nothing(word)).collect();
    let mut counts: Vec<HashMap<String, usize>> = Vec::with_capacity(blocks.len());
    let mut lengths: Vec<usize> = Vec::with_capacity(blocks.len());
    let mut own: Vec<HashMap<String, usize>> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut count = HashMap::new();
        let mut length = 0;
        for word in words(&markdown[block.range.clone()]) {
            length += 1;
            if asked.contains(&word) {
                *count.entry(word).or_insert(0) += 1;
            }
        }
        lengths.push(length);
        own.push(count);
    }
    for at in 0..blocks.len() {
        let mut count = own[at].clone();
        // What stands below a heading is about it.
        for heading in above(blocks, at).skip(1) {
            for (word, times) in &own[heading] {
                *count.entry(word.clone()).or_insert(0) += times;
            }
        }
        counts.push(count);
    }
    let total = blocks.len().max(1) as f64;
    let average = (lengths.iter().sum::<usize>() as f64 / total).max(1.0);
    let mut with: HashMap<&str, usize> = HashMap::new();
    for count in &counts {
        for word in count.keys() {
            *with.entry(word).or_insert(0) += 1;
        }
    }
    let score = |(count, length): (&HashMap<String, usize>, &usize)| {
        let norm = SATURATION * (1.0 - LENGTH + LENGTH * *length as f64 / average);
        let parts = count.iter().map(|(word, times)| {
            let with = with.get(word.as_str()).copied().unwrap_or(1) as f64;
            let rarity = (1.0 + (total - with + 0.5) / (with + 0.5)).ln();
            let times = *times as f64;
            rarity * times * (SATURATION + 1.0) / (times + norm)
        });
        // Added in one order, so that equal blocks are equal.
        let mut parts: Vec<f64> = parts.collect();
        parts.sort_by(f64::total_cmp);
        parts.into_iter().sum()
    };
    counts.iter().zip(&lengths).map(score).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn long_page() -> String {
        let mut page = String::from("# The mill\n\n");
        for number in 0..300 {
            page.push_str(&format!(
                "Paragraph {number} tells of water, stones and grain at some length.\n\n"
            ));
        }
        page.push_str("## Opening hours\n\nMonday to Friday, 9 to 5.\n\n## Others\n\n");
        for number in 0..300 {
            page.push_str(&format!(
                "Remark {number} tells of other mills, further down the river.\n\n"
            ));
        }
        page
    }

    #[test]
    fn what_matters_stays_wherever_it_stands() {
        let page = long_page();
        let schema = json!({"properties": {"openingHours": {"description": "When it is open"}}});
        let cut = cut(&page, &words_of(&schema), 2_000);
        assert!(cut.chars().count() <= 2_000, "{}", cut.chars().count());
        assert!(
            cut.contains("## Opening hours\n\nMonday to Friday, 9 to 5."),
            "{cut}"
        );
        assert!(cut.starts_with("# The mill\n\n"), "headings stay: {cut}");
        assert!(cut.contains("characters left out …]"), "{cut}");
        let (first, second) = (
            cut.find("Paragraph 0").unwrap(),
            cut.find("Opening").unwrap(),
        );
        assert!(first < second, "in the order of the page");
        assert!(!cut.contains("Remark 299"));
    }

    #[test]
    fn what_fits_is_left_alone() {
        let page = long_page();
        assert_eq!(cut(&page, "hours", 100_000), page);
    }

    #[test]
    fn tables_and_code_are_cut_at_lines() {
        let table: String = (0..3_000)
            .map(|row| format!("| row {row} | x |\n"))
            .collect();
        let page = format!("# T\n\n| name | price |\n| --- | --- |\n{table}| kettle | 5 |\n");
        let cut = cut(&page, "kettle price", 6_000);
        assert!(cut.contains("| kettle | 5 |"), "{cut}");
        assert!(cut.contains("| name | price |"), "{cut}");
        let one_line = "x ".repeat(10_000);
        let cut = super::cut(&one_line, "kettle", 5_000);
        assert!(cut.chars().count() <= 5_000 && cut.contains("left out"));
        let cut = super::cut(&one_line, "kettle", 10);
        assert_eq!(cut.chars().count(), 10);
    }

    proptest! {
        #[test]
        fn any_page_is_cut_to_its_budget(
            lines in prop::collection::vec("(#{1,7} )?\\PC{0,60}|```|", 0..200),
            wanted in "\\PC{0,40}",
            budget in 0..3_000_usize,
        ) {
            let page = lines.join("\n");
            let cut = cut(&page, &wanted, budget);
            prop_assert!(cut.chars().count() <= budget.max(page.chars().count().min(budget)));
            if page.chars().count() <= budget {
                prop_assert_eq!(cut, page);
            }
        }
    }
}
