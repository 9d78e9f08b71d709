//! Lists of objects: from items, tables and cards, the reading that says most of what is asked.

use super::cards::fields;
use super::cell::Cell;
use super::field::{Field, Name, Wanted};
use super::fill::{Answer, Filler, Scope, allowed, subject_of};
use super::names::{is_general, is_neutral, tells_apart, words};
use super::schema::{List, Object, Shape};
use super::source::{Source, SourceKind};
use crate::statements::Stated;

/// What the things of a list are called.
struct Names {
    /// By the member, and by the title of their schema.
    own: Vec<String>,
    title: Vec<String>,
}

impl Names {
    fn of(wanted: &Wanted, object: &Object) -> Self {
        let own = wanted.keys.first().map(String::as_str).unwrap_or_default();
        let telling = |words: Vec<String>| -> Vec<String> {
            words.into_iter().filter(|word| !is_neutral(word)).collect()
        };
        Self {
            own: telling(own.split(' ').map(str::to_owned).collect()),
            title: telling(words(object.title.as_deref().unwrap_or_default())),
        }
    }

    /// Whether they do not say what is in the list.
    fn is_neutral(&self) -> bool {
        self.own.is_empty() && self.title.is_empty()
    }

    /// Whether a list whose surroundings hold these words is called so.
    fn are_in(&self, called: &[String]) -> bool {
        let all =
            |words: &[String]| !words.is_empty() && words.iter().all(|word| called.contains(word));
        let is_one_of_several = self.own.iter().any(|word| tells_apart(word));
        all(&self.own) || (!is_one_of_several && all(&self.title))
    }
}

/// The words of a heading that is no sentence.
fn short_words(section: &str) -> Vec<String> {
    let words: Vec<String> = section.split(' ').map(str::to_owned).collect();
    match words.len() <= 3 {
        true => words,
        false => Vec::new(),
    }
}

/// One reading of the page as the list that is asked for.
struct Reading {
    answers: Vec<Answer>,
    /// Members that most of its objects have: those that tell what they are, and all.
    telling: usize,
    all: usize,
    /// Whether the page calls it what the schema calls it.
    is_named: bool,
    /// Whether items state it.
    is_stated: bool,
    /// Whether it was given as the member itself.
    is_own: bool,
}

impl Filler<'_> {
    /// The list of objects that a member asks for. `own` are the items that the page's thing has for it, `about` that thing,
    /// which is in no list of others.
    pub(super) fn records(
        &self,
        list: &List,
        wanted: &Wanted,
        own: &[usize],
        about: &[usize],
    ) -> Option<Answer> {
        let Shape::Object(object) = &list.items else {
            return None;
        };
        let subject = subject_of(object, &wanted.keys);
        let names = Names::of(wanted, object);
        let mut readings = Vec::new();
        self.read_items(object, &subject, &names, own, about, &mut readings);
        self.read_tables(object, &subject, wanted, &names, &mut readings);
        self.read_cards(object, &subject, wanted, &names, &mut readings);

        let members = object.members.len();
        let half = members.div_ceil(2);
        let general_alone = readings.iter().filter(|it| it.telling == 0).count();
        readings.retain(|it| {
            if it.is_own {
                return it.all > 0;
            }
            if it.is_named {
                return it.all >= 2.min(members);
            }
            if it.answers.len() < 2 || it.all < half.max(2) {
                return false;
            }
            // What nearly every list has tells nothing; one such list alone may be meant by a name that says nothing.
            it.telling > 0 || (names.is_neutral() && general_alone == 1)
        });
        let best = readings
            .iter()
            .map(|it| (it.is_own, it.all, it.is_named))
            .max()?;
        readings.retain(|it| (it.is_own, it.all, it.is_named) == best);
        // Items before what is shown, if they are as many.
        readings.sort_by_key(|it| !it.is_stated);
        let count = readings.first()?.answers.len();
        let is_same =
            |it: &Reading| it.answers.len() == count && agrees(&it.answers, &readings[0].answers);
        if !readings.iter().all(is_same) {
            return None;
        }
        allowed(list, readings.into_iter().next()?.answers)
    }

    fn read_items(
        &self,
        object: &Object,
        subject: &[String],
        names: &Names,
        own: &[usize],
        about: &[usize],
        readings: &mut Vec<Reading>,
    ) {
        let mut lists: Vec<(Vec<usize>, Vec<String>, bool)> = Vec::new();
        if !own.is_empty() {
            lists.push((own.to_vec(), Vec::new(), true));
        }
        let items = &self.things.statements.items;
        let mut by_type: Vec<(&[String], Vec<usize>)> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if item.aside {
                continue;
            }
            if item.top && !item.types.is_empty() {
                let known = by_type
                    .iter()
                    .position(|(types, _)| *types == item.types.as_slice());
                match known {
                    Some(known) => by_type[known].1.push(at),
                    None if by_type.len() < 50 => by_type.push((&item.types, vec![at])),
                    None => {}
                }
            }
            let mut properties: Vec<&str> =
                item.properties.iter().map(|it| it.name.as_str()).collect();
            properties.dedup();
            for name in properties {
                let held: Vec<usize> = item
                    .values(name)
                    .filter(|it| matches!(it.value, Stated::Item(_)))
                    .filter_map(|it| self.things.held(it))
                    .collect();
                if held.len() > 1 && lists.len() < 100 {
                    let mut called = words(name);
                    called.extend(item.types.iter().flat_map(|it| words(it)));
                    lists.push((held, called, false));
                }
            }
        }
        lists.extend(by_type.into_iter().map(|(_, all)| (all, Vec::new(), false)));
        for (list, mut called, is_own) in lists {
            if !is_own && list.iter().any(|at| about.contains(at)) {
                continue;
            }
            let types = list
                .first()
                .and_then(|at| items.get(*at))
                .map(|it| &it.types);
            called.extend(types.into_iter().flatten().flat_map(|it| words(it)));
            let answers: Option<Vec<Answer>> = list
                .iter()
                .map(|at| self.of_item(object, *at, subject))
                .collect();
            if let Some(answers) = answers {
                let is_named = names.are_in(&called);
                readings.push(reading(object, subject, answers, is_named, true, is_own));
            }
        }
    }

    fn read_tables(
        &self,
        object: &Object,
        subject: &[String],
        wanted: &Wanted,
        names: &Names,
        readings: &mut Vec<Reading>,
    ) {
        for table in &self.page.tables {
            let Some(view) = self.page.views.get(table.view) else {
                continue;
            };
            let section = self
                .page
                .sections
                .get(table.view)
                .map(|it| it.within_or_above(table.at, view.node(table.at).end))
                .unwrap_or_default();
            let called = words(view.attribute(table.at, "class").unwrap_or_default())
                .into_iter()
                .chain(words(view.attribute(table.at, "id").unwrap_or_default()))
                .chain(short_words(&section))
                .collect::<Vec<_>>();
            for by in &table.readings {
                let mut answers = Vec::new();
                for record in &by.records {
                    let field = |name, cell: &Cell, at, weak| Field {
                        name,
                        section: String::new(),
                        cell: cell.clone(),
                        source: Source {
                            kind: SourceKind::Table,
                            place: view.path(at),
                        },
                        weak,
                        in_card: false,
                    };
                    let cells = by.names.iter().zip(record);
                    let mut fields: Vec<Field> = cells
                        .filter_map(|(name, cell)| {
                            let (cell, at) = cell.as_ref()?;
                            Some(field(Name::Label(name.clone()), cell, *at, false))
                        })
                        .collect();
                    if by.is_called_by_first
                        && let Some(Some((cell, at))) = record.first()
                    {
                        fields.push(field(Name::Meant(&["name", "title"]), cell, *at, true));
                    }
                    answers.extend(self.of_fields(object, &fields, subject));
                }
                let is_named = wanted.heads(&section) || names.are_in(&called);
                if !answers.is_empty() {
                    let sums_left_out = without_sums(answers);
                    readings.push(reading(
                        object,
                        subject,
                        sums_left_out,
                        is_named,
                        false,
                        false,
                    ));
                }
            }
        }
    }

    fn read_cards(
        &self,
        object: &Object,
        subject: &[String],
        wanted: &Wanted,
        names: &Names,
        readings: &mut Vec<Reading>,
    ) {
        for group in &self.page.groups {
            let Some(view) = self.page.views.get(group.view) else {
                continue;
            };
            let mut answers = Vec::new();
            for member in &group.members {
                let mut fields = fields(view, group, *member, &self.page.labels);
                fields.truncate(200);
                answers.extend(self.of_fields(object, &fields, subject));
            }
            // One that says one thing of many is something else between them.
            let most = answers.iter().map(|it| it.sources.len()).max().unwrap_or(0);
            answers.retain(|it| most < 3 || it.sources.len() > 1);
            let mut called = group.words.clone();
            called.extend(short_words(&group.section));
            let is_named = wanted.heads(&group.section) || names.are_in(&called);
            if answers.len() > 1 {
                readings.push(reading(object, subject, answers, is_named, false, false));
            }
        }
    }

    fn of_fields(&self, object: &Object, fields: &[Field], subject: &[String]) -> Option<Answer> {
        let scope = Scope {
            items: Vec::new(),
            fields,
            within: None,
            is_page: false,
            subject: subject.to_vec(),
        };
        self.object(object, &scope)
    }
}

/// Records without the rows of sums at their end, which lack what the others have.
fn without_sums(mut answers: Vec<Answer>) -> Vec<Answer> {
    let most = answers.iter().map(|it| it.sources.len()).max().unwrap_or(0);
    while answers
        .last()
        .is_some_and(|it| most > 2 && it.sources.len() * 2 < most)
    {
        answers.pop();
    }
    answers
}

fn reading(
    object: &Object,
    subject: &[String],
    answers: Vec<Answer>,
    is_named: bool,
    is_stated: bool,
    is_own: bool,
) -> Reading {
    let (mut telling, mut all) = (0, 0);
    for member in &object.members {
        let has = answers
            .iter()
            .filter(|it| it.value.get(&member.name).is_some())
            .count();
        if has * 10 >= answers.len() * 6 {
            all += 1;
            let wanted = Wanted::of(member, subject);
            telling += usize::from(!wanted.keys.iter().any(|own| is_general(own)));
        }
    }
    Reading {
        answers,
        telling,
        all,
        is_named,
        is_stated,
        is_own,
    }
}

/// Whether two lists say nothing different of the things in them.
fn agrees(one: &[Answer], other: &[Answer]) -> bool {
    one.iter().zip(other).all(|(one, other)| {
        let (Some(one), Some(other)) = (one.value.as_object(), other.value.as_object()) else {
            return false;
        };
        one.iter().all(|(name, value)| {
            other.get(name).is_none_or(|it| {
                it == value
                    || (it.is_string()
                        && value.is_string()
                        && it.as_str().map(str::to_lowercase)
                            == value.as_str().map(str::to_lowercase))
            })
        })
    })
}
