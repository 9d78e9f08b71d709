//! Answers that must fit a JSON Schema.

use std::collections::HashMap;
use std::sync::Arc;

use guise_core::{Error, Result, json_depth};
use jsonschema::Validator;
use serde_json::Value;

/// The largest schema, in bytes of JSON.
const LARGEST: usize = 64 * 1024;

/// References that lead to references are followed so far.
const LONGEST_CHAIN: usize = 200;

/// So many faults of an answer are told.
const TOLD: usize = 5;

/// The largest answer that is checked, in bytes, and the deepest.
const LARGEST_ANSWER: usize = 256 * 1024;
const DEEPEST_ANSWER: usize = 64;

/// What checking may take: subschemas to look at, with references followed.
const MOST_WORK: u64 = 200_000;

/// A schema that was understood.
pub(crate) struct Schema {
    validator: Validator,
    /// The deepest answer that it can check without looking at more than [`MOST_WORK`] subschemas.
    deepest: usize,
}

impl Schema {
    /// Understands a schema. References to elsewhere are never fetched.
    ///
    /// # Errors
    /// Kind `Invalid`, naming `member`.
    pub(crate) fn new(schema: &Value, member: &str) -> Result<Self> {
        let invalid = |why: String| {
            Err(Error::invalid_member(
                &[member],
                "json_schema",
                format!("Invalid {member}: expected a JSON Schema; {why}"),
            ))
        };
        if !schema.is_object() {
            return invalid("it is no object".to_owned());
        }
        if schema.to_string().len() > LARGEST {
            return invalid(format!("it is larger than {LARGEST} bytes"));
        }
        let work = work(schema);
        if work.subschemas > MOST_WORK {
            return invalid(format!(
                "with its references followed it has more than {MOST_WORK} subschemas"
            ));
        }
        match jsonschema::options().build(schema) {
            Ok(validator) => Ok(Self {
                validator,
                deepest: work.deepest(),
            }),
            Err(error) => invalid(error.to_string().chars().take(500).collect()),
        }
    }

    /// What is wrong with an answer, or its JSON in short form. Runs where it holds up nobody.
    ///
    /// # Errors
    /// When the check itself broke off.
    pub(crate) async fn check(self: Arc<Self>, answer: String) -> Result<Result<String, String>> {
        let checked = tokio::task::spawn_blocking(move || self.fits(&answer)).await;
        checked.map_err(|_| Error::internal("checking an answer broke off", "its task failed"))
    }

    fn fits(&self, answer: &str) -> Result<String, String> {
        let answer = unfenced(answer);
        if answer.len() > LARGEST_ANSWER {
            return Err(format!("it is larger than {LARGEST_ANSWER} bytes"));
        }
        let value: Value =
            serde_json::from_str(answer).map_err(|error| format!("it is no JSON: {error}"))?;
        if json_depth(&value) > self.deepest {
            return Err(format!("it is nested deeper than {}", self.deepest));
        }
        let faults: Vec<_> = self
            .validator
            .iter_errors(&value)
            .take(TOLD)
            .map(|fault| format!("{} (at '{}')", fault.masked(), fault.instance_path()))
            .collect();
        if faults.is_empty() {
            Ok(value.to_string())
        } else {
            Err(faults.join("; "))
        }
    }
}

/// What checking by a schema takes.
struct Work {
    /// Its subschemas with references followed, each as often as it is come to; what leads back to itself counts once.
    subschemas: u64,
    /// References that lead back to themselves; by each, an answer a level deeper may take so many times as long.
    cycles: u64,
}

impl Work {
    fn deepest(&self) -> usize {
        let mut depth = 1;
        let mut work = self.subschemas.max(1);
        while self.cycles > 1 && depth < DEEPEST_ANSWER {
            work = work.saturating_mul(self.cycles);
            if work > MOST_WORK.saturating_mul(50) {
                return depth;
            }
            depth += 1;
        }
        DEEPEST_ANSWER
    }
}

fn work(root: &Value) -> Work {
    let mut known = HashMap::new();
    let mut cycles = 0;
    let subschemas = subschemas(root, root, &mut Vec::new(), &mut known, &mut cycles);
    Work { subschemas, cycles }
}

fn subschemas<'a>(
    root: &'a Value,
    value: &'a Value,
    open: &mut Vec<&'a str>,
    known: &mut HashMap<&'a str, u64>,
    cycles: &mut u64,
) -> u64 {
    match value {
        Value::Array(items) => items.iter().fold(0, |sum: u64, item| {
            sum.saturating_add(subschemas(root, item, open, known, cycles))
        }),
        Value::Object(members) => members.iter().fold(1, |sum: u64, (name, member)| {
            let more = match member
                .as_str()
                .filter(|_| name == "$ref" || name == "$dynamicRef")
            {
                Some(reference) => referenced(root, reference, open, known, cycles),
                None => subschemas(root, member, open, known, cycles),
            };
            sum.saturating_add(more)
        }),
        _ => 0,
    }
}

fn referenced<'a>(
    root: &'a Value,
    reference: &'a str,
    open: &mut Vec<&'a str>,
    known: &mut HashMap<&'a str, u64>,
    cycles: &mut u64,
) -> u64 {
    if let Some(&size) = known.get(reference) {
        return size;
    }
    if open.contains(&reference) || open.len() > LONGEST_CHAIN {
        *cycles += 1;
        return 1;
    }
    let target = reference
        .strip_prefix('#')
        .and_then(|path| root.pointer(path));
    let Some(target) = target else {
        // An anchor, or nothing: it may be anything in the schema.
        *cycles += 1;
        return 1;
    };
    open.push(reference);
    let size = subschemas(root, target, open, known, cycles);
    open.pop();
    known.insert(reference, size);
    size
}

/// A text without the fence of a Markdown code block around it, which models like to add.
pub(crate) fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
    else {
        return text;
    };
    // The language stands behind the opening fence.
    inner
        .split_once('\n')
        .map_or(inner, |(_, body)| body)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_checked() {
        let schema =
            json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
        let schema = Schema::new(&schema, "response_format").unwrap();
        assert_eq!(
            schema.fits("```json\n{\"n\": 1}\n```"),
            Ok("{\"n\":1}".to_owned())
        );
        for wrong in ["{}", "{\"n\": \"1\"}", "one", ""] {
            schema.fits(wrong).unwrap_err();
        }
    }

    #[test]
    fn a_tree_can_be_asked_for() {
        let schema = json!({
            "$defs": {"node": {"type": "object", "properties": {
                "left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"},
            }}},
            "$ref": "#/$defs/node",
        });
        let schema = Schema::new(&schema, "response_format").unwrap();
        schema
            .fits("{\"left\": {\"right\": {\"left\": {}}}}")
            .unwrap();
        schema.fits("{\"left\": 5}").unwrap_err();
        let deep = "{\"left\":".repeat(100) + "{}" + &"}".repeat(100);
        assert!(schema.fits(&deep).unwrap_err().contains("deeper"));
    }

    #[test]
    fn a_schema_that_takes_for_ever_is_refused() {
        let mut definitions = serde_json::Map::new();
        for level in 0..45 {
            let next = format!("#/$defs/a{}", level + 1);
            let twice = json!({"allOf": [{"$ref": next}, {"$ref": next}]});
            definitions.insert(format!("a{level}"), twice);
        }
        definitions.insert("a45".to_owned(), json!({"type": "object"}));
        let schema = json!({"$defs": definitions, "$ref": "#/$defs/a0"});
        let error = Schema::new(&schema, "response_format").err().unwrap();
        assert!(error.message().contains("subschemas"), "{error}");
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for wrong in [
            json!(5),
            json!({"type": "nonsense"}),
            json!({"$ref": "http://127.0.0.1:9/schema.json"}),
        ] {
            let error = Schema::new(&wrong, "response_format").err().unwrap();
            assert_eq!(error.violations()[0].path, ["response_format"], "{wrong}");
        }
    }
}
