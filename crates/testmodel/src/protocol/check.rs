//! What all protocols ask of a request.

use serde_json::Value;

use crate::RecordedRequest;

/// Why the real provider would refuse a request.
#[derive(Debug)]
pub(crate) struct Problem {
    pub status: u16,
    pub words: String,
}

/// What is wrong with the request.
pub(crate) fn bad(words: impl Into<String>) -> Problem {
    Problem {
        status: 400,
        words: words.into(),
    }
}

pub(crate) fn require(holds: bool, words: &str) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(bad(words)) }
}

pub(crate) fn json_post(request: &RecordedRequest) -> Result<(), Problem> {
    require(request.method == "POST", "only POST is taken")?;
    require(
        request.header("content-type") == Some("application/json"),
        "the content type must be application/json",
    )?;
    require(request.body.is_object(), "the body must be a JSON object")
}

/// The list in member `name`, which must have something in it.
pub(crate) fn filled_list<'a>(body: &'a Value, name: &str) -> Result<&'a [Value], Problem> {
    match body[name].as_array() {
        Some(list) if !list.is_empty() => Ok(list),
        _ => Err(bad(format!("{name} must be a list with something in it"))),
    }
}

pub(crate) fn model(body: &Value) -> Result<(), Problem> {
    let named = body["model"].as_str().is_some_and(|name| !name.is_empty());
    require(named, "model must be a text")
}

/// Whether a name is one that tools and schemas may have.
pub(crate) fn name(name: &Value) -> Result<(), Problem> {
    let fits = name.as_str().is_some_and(|name| {
        (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-')
    });
    require(fits, "names are 1 to 64 letters, digits, _ and -")
}

/// Whether this is a JSON Schema for an object.
pub(crate) fn object_schema(schema: &Value) -> Result<(), Problem> {
    require(
        schema["type"] == "object",
        "parameters must be a JSON Schema whose type is object",
    )
}

/// Whether this is a JPEG picture in base64.
pub(crate) fn jpeg(base64: &Value) -> Result<(), Problem> {
    // FF D8 FF, with which every JPEG picture begins.
    let begins = base64.as_str().is_some_and(|text| text.starts_with("/9j/"));
    require(begins, "a picture must be a JPEG one in base64")
}

/// Members that the API does not know, of which it says so.
pub(crate) fn only(body: &Value, known: &[&str]) -> Result<(), Problem> {
    let members = body.as_object().into_iter().flatten();
    for (member, _) in members {
        if !known.contains(&member.as_str()) {
            return Err(bad(format!("{member} is no member that is known here")));
        }
    }
    Ok(())
}
