//! What a page states by itself, beside what a model says.

use guise_core::PageFacts;
use serde_json::Value;

/// So many of what is missing are named in an error.
const NAMED: usize = 10;

/// A model's answer with the page's own values put over its.
///
/// Lists are put together element by element where both have as many and each pair shares a value; else the page's list holds
/// where it lacks nothing, and the model's where it does.
pub(crate) fn merged(facts: &PageFacts, answer: Value) -> Value {
    match &facts.data {
        Some(found) => over(found, answer, "", &facts.missing),
        None => answer,
    }
}

fn over(found: &Value, answer: Value, at: &str, missing: &[String]) -> Value {
    match (found, answer) {
        (Value::Object(found), Value::Object(mut answer)) => {
            for (name, value) in found {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                let merged = match answer.remove(name) {
                    Some(answer) => over(value, answer, &at, missing),
                    None => value.clone(),
                };
                answer.insert(name.clone(), merged);
            }
            Value::Object(answer)
        }
        (Value::Array(found), Value::Array(answer)) => {
            let below = format!("{at}/");
            let is_whole = !missing.iter().any(|it| it.starts_with(&below));
            let are_alike = found.len() == answer.len()
                && found
                    .iter()
                    .zip(&answer)
                    .all(|(one, other)| is_alike(one, other));
            if are_alike {
                let pairs = found.iter().zip(answer).enumerate();
                return pairs
                    .map(|(number, (one, other))| {
                        over(one, other, &format!("{at}/{number}"), missing)
                    })
                    .collect();
            }
            Value::Array(if is_whole { found.clone() } else { answer })
        }
        // A model that leaves out what is known is not asked to repeat it.
        (found, _) => found.clone(),
    }
}

/// Whether two elements of lists are about one thing.
fn is_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.iter().any(|(name, value)| {
            !value.is_object() && !value.is_array() && other.get(name) == Some(value)
        }),
        _ => one == other,
    }
}

/// What of the facts is still missing in some data.
pub(crate) fn missing_in(facts: &PageFacts, data: Option<&Value>) -> Vec<String> {
    let is_there = |at: &String| {
        data.and_then(|data| data.pointer(at))
            .is_some_and(|value| !value.is_null())
    };
    facts
        .missing
        .iter()
        .filter(|at| !is_there(at))
        .cloned()
        .collect()
}

/// What was not found, in words.
pub(crate) fn told(missing: &[String]) -> String {
    let named: Vec<&str> = missing
        .iter()
        .take(NAMED)
        .map(|at| {
            if at.is_empty() {
                "anything"
            } else {
                at.as_str()
            }
        })
        .collect();
    let more = match missing.len().checked_sub(NAMED) {
        Some(more) if more > 0 => format!(" and {more} more"),
        _ => String::new(),
    };
    format!(
        "The page does not state {}{more} by itself",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(data: Value, missing: &[&str]) -> PageFacts {
        PageFacts {
            data: Some(data),
            missing: missing.iter().map(|&it| it.to_owned()).collect(),
            ..PageFacts::default()
        }
    }

    #[test]
    fn the_page_is_put_over_the_model() {
        let found = facts(json!({"a": 1, "inner": {"b": "x"}}), &["/c"]);
        let answer = json!({"a": 2, "inner": {"b": null, "d": 4}, "c": 3});
        assert_eq!(
            merged(&found, answer),
            json!({"inner": {"d": 4, "b": "x"}, "c": 3, "a": 1})
        );
    }

    #[test]
    fn lists_are_put_together_where_they_are_about_the_same() {
        let found = facts(
            json!({"l": [{"n": "x", "p": 1}, {"n": "y", "p": 2}]}),
            &["/l/0/q", "/l/1/q"],
        );
        let same = json!({"l": [{"n": "x", "p": 9, "q": 5}, {"n": "y", "p": 2, "q": 6}]});
        assert_eq!(
            merged(&found, same)["l"],
            json!([{"n": "x", "p": 1, "q": 5}, {"n": "y", "p": 2, "q": 6}])
        );
        let turned = json!({"l": [{"n": "y", "p": 9, "q": 6}, {"n": "x", "p": 1, "q": 5}]});
        assert_eq!(
            merged(&found, turned.clone()),
            turned,
            "the page's list lacks something"
        );
        let found = facts(json!({"l": ["x", "y"]}), &["/other"]);
        assert_eq!(
            merged(&found, json!({"l": ["x"]})),
            json!({"l": ["x", "y"]})
        );
    }
}
