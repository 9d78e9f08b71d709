//! What only whoever runs this machine may do: opening and locking the keys while the server runs.
//!
//! Not part of any dialect: `guise keys unseal` and `guise keys seal` call it. Only this machine may, and not through a
//! proxy; opening takes a token in the data folder and a root source, locking a token that only those can sign who can open the keys.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use guise_core::{Error, Kind, Result, Secret};
use guise_secrets::{OpenError, Passphrase, Purpose, RootSource, VariableKey};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::caller;
use crate::app::App;
use crate::data_folder::DataFolder;
use crate::dialects::notte::Failure;

/// What a token for locking is signed for.
pub const SEAL: &str = "seal";

/// With what to open the keys; with neither, the configured root sources are tried anew.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnsealRequest {
    passphrase: Option<String>,
    key: Option<String>,
}

/// Opens the keys.
pub async fn unseal(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(request): Json<UnsealRequest>,
) -> Result<StatusCode, Failure> {
    local_only(peer, &headers)?;
    let folder = DataFolder::at(&app.settings.data_dir);
    let expected = folder
        .operator_token()
        .map_err(|error| Error::internal("the operator's token cannot be read", error))?;
    let presented = caller::presented(&headers).unwrap_or_default();
    if !bool::from(presented.as_bytes().ct_eq(expected.expose().as_bytes())) {
        return Err(Error::new(
            Kind::Denied,
            "This takes the token in the file operator_token of the data folder: 'guise keys unseal' reads it",
        )
        .into());
    }
    if !app.keys.is_sealed() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut sources: Vec<Arc<dyn RootSource>> = Vec::new();
    if let Some(passphrase) = request.passphrase {
        sources.push(Arc::new(Passphrase::new(Some(Secret::new(passphrase)))));
    }
    if let Some(key) = request.key {
        let key = VariableKey::new("that was given".to_owned(), Some(Secret::new(key)));
        sources.push(Arc::new(key));
    }
    if sources.is_empty() {
        sources = folder
            .root_sources(&app.settings)
            .map_err(|error| Error::new(Kind::Unconfigured, error.to_string()))?;
    }
    app.trail.unseal(&sources).await.map_err(refusal)?;
    app.keys_are_open().await?;
    tracing::warn!("the keys were opened by an operator");
    Ok(StatusCode::NO_CONTENT)
}

/// Locks the keys: whatever needs one is refused from then on.
pub async fn seal(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    local_only(peer, &headers)?;
    let token = caller::presented(&headers).unwrap_or_default();
    app.keys
        .tokens()?
        .verify(Purpose::Operator, SEAL, token, app.now())
        .map_err(|_| {
            Error::new(
                Kind::Denied,
                "This takes a token of the operator's: 'guise keys seal' has one",
            )
        })?;
    app.trail.seal().await?;
    tracing::warn!("the keys were locked by an operator");
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a caller is on this machine, and not behind a proxy that makes others look so.
fn local_only(peer: SocketAddr, headers: &HeaderMap) -> Result<()> {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| headers.contains_key(*name));
    if peer.ip().to_canonical().is_loopback() && !forwarded {
        return Ok(());
    }
    Err(Error::new(
        Kind::Denied,
        "This can be asked for only on the machine that the server runs on",
    ))
}

fn refusal(error: OpenError) -> Error {
    match error {
        OpenError::NoSource(_) | OpenError::NotFounded(_) => {
            Error::new(Kind::Denied, error.to_string())
        }
        OpenError::Locked(left) => {
            Error::new(Kind::Quota, error.to_string()).with_retry_after(left)
        }
        OpenError::KeysAreGone => Error::new(Kind::Unconfigured, error.to_string()),
        OpenError::Internal(error) => error,
    }
}
