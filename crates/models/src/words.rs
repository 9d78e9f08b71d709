//! Words of others that are shown.

use guise_core::Secret;

use crate::failure::MAX_WORDS;

/// What stands in the place of a key.
const HIDDEN: &str = "[key]";
/// From how many octets on the beginning of a key counts as one.
const SHORTEST: usize = 6;

/// `text` in one line, without `key`, and cut.
pub(crate) fn presentable(text: &str, key: Option<&Secret>) -> String {
    // First the characters that do not show, for a key could be divided by them.
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
        } else if !c.is_control() && !is_invisible(c) {
            if gap && !line.is_empty() {
                line.push(' ');
            }
            gap = false;
            line.push(c);
        }
    }
    if let Some(key) = key.map(Secret::expose).filter(|key| !key.is_empty()) {
        line = without(&line, key);
    }
    match line.char_indices().nth(MAX_WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `line` without `key`, in letters of either case, and without the beginning of one at the end, where it may be cut.
fn without(line: &str, key: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let needle = key.to_ascii_lowercase();
    let mut cleaned = String::with_capacity(line.len());
    let mut done = 0;
    // Lowering ASCII letters leaves every character where it is.
    for (at, _) in lower.match_indices(&needle) {
        cleaned.push_str(&line[done..at]);
        cleaned.push_str(HIDDEN);
        done = at + needle.len();
    }
    let rest = &lower[done..];
    let begun = (SHORTEST..needle.len())
        .rev()
        .filter_map(|length| needle.get(..length))
        .find(|beginning| rest.ends_with(beginning));
    match begun {
        Some(beginning) => {
            cleaned.push_str(&line[done..line.len() - beginning.len()]);
            cleaned.push_str(HIDDEN);
        }
        None => cleaned.push_str(&line[done..]),
    }
    cleaned
}

/// Marks without width, and those that turn the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
