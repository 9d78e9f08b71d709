//! Fields of a page, and which of them a member means.

use super::cell::Cell;
use super::names::{same, unit, words};
use super::schema::Member;
use super::source::Source;

/// How a field is called.
#[derive(Debug, Clone)]
pub(super) enum Name {
    /// By a label, in the spelling that names are compared by.
    Label(String),
    /// By what it is, such as a card's heading; the names are keys.
    Meant(&'static [&'static str]),
}

/// One field of a page or of a part of it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// How it is called.
    pub name: Name,
    /// The heading above it.
    pub section: String,
    /// What it says.
    pub cell: Cell,
    /// Where it is.
    pub source: Source,
    /// Whether it only counts where nothing names the member.
    pub weak: bool,
    /// Whether it belongs to one of several things on the page.
    pub in_card: bool,
}

/// A member and the names that mean it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Its own name.
    pub name: String,
    /// The spellings that it is looked for by, its own first.
    pub keys: Vec<String>,
    /// Words for the thing that it is a member of.
    subject: Vec<String>,
}

impl Wanted {
    /// The names of a member of a thing that is called by `subject`.
    pub(super) fn of(member: &Member, subject: &[String]) -> Self {
        let mut keys = Vec::new();
        let names = [Some(member.name.as_str()), member.title.as_deref()];
        for name in names.into_iter().flatten() {
            let mut own = words(name);
            if own.len() > 1 && matches!(own.first().map(String::as_str), Some("is" | "has")) {
                own.remove(0);
            }
            let mut add = |words: &[String]| {
                let key = words.join(" ");
                if !key.is_empty() && !keys.contains(&key) {
                    keys.push(key);
                }
            };
            add(&own);
            if unit(&own).is_some() {
                add(&own[..own.len() - 1]);
            }
            let own_thing = own.iter().take_while(|word| subject.contains(word)).count();
            if own_thing < own.len() {
                add(&own[own_thing..]);
            }
        }
        Self {
            name: member.name.clone(),
            keys,
            subject: subject.to_vec(),
        }
    }

    /// Whether a label means it: by its name, or by its name behind that of the thing.
    pub(super) fn is(&self, label: &str) -> bool {
        let mean = |label: &str| self.keys.iter().any(|key| same(label, key));
        if mean(label) {
            return true;
        }
        let mut rest = label;
        while let Some((first, after)) = rest.split_once(' ') {
            if !self.subject.iter().any(|word| word == first) {
                return false;
            }
            if mean(after) {
                return true;
            }
            rest = after;
        }
        false
    }

    /// Whether a field is it.
    pub(super) fn names(&self, field: &Field) -> bool {
        match &field.name {
            Name::Label(label) => self.is(label),
            Name::Meant(names) => self.keys.iter().any(|own| names.contains(&own.as_str())),
        }
    }

    /// Whether a field below the heading of `above`, or with the name of `above` before its own, is it.
    pub(super) fn names_within(&self, field: &Field, above: &Wanted) -> bool {
        let Name::Label(label) = &field.name else {
            return false;
        };
        let joined = above.keys.iter().any(|above| {
            label
                .strip_prefix(above.as_str())
                .and_then(|rest| rest.strip_prefix(' '))
                .is_some_and(|rest| self.is(rest))
        });
        joined || (above.heads(&field.section) && self.is(label))
    }

    /// Whether a heading is about it.
    pub(super) fn heads(&self, heading: &str) -> bool {
        self.keys.iter().any(|own| {
            same(heading, own)
                || heading
                    .strip_suffix(own.as_str())
                    .is_some_and(|rest| matches!(rest, "our " | "all " | "your "))
                || heading
                    .strip_prefix(own.as_str())
                    .is_some_and(|rest| matches!(rest, " detail" | " information" | " address"))
        })
    }
}
