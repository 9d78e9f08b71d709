//! Request bodies, as the framework reads them that the API was first built with (contract §2.3).

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use guise_core::{Facet, Kind};
use serde_json::{Map, Value};

use super::error::Failure;
use crate::http::body;

/// The members of a body. What is no object has none.
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .map(|kind| String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase());
        let bytes = body::bytes(request, state).await.map_err(|error| {
            if error.kind() == Kind::TooLarge {
                refused(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "FST_ERR_CTP_BODY_TOO_LARGE",
                    "The body is larger than 1 MiB",
                )
            } else {
                Failure::Route(error)
            }
        })?;
        let media = kind
            .as_deref()
            .map(|kind| kind.split(';').next().unwrap_or(kind).trim());
        match media {
            Some("application/json") if bytes.is_empty() => Err(refused(
                StatusCode::BAD_REQUEST,
                "FST_ERR_CTP_EMPTY_JSON_BODY",
                "The body is empty although its content type is application/json",
            )),
            Some("application/json") => match serde_json::from_slice(&bytes) {
                Ok(Value::Object(members)) if !members.contains_key("__proto__") => {
                    Ok(Self(members))
                }
                Ok(Value::Object(_)) => Err(invalid_json("it has a member named __proto__")),
                Ok(_) => Ok(Self(Map::new())),
                Err(error) => Err(invalid_json(&error.to_string())),
            },
            Some("text/plain") => Ok(Self(Map::new())),
            None if bytes.is_empty() => Ok(Self(Map::new())),
            _ => Err(refused(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "FST_ERR_CTP_INVALID_MEDIA_TYPE",
                "Unsupported media type: send application/json",
            )),
        }
    }
}

impl Body {
    /// A text that must be there: what is null or empty counts as missing.
    ///
    /// # Errors
    /// Says that `what` is required, or must be a text.
    pub(super) fn required(&self, name: &str, what: &str) -> Result<String, Failure> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            None | Some(Value::Null | Value::Bool(false) | Value::String(_)) => {
                Err(Failure::said(Kind::Invalid, format!("{what} is required")))
            }
            Some(_) => Err(no_text(what)),
        }
    }

    /// A text that may be null or absent, and stays so.
    ///
    /// # Errors
    /// Says that `what` must be a text.
    pub(super) fn facet(&self, name: &str, what: &str) -> Result<Facet, Failure> {
        match self.0.get(name) {
            None => Ok(Facet::Unset),
            Some(Value::Null) => Ok(Facet::Null),
            Some(Value::String(text)) => Ok(Facet::Text(text.clone())),
            Some(_) => Err(no_text(what)),
        }
    }

    /// A text that changes something; what is absent or null changes nothing.
    ///
    /// # Errors
    /// Says that `what` must be a text.
    pub(super) fn change(&self, name: &str, what: &str) -> Result<Option<String>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(no_text(what)),
        }
    }

    /// Refuses a member that would be lost; absent, null and empty ones are fine.
    ///
    /// # Errors
    /// Says `why` it cannot be kept.
    pub(super) fn without(&self, name: &str, why: &str) -> Result<(), Failure> {
        if self.0.get(name).is_none_or(is_empty) {
            return Ok(());
        }
        Err(Failure::said(
            Kind::Invalid,
            format!("{name} cannot be kept: {why}"),
        ))
    }
}

/// Whether nothing is lost with a value.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        _ => false,
    }
}

fn no_text(what: &str) -> Failure {
    Failure::said(Kind::Invalid, format!("{what} must be a string"))
}

fn invalid_json(problem: &str) -> Failure {
    let message = format!("The body is no valid JSON: {problem}");
    Failure::Framework {
        status: StatusCode::BAD_REQUEST,
        code: Some("FST_ERR_CTP_INVALID_JSON_BODY"),
        message,
    }
}

fn refused(status: StatusCode, code: &'static str, message: &str) -> Failure {
    Failure::Framework {
        status,
        code: Some(code),
        message: message.to_owned(),
    }
}
