//! Where secrets lie in bytes.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use guise_core::Secret;

use super::forms::{self, Form, Kind, is_base64};
use super::starts::{START, Starts};

/// What follows the last whole digit of Base64: a digit with the last bits, and padding.
const BASE64_END: usize = 3;

/// A placeholder that is too short to hold a secret.
const NEUTRAL: &str = "***";

/// A secret in all its forms.
pub(super) struct Entry {
    forms: Vec<Form>,
    label: String,
}

impl Entry {
    pub(super) fn new(secret: &Secret, label: String) -> Self {
        Self {
            forms: forms::of(secret.expose()),
            label,
        }
    }

    /// Whether it is for this very secret and label.
    pub(super) fn is(&self, secret: &Secret, label: &str) -> bool {
        let secret = secret.expose().as_bytes();
        let same = |form: &Form| form.kind == Kind::Plain && form.bytes.as_slice() == secret;
        self.label == label && self.forms.iter().any(same)
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }
}

/// One form of one entry.
struct Pattern {
    entry: usize,
    form: usize,
    /// The longest other pattern that this one begins with.
    begins_with: Option<usize>,
}

/// A stretch of bytes that is to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whose placeholder it gets.
    pattern: usize,
    /// Whether more might belong to it, had the bytes not ended.
    pub(super) open: bool,
}

/// Searches for a fixed set of secrets.
pub(super) struct Finder {
    entries: Vec<Arc<Entry>>,
    /// What is put in, for each entry.
    placeholders: Vec<String>,
    /// Sorted by their bytes, each once.
    patterns: Vec<Pattern>,
    starts: Starts,
    /// The length of the longest pattern.
    longest: usize,
}

impl Finder {
    /// `None` when there is nothing to search for.
    pub(super) fn new(entries: Vec<Arc<Entry>>) -> Option<Self> {
        let bytes =
            |pattern: &Pattern| -> &[u8] { &entries[pattern.entry].forms[pattern.form].bytes };
        let mut patterns: Vec<_> = (0..entries.len())
            .flat_map(|entry| {
                (0..entries[entry].forms.len()).map(move |form| Pattern {
                    entry,
                    form,
                    begins_with: None,
                })
            })
            .collect();
        // Stable: of equal forms the one that was added first stays.
        patterns.sort_by(|one, other| bytes(one).cmp(bytes(other)));
        patterns.dedup_by(|later, earlier| bytes(later) == bytes(earlier));
        for index in 1..patterns.len() {
            let whole = bytes(&patterns[index]);
            let mut other = Some(index - 1);
            while let Some(candidate) = other
                && !whole.starts_with(bytes(&patterns[candidate]))
            {
                other = patterns[candidate].begins_with;
            }
            patterns[index].begins_with = other;
        }
        let longest = patterns.iter().map(|pattern| bytes(pattern).len()).max()?;
        let starts = Starts::of(patterns.iter().map(bytes));
        let mut finder = Self {
            placeholders: Vec::new(),
            patterns,
            starts,
            longest,
            entries,
        };
        finder.placeholders = finder
            .entries
            .iter()
            .map(|entry| finder.usable(&entry.label))
            .collect();
        Some(finder)
    }

    fn usable(&self, label: &str) -> String {
        let label = if self.hits(label.as_bytes()).is_empty() {
            label
        } else {
            NEUTRAL
        };
        label.to_owned()
    }

    fn form(&self, pattern: usize) -> &Form {
        let Pattern { entry, form, .. } = self.patterns[pattern];
        &self.entries[entry].forms[form]
    }

    fn bytes(&self, pattern: usize) -> &[u8] {
        &self.form(pattern).bytes
    }

    /// All places where a form stands, overlapping ones too; by their starts, of each the longest.
    pub(super) fn hits(&self, bytes: &[u8]) -> Vec<Span> {
        let mut hits: Vec<_> = self
            .starts
            .places(bytes)
            .filter_map(|(start, group)| {
                Some(self.span(bytes, start, self.longest_at(&bytes[start..], group)?))
            })
            .collect();
        // What belongs to a form may begin before it.
        hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
        hits
    }

    /// The longest pattern of a group that `rest` begins with.
    fn longest_at(&self, rest: &[u8], group: Range<usize>) -> Option<usize> {
        let patterns = &self.patterns[group.clone()];
        let not_after = patterns.partition_point(|pattern| self.bytes_of(pattern) <= rest);
        // Whatever stands between a text and its own beginning, in alphabetical order, begins the same.
        let mut candidate = (group.start + not_after).checked_sub(1);
        while let Some(pattern) = candidate.filter(|pattern| group.contains(pattern)) {
            if rest.starts_with(self.bytes(pattern)) {
                return Some(pattern);
            }
            candidate = self.patterns[pattern].begins_with;
        }
        None
    }

    /// A form with what belongs to it at its ends.
    fn span(&self, bytes: &[u8], mut start: usize, pattern: usize) -> Span {
        let form = self.form(pattern);
        let mut end = start + form.bytes.len();
        let mut open = false;
        if let Kind::Base64 { before, after } = form.kind {
            if before && start > 0 && is_base64(bytes[start - 1]) {
                start -= 1;
            }
            if after {
                open = bytes.len() < end + BASE64_END;
                end += usize::from(bytes.get(end).copied().is_some_and(is_base64));
                end += bytes[end..]
                    .iter()
                    .take(BASE64_END - 1)
                    .take_while(|byte| **byte == b'=')
                    .count();
            }
        }
        Span {
            start,
            end,
            pattern,
            open,
        }
    }

    /// Where the first form begins of which only a part has come; the length of `bytes` if there is none.
    pub(super) fn unfinished(&self, bytes: &[u8]) -> usize {
        let from = bytes.len().saturating_sub(self.longest - 1);
        let last = bytes.len().saturating_sub(START - 1).max(from);
        let long = self.starts.places(&bytes[from..]).map(|(at, _)| from + at);
        long.chain(last..bytes.len())
            .find(|at| {
                let part = &bytes[*at..];
                let after = self
                    .patterns
                    .partition_point(|pattern| self.bytes_of(pattern) <= part);
                self.patterns
                    .get(after)
                    .is_some_and(|pattern| self.bytes_of(pattern).starts_with(part))
            })
            .unwrap_or(bytes.len())
    }

    fn bytes_of(&self, pattern: &Pattern) -> &[u8] {
        &self.entries[pattern.entry].forms[pattern.form].bytes
    }

    /// The placeholder of the form that is the whole of `bytes`.
    pub(super) fn whole(&self, bytes: &[u8]) -> Option<&str> {
        let found = self
            .patterns
            .binary_search_by(|pattern| self.bytes_of(pattern).cmp(bytes));
        found.ok().map(|pattern| self.label(pattern))
    }

    fn label(&self, pattern: usize) -> &str {
        &self.placeholders[self.patterns[pattern].entry]
    }

    /// What is put in the place of a span, in the width of the form that was there.
    pub(super) fn placeholder(&self, span: &Span) -> String {
        let label = self.label(span.pattern);
        match self.form(span.pattern).kind {
            Kind::Plain | Kind::Base64 { .. } => label.to_owned(),
            Kind::Utf16 { little, cut } => {
                forms::widened(if label.is_ascii() { label } else { NEUTRAL }, little, cut)
            }
        }
    }
}

/// Overlapping hits as one span, with the pattern of the first.
pub(super) fn merged(hits: Vec<Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for hit in hits {
        match spans.last_mut() {
            Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
            _ => spans.push(hit),
        }
    }
    spans
}
