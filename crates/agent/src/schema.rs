//! Answers that must fit a JSON Schema.

use guise_core::{Error, Result};
use jsonschema::Validator;
use serde_json::Value;

/// The largest schema, in bytes of JSON.
const LARGEST: usize = 64 * 1024;

/// So many faults of an answer are told.
const TOLD: usize = 5;

/// A schema that was understood.
pub(crate) struct Schema(Validator);

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
        match jsonschema::options().build(schema) {
            Ok(validator) => Ok(Self(validator)),
            Err(error) => invalid(error.to_string()),
        }
    }

    /// What is wrong with an answer, or its JSON in short form.
    pub(crate) fn check(&self, answer: &str) -> Result<String, String> {
        let value: Value = serde_json::from_str(unfenced(answer))
            .map_err(|error| format!("it is no JSON: {error}"))?;
        let faults: Vec<_> = self
            .0
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
            schema.check("```json\n{\"n\": 1}\n```"),
            Ok("{\"n\":1}".to_owned())
        );
        for wrong in ["{}", "{\"n\": \"1\"}", "one", ""] {
            schema.check(wrong).unwrap_err();
        }
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
