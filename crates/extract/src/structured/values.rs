//! Lists of single values: properties that come several times, lists beside a label, texts with commas.

use super::cell::Cell;
use super::convert::convert;
use super::field::{Field, Wanted};
use super::fill::{Answer, Filler, Scope, allowed};
use super::schema::{List, Single};

impl Filler<'_> {
    /// A list of single values.
    pub(super) fn values(
        &self,
        list: &List,
        singles: &[Single],
        wanted: &Wanted,
        scope: &Scope<'_>,
    ) -> Option<Answer> {
        let mut stated: Vec<Vec<Answer>> = Vec::new();
        for item in &scope.items {
            let found = self
                .things
                .properties(*item, wanted)
                .into_iter()
                .find_map(|properties| {
                    let all: Option<Vec<Answer>> = properties
                        .iter()
                        .map(|(item, property)| {
                            let value = self.things.value(item, property, wanted, singles)?;
                            Some(Answer::single(value, self.things.source(item, property)))
                        })
                        .collect();
                    all.filter(|all| !all.is_empty())
                });
            let found = found.map(|found| match found.as_slice() {
                // `keywords` are often one text with commas.
                [one] if wanted.is("tag") || wanted.is("keyword") => split(one, singles, wanted),
                _ => found,
            });
            stated.extend(found);
        }
        let mut shown: Vec<Vec<Answer>> = Vec::new();
        for field in scope.fields {
            let fits = match &scope.within {
                Some(above) => wanted.names_within(field, above),
                None => wanted.names(field) && !field.in_card && !field.weak,
            };
            if fits {
                shown.extend(parts(field, singles, wanted));
            }
        }
        let values = |answers: &Vec<Answer>| {
            answers
                .iter()
                .map(|it| it.value.clone())
                .collect::<Vec<_>>()
        };
        let mut all = stated.into_iter().chain(shown);
        let first = all.next()?;
        let wanted_values = values(&first);
        // Two lists that differ are a doubt.
        if all.any(|other| values(&other) != wanted_values) {
            return None;
        }
        allowed(list, first)
    }
}

/// The values of a field that holds several.
fn parts(field: &Field, singles: &[Single], wanted: &Wanted) -> Option<Vec<Answer>> {
    let cell = &field.cell;
    let texts: Vec<String> = if !cell.parts.is_empty() {
        cell.parts.clone()
    } else {
        let separator = [" | ", " · ", "; ", ", "]
            .into_iter()
            .find(|it| cell.text.contains(it));
        match separator {
            // "Leeds, England" is one place.
            Some(", ")
                if !cell.several
                    || cell
                        .text
                        .split(", ")
                        .any(|it| it.split_whitespace().count() > 4) =>
            {
                return None;
            }
            Some(separator) => cell.text.split(separator).map(str::to_owned).collect(),
            None => vec![cell.text.clone()],
        }
    };
    let answers = texts.into_iter().map(|text| {
        let one = Cell {
            text: text.trim().to_owned(),
            parts: Vec::new(),
            link: None,
            ..cell.clone()
        };
        let value = convert(&one, singles, &wanted.name)?;
        Some(Answer::single(value, field.source.clone()))
    });
    answers
        .collect::<Option<Vec<Answer>>>()
        .filter(|it| !it.is_empty())
}

fn split(one: &Answer, singles: &[Single], wanted: &Wanted) -> Vec<Answer> {
    let (Some(text), Some((_, source))) = (one.value.as_str(), one.sources.first()) else {
        return vec![one.clone()];
    };
    let parts = text.split(',').map(|part| {
        let cell = Cell {
            text: part.trim().to_owned(),
            ..Default::default()
        };
        Some(Answer::single(
            convert(&cell, singles, &wanted.name)?,
            source.clone(),
        ))
    });
    parts
        .collect::<Option<Vec<_>>>()
        .unwrap_or_else(|| vec![one.clone()])
}
