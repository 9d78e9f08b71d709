//! What a code can look like.

use std::ops::Range;

use super::links::is_on_links;
use super::segment::Segment;

/// The shortest and longest code.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=10;

/// Something that could be a code by its looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Without separators and prefix.
    pub(super) value: String,
    /// Where it is written.
    pub(super) at: Range<usize>,
    /// Which chunks it is made of.
    pub(super) chunks: Range<usize>,
    pub(super) kind: Kind,
}

/// What a shape is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, and no date or year.
    Digits,
    /// Digits that may be a date (`20250914`, `12-09-25`) or a year.
    Date,
    /// Digits and letters.
    Mixed,
    /// Letters in groups of one length.
    Letters,
    /// One word in capital letters, and none that is known.
    Word,
}

/// All shapes in a sentence, in their order.
pub(super) fn shapes(segment: &Segment) -> Vec<Shape> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < segment.chunks.len() {
        let (shape, next) = shape_at(segment, at);
        found.extend(shape);
        at = next;
    }
    found
}

/// The shape that begins with this chunk, and the first chunk behind what belongs together.
fn shape_at(segment: &Segment, at: usize) -> (Option<Shape>, usize) {
    let Some((prefix, first)) = digits_behind_prefix(segment.word(at)) else {
        return (word_shape(segment, at), at + 1);
    };
    // Groups of digits with one blank between them are one number, whatever kind of number it is.
    let mut groups: Vec<&str> = first.split('-').collect();
    let mut single = groups.iter().all(|group| group.len() == 1);
    let mut end = at + 1;
    while segment.is_joined(end, single) && is_digits(segment.word(end), true) {
        let word = segment.word(end);
        single &= word.split('-').all(|group| group.len() == 1);
        groups.extend(word.split('-'));
        end += 1;
    }
    let whole = segment.range(at..end);
    let free = segment.stands_free(at..end);
    let value: String = groups.concat();
    let good = free
        && LENGTHS.contains(&value.len())
        && is_split_well(&groups)
        // A prefix belongs to a code of some length, not to a flight or a model.
        && (prefix.is_empty() || value.len() >= 5);
    let shape = good.then(|| Shape {
        kind: if is_date(&groups, &value) {
            Kind::Date
        } else {
            Kind::Digits
        },
        value,
        at: whole,
        chunks: at..end,
    });
    (shape, end)
}

/// Splits `G-` off digits (in groups, if they are).
fn digits_behind_prefix(word: &str) -> Option<(&str, &str)> {
    if is_digits(word, true) {
        return Some(("", word));
    }
    let (prefix, digits) = word.split_once('-')?;
    let good = (1..=3).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        && is_digits(digits, true);
    good.then_some((prefix, digits))
}

fn is_digits(word: &str, grouped: bool) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || grouped && byte == b'-')
}

/// Codes are split into groups of one length; numbers of other kinds seldom are. Three groups of three and five of two
/// are telephone numbers.
fn is_split_well(groups: &[&str]) -> bool {
    let length = groups.first().map_or(0, |group| group.len());
    let even = groups.iter().all(|group| group.len() == length);
    match (groups.len(), length) {
        (1, _) => true,
        (3, 3) | (5, 2) => false,
        (_, 1..=5) => even,
        _ => false,
    }
}

/// A year, a date in eight digits, or day, month and year in two each.
fn is_date(groups: &[&str], value: &str) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or(99);
    let is_year = |text: Option<&str>| (1900..2100).contains(&number(text));
    match (groups, value.len()) {
        ([_], 4) => is_year(Some(value)),
        ([_], 8) => {
            let ymd = is_year(value.get(..4))
                && number(value.get(4..6)) <= 12
                && number(value.get(6..)) <= 31;
            let dmy = is_year(value.get(4..))
                && number(value.get(..2)) <= 31
                && number(value.get(2..4)) <= 12;
            ymd || dmy
        }
        ([day, month, _], 6) => number(Some(day)) <= 31 && number(Some(month)) <= 12,
        _ => false,
    }
}

/// A code with letters in it: one word, or groups of one length. Groups with a blank between them are one only on a line
/// of their own.
fn word_shape(segment: &Segment, at: usize) -> Option<Shape> {
    let word = segment.word(at);
    let second = segment.word(at + 1);
    if segment.chunks.len() == 2
        && at == 0
        && is_half(word)
        && is_half(second)
        && word.len() == second.len()
    {
        return Some(Shape {
            value: format!("{word}{second}"),
            at: segment.range(0..2),
            chunks: 0..2,
            kind: Kind::Mixed,
        });
    }
    let groups: Vec<&str> = word.split('-').collect();
    let value: String = groups.concat();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let upper = value.bytes().filter(u8::is_ascii_uppercase).count();
    let lower = value.len() - digits - upper;
    let good = LENGTHS.contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (groups.len() == 1 || is_split_well(&groups) && groups.first().is_some_and(|group| group.len() >= 3))
        // Case is not mixed in what is to be typed.
        && (upper == 0 || lower == 0)
        && segment.stands_free(at..at + 1);
    let kind = match (digits, groups.len()) {
        (0, 2..) => Kind::Letters,
        (0, 1)
            if lower == 0
                && segment.chunks.len() == 1
                && segment.labels.is_empty()
                && !is_on_links(word) =>
        {
            Kind::Word
        }
        (1.., _) if !is_measure(&value) => Kind::Mixed,
        _ => return None,
    };
    good.then(|| Shape {
        value,
        at: segment.range(at..at + 1),
        chunks: at..at + 1,
        kind,
    })
}

/// Half of a code such as `4GK 9T2`.
fn is_half(word: &str) -> bool {
    (3..=5).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// `1080p`, `250kg`, `2025th`, `0x8007`: digits, then a unit; or a number in another notation.
fn is_measure(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_unit = unit.len() < value.len()
        && unit.len() <= 3
        && unit.bytes().all(|byte| byte.is_ascii_lowercase());
    is_unit || value.starts_with("0x")
}

impl Segment {
    pub(super) fn word(&self, chunk: usize) -> &str {
        self.chunks
            .get(chunk)
            .and_then(|chunk| self.text.get(chunk.at.clone()))
            .unwrap_or_default()
    }

    /// From the first of these chunks to the last.
    pub(super) fn range(&self, chunks: Range<usize>) -> Range<usize> {
        let parts = self.chunks.get(chunks).unwrap_or_default();
        match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => first.at.start..last.at.end,
            _ => 0..0,
        }
    }

    /// Whether this chunk goes on the number before it: one blank or dash between them. Single characters, as in cells of
    /// a table, may be further apart.
    fn is_joined(&self, chunk: usize, single: bool) -> bool {
        let Some(previous) = chunk.checked_sub(1) else {
            return false;
        };
        let gap = self.range(previous..chunk).end..self.range(chunk..chunk + 1).start;
        match self.text.get(gap) {
            Some(" ") => chunk < self.chunks.len(),
            Some(gap) => {
                single
                    && self.word(chunk).len() == 1
                    && gap.len() <= 5
                    && gap.trim_matches([' ', '\t', '-']).is_empty()
            }
            None => false,
        }
    }

    /// Whether nothing touches these chunks that makes another kind of number of them.
    fn stands_free(&self, chunks: Range<usize>) -> bool {
        let parts = self.chunks.get(chunks).unwrap_or_default();
        let before = parts.first().and_then(|chunk| chunk.before);
        let behind = parts.last().and_then(|chunk| chunk.behind);
        let unit = behind
            .is_some_and(|c| "年月日时時分秒点點円元号號号室楼階階年度년월일시분초원%".contains(c));
        !unit
            && !before.is_some_and(|c| "〒+_/&=".contains(c))
            && !behind.is_some_and(|c| "_/&=".contains(c))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Place;
    use super::super::segment::View;
    use super::*;

    fn all(text: &str) -> Vec<(String, Kind)> {
        let view = View::new(Place::Text, text);
        view.segments
            .iter()
            .flat_map(shapes)
            .map(|shape| (shape.value, shape.kind))
            .collect()
    }

    #[rstest]
    #[case("482915", "482915", Kind::Digits)]
    #[case("391 027", "391027", Kind::Digits)]
    #[case("12-34-56", "123456", Kind::Digits)]
    #[case("86 41 09", "864109", Kind::Digits)]
    #[case("9041-2287", "90412287", Kind::Digits)]
    #[case("1 2 3 4 5 6", "123456", Kind::Digits)]
    #[case("5\t8\t2\t-\t0\t6\t9", "582069", Kind::Digits)]
    #[case("G-582034", "582034", Kind::Digits)]
    #[case("AH-408 117", "408117", Kind::Digits)]
    #[case("K7QX2M", "K7QX2M", Kind::Mixed)]
    #[case("QF7-93K", "QF793K", Kind::Mixed)]
    #[case("4GK 9T2", "4GK9T2", Kind::Mixed)]
    #[case("WDJB-MJHT", "WDJBMJHT", Kind::Letters)]
    #[case("2025", "2025", Kind::Date)]
    #[case("20250914", "20250914", Kind::Date)]
    #[case("12-09-25", "120925", Kind::Date)]
    #[case("(8306)", "8306", Kind::Digits)]
    #[case("为268407，", "268407", Kind::Digits)]
    fn what_could_be_a_code(#[case] text: &str, #[case] value: &str, #[case] kind: Kind) {
        assert_eq!(all(text), [(value.to_owned(), kind)]);
    }

    #[rstest]
    #[case("123")]
    #[case("12345678901")]
    #[case("0800 555 0199")]
    #[case("900 123 456")]
    #[case("09 69 39 00 00")]
    #[case("030 5550 1234")]
    #[case("1,249.00")]
    #[case("14.09.2025")]
    #[case("2025-09-14")]
    #[case("12/09/2025")]
    #[case("08:31:45")]
    #[case("203.0.113.84")]
    #[case("+49 30 123456")]
    #[case("1234 5678 9012 3456")]
    #[case("$5000")]
    #[case("50%")]
    #[case("1080p")]
    #[case("0x80070005")]
    #[case("2025年")]
    #[case("Monday")]
    #[case("CONFIRM")]
    #[case("well-known")]
    #[case("https://example.com/123456")]
    fn what_could_not(#[case] text: &str) {
        assert_eq!(all(text), []);
    }
}
