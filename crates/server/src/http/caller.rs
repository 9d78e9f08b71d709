//! Who calls: an API key as `Authorization: Bearer …` or `x-notte-api-key`, in a query only for sockets.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use guise_core::{Caller, Error, KeyId, Kind, Scope, Scopes};

use crate::app::App;
use crate::dialects::notte::Failure;

/// The caller, once the key was recognised.
pub struct Authenticated(pub Caller);

/// What a group of routes asks of its callers.
#[derive(Clone)]
pub struct Gate {
    /// What recognises keys.
    pub app: App,
    /// What a key must be allowed to do: one of these.
    pub scopes: &'static [Scope],
    /// How a refusal is worded in the dialect.
    pub refuse: fn(Error) -> Response,
    /// Which requests pass without a key, as the default tenant; none where this is absent.
    pub keyless: Option<fn(&Request) -> bool>,
}

impl Gate {
    /// Who presents `key`; without one, somebody who may pass without.
    async fn recognise(&self, key: Option<&str>, may_pass: bool) -> Result<Caller, Error> {
        let Some(key) = key else {
            if may_pass {
                return self.nobody().await;
            }
            return Err(missing());
        };
        let caller = self.app.recognise(key).await?;
        allow_one(&caller, self.scopes)?;
        Ok(caller)
    }

    /// Whoever calls without a key: what they may do is what these routes are for, and nothing else.
    async fn nobody(&self) -> Result<Caller, Error> {
        Ok(Caller {
            tenant: self.app.access.default_tenant().await?.id,
            key: KeyId::from_uuid(uuid::Uuid::nil()),
            scopes: Scopes::of(self.scopes.iter().copied()),
        })
    }
}

/// Lets only those through whom the gate knows.
pub async fn require(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let key = presented(request.headers()).map(str::to_owned);
    let may_pass = gate.keyless.is_some_and(|may_pass| may_pass(&request));
    match gate.recognise(key.as_deref(), may_pass).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => (gate.refuse)(error),
    }
}

/// Whether the caller's key may do this.
///
/// # Errors
/// Kind `Denied`, naming the scope.
pub fn allow(caller: &Caller, scope: Scope) -> Result<(), Error> {
    allow_one(caller, &[scope])
}

/// Whether the caller's key may do one of these.
fn allow_one(caller: &Caller, scopes: &[Scope]) -> Result<(), Error> {
    if scopes.iter().any(|scope| caller.scopes.contains(*scope)) {
        return Ok(());
    }
    let names: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    let message = format!(
        "This API key may not do that: it lacks the scope '{}'",
        names.join("' or '")
    );
    Err(Error::new(Kind::Denied, message))
}

/// The key that a request presents in its headers.
pub fn presented(headers: &axum::http::HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| {
            let (scheme, key) = value.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        });
    bearer
        .or_else(|| {
            headers
                .get("x-notte-api-key")
                .and_then(|value| value.to_str().ok())
                .map(str::trim)
        })
        .filter(|key| !key.is_empty())
}

/// What a request without a key is told.
pub fn missing() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "Missing API key: send it as 'Authorization: Bearer KEY'; 'guise keys create' makes one",
    )
}

impl<S: Send + Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Caller>()
            .cloned()
            .map(Self)
            .ok_or_else(|| missing().into())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    fn key_of(name: &'static str, value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        presented(&headers).map(str::to_owned)
    }

    #[test]
    fn keys_come_in_two_headers_and_any_case() {
        assert_eq!(key_of("authorization", "Bearer abc"), Some("abc".into()));
        assert_eq!(key_of("authorization", "bEARER  abc "), Some("abc".into()));
        assert_eq!(key_of("x-notte-api-key", "abc"), Some("abc".into()));
        assert_eq!(key_of("authorization", "Basic abc"), None);
        assert_eq!(key_of("authorization", "Bearer "), None);
    }
}
