//! The server's own OpenAPI document: which operation a request is, and whether an answer is as declared.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use http::{Method, StatusCode};
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::client::Answer;
use super::dialect::Dialect;
use super::notte;

/// Where the document lies for the schemas that refer into it.
const PLACE: &str = "urn:guise:openapi";

/// A document, with a validator for each answer that was seen.
pub struct Document {
    pub json: Value,
    operations: Vec<Operation>,
    registry: OnceLock<Registry<'static>>,
    validators: Mutex<HashMap<(String, String), Arc<Validator>>>,
}

/// One operation of it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub id: String,
    pub json: Value,
}

impl Operation {
    /// It takes a JSON body.
    pub fn takes_json(&self) -> bool {
        self.json["requestBody"]["content"]["application/json"].is_object()
    }

    /// Which API it belongs to.
    pub fn dialect(&self) -> Dialect {
        Dialect::of(&self.path)
    }

    /// The status of its success.
    pub fn success(&self) -> u16 {
        let responses = self.json["responses"].as_object().unwrap();
        let mut statuses = responses.keys().filter_map(|status| status.parse().ok());
        statuses.find(|status| (200..300).contains(status)).unwrap()
    }

    /// It needs a key.
    pub fn protected(&self) -> bool {
        self.json["security"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    }
}

impl Document {
    pub fn new(json: Value) -> Self {
        let paths = json["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, json)| Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                id: json["operationId"].as_str().unwrap_or_default().to_owned(),
                json: json.clone(),
            })
        });
        let operations = operations.collect();
        Self {
            json,
            operations,
            registry: OnceLock::new(),
            validators: Mutex::default(),
        }
    }

    /// All operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that a request is. A fixed segment fits better than a parameter.
    pub fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = path.split('?').next().unwrap_or_default();
        self.operations
            .iter()
            .filter(|operation| operation.method == *method && fits(&operation.path, path))
            .min_by_key(|operation| operation.path.matches('{').count())
    }

    /// Fails unless the answer is one that the document declares, and has the form of its API.
    pub fn check(&self, method: &Method, path: &str, answer: &Answer) {
        let Some(operation) = self.find(method, path) else {
            return;
        };
        let status = answer.status.as_u16().to_string();
        let what = format!("{method} {path} answered {answer}");
        let declared = &operation.json["responses"][&status];
        assert!(
            declared.is_object(),
            "an answer that is not declared: {what}"
        );
        if answer.status == StatusCode::NO_CONTENT {
            assert!(answer.body.is_empty(), "a body that says nothing: {what}");
            assert!(declared.get("content").is_none(), "no content: {what}");
            return;
        }
        let kind = answer.header("content-type").unwrap_or_default();
        let content = &declared["content"][kind];
        assert!(
            content.is_object(),
            "a media type that is not declared: {what}"
        );
        if kind != "application/json" {
            return;
        }
        let body = answer.json();
        let at = ["responses", &status, "content", "application/json"];
        let validator = self.validator(operation, &status, &at);
        let errors: Vec<_> = validator
            .iter_errors(&body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}: {what}");
        if answer.status.is_success() {
            operation.dialect().check_success(&operation.id, &body);
        } else {
            operation.dialect().check_error(answer, &body);
        }
    }

    /// Fails unless what the server accepted is what the document says it accepts.
    pub fn check_request(&self, method: &Method, path: &str, body: &Value) {
        let Some(operation) = self.find(method, path) else {
            return;
        };
        let schema = &operation.json["requestBody"]["content"]["application/json"]["schema"];
        // The first server of the EvalStudio API takes what is no object for one without members.
        let lenient = operation.dialect() == Dialect::Evalstudio && !body.is_object();
        if schema.is_object() && !lenient {
            let at = ["requestBody", "content", "application/json"];
            let validator = self.validator(operation, "request", &at);
            let body = without_nulls(body);
            if let Err(error) = validator.validate(&body) {
                panic!(
                    "accepted although the document does not say so: {method} {path} {body}: {error}"
                );
            }
        }
    }

    /// The members of an operation's body, wherever they stand.
    pub fn members_of(&self, operation: &Operation) -> Vec<String> {
        let schema = &operation.json["requestBody"]["content"]["application/json"]["schema"];
        let mut names = Vec::new();
        self.collect(schema, &mut names, 0);
        names.sort();
        names.dedup();
        names
    }

    fn collect(&self, schema: &Value, names: &mut Vec<String>, depth: usize) {
        if depth > 6 {
            return;
        }
        let target = schema["$ref"].as_str();
        if let Some(target) = target.and_then(|it| self.json.pointer(it.strip_prefix('#')?)) {
            self.collect(target, names, depth + 1);
        }
        if let Some(properties) = schema["properties"].as_object() {
            names.extend(properties.keys().cloned());
        }
        for several in ["oneOf", "allOf"] {
            for part in schema[several].as_array().into_iter().flatten() {
                self.collect(part, names, depth + 1);
            }
        }
    }

    /// A validator for the schema of an operation's answer or request, by where that stands in it.
    fn validator(&self, operation: &Operation, what: &str, at: &[&str]) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let known = validators.entry((operation.id.clone(), what.to_owned()));
        let made = known.or_insert_with(|| {
            let method = operation.method.as_str().to_lowercase();
            let mut pointer = format!("#/paths/{}/{method}", operation.path.replace('/', "~1"));
            for step in at.iter().chain(&["schema"]) {
                pointer += &format!("/{}", step.replace('/', "~1"));
            }
            // What stands in an address is escaped: the braces of a parameter.
            let pointer = pointer.replace('{', "%7B").replace('}', "%7D");
            let schema = json!({"$ref": format!("{PLACE}{pointer}")});
            let registry = self.registry.get_or_init(|| {
                let registry = Registry::new().add(PLACE, self.json.clone()).unwrap();
                registry.prepare().unwrap()
            });
            let options = notte::options().with_registry(registry);
            Arc::new(options.build(&schema).unwrap())
        });
        Arc::clone(made)
    }
}

/// Members that are null count as absent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| match name.as_str() {
                "response_format" => (name.clone(), member.clone()),
                _ => (name.clone(), without_nulls(member)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn fits(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    template.split('/').all(|part| {
        given
            .next()
            .is_some_and(|text| part == text || (part.starts_with('{') && !text.is_empty()))
    }) && given.next().is_none()
}
