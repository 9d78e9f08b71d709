//! Filling a schema from what a page says. A value that is in doubt stays out.

use serde_json::{Map, Value};

use super::Page;
use super::contacts::contacts;
use super::convert::{convert, is_email};
use super::field::{Field, Wanted};
use super::head::head;

use super::names::words;
use super::numbers::currency;
use super::schema::{List, Member, Object, Shape, Single};
use super::source::Source;
use super::things::Things;

/// A filled place of the schema.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Its value.
    pub value: Value,
    /// JSON pointers below it to values, and where they were found.
    pub sources: Vec<(String, Source)>,
    /// JSON pointers below it to what was not found.
    pub missing: Vec<String>,
}

impl Answer {
    pub(super) fn single(value: Value, source: Source) -> Self {
        Self {
            value,
            sources: vec![(String::new(), source)],
            missing: Vec::new(),
        }
    }

    /// A list of these.
    pub(super) fn list(answers: Vec<Self>) -> Self {
        let mut whole = Self {
            value: Value::Null,
            sources: Vec::new(),
            missing: Vec::new(),
        };
        let mut values = Vec::with_capacity(answers.len());
        for (at, answer) in answers.into_iter().enumerate() {
            values.push(whole.take(answer, &at.to_string()));
        }
        whole.value = Value::Array(values);
        whole
    }

    /// An object of what was found for its members.
    pub(super) fn object<'m>(found: impl Iterator<Item = (&'m Member, Option<Self>)>) -> Self {
        let mut whole = Self {
            value: Value::Null,
            sources: Vec::new(),
            missing: Vec::new(),
        };
        let mut members = Map::new();
        for (member, answer) in found {
            match answer {
                Some(answer) => {
                    let value = whole.take(answer, &member.name);
                    members.insert(member.name.clone(), value);
                }
                None => whole.missing.push(format!("/{}", escaped(&member.name))),
            }
        }
        whole.value = Value::Object(members);
        whole
    }

    fn take(&mut self, answer: Self, name: &str) -> Value {
        let below = |rest: String| format!("/{}{rest}", escaped(name));
        self.sources.extend(
            answer
                .sources
                .into_iter()
                .map(|(at, source)| (below(at), source)),
        );
        self.missing.extend(answer.missing.into_iter().map(below));
        answer.value
    }
}

/// A name as part of a JSON pointer (RFC 6901, 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What an object is filled from.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    /// Items that are about it.
    pub items: Vec<usize>,
    /// Fields that are about it, or that may be.
    pub fields: &'a [Field],
    /// The member that the object itself is, where the fields are those of what it lies in.
    pub within: Option<Wanted>,
    /// Whether it is what the page as a whole is about.
    pub is_page: bool,
    /// Words for what it is.
    pub subject: Vec<String>,
}

/// Fills schemas from one page.
pub(super) struct Filler<'p> {
    pub page: &'p Page,
    pub things: Things<'p>,
}

impl<'p> Filler<'p> {
    /// The whole answer.
    pub(super) fn root(&self, shape: &Shape) -> Option<Answer> {
        match shape {
            Shape::Object(object) => {
                let subject = subject_of(object, &[]);
                let scope = Scope {
                    items: self.things.about(object, &subject, false),
                    fields: &self.page.fields,
                    within: None,
                    is_page: true,
                    subject,
                };
                self.object(object, &scope)
            }
            Shape::List(list) => {
                let wanted = Wanted::of(
                    &Member {
                        name: "items".to_owned(),
                        title: None,
                        shape: Shape::Open,
                        may_be_null: false,
                    },
                    &[],
                );
                self.records(list, &wanted, &[], &[])
            }
            _ => None,
        }
    }

    /// An object with what is found of its members; none where nothing is.
    pub(super) fn object(&self, object: &Object, scope: &Scope<'_>) -> Option<Answer> {
        let found = object.members.iter();
        let whole = Answer::object(found.map(|member| (member, self.member(member, scope))));
        (!whole.sources.is_empty()).then_some(whole)
    }

    fn member(&self, member: &Member, scope: &Scope<'_>) -> Option<Answer> {
        let wanted = Wanted::of(member, &scope.subject);
        match &member.shape {
            Shape::Single(singles) => {
                let (value, source) = self.single(&wanted, singles, scope)?;
                Some(Answer::single(value, source))
            }
            Shape::Object(object) => self.inner(object, &wanted, scope),
            Shape::List(list) => self.list(list, &wanted, scope),
            Shape::Open => None,
        }
    }

    fn single(
        &self,
        wanted: &Wanted,
        singles: &[Single],
        scope: &Scope<'_>,
    ) -> Option<(Value, Source)> {
        let mut stated: Vec<(Value, Source)> = Vec::new();
        for item in &scope.items {
            for (value, source) in self.things.singles(*item, wanted, singles) {
                add(&mut stated, value, source);
            }
        }
        let mut shown = self.shown_by_fields(wanted, singles, scope, false);
        if stated.is_empty() && shown.is_empty() {
            shown = self.shown_by_fields(wanted, singles, scope, true);
        }
        if stated.is_empty() && shown.is_empty() && scope.is_page {
            shown = self.shown_by_page(wanted, singles);
        }
        if scope.is_page && self.is_contradicted(wanted, singles, &stated) {
            return None;
        }
        agreed(stated, shown)
    }

    fn shown_by_fields(
        &self,
        wanted: &Wanted,
        singles: &[Single],
        scope: &Scope<'_>,
        weak: bool,
    ) -> Vec<(Value, Source)> {
        let mut found = Vec::new();
        let mut rest = Vec::new();
        for field in scope.fields.iter().filter(|field| field.weak == weak) {
            let fits = match &scope.within {
                Some(above) => wanted.names_within(field, above),
                None => wanted.names(field) && !field.in_card,
            };
            if !fits {
                continue;
            }
            if let Some(value) = convert(&field.cell, singles, &wanted.name) {
                // Its own name before one that means the same.
                let is_own = matches!(&field.name, super::field::Name::Label(label) if wanted.keys.first() == Some(label));
                add(
                    if is_own { &mut found } else { &mut rest },
                    value,
                    field.source.clone(),
                );
            }
        }
        if found.is_empty() {
            found = rest;
        }
        // A price names its currency.
        let is_currency = wanted.keys.iter().any(|own| {
            matches!(
                own.as_str(),
                "currency" | "price currency" | "currency code"
            )
        });
        if found.is_empty() && is_currency && scope.within.is_none() {
            for field in scope
                .fields
                .iter()
                .filter(|it| it.weak == weak && !it.in_card)
            {
                let is_price = matches!(&field.name, super::field::Name::Label(label) if label == "price" || label == "total");
                let code = currency(&field.cell.text).filter(|_| is_price);
                if let Some(code) = code {
                    let cell = super::cell::Cell {
                        text: code.to_owned(),
                        ..Default::default()
                    };
                    if let Some(value) = convert(&cell, singles, &wanted.name) {
                        add(&mut found, value, field.source.clone());
                    }
                }
            }
        }
        found
    }

    /// What the head says, and addresses that the page links to.
    fn shown_by_page(&self, wanted: &Wanted, singles: &[Single]) -> Vec<(Value, Source)> {
        let mut found = Vec::new();
        let Some(view) = self.page.views.first() else {
            return found;
        };
        for (cell, source) in head(&self.page.head, wanted) {
            if let Some(value) = convert(&cell, singles, &wanted.name) {
                add(&mut found, value, source);
            }
        }
        if found.is_empty() && wanted.keys.iter().any(|own| own == "price") {
            for (cell, source) in &self.page.prices {
                if let Some(value) = convert(cell, singles, &wanted.name) {
                    add(&mut found, value, source.clone());
                }
            }
        }
        if wanted.is("email")
            && let Some((cell, source)) = contacts(view, "mailto:")
            && is_email(&cell.text)
            && let Some(value) = convert(&cell, singles, &wanted.name)
        {
            add(&mut found, value, source);
        }
        if wanted.is("phone")
            && let Some((cell, source)) = contacts(view, "tel:")
            && let Some(value) = convert(&cell, singles, &wanted.name)
        {
            add(&mut found, value, source);
        }
        found
    }

    /// Whether the page shows other prices than the one that is stated.
    fn is_contradicted(
        &self,
        wanted: &Wanted,
        singles: &[Single],
        stated: &[(Value, Source)],
    ) -> bool {
        let is_price = wanted.keys.iter().any(|own| own == "price");
        if !is_price || stated.is_empty() {
            return false;
        }
        let shown: Vec<Value> = self
            .page
            .prices
            .iter()
            .filter_map(|(cell, _)| convert(cell, singles, &wanted.name))
            .collect();
        let is_number = |value: &Value| value.is_number();
        !shown.is_empty()
            && shown.iter().all(is_number)
            && !stated.iter().any(|(value, _)| shown.contains(value))
    }

    /// An object inside of an object.
    fn inner(&self, object: &Object, wanted: &Wanted, scope: &Scope<'_>) -> Option<Answer> {
        let subject = subject_of(object, &wanted.keys);
        let mut items: Vec<usize> = Vec::new();
        for item in &scope.items {
            let below = self.things.below(*item, wanted);
            // Which of several it is nobody says.
            if below.len() > 1 {
                return None;
            }
            items.extend(below);
        }
        if items.is_empty() && scope.is_page && scope.within.is_none() {
            items = self.things.about(object, &subject, true);
        }
        let inner = Scope {
            items,
            fields: scope.fields,
            within: Some(wanted.clone()),
            is_page: false,
            subject,
        };
        self.object(object, &inner)
    }

    fn list(&self, list: &List, wanted: &Wanted, scope: &Scope<'_>) -> Option<Answer> {
        match &list.items {
            Shape::Single(singles) => self.values(list, singles, wanted, scope),
            Shape::Object(object) => {
                let own: Vec<usize> = scope
                    .items
                    .iter()
                    .map(|item| self.things.below(*item, wanted))
                    .find(|below| !below.is_empty())
                    .unwrap_or_default();
                if scope.is_page && scope.within.is_none() {
                    return self.records(list, wanted, &own, &scope.items);
                }
                let subject = subject_of(object, &wanted.keys);
                let answers: Option<Vec<Answer>> = own
                    .iter()
                    .map(|item| self.of_item(object, *item, &subject))
                    .collect();
                allowed(list, answers?)
            }
            _ => None,
        }
    }

    /// An object that one item is about.
    pub(super) fn of_item(
        &self,
        object: &Object,
        item: usize,
        subject: &[String],
    ) -> Option<Answer> {
        let scope = Scope {
            items: vec![item],
            fields: &[],
            within: None,
            is_page: false,
            subject: subject.to_vec(),
        };
        self.object(object, &scope)
    }
}

/// A list's parts where it is one that is asked for.
pub(super) fn allowed(list: &List, answers: Vec<Answer>) -> Option<Answer> {
    let values: Vec<Value> = answers.iter().map(|it| it.value.clone()).collect();
    (!values.is_empty() && list.allows(&values)).then(|| Answer::list(answers))
}

/// Words for what an object is: its title, and the member that it is.
pub(super) fn subject_of(object: &Object, keys: &[String]) -> Vec<String> {
    let mut subject = words(object.title.as_deref().unwrap_or_default());
    for key in keys {
        subject.extend(key.split(' ').map(str::to_owned));
    }
    // They say nothing of what it is.
    subject.retain(|word| {
        !matches!(
            word.as_str(),
            "detail"
                | "info"
                | "data"
                | "page"
                | "item"
                | "model"
                | "schema"
                | "response"
                | "result"
        )
    });
    subject.dedup();
    subject
}

fn add(found: &mut Vec<(Value, Source)>, value: Value, source: Source) {
    if !found.iter().any(|(other, _)| is_same(other, &value)) {
        found.push((value, source));
    }
}

/// Whether two values say the same: texts do in whichever case they are written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => one == other,
    }
}

/// The one value that what is stated for machines and what is shown to people agree on.
fn agreed(
    mut stated: Vec<(Value, Source)>,
    mut shown: Vec<(Value, Source)>,
) -> Option<(Value, Source)> {
    match (stated.len(), shown.len()) {
        (0, 1) => shown.pop(),
        (1, 0) => stated.pop(),
        (0, _) | (_, 0) => None,
        _ => {
            let holds = |one: &Value, other: &Value| match (one.as_str(), other.as_str()) {
                (Some(one), Some(other)) => {
                    let (one, other) = (one.to_lowercase(), other.to_lowercase());
                    one.contains(&other) || other.contains(&one)
                }
                _ => false,
            };
            let agrees = |value: &Value| shown.iter().any(|(other, _)| is_same(value, other));
            let mut common: Vec<(Value, Source)> = stated
                .iter()
                .filter(|(value, _)| agrees(value))
                .cloned()
                .collect();
            if common.is_empty()
                && let ([(one, _)], [(other, _)]) = (stated.as_slice(), shown.as_slice())
                && holds(one, other)
            {
                return stated.pop();
            }
            match common.len() {
                1 => common.pop(),
                _ => None,
            }
        }
    }
}
