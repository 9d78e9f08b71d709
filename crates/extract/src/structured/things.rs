//! What items state of a member, and which item a whole object is about.

use std::collections::HashSet;

use serde_json::Value;

use super::cell::Cell;
use super::convert::convert;
use super::field::Wanted;
use super::names::{is_general, key, places, words};
use super::schema::{Object, Shape, Single};
use super::source::{Source, SourceKind};
use super::vocabulary::called;
use crate::statements::{Item, Property, Stated, Statements, Syntax};
use crate::view::View;

/// Items in items are followed so far from an object.
const DEEPEST: usize = 4;

/// The items of a page, and the documents that they lie in.
pub(super) struct Things<'p> {
    pub views: &'p [View],
    pub statements: &'p Statements,
    /// The names of each item's properties, in the spelling that names are compared by.
    keys: Vec<Vec<String>>,
    /// Items that a page's own item says it is about.
    main: HashSet<usize>,
}

impl<'p> Things<'p> {
    pub(super) fn new(views: &'p [View], statements: &'p Statements) -> Self {
        let keys_of = |item: &Item| item.properties.iter().map(|it| key(&it.name)).collect();
        let pages = statements
            .items
            .iter()
            .filter(|item| item.top && !item.is("FAQPage"));
        let main = pages
            .flat_map(|item| &item.properties)
            .filter(|it| {
                matches!(
                    it.name.as_str(),
                    "mainEntity" | "about" | "mainEntityOfPage"
                )
            })
            .filter_map(|it| match it.value {
                Stated::Item(at) => Some(at),
                _ => None,
            });
        Self {
            views,
            statements,
            keys: statements.items.iter().map(keys_of).collect(),
            main: main.collect(),
        }
    }

    /// The properties of an item whose name is this, however it is spelled.
    fn called(&self, at: usize, own: &str) -> Vec<(&'p Item, &'p Property)> {
        let (Some(item), Some(keys)) = (self.item(at), self.keys.get(at)) else {
            return Vec::new();
        };
        let pairs = item.properties.iter().zip(keys);
        pairs
            .filter(|(_, key)| *key == own)
            .map(|(it, _)| (item, it))
            .collect()
    }

    pub(super) fn item(&self, at: usize) -> Option<&'p Item> {
        self.statements.items.get(at)
    }

    /// The values that an item gives to a member, each once: from the likeliest place that gives any.
    pub(super) fn singles(
        &self,
        at: usize,
        wanted: &Wanted,
        singles: &[Single],
    ) -> Vec<(Value, Source)> {
        for properties in self.properties(at, wanted) {
            let mut found: Vec<(Value, Source)> = Vec::new();
            for (item, property) in properties {
                let Some(value) = self.value(item, property, wanted, singles) else {
                    continue;
                };
                if !found.iter().any(|(other, _)| *other == value) {
                    found.push((value, self.source(item, property)));
                }
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The items that an item has for a member.
    pub(super) fn below(&self, at: usize, wanted: &Wanted) -> Vec<usize> {
        for properties in self.properties(at, wanted) {
            let items: Vec<usize> = properties
                .into_iter()
                .filter_map(|(_, it)| self.held(it))
                .collect();
            if !items.is_empty() {
                return items;
            }
        }
        Vec::new()
    }

    /// The item that a property holds; that of a list's element where it has one.
    pub(super) fn held(&self, property: &Property) -> Option<usize> {
        let Stated::Item(at) = property.value else {
            return None;
        };
        let item = self.item(at)?;
        if item.is("ListItem")
            && let Some(Stated::Item(inner)) = item.values("item").next().map(|it| &it.value)
        {
            return Some(*inner);
        }
        Some(at)
    }

    /// What a property says, as one value.
    pub(super) fn value(
        &self,
        item: &Item,
        property: &Property,
        wanted: &Wanted,
        singles: &[Single],
    ) -> Option<Value> {
        let mut stated = &property.value;
        for _ in 0..DEEPEST {
            let Stated::Item(at) = stated else { break };
            let inner = self.item(*at)?;
            // A place is no text: how its parts are put together is nobody's statement.
            if inner.is("PostalAddress") || inner.is("Offer") || inner.is("AggregateOffer") {
                return None;
            }
            let asks_address = wanted
                .keys
                .iter()
                .any(|own| own.ends_with("url") || own.ends_with("link") || own.ends_with("image"));
            let names: &[&str] = match asks_address || inner.is("ImageObject") {
                true => &["url", "contentUrl"],
                false if inner.is("HowToStep") || inner.is("Answer") => &["text", "name"],
                false => &["name", "value"],
            };
            stated = names
                .iter()
                .find_map(|name| inner.values(name).next())
                .map(|it| &it.value)?;
        }
        let view = self.views.get(item.view)?;
        convert(&Cell::stated(view, stated)?, singles, &wanted.name)
    }

    pub(super) fn source(&self, item: &Item, property: &Property) -> Source {
        let kind = match item.syntax {
            Syntax::JsonLd => SourceKind::JsonLd,
            Syntax::Microdata => SourceKind::Microdata,
            Syntax::Rdfa => SourceKind::Rdfa,
        };
        Source {
            kind,
            place: property.place.clone(),
        }
    }

    /// The properties that may hold a member, the likelier first: those of schema.org's name for it, those of its own name,
    /// those that its name leads to step by step.
    pub(super) fn properties(
        &self,
        at: usize,
        wanted: &Wanted,
    ) -> Vec<Vec<(&'p Item, &'p Property)>> {
        let Some(item) = self.item(at) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut add = |these: Vec<(&'p Item, &'p Property)>| {
            if !these.is_empty() {
                found.push(these);
            }
        };
        for own in &wanted.keys {
            // A person's title is a form of address or a profession.
            if own == "title" && item.is("Person") {
                continue;
            }
            if own == "question" && item.is("Question") {
                add(self.at_path(at, "name"));
            }
            for path in places(own) {
                add(self.at_path(at, path));
            }
            add(self.called(at, own));
            for (split, _) in own.match_indices(' ') {
                let (first, rest) = (&own[..split], &own[split + 1..]);
                let inner = self.called(at, first).into_iter();
                add(inner
                    .filter_map(|(_, it)| self.held(it))
                    .flat_map(|inner| self.called(inner, rest))
                    .collect());
            }
        }
        found
    }

    fn at_path(&self, at: usize, path: &str) -> Vec<(&'p Item, &'p Property)> {
        let mut items = vec![at];
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let properties = items
                .iter()
                .filter_map(|at| self.item(*at))
                .flat_map(|item| {
                    item.properties
                        .iter()
                        .filter(|it| it.name == step)
                        .map(move |it| (item, it))
                });
            let properties: Vec<_> = properties.take(1_000).collect();
            if steps.peek().is_none() {
                return properties;
            }
            items = properties
                .iter()
                .filter_map(|(_, it)| self.held(it))
                .collect();
        }
        Vec::new()
    }

    /// How many members of an object an item gives: those that tell what it is, and all.
    pub(super) fn covers(&self, at: usize, object: &Object, subject: &[String]) -> (usize, usize) {
        let mut telling = 0;
        let mut all = 0;
        for member in &object.members {
            let wanted = Wanted::of(member, subject);
            let has = match &member.shape {
                Shape::Single(singles) => !self.singles(at, &wanted, singles).is_empty(),
                _ => !self.properties(at, &wanted).is_empty(),
            };
            if has {
                all += 1;
                if !wanted.keys.iter().any(|own| is_general(own)) {
                    telling += 1;
                }
            }
        }
        (telling, all)
    }

    /// The items that an object is about: one, or one in several syntaxes. None where that is not sure.
    pub(super) fn about(
        &self,
        object: &Object,
        subject: &[String],
        needs_type: bool,
    ) -> Vec<usize> {
        struct Choice {
            at: usize,
            typed: bool,
            telling: usize,
            all: usize,
            name: Option<String>,
        }
        let mut choices = Vec::new();
        for (at, item) in self.statements.items.iter().enumerate() {
            if item.aside || !(item.top || self.main.contains(&at)) {
                continue;
            }
            // They only list or lead to other things.
            if item.types.iter().any(|it| {
                matches!(
                    it.as_str(),
                    "BreadcrumbList" | "ItemList" | "WebSite" | "SearchAction" | "ListItem"
                )
            }) {
                continue;
            }
            let (telling, all) = self.covers(at, object, subject);
            let is_subject = |word: &str| subject.iter().any(|it| it == word);
            let typed = item.types.iter().any(|it| {
                words(it).iter().any(|word| is_subject(word))
                    || called(it).iter().any(|word| is_subject(word))
            });
            // A site's owner stands on each of its pages.
            let is_owner = item
                .types
                .iter()
                .any(|it| called(it).contains(&"contact") || it == "WebPage");
            let says_enough =
                telling > 0 && all * 2 >= object.members.len() && !is_owner && !needs_type;
            if all == 0 || !(typed || says_enough) {
                continue;
            }
            let name = ["name", "headline", "title"].iter().find_map(|name| {
                let stated = item.values(name).next().map(|it| &it.value);
                match stated {
                    Some(Stated::Text(text)) => Some(text.trim().to_lowercase()),
                    _ => None,
                }
            });
            choices.push(Choice {
                at,
                typed,
                telling,
                all,
                name,
            });
        }
        if choices.iter().any(|it| it.typed) {
            choices.retain(|it| it.typed);
        }
        let kinds = |choices: &[Choice]| {
            let mut names: Vec<Option<String>> = choices.iter().map(|it| it.name.clone()).collect();
            names.sort();
            names.dedup();
            names.len()
        };
        if kinds(&choices) > 1 {
            // Which of several things it is about, the page's heading tells.
            let headings = self.headings();
            let is_named =
                |it: &Choice| it.name.as_ref().is_some_and(|name| headings.contains(name));
            if choices.iter().any(is_named) {
                choices.retain(is_named);
            } else {
                // Things of one type are rivals; of several types the one that says more of what is asked.
                let best = choices.iter().map(|it| (it.telling, it.all)).max();
                choices.retain(|it| Some((it.telling, it.all)) == best);
                let of_one_type = |it: &Choice| {
                    let own = self.item(it.at).map(|it| &it.types);
                    self.statements
                        .items
                        .iter()
                        .filter(|other| other.top && Some(&other.types) == own)
                        .count()
                        > 1
                };
                if choices.iter().any(of_one_type) || kinds(&choices) > 1 {
                    return Vec::new();
                }
            }
        }
        choices.into_iter().map(|it| it.at).take(8).collect()
    }

    fn headings(&self) -> Vec<String> {
        let Some(view) = self.views.first() else {
            return Vec::new();
        };
        let headings = view.iter().filter(|(_, it)| it.name == "h1" && !it.hidden);
        headings
            .map(|(at, _)| view.text(at).to_lowercase())
            .take(5)
            .collect()
    }
}
