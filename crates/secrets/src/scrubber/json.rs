//! Secrets in JSON values.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::finder::Finder;
use super::render;

pub(super) fn scrub(finder: &Finder, value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            let text = number.to_string();
            let text = text.strip_prefix('-').unwrap_or(&text);
            let text = text.strip_suffix(".0").unwrap_or(text);
            if let Some(label) = finder.whole(text.as_bytes()) {
                *value = Value::String(label.to_owned());
            }
        }
        Value::String(text) => {
            if let Cow::Owned(scrubbed) = render::text(finder, text) {
                *text = scrubbed;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| scrub(finder, item)),
        Value::Object(members) => {
            members
                .values_mut()
                .for_each(|member| scrub(finder, member));
            scrub_names(finder, members);
        }
    }
}

/// Names stay in their order, and no member takes another one's place.
fn scrub_names(finder: &Finder, members: &mut Map<String, Value>) {
    let found = |name: &String| matches!(render::text(finder, name), Cow::Owned(_));
    if !members.keys().any(found) {
        return;
    }
    for (name, member) in std::mem::take(members) {
        let mut name = render::text(finder, &name).into_owned();
        while members.contains_key(&name) {
            name.push('~');
        }
        members.insert(name, member);
    }
}
