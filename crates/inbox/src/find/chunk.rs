//! A sentence as a row of words and numbers.

use std::ops::Range;

/// A run of characters that belong together, such as `482915`, `12-34-56`, `1,249.00` or `Friday`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Where it is, punctuation around it left out.
    pub(super) at: Range<usize>,
    /// What touches it in front.
    pub(super) before: Option<char>,
    /// What touches it behind.
    pub(super) behind: Option<char>,
    pub(super) has_digit: bool,
}

/// Punctuation that may stand around a chunk without being a part of it.
const AROUND: [char; 12] = ['.', ',', ':', '\'', '-', '_', '=', '/', '&', '#', '*', '~'];

pub(super) fn chunks(text: &str) -> Vec<Chunk> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_between(c), start) {
            (true, Some(from)) => {
                found.extend(chunk(text, from..at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    found
}

fn chunk(text: &str, run: Range<usize>) -> Option<Chunk> {
    let raw = text.get(run.clone())?;
    let trimmed = raw.trim_start_matches(AROUND);
    let start = run.end - trimmed.len();
    let trimmed = trimmed.trim_end_matches(AROUND);
    let at = start..start + trimmed.len();
    if trimmed.is_empty() {
        return None;
    }
    Some(Chunk {
        before: text.get(..at.start)?.chars().next_back(),
        behind: text.get(at.end..)?.chars().next(),
        has_digit: trimmed.bytes().any(|byte| byte.is_ascii_digit()),
        at,
    })
}

/// Whether it separates chunks. Scripts without blanks between words are all separator: what is said in them is found by
/// its words, and a number among them stands alone.
fn is_between(c: char) -> bool {
    match c {
        c if c.is_ascii() => {
            c.is_ascii_whitespace() || c.is_ascii_control() || "()[]{}<>\"!?;|^\\".contains(c)
        }
        '€' | '£' | '¥' | '₩' | '₽' | '₹' | '°' | '№' | 'º' | 'ª' => false,
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{d7ff}'
        | '\u{f900}'..='\u{ffef}'
        | '\u{20000}'.. => true,
        c => !c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        chunks(text)
            .into_iter()
            .map(|chunk| &text[chunk.at])
            .collect()
    }

    #[test]
    fn words_and_numbers() {
        assert_eq!(
            texts("Code: 391 027, (12-34-56) is 1,249.00 EUR!"),
            ["Code", "391", "027", "12-34-56", "is", "1,249.00", "EUR"]
        );
        assert_eq!(texts("验证码为268407，5分钟"), ["268407", "5"]);
        assert_eq!(texts("【834095】"), ["834095"]);
        assert_eq!(texts(" - . "), Vec::<&str>::new());
    }

    #[test]
    fn what_touches_is_known() {
        let chunk = &chunks("#4711%")[0];
        assert_eq!(
            (chunk.before, chunk.behind),
            (Some('#'), None),
            "a percent sign is a part of it"
        );
        let chunk = &chunks("20日")[0];
        assert_eq!((chunk.before, chunk.behind), (None, Some('日')));
    }
}
