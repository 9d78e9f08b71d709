//! What requests carry: bodies, identifiers, cursors.

use std::fmt::Display;
use std::num::IntErrorKind;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use guise_core::{Edit, Error};
use serde::de::DeserializeOwned;

use super::error::Failure;
use crate::http::body;

/// The default and the largest number of rows of a list.
const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// A JSON body that is an object. Members that are null count as left out.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let members = body::members(request, state).await?;
        Ok(Self(body::read(members.into(), &[])?))
    }
}

/// A JSON body that says what is to change. A member that is null says so: what may be empty is emptied by it.
pub(super) struct Change<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Change<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let members = body::members_and_nulls(request, state).await?;
        Ok(Self(body::read(members.into(), &[])?))
    }
}

/// An identifier in a path. One that is no UUID is refused before anything is looked up (contract §2.1).
///
/// # Errors
/// Kind `Invalid`.
pub(super) fn id<T: FromStr>(what: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| {
        let message = format!("invalid {what} id '{text}': expected a UUID");
        Error::invalid_member(&["path", what], "uuid_parsing", message)
    })
}

/// An identifier in a member of a body.
///
/// # Errors
/// Kind `Invalid`, naming the member.
pub(super) fn member_id<T: FromStr>(member: &str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        let message = format!("Invalid value '{shown}' for {member}: expected a UUID");
        Error::invalid_member(&[member], "uuid_parsing", message)
    })
}

/// As [`member_id`], of a member that may be left out.
///
/// # Errors
/// Those of [`member_id`].
pub(super) fn optional_id<T: FromStr>(
    member: &str,
    text: Option<String>,
) -> Result<Option<T>, Error> {
    text.map(|text| member_id(member, &text)).transpose()
}

/// As [`member_id`], of a member that says what is to change.
///
/// # Errors
/// Those of [`member_id`].
pub(super) fn edited_id<T: FromStr>(member: &str, text: Edit<String>) -> Result<Edit<T>, Error> {
    text.try_map(|text| member_id(member, &text))
}

/// Where a list begins, and how long it is.
pub(super) struct Cursor<T> {
    pub(super) after: Option<T>,
    pub(super) limit: u32,
}

impl<S: Send + Sync, T: FromStr + Display + Send> FromRequestParts<S> for Cursor<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut cursor = Self {
            after: None,
            limit: DEFAULT_LIMIT,
        };
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cursor" if !value.is_empty() => {
                    let message = format!("invalid cursor '{value}': expected a UUID");
                    cursor.after = Some(value.parse().map_err(|_| {
                        Error::invalid_member(&["query", "cursor"], "uuid_parsing", message)
                    })?);
                }
                "limit" if !value.is_empty() => {
                    cursor.limit = limit(&value)?;
                }
                _ => {}
            }
        }
        Ok(cursor)
    }
}

/// A number of rows; one outside the bounds counts as the nearest within, however far outside it is.
fn limit(text: &str) -> Result<u32, Error> {
    match text.parse::<i64>().map_err(|error| *error.kind()) {
        Ok(limit) => {
            let limit = limit.clamp(1, i64::from(MAX_LIMIT));
            Ok(u32::try_from(limit).unwrap_or(MAX_LIMIT))
        }
        Err(IntErrorKind::PosOverflow) => Ok(MAX_LIMIT),
        Err(IntErrorKind::NegOverflow) => Ok(1),
        Err(_) => {
            let message = format!("invalid limit '{text}': expected a whole number");
            let path = ["query", "limit"];
            Err(Error::invalid_member(&path, "int_parsing", message))
        }
    }
}
