//! How near a text comes to the true one: shingles of four words, as the article extraction benchmark of Scrapinghub
//! counts them (its `evaluate.py`).

use std::collections::HashMap;

/// How many words make a shingle.
const WORDS: usize = 4;

/// Of all shingles of both texts: found and true, found only, missed; as parts of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub hit: f64,
    pub extra: f64,
    pub missed: f64,
}

impl Score {
    pub fn of(truth: &str, found: &str) -> Self {
        let (truth, found) = (shingles(truth), shingles(found));
        let (mut hit, mut extra, mut missed) = (0_usize, 0_usize, 0_usize);
        for (shingle, &expected) in &truth {
            let got = found.get(shingle).copied().unwrap_or(0);
            hit += expected.min(got);
            missed += expected.saturating_sub(got);
        }
        for (shingle, &got) in &found {
            extra += got.saturating_sub(truth.get(shingle).copied().unwrap_or(0));
        }
        let all = (hit + extra + missed).max(1) as f64;
        Self {
            hit: hit as f64 / all,
            extra: extra as f64 / all,
            missed: missed as f64 / all,
        }
    }

    pub fn precision(self) -> f64 {
        part(self.hit, self.extra, self.missed)
    }

    pub fn recall(self) -> f64 {
        part(self.hit, self.missed, self.extra)
    }

    pub fn f1(self) -> f64 {
        f1(self.precision(), self.recall())
    }
}

pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 {
        return 0.0;
    }
    2.0 * precision * recall / (precision + recall)
}

fn part(hit: f64, wrong: f64, other: f64) -> f64 {
    if wrong == 0.0 && other == 0.0 {
        1.0
    } else if hit == 0.0 {
        0.0
    } else {
        hit / (hit + wrong)
    }
}

fn shingles(text: &str) -> HashMap<Vec<&str>, usize> {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || is_mark(c)))
        .filter(|word| !word.is_empty())
        .collect();
    let mut counts = HashMap::new();
    if words.is_empty() {
        return counts;
    }
    for start in 0..words.len().saturating_sub(WORDS - 1).max(1) {
        let end = (start + WORDS).min(words.len());
        *counts.entry(words[start..end].to_vec()).or_default() += 1;
    }
    counts
}

/// Signs that stand above, below or between letters of Indic scripts, Thai, Arabic and Hebrew.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{94f}' | '\u{e30}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
}

/// Markdown as the text that a reader would see: without marks, targets of links, rules and numbers of lists.
pub fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in markdown.lines() {
        if line.trim_start_matches([' ', '>']).starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let line = line.trim_start_matches([' ', '>', '#', '-', '*', ':', '|']);
        if !line.contains(char::is_alphanumeric) {
            continue;
        }
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let line = match line.get(digits..) {
            Some(rest) if digits > 0 && (rest.starts_with(". ") || rest.starts_with(") ")) => {
                &rest[2..]
            }
            _ => line,
        };
        inline(line, &mut out);
        out.push('\n');
    }
    out
}

fn inline(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let tag = ["<br>", "<sup>", "</sup>", "<sub>", "</sub>"]
            .into_iter()
            .find(|tag| rest.starts_with(tag));
        if let Some(tag) = tag {
            out.push_str(if tag == "<br>" { "\n" } else { "" });
            rest = &rest[tag.len()..];
            continue;
        }
        rest = match c {
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {
                out.extend(after.chars().next());
                &after[1..]
            }
            '*' | '`' | '[' => after,
            ']' if after.starts_with('(') => {
                let mut open = 0_i32;
                let end = after.char_indices().find(|(_, c)| {
                    open += match c {
                        '(' => 1,
                        ')' => -1,
                        _ => 0,
                    };
                    open == 0
                });
                end.map_or("", |(at, _)| &after[at + 1..])
            }
            ']' => after,
            '~' if after.starts_with('~') => &after[1..],
            c => {
                out.push(c);
                after
            }
        };
    }
}
