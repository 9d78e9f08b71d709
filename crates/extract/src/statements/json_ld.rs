//! JSON-LD as pages use it: schema.org items in scripts. Contexts are not followed, names are taken as they are.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Item, Property, Stated, Statements, Syntax, local};
use crate::json_ld::read as read_text;
use crate::view::View;

/// The largest script, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;
/// Items lie this deep in each other.
const DEEPEST: usize = 24;
/// References are followed so deep.
const DEEPEST_REFERENCE: usize = 6;

type ById<'v> = HashMap<&'v str, &'v Map<String, Value>>;

pub(super) fn read(view: &View, index: usize, all: &mut Statements) {
    let mut scripts = Vec::new();
    for (at, node) in view.iter() {
        let is_json = node.name == "script"
            && view.attribute(at, "type").is_some_and(|it| {
                it.trim()
                    .to_ascii_lowercase()
                    .starts_with("application/ld+json")
            });
        if !is_json {
            continue;
        }
        let text: String = view.below(at).map(|(_, it)| it.text.as_str()).collect();
        if text.len() <= LARGEST {
            scripts.push(text);
        }
    }
    // What is no JSON says nothing.
    let documents: Vec<(usize, Value)> = scripts
        .iter()
        .enumerate()
        .filter_map(|(number, text)| Some((number, read_text(text)?)))
        .collect();
    let mut by_id = ById::new();
    for (_, document) in &documents {
        note_ids(document, DEEPEST, &mut by_id);
    }
    for (number, document) in &documents {
        let place = format!("{}ld+json[{number}]#", view.prefix);
        let mut reader = Reader {
            by_id: &by_id,
            index,
            all: &mut *all,
        };
        reader.top(document, &place, DEEPEST);
    }
}

fn note_ids<'v>(value: &'v Value, depth: usize, by_id: &mut ById<'v>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|it| note_ids(it, depth - 1, by_id)),
        Value::Object(members) => {
            // An object with an id alone refers to another one.
            if let Some(Value::String(id)) = members.get("@id")
                && members.len() > 1
            {
                by_id.entry(id).or_insert(members);
            }
            members
                .values()
                .for_each(|it| note_ids(it, depth - 1, by_id));
        }
        _ => {}
    }
}

struct Reader<'v, 'a> {
    by_id: &'a ById<'v>,
    index: usize,
    all: &'a mut Statements,
}

impl Reader<'_, '_> {
    fn top(&mut self, value: &Value, place: &str, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Array(list) => {
                for (number, it) in list.iter().enumerate() {
                    self.top(it, &format!("{place}/{number}"), depth - 1);
                }
            }
            Value::Object(members) => {
                if let Some(graph) = members.get("@graph") {
                    self.top(graph, &format!("{place}/@graph"), depth - 1);
                }
                if members.keys().any(|name| !name.starts_with('@')) {
                    self.item(members, place, depth, DEEPEST_REFERENCE, true);
                }
            }
            _ => {}
        }
    }

    fn item(
        &mut self,
        members: &Map<String, Value>,
        place: &str,
        depth: usize,
        references: usize,
        top: bool,
    ) -> Option<usize> {
        if depth == 0 || !self.all.has_room() {
            return None;
        }
        let types = match members.get("@type") {
            Some(Value::String(one)) => vec![local(one).to_owned()],
            Some(Value::Array(several)) => several
                .iter()
                .filter_map(|it| Some(local(it.as_str()?).to_owned()))
                .collect(),
            _ => Vec::new(),
        };
        let item = self.all.add(Item {
            types,
            properties: Vec::new(),
            syntax: Syntax::JsonLd,
            top,
            view: self.index,
            aside: false,
        });
        for (name, value) in members {
            if !name.starts_with('@') {
                let place = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.property(item, local(name), value, &place, depth - 1, references);
            }
        }
        Some(item)
    }

    fn property(
        &mut self,
        item: usize,
        name: &str,
        value: &Value,
        place: &str,
        depth: usize,
        references: usize,
    ) {
        let stated = match value {
            Value::Null => return,
            Value::Bool(it) => Stated::Bool(*it),
            Value::Number(it) => Stated::Number(it.clone()),
            Value::String(it) => Stated::Text(it.clone()),
            Value::Array(list) => {
                if depth > 0 {
                    for (number, it) in list.iter().enumerate() {
                        let place = format!("{place}/{number}");
                        self.property(item, name, it, &place, depth - 1, references);
                    }
                }
                return;
            }
            Value::Object(members) => {
                if let Some(value) = members.get("@value").or_else(|| members.get("@list")) {
                    if depth > 0 {
                        self.property(item, name, value, place, depth - 1, references);
                    }
                    return;
                }
                let id = members.get("@id").and_then(Value::as_str);
                let referred = id.filter(|_| members.len() == 1);
                let made = match referred.map(|id| (id, self.by_id.get(id))) {
                    Some((_, Some(whole))) if references > 0 => {
                        self.item(whole, place, depth, references - 1, false)
                    }
                    // It is known by its address alone.
                    Some((id, _)) => {
                        let stated = Stated::Text(id.to_owned());
                        let (name, place) = (name.to_owned(), place.to_owned());
                        self.all.say(
                            item,
                            Property {
                                name,
                                value: stated,
                                place,
                            },
                        );
                        return;
                    }
                    None => self.item(members, place, depth, references, false),
                };
                match made {
                    Some(made) => Stated::Item(made),
                    None => return,
                }
            }
        };
        self.all.say(
            item,
            Property {
                name: name.to_owned(),
                value: stated,
                place: place.to_owned(),
            },
        );
    }
}
