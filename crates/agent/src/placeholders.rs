//! Addresses that a page was told with short names for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::schema::unfenced;

/// For a model that reads such a page.
pub(crate) const RULE: &str = "\
The page's addresses are shortened to names such as link1 and image1. Where an address is wanted, answer with its name.";

/// An answer with the addresses in the places of their names. One that is no JSON stays as it is.
pub(crate) fn resolved(answer: &str, addresses: &BTreeMap<String, String>) -> String {
    if let Ok(mut value) = serde_json::from_str::<Value>(unfenced(answer))
        && !addresses.is_empty()
    {
        resolve(&mut value, addresses);
        return value.to_string();
    }
    answer.to_owned()
}

/// Reading JSON bounds how deep a value is.
fn resolve(value: &mut Value, addresses: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => match addresses.get(text.trim()) {
            Some(address) => text.clone_from(address),
            None => *text = with_addresses(text, addresses),
        },
        Value::Array(values) => values.iter_mut().for_each(|it| resolve(it, addresses)),
        Value::Object(members) => members.values_mut().for_each(|it| resolve(it, addresses)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Markdown whose links lead to addresses again.
fn with_addresses(markdown: &str, addresses: &BTreeMap<String, String>) -> String {
    let mut parts = markdown.split("](");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("](");
        let link = part.split_once(')');
        match link.and_then(|(name, rest)| Some((addresses.get(name)?, rest))) {
            Some((address, rest)) => {
                out.push_str(address);
                out.push(')');
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_addresses_become_addresses() {
        let addresses = BTreeMap::from([("link1".to_owned(), "https://a.example/".to_owned())]);
        for (answer, expected) in [
            (r#""link1""#, r#""https://a.example/""#),
            (
                "```json\n{\"at\": [\" link1 \"]}\n```",
                r#"{"at":["https://a.example/"]}"#,
            ),
            (
                r#""[A](link1), [B](link2) (link1)""#,
                r#""[A](https://a.example/), [B](link2) (link1)""#,
            ),
            (r#""link11 and link1""#, r#""link11 and link1""#),
            (r#"{"link1": 1}"#, r#"{"link1":1}"#),
            ("link1, or so", "link1, or so"),
        ] {
            assert_eq!(resolved(answer, &addresses), expected);
        }
    }
}
