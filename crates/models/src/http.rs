//! The client that all requests go through.

use std::time::Duration;

use reqwest::{Client, redirect};

use crate::SettingsError;

/// How long connecting may take, looking the name up and TLS included.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);

pub(crate) fn client() -> Result<Client, SettingsError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only if another thread was quicker; then there is one, too.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    Client::builder()
        .user_agent(concat!("guise/", env!("CARGO_PKG_VERSION")))
        // It would give the key to somebody else.
        .redirect(redirect::Policy::none())
        // A proxy would come from the environment, which is not this crate's to read.
        .no_proxy()
        .connect_timeout(CONNECT)
        .build()
        .map_err(SettingsError::Tls)
}

/// What the network says, without the address.
pub(crate) fn in_words(error: &reqwest::Error) -> String {
    if error.is_connect() && error.is_timeout() {
        return format!("no connection within {} s", CONNECT.as_secs());
    }
    let mut last: &dyn std::error::Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}
