//! Request bodies: JSON of bounded size, with errors that name the member.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use guise_core::{Error, Kind, MAX_JSON_DEPTH, Violation, json_depth};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Members that are secret, or hold something secret: a refusal names them but does not repeat what they are.
const SECRET: [&str; 9] = [
    "password",
    "value",
    "mfa_secret",
    "credentials",
    "credit_card",
    "card_holder_name",
    "card_number",
    "card_cvv",
    "card_full_expiration",
];

/// The members of a JSON body that is an object.
///
/// An empty body counts as `{}`, since every member may be left out where no member is required. Members that are null are
/// left out: clients send null for what they do not set.
///
/// # Errors
/// Kind `TooLarge`, `Refused` when it cannot be read, `Invalid` when it is no JSON object.
pub async fn members<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Map<String, Value>, Error> {
    Ok(set_members(members_and_nulls(request, state).await?))
}

/// As [`members`], with those that are null.
///
/// # Errors
/// Those of [`members`].
pub async fn members_and_nulls<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Map<String, Value>, Error> {
    let bytes = bytes(request, state).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
        Error::invalid_member(&[], "json_invalid", format!("Invalid JSON body: {error}"))
    })?;
    if json_depth(&value) > MAX_JSON_DEPTH {
        let message =
            format!("Invalid JSON body: expected at most {MAX_JSON_DEPTH} levels of nesting");
        return Err(Error::invalid_member(&[], "json_invalid", message));
    }
    match value {
        Value::Object(members) => Ok(members),
        other => {
            let kind = kind_of(&other);
            let message = format!("Invalid body: expected a JSON object, got {kind}");
            Err(Error::invalid_member(&[], "object_type", message))
        }
    }
}

/// The bytes of a body.
///
/// # Errors
/// Kind `TooLarge`, or `Refused` when it cannot be read.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state)
        .await
        .map_err(refused_bytes)
}

/// Reads `value` as a `T`.
///
/// # Errors
/// Kind `Invalid` with the path of the member at fault, below `prefix`.
pub fn read<T: DeserializeOwned>(value: Value, prefix: &[&str]) -> Result<T, Error> {
    serde_path_to_error::deserialize(&value).map_err(|error| {
        let mut path: Vec<String> = prefix.iter().map(|part| (*part).to_owned()).collect();
        path.extend(error.path().iter().filter_map(|segment| match segment {
            serde_path_to_error::Segment::Map { key } => Some(key.clone()),
            serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
            _ => None,
        }));
        let text = plain(&error.inner().to_string());
        // A missing or unknown member is reported at the object around it; its own name is what helps.
        for start in ["missing field `", "unknown field `"] {
            if let Some(name) = text
                .strip_prefix(start)
                .and_then(|rest| rest.split('`').next())
                && path.last().is_none_or(|last| last != name)
            {
                path.push(name.to_owned());
            }
        }
        let code = if text.starts_with("missing field") {
            "missing"
        } else if text.starts_with("unknown field") {
            "extra_forbidden"
        } else if text.starts_with("unknown variant") {
            "literal_error"
        } else {
            "type_error"
        };
        let member = path.join(".");
        let secret = path.iter().any(|name| SECRET.contains(&name.as_str()));
        let message = match code {
            "missing" | "extra_forbidden" if path.len() > 1 => {
                format!(
                    "{} in {}",
                    capitalised(&text),
                    path[..path.len() - 1].join(".")
                )
            }
            "missing" | "extra_forbidden" => capitalised(&text),
            _ if secret => match text.rsplit_once(", expected ") {
                Some((_, expected)) => format!("Invalid value for {member}: expected {expected}"),
                None => format!("Invalid value for {member}"),
            },
            _ => format!("Invalid value for {member}: {text}"),
        };
        // A member of another name may be a secret whose name was misspelt.
        let input = lookup(&value, &path[prefix.len()..])
            .filter(|_| !secret && code != "extra_forbidden")
            .map(cut);
        Error::invalid(vec![Violation {
            path,
            code,
            message,
            input,
        }])
    })
}

/// Leaves out members that are null, except in JSON Schemas of the caller's, where null is a value.
fn set_members(members: Map<String, Value>) -> Map<String, Value> {
    members
        .into_iter()
        .filter(|(_, member)| !member.is_null())
        .map(|(name, member)| match name.as_str() {
            "response_format" => (name, member),
            _ => (name, without_nulls(member)),
        })
        .collect()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => set_members(members).into(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn refused_bytes(rejection: BytesRejection) -> Error {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::new(
            Kind::TooLarge,
            "The body is too large: JSON bodies may have 1 MiB, those with files of agents 16 MiB, those of /scrape_from_html 32 MiB",
        );
    }
    Error::refused(format!("The body could not be read: {rejection}"))
}

/// Says what was expected in words of JSON.
fn plain(text: &str) -> String {
    let Some((start, expected)) = text.rsplit_once(", expected ") else {
        return text.to_owned();
    };
    let expected = match expected {
        "i64" => "a whole number",
        "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "f32" | "f64" => "a number",
        "a sequence" => "a list",
        "a map" => "an object",
        text if text.starts_with("struct ") => "an object",
        text => text,
    };
    format!("{start}, expected {expected}")
}

fn lookup<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, part| match value {
        Value::Object(members) => members.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The value itself when it is short; echoing a long one helps nobody.
fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() > 200 => {
            Value::String(format!("{}…", text.chars().take(200).collect::<String>()))
        }
        Value::Array(_) | Value::Object(_) => Value::String(kind_of(value).to_owned()),
        short => short.clone(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
