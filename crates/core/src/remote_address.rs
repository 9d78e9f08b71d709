//! Where a browser of somebody else's is reached.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::{Error, Result};

/// The longest address, in bytes.
const MAX: usize = 8192;

/// The address of a browser's Chrome DevTools Protocol: a WebSocket, or the HTTP address that tells it
/// (`/json/version`). It carries its own authorisation, so it is a secret.
#[derive(Clone)]
pub struct RemoteAddress(SecretString);

impl RemoteAddress {
    /// Takes an address as callers write it.
    ///
    /// # Errors
    /// Kind `Invalid`, naming `cdp_url`, without repeating the address.
    pub fn parse(text: &str) -> Result<Self> {
        let url = Url::parse(text).ok().filter(|url| {
            text.len() <= MAX
                && matches!(url.scheme(), "ws" | "wss" | "http" | "https")
                && url.host().is_some()
        });
        match url {
            Some(_) => Ok(Self(SecretString::from(text.to_owned()))),
            None => Err(Error::invalid_member(
                &["cdp_url"],
                "url",
                "Invalid cdp_url: expected an address that begins with ws://, wss://, http:// or https:// and names a host",
            )),
        }
    }

    /// The text, for whoever connects.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Shows nothing of it.
impl fmt::Debug for RemoteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RemoteAddress(..)")
    }
}
