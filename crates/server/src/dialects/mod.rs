//! The public APIs: each translates its wire form into the domain and back, and decides nothing.

pub mod aiqaramba;
pub mod evalstudio;
mod inbox_query;
pub mod notte;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guise_core::{Error, Kind};

/// One of them, told by a path: what goes wrong before an operation is reached is worded as it would word it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Everything that no other one has.
    Notte,
    /// `/api/v1/…`
    Aiqaramba,
    /// `/api/…`
    Evalstudio,
}

impl Dialect {
    /// Whose a path is.
    pub fn of(path: &str) -> Self {
        match path.strip_prefix("/api/") {
            Some(rest) if rest.starts_with("v1/") => Self::Aiqaramba,
            Some(_) => Self::Evalstudio,
            None => Self::Notte,
        }
    }

    /// A refusal.
    pub fn refuse(self, error: Error) -> Response {
        match self {
            Self::Notte => notte::Failure(error).into_response(),
            Self::Aiqaramba => aiqaramba::Failure(error).into_response(),
            Self::Evalstudio => evalstudio::Failure::from(error).into_response(),
        }
    }

    /// What a path is told that leads nowhere.
    pub fn unknown_route(self, message: String) -> Response {
        match self {
            Self::Evalstudio => evalstudio::unknown_route(message),
            _ => self.refuse(Error::new(Kind::NotFound, message)),
        }
    }

    /// What a path is told that is not there for this method.
    pub fn wrong_method(self, message: String) -> Response {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        match self {
            Self::Notte => {
                let body = notte::ErrorResponse {
                    status: status.as_u16(),
                    message,
                };
                (status, Json(body)).into_response()
            }
            Self::Aiqaramba => (status, Json(aiqaramba::Message { message })).into_response(),
            // It knows routes by method and path together (contract §2.3).
            Self::Evalstudio => evalstudio::unknown_route(message),
        }
    }

    /// What a path is told that is no text.
    pub fn bad_path(self, message: String) -> Response {
        match self {
            Self::Evalstudio => evalstudio::bad_path(message),
            _ => self.refuse(Error::invalid_member(&["path"], "path", message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_dialect() {
        for (path, dialect) in [
            ("/api/v1/personas", Dialect::Aiqaramba),
            ("/api/personas", Dialect::Evalstudio),
            ("/api/v1", Dialect::Evalstudio),
            ("/api/v1x/personas", Dialect::Evalstudio),
            ("/personas", Dialect::Notte),
            ("/apis", Dialect::Notte),
            ("/", Dialect::Notte),
        ] {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }
}
