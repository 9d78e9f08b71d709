//! Request bodies, refused in this API's form.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::Failure;
use crate::http::body;
pub(super) use crate::http::body::read;

/// A JSON body, see [`body::members`].
pub(super) struct Body<T>(pub(super) T);

/// The members of a JSON body, see [`body::members`].
pub(super) struct RawBody(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        Ok(Self(body::members(request, state).await?))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let members = body::members(request, state).await?;
        Ok(Self(read(Value::Object(members), &[])?))
    }
}
