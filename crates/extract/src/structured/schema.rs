//! A JSON Schema as far as a page can fill it: objects, lists and single values. What else it asks for is left open.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// Objects and lists lie this deep in each other.
const DEEPEST: usize = 8;
/// So many places are looked at, references followed.
const MOST_PLACES: usize = 2_000;
/// References that lead to references are followed so far.
const LONGEST_CHAIN: usize = 20;

/// Members that assert something which is not checked here.
const UNCHECKED: [&str; 15] = [
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "contains",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "$dynamicRef",
];

/// What a place of the schema wants.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// An object.
    Object(Object),
    /// A list.
    List(Box<List>),
    /// One of these single values, the first that fits.
    Single(Vec<Single>),
    /// Something that a page cannot fill by itself.
    Open,
}

/// An object's members.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// What the schema calls it.
    pub title: Option<String>,
    /// Its members.
    pub members: Vec<Member>,
}

/// One member.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its name in the data.
    pub name: String,
    /// What the schema calls it.
    pub title: Option<String>,
    /// What it holds.
    pub shape: Shape,
    /// Whether it may be null as well.
    pub may_be_null: bool,
}

/// A list.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// What each element is.
    pub items: Shape,
    least: usize,
    most: usize,
    unique: bool,
}

impl List {
    /// Whether a list of these is one that is asked for.
    pub(super) fn allows(&self, values: &[Value]) -> bool {
        let count = values.len();
        count >= self.least
            && count <= self.most
            && (!self.unique || {
                let mut known = HashSet::new();
                values.iter().all(|it| known.insert(it.to_string()))
            })
    }
}

/// The type of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Integer,
    Number,
    Bool,
}

/// A single value.
#[derive(Debug, Clone)]
pub(super) struct Single {
    /// Its type.
    pub kind: Type,
    /// Its format, such as `date`.
    pub format: Option<String>,
    /// What it may be, where that is told.
    pub choices: Option<Vec<Value>>,
    shortest: usize,
    longest: usize,
    pattern: Option<String>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    above: Option<f64>,
    below: Option<f64>,
    multiple_of: Option<f64>,
}

impl Single {
    /// Whether a value of its type keeps to everything else that is asked.
    pub(super) fn allows(&self, value: &Value) -> bool {
        if let Some(choices) = &self.choices
            && !choices.contains(value)
        {
            return false;
        }
        if let Some(text) = value.as_str() {
            let length = text.chars().count();
            let fits = self.pattern.as_deref().is_none_or(|pattern| {
                regex::RegexBuilder::new(pattern)
                    .size_limit(256 * 1024)
                    .build()
                    .is_ok_and(|pattern| pattern.is_match(text))
            });
            return length >= self.shortest && length <= self.longest && fits;
        }
        let Some(number) = value.as_f64() else {
            return true;
        };
        self.at_least.is_none_or(|bound| number >= bound)
            && self.at_most.is_none_or(|bound| number <= bound)
            && self.above.is_none_or(|bound| number > bound)
            && self.below.is_none_or(|bound| number < bound)
            && self
                .multiple_of
                .is_none_or(|step| step > 0.0 && is_whole(number / step))
    }
}

fn is_whole(number: f64) -> bool {
    number.is_finite() && (number - number.round()).abs() < f64::EPSILON
}

/// Reads a schema.
pub(super) fn shape(schema: &Value) -> Shape {
    Reader {
        root: schema,
        places: 0,
    }
    .shape(schema, DEEPEST)
}

struct Reader<'s> {
    root: &'s Value,
    places: usize,
}

impl<'s> Reader<'s> {
    fn shape(&mut self, schema: &'s Value, depth: usize) -> Shape {
        self.places += 1;
        if depth == 0 || self.places > MOST_PLACES {
            return Shape::Open;
        }
        let Some(schema) = self.resolve(schema) else {
            return Shape::Open;
        };
        if UNCHECKED.iter().any(|name| schema.contains_key(*name)) {
            return Shape::Open;
        }
        for name in ["anyOf", "oneOf"] {
            if let Some(Value::Array(several)) = schema.get(name) {
                return self.one_of(several, depth);
            }
        }
        let mut types = match schema.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        types.retain(|it| *it != "null");
        if types.is_empty() {
            types = guessed(schema);
        }
        match types.as_slice() {
            ["object"] => self.object(schema, depth),
            ["array"] => self.list(schema, depth),
            [] => Shape::Open,
            several => {
                let singles: Option<Vec<Single>> =
                    several.iter().map(|kind| single(kind, schema)).collect();
                singles.map_or(Shape::Open, Shape::Single)
            }
        }
    }

    /// Follows references, and goes into wrappers that add nothing.
    fn resolve(&self, schema: &'s Value) -> Option<&'s Map<String, Value>> {
        let mut schema = schema.as_object()?;
        for _ in 0..LONGEST_CHAIN {
            let asserts_more = || {
                schema.keys().any(|name| {
                    !matches!(
                        name.as_str(),
                        "$ref"
                            | "allOf"
                            | "title"
                            | "description"
                            | "default"
                            | "examples"
                            | "deprecated"
                            | "$defs"
                            | "definitions"
                            | "$schema"
                            | "$id"
                    )
                })
            };
            if let Some(reference) = schema.get("$ref") {
                if asserts_more() {
                    return None;
                }
                let pointer = reference.as_str()?.strip_prefix('#')?;
                schema = self.root.pointer(pointer)?.as_object()?;
            } else if let Some(all) = schema.get("allOf") {
                let [only] = all.as_array()?.as_slice() else {
                    return None;
                };
                if asserts_more() {
                    return None;
                }
                schema = only.as_object()?;
            } else {
                return Some(schema);
            }
        }
        None
    }

    /// Whether null fits, where something else would, too.
    fn may_be_null(&self, schema: &'s Value) -> bool {
        let Some(schema) = self.resolve(schema) else {
            return false;
        };
        if UNCHECKED.iter().any(|name| schema.contains_key(*name)) {
            return false;
        }
        let is_null = |kind: &Value| kind.as_str() == Some("null");
        let choices = schema.get("enum").and_then(Value::as_array);
        let by_type = match schema.get("type") {
            Some(Value::Array(several)) => several.iter().any(is_null),
            _ => ["anyOf", "oneOf"].iter().any(|name| {
                let several = schema.get(*name).and_then(Value::as_array);
                let mut kinds = several
                    .into_iter()
                    .flatten()
                    .filter_map(|it| it.get("type"));
                kinds.any(is_null)
            }),
        };
        by_type && choices.is_none_or(|choices| choices.contains(&Value::Null))
    }

    fn one_of(&mut self, several: &'s [Value], depth: usize) -> Shape {
        let mut shapes = Vec::new();
        for schema in several {
            if schema.get("type").and_then(Value::as_str) == Some("null") {
                continue;
            }
            shapes.push(self.shape(schema, depth - 1));
        }
        if shapes.len() == 1 {
            return shapes.pop().unwrap_or(Shape::Open);
        }
        let mut singles = Vec::new();
        for shape in shapes {
            match shape {
                Shape::Single(these) => singles.extend(these),
                _ => return Shape::Open,
            }
        }
        // A number says more than the text of it.
        singles.sort_by_key(|single| single.kind == Type::Text);
        Shape::Single(singles)
    }

    fn object(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return Shape::Open;
        };
        let members = properties
            .iter()
            .map(|(name, schema)| Member {
                name: name.clone(),
                title: title(schema),
                shape: self.shape(schema, depth - 1),
                may_be_null: self.may_be_null(schema),
            })
            .collect();
        Shape::Object(Object {
            title: schema
                .get("title")
                .and_then(Value::as_str)
                .map(str::to_owned),
            members,
        })
    }

    fn list(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let Some(items) = schema
            .get("items")
            .filter(|_| !schema.contains_key("prefixItems"))
        else {
            return Shape::Open;
        };
        let count = |name: &str| {
            let count = schema.get(name)?.as_f64()?;
            Some(count.clamp(0.0, 1e9) as usize)
        };
        Shape::List(Box::new(List {
            items: self.shape(items, depth - 1),
            least: count("minItems").unwrap_or(0),
            most: count("maxItems").unwrap_or(usize::MAX),
            unique: schema.get("uniqueItems").and_then(Value::as_bool) == Some(true),
        }))
    }
}

fn title(schema: &Value) -> Option<String> {
    schema
        .get("title")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// The type of a schema that does not tell it.
fn guessed(schema: &Map<String, Value>) -> Vec<&'static str> {
    if schema.contains_key("properties") {
        return vec!["object"];
    }
    if schema.contains_key("items") {
        return vec!["array"];
    }
    let choices = match (schema.get("enum"), schema.get("const")) {
        (Some(Value::Array(several)), _) => several.as_slice(),
        (None, Some(one)) => std::slice::from_ref(one),
        _ => return Vec::new(),
    };
    let texts = choices.iter().filter(|it| !it.is_null());
    match texts.clone().all(Value::is_string) && texts.count() > 0 {
        true => vec!["string"],
        false => Vec::new(),
    }
}

fn single(kind: &str, schema: &Map<String, Value>) -> Option<Single> {
    let kind = match kind {
        "string" => Type::Text,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Bool,
        _ => return None,
    };
    let number = |name: &str| schema.get(name).and_then(Value::as_f64);
    let count = |name: &str| number(name).map(|it| it.clamp(0.0, 1e9) as usize);
    let text = |name: &str| schema.get(name).and_then(Value::as_str).map(str::to_owned);
    let choices = match (schema.get("const"), schema.get("enum")) {
        (Some(one), _) => Some(vec![one.clone()]),
        (None, Some(Value::Array(several))) => Some(several.clone()),
        _ => None,
    };
    Some(Single {
        kind,
        format: text("format"),
        choices,
        shortest: count("minLength").unwrap_or(0),
        longest: count("maxLength").unwrap_or(usize::MAX),
        pattern: text("pattern"),
        at_least: number("minimum"),
        at_most: number("maximum"),
        above: number("exclusiveMinimum"),
        below: number("exclusiveMaximum"),
        multiple_of: number("multipleOf"),
    })
}
