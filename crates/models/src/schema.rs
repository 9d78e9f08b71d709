//! What providers ask of a JSON Schema that answers must follow.

use serde_json::{Map, Value, json};

/// Members whose value is a schema.
const SCHEMA: &[&str] = &["items", "not", "contains", "if", "then", "else"];
/// Members whose value is a list of schemas.
const LISTS: &[&str] = &["anyOf", "oneOf", "allOf", "prefixItems"];
/// Members whose members are schemas.
const MAPS: &[&str] = &["properties", "$defs", "definitions", "patternProperties"];

/// Bounds that Anthropic's structured output refuses (its documentation, "Structured outputs", "JSON Schema
/// limitations"). Without them the answer is still of the right shape; who asked checks it against the whole schema.
const REFUSED_BY_ANTHROPIC: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Whether OpenAI takes this schema with `strict`: every object is closed and requires all that it has ("Structured
/// model outputs", "Supported schemas").
pub(crate) fn is_strict(schema: &Value) -> bool {
    schema["type"] == "object" && schema.get("anyOf").is_none() && all_closed(schema)
}

fn all_closed(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else {
        return true;
    };
    if is_object(members) {
        let required = members.get("required").and_then(Value::as_array);
        let requires = |name: &String| {
            required.is_some_and(|list| list.iter().any(|other| other.as_str() == Some(name)))
        };
        let properties = members.get("properties").and_then(Value::as_object);
        let all = properties.is_some_and(|all| all.keys().all(requires));
        if !all || members.get("additionalProperties") != Some(&Value::Bool(false)) {
            return false;
        }
    }
    below(members).all(all_closed)
}

/// The same schema as Anthropic takes it: objects are closed, bounds that it refuses are left out.
pub(crate) fn for_anthropic(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let mut changed = Map::new();
    for (name, value) in members {
        let name_is = |list: &[&str]| list.contains(&name.as_str());
        let value = match value {
            _ if name_is(REFUSED_BY_ANTHROPIC) => continue,
            Value::Object(_) if name_is(SCHEMA) => for_anthropic(value),
            Value::Array(all) if name_is(LISTS) => all.iter().map(for_anthropic).collect(),
            Value::Object(all) if name_is(MAPS) => all
                .iter()
                .map(|(name, schema)| (name.clone(), for_anthropic(schema)))
                .collect(),
            other => other.clone(),
        };
        changed.insert(name.clone(), value);
    }
    if is_object(members) {
        changed.insert("additionalProperties".to_owned(), json!(false));
    }
    Value::Object(changed)
}

fn is_object(members: &Map<String, Value>) -> bool {
    members.get("type").is_some_and(|kind| kind == "object") || members.contains_key("properties")
}

/// The schemas directly below one.
fn below(members: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let get = |name: &&str| members.get(*name);
    let single = SCHEMA.iter().filter_map(get);
    let listed = LISTS
        .iter()
        .filter_map(get)
        .filter_map(Value::as_array)
        .flatten();
    let mapped = MAPS
        .iter()
        .filter_map(get)
        .filter_map(Value::as_object)
        .flat_map(|all| all.values());
    single.chain(listed).chain(mapped)
}
