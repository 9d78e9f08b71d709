//! Pages with schemas and what a careful reader takes from them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// A page of ours.
pub struct Case {
    pub name: String,
    pub html: String,
    pub url: String,
    pub schema: Value,
    /// All that the page states of what the schema asks for.
    pub truth: Value,
}

pub fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/structured/pages");
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let told: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        cases.push(Case {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            html: fs::read_to_string(path.with_extension("html")).unwrap(),
            url: told["url"].as_str().unwrap().to_owned(),
            schema: told["schema"].clone(),
            truth: told["truth"].clone(),
        });
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

/// The single values of some data, by their pointers.
pub fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                let below = members
                    .iter()
                    .map(|(name, it)| (format!("{at}/{name}"), it));
                open.extend(below);
            }
            Value::Array(list) => {
                let below = list.iter().enumerate();
                open.extend(below.map(|(number, it)| (format!("{at}/{number}"), it)));
            }
            single => {
                found.insert(at, single.clone());
            }
        }
    }
    found
}

/// Whether two values are one: `4` is `4.0`.
pub fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        _ => one == other,
    }
}
