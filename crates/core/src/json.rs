//! Bounds of JSON that comes from outside.

use serde_json::Value;

/// The deepest JSON that is taken: what is kept stands a few levels deeper, and must still be readable (128 levels).
pub const MAX_JSON_DEPTH: usize = 64;

/// How deeply a value is nested: 0 for one that holds no others.
pub fn json_depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(json_depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(json_depth).max().unwrap_or(0),
        _ => 0,
    }
}
