//! Text with the blanks where a reader sees them.

/// Gathers text: blanks run together, lines end where blocks do.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    gap: Gap,
    /// How many elements are open that keep their blanks.
    verbatim: usize,
    /// How deep in quotations the text is.
    quotations: usize,
}

/// What comes before the next character, the larger ones in place of the smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Blank,
    Cell,
    Line,
    Paragraph,
}

impl Writer {
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' if self.verbatim > 0 => self.line_end(),
                c if c.is_whitespace() => self.gap = self.gap.max(Gap::Blank),
                c if is_invisible(c) => {}
                c => {
                    self.fill();
                    self.text.push(c);
                }
            }
        }
    }

    /// Ends the line, even an empty one.
    pub(super) fn line_end(&mut self) {
        self.gap = if self.gap >= Gap::Line {
            Gap::Paragraph
        } else {
            Gap::Line
        };
    }

    /// What follows is on a line of its own.
    pub(super) fn line(&mut self) {
        self.gap = self.gap.max(Gap::Line);
    }

    /// What follows has an empty line before it.
    pub(super) fn paragraph(&mut self) {
        self.gap = self.gap.max(Gap::Paragraph);
    }

    /// What follows is in a cell of its own.
    pub(super) fn cell(&mut self) {
        self.gap = self.gap.max(Gap::Cell);
    }

    /// Keeps the line ends of what follows, or no more.
    pub(super) fn verbatim(&mut self, on: bool) {
        self.verbatim = if on {
            self.verbatim + 1
        } else {
            self.verbatim.saturating_sub(1)
        };
    }

    /// What follows is quoted, or no more: lines begin with `> ` as they do in plain text.
    pub(super) fn quotation(&mut self, on: bool) {
        self.quotations = if on {
            self.quotations + 1
        } else {
            self.quotations.saturating_sub(1)
        };
    }

    /// Where the next character will be.
    pub(super) fn mark(&mut self) -> usize {
        self.fill();
        self.text.len()
    }

    /// What was written since then.
    pub(super) fn since(&self, mark: usize) -> &str {
        self.text.get(mark..).unwrap_or_default()
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn fill(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let is_first = self.text.is_empty();
        if !is_first {
            self.text.push_str(match gap {
                Gap::None => "",
                Gap::Blank if self.text.ends_with(['\n', ' ', '\t']) => "",
                Gap::Blank => " ",
                Gap::Cell => "\t",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        if is_first || gap >= Gap::Line {
            self.text
                .push_str(QUOTED.get(..2 * self.quotations).unwrap_or(QUOTED));
        }
    }
}

/// What lines begin with in the deepest quotation that is told from others.
const QUOTED: &str = "> > > > ";

/// Characters that take no place: put between digits or words they would only keep them from being found.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '\u{7f}' | '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_run_together() {
        let mut writer = Writer::default();
        writer.push(" a \n b");
        writer.push("\u{a0}");
        writer.push("c");
        assert_eq!(writer.finish(), "a b c");
    }

    #[test]
    fn the_largest_gap_counts() {
        let mut writer = Writer::default();
        writer.paragraph();
        writer.push("a");
        writer.line();
        writer.cell();
        writer.push(" b");
        writer.cell();
        writer.push("c");
        writer.line_end();
        writer.line_end();
        writer.line_end();
        writer.push("d");
        writer.paragraph();
        assert_eq!(writer.finish(), "a\nb\tc\n\nd");
    }

    #[test]
    fn quoted_lines_are_marked() {
        let mut writer = Writer::default();
        writer.push("a");
        writer.paragraph();
        writer.quotation(true);
        writer.push("b c");
        writer.line();
        writer.push("d");
        writer.paragraph();
        writer.quotation(false);
        writer.quotation(false);
        writer.push("e");
        assert_eq!(writer.finish(), "a\n\n> b c\n> d\n\ne");
    }

    #[test]
    fn a_mark_is_behind_the_gap() {
        let mut writer = Writer::default();
        writer.push("a ");
        let mark = writer.mark();
        writer.push("b");
        assert_eq!(writer.since(mark), "b");
        writer.verbatim(true);
        writer.push("\nc");
        assert_eq!(writer.finish(), "a b\nc");
    }
}
