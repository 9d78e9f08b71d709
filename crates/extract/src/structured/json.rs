//! Data out of a JSON document: members of the names that the schema has, where the schema has them.

use std::cell::Cell as Counter;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use url::Url;

use super::cell::Cell;
use super::convert::convert;
use super::fill::{Answer, allowed, escaped};
use super::names::{is_neutral, key, words};
use super::schema::{List, Member, Object, Shape, Single, Type};
use super::source::{Source, SourceKind};

/// Wrappers lie so deep in each other.
const WRAPPERS: usize = 4;
/// So many values are looked for. Each comes with its place, or is told to be missing; what has more is no answer that anybody
/// reads.
const MOST_VALUES: usize = 50_000;

type Members = Map<String, Value>;

/// What a document states of what a schema wants; none where that is nothing.
pub(super) fn read(document: &Value, url: &Url, shape: &Shape) -> Option<Answer> {
    let reader = Reader {
        url,
        left: Counter::new(MOST_VALUES),
    };
    reader.root(shape, document, "", WRAPPERS)
}

struct Reader<'d> {
    url: &'d Url,
    left: Counter<usize>,
}

impl Reader<'_> {
    /// The document, or what is wrapped up in it where that states more.
    fn root(&self, shape: &Shape, value: &Value, at: &str, depth: usize) -> Option<Answer> {
        let own = match (shape, value) {
            (Shape::Object(object), Value::Object(members)) => {
                self.object(object, members, at, true)
            }
            (Shape::Object(object), Value::Array(all)) => self.of_several(object, value, all, at),
            (Shape::List(list), Value::Array(_)) => self.list(list, value, at),
            _ => None,
        };
        let inner = value.as_object().filter(|_| depth > 0);
        let inner = inner.and_then(|members| wrapped(members, shape));
        let inner =
            inner.and_then(|(name, inner)| self.root(shape, inner, &below(at, name), depth - 1));
        match (own, inner) {
            (Some(own), Some(inner)) if count(&inner) <= count(&own) => Some(own),
            (own, inner) => inner.or(own),
        }
    }

    /// An object where the document is a list: its one list is that, or it is the list's one element.
    fn of_several(
        &self,
        object: &Object,
        value: &Value,
        all: &[Value],
        at: &str,
    ) -> Option<Answer> {
        if let Some(wanted) = only(object.members.iter().filter(|it| is_list(it)))
            && let Some(answer) = self.value(&wanted.shape, value, at)
        {
            return Some(object_of(object, |member| {
                (member.name == wanted.name).then(|| answer.clone())
            }));
        }
        match all {
            [Value::Object(members)] => self.object(object, members, &below(at, "0"), true),
            _ => None,
        }
    }

    fn object(&self, object: &Object, members: &Members, at: &str, is_top: bool) -> Option<Answer> {
        let names = Names::of(members);
        let other = is_top.then(|| other_list(object, &names)).flatten();
        let whole = object_of(object, |member| {
            self.look()?;
            let (name, value) = match (names.get(&member.name), other) {
                (None, Some((wanted, name, value))) if wanted == member.name => (name, value),
                (found, _) => found?,
            };
            let at = below(at, name);
            match value {
                Value::Null if member.may_be_null => Some(single_at(Value::Null, &at)),
                value => self.value(&member.shape, value, &at),
            }
        });
        self.look()?;
        (!whole.sources.is_empty()).then_some(whole)
    }

    /// Counts one value that is looked for; none where there were enough.
    fn look(&self) -> Option<()> {
        self.left.set(self.left.get().checked_sub(1)?);
        Some(())
    }

    fn value(&self, shape: &Shape, value: &Value, at: &str) -> Option<Answer> {
        match shape {
            Shape::Single(singles) => {
                let value = self.single(singles, value)?;
                Some(single_at(value, at))
            }
            Shape::Object(object) => self.object(object, value.as_object()?, at, false),
            Shape::List(list) => self.list(list, value, at),
            Shape::Open => None,
        }
    }

    fn list(&self, list: &List, value: &Value, at: &str) -> Option<Answer> {
        let all = value.as_array()?;
        if all.is_empty() {
            // That there is none is stated, too.
            let nothing = Value::Array(Vec::new());
            return list.allows(&[]).then(|| single_at(nothing, at));
        }
        let answers = all.iter().enumerate();
        let answers: Option<Vec<Answer>> = answers
            .map(|(number, it)| self.value(&list.items, it, &below(at, &number.to_string())))
            .collect();
        allowed(list, answers?)
    }

    /// A value of a type that is wanted: as it stands there, else what it can be made without doubt.
    fn single(&self, singles: &[Single], value: &Value) -> Option<Value> {
        self.look()?;
        if let Some(value) = singles.iter().find_map(|single| as_it_is(value, single)) {
            return Some(value);
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let cell = Cell {
            text,
            machine: true,
            base: Some(self.url.clone()),
            ..Cell::default()
        };
        // The document's own name for it is the schema's: that asks for nothing more.
        convert(&cell, singles, "")
    }
}

fn single_at(value: Value, at: &str) -> Answer {
    let source = Source {
        kind: SourceKind::Json,
        place: at.to_owned(),
    };
    Answer::single(value, source)
}

/// The value itself where it is of the type, and needs no check of its format.
fn as_it_is(value: &Value, single: &Single) -> Option<Value> {
    let value = match (single.kind, value) {
        (Type::Text, Value::String(_)) if !is_converted(single.format.as_deref()) => value.clone(),
        (Type::Number, Value::Number(_)) | (Type::Bool, Value::Bool(_)) => value.clone(),
        (Type::Integer, Value::Number(number)) if !number.is_f64() => value.clone(),
        _ => return None,
    };
    single.allows(&value).then_some(value)
}

/// The formats that are checked, and made from other spellings.
fn is_converted(format: Option<&str>) -> bool {
    matches!(
        format,
        Some("date" | "date-time" | "email" | "idn-email" | "uri" | "url" | "iri")
    )
}

/// The members of an object by their names.
struct Names<'v> {
    members: &'v Members,
    /// By name without case, `_` and `-`; none where several are called so.
    alike: HashMap<String, Option<(&'v str, &'v Value)>>,
}

impl<'v> Names<'v> {
    fn of(members: &'v Members) -> Self {
        let mut alike = HashMap::new();
        for (name, value) in members {
            let known = alike.entry(squeezed(name));
            known
                .and_modify(|it| *it = None)
                .or_insert(Some((name.as_str(), value)));
        }
        Self { members, alike }
    }

    /// The member of exactly that name, else the only one that is called alike.
    fn get(&self, name: &str) -> Option<(&'v str, &'v Value)> {
        match self.members.get_key_value(name) {
            Some((name, value)) => Some((name, value)),
            None => self.alike.get(&squeezed(name)).copied().flatten(),
        }
    }
}

fn squeezed(name: &str) -> String {
    name.replace(['_', '-'], "").to_lowercase()
}

/// The list for the one member of that kind whose name the document does not have: the only other one there, where one of the
/// two names does not say what is in it. With the member's name.
fn other_list<'v, 'o>(
    object: &'o Object,
    names: &Names<'v>,
) -> Option<(&'o str, &'v str, &'v Value)> {
    let unnamed = object.members.iter().filter(|it| is_list(it));
    let wanted = only(unnamed.filter(|it| names.get(&it.name).is_none()))?;
    let named = object.members.iter().map(|it| names.get(&it.name));
    let taken: HashSet<&str> = named.flatten().map(|(name, _)| name).collect();
    let lists = names
        .members
        .iter()
        .filter(|(name, value)| value.is_array() && !taken.contains(name.as_str()))
        .filter(|(name, _)| is_wrapper(name) || is_wrapper(&wanted.name));
    let (name, value) = only(lists)?;
    Some((&wanted.name, name, value))
}

/// The member that the rest of a document is only around: the only one of all, or the one that is called as nothing in
/// particular or as what is wanted. Where nobody says what the things in a list are, it is the only list, too.
fn wrapped<'v>(members: &'v Members, shape: &Shape) -> Option<(&'v str, &'v Value)> {
    let (title, wants_list) = match shape {
        Shape::Object(object) => (object.title.as_deref(), false),
        Shape::List(list) => match &list.items {
            Shape::Object(object) => (object.title.as_deref(), true),
            _ => (None, true),
        },
        _ => return None,
    };
    let title = title.map(key);
    let inner = || {
        let inner = members.iter();
        inner.filter(|(_, value)| value.is_object() || value.is_array())
    };
    let called =
        |name: &str| is_wrapper(name) || title.as_ref().is_some_and(|title| *title == key(name));
    let found = only(inner().filter(|(name, _)| called(name)))
        .or_else(|| inner().next().filter(|_| members.len() == 1))
        .or_else(|| {
            let lists = inner().filter(|(_, value)| value.is_array());
            only(lists).filter(|_| wants_list && title.is_none())
        });
    found.map(|(name, value)| (name.as_str(), value))
}

/// Whether a name does not say what is in it.
fn is_wrapper(name: &str) -> bool {
    let words = words(name);
    let is_one =
        |word: &String| is_neutral(word) || matches!(word.as_str(), "response" | "payload");
    !words.is_empty() && words.iter().all(is_one)
}

fn is_list(member: &Member) -> bool {
    matches!(member.shape, Shape::List(_))
}

/// An object of what is found for its members.
fn object_of(object: &Object, find: impl Fn(&Member) -> Option<Answer>) -> Answer {
    let found = object.members.iter().map(|member| (member, find(member)));
    Answer::object(found)
}

/// How much an answer states, to be held against another for the same schema.
fn count(answer: &Answer) -> usize {
    answer.value.as_object().map_or(1, Map::len)
}

fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", escaped(name))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    all.next().filter(|_| all.next().is_none())
}
