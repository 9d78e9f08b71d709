//! The transit engine of OpenBao or Vault: the root key never leaves it.
//!
//! Only `encrypt` and `decrypt` of one key are called (OpenBao API, "Transit secrets engine"), so a token whose policy
//! allows `update` on these two paths is enough.

use std::sync::Once;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guise_core::{Error, Secret};
use reqwest::{Client, StatusCode};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use url::{Host, Url};
use uuid::Uuid;

use super::{RootError, RootSource};
use crate::key::Key;

/// One call may take so long; there are two when the server starts.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes; real ones have some hundred.
const LONGEST: usize = 64 * 1024;

/// Where a key of a transit engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitAddress {
    server: Url,
    mount: String,
    key: String,
}

impl TransitAddress {
    /// Reads `https://HOST:PORT/MOUNT/KEY`, such as `https://bao.example:8200/transit/guise`. `http` is for a server on
    /// the same machine.
    pub fn parse(text: &str) -> Option<Self> {
        let mut server = Url::parse(text).ok()?;
        let fits = matches!(server.scheme(), "http" | "https")
            && server.has_host()
            && server.query().is_none()
            && server.fragment().is_none()
            && server.username().is_empty()
            && server.password().is_none();
        let path = server.path().trim_matches('/').to_owned();
        let (mount, key) = path.rsplit_once('/')?;
        if !fits || mount.is_empty() || key.is_empty() {
            return None;
        }
        server.set_path("");
        Some(Self {
            server,
            mount: mount.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The port that it is called at, if that is one of this machine's loopback.
    pub fn loopback_port(&self) -> Option<u16> {
        let is_loopback = match self.server.host()? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        self.server.port_or_known_default().filter(|_| is_loopback)
    }

    fn operation(&self, operation: &str) -> Url {
        let mut url = self.server.clone();
        url.set_path(&format!("v1/{}/{operation}/{}", self.mount, self.key));
        url
    }
}

/// A key in a transit engine.
pub struct Transit {
    address: TransitAddress,
    token: Option<Secret>,
    client: Client,
}

impl Transit {
    /// The key at `address`, and the token to ask with; none when nobody gave it yet.
    ///
    /// # Errors
    /// When no TLS can be set up.
    pub fn new(address: TransitAddress, token: Option<Secret>) -> Result<Self, RootError> {
        static PROVIDER: Once = Once::new();
        // An error means that somebody has installed one already.
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| Error::internal("cannot set TLS up", error))?;
        Ok(Self {
            address,
            token,
            client,
        })
    }

    /// Calls one operation with a body of one member, and gives one member of the answer's data.
    async fn call(
        &self,
        operation: &str,
        (given, value): (&str, &str),
        wanted: fn(Data) -> Option<String>,
    ) -> Result<Zeroizing<String>, RootError> {
        let token = self.token.as_ref().ok_or_else(|| RootError::Missing {
            name: format!("the token for {}", self.name()),
            hint: ": set GUISE_TRANSIT_TOKEN",
        })?;
        let unreachable = |error: &reqwest::Error| RootError::Unreachable {
            name: self.name(),
            problem: in_words(error),
        };
        let mut response = self
            .client
            .post(self.address.operation(operation))
            .header("X-Vault-Token", token.expose())
            .json(&serde_json::json!({ given: value }))
            .send()
            .await
            .map_err(|error| unreachable(&error))?;
        let status = response.status();
        let mut body = Zeroizing::new(Vec::new());
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| unreachable(&error))?
        {
            if body.len() + part.len() > LONGEST {
                return Err(self.refused(status, "its answer is too long"));
            }
            body.extend_from_slice(&part);
        }
        if !status.is_success() {
            let said = serde_json::from_slice::<Refusal>(&body).unwrap_or_default();
            return Err(self.refused(status, &said.errors.join("; ")));
        }
        serde_json::from_slice::<Answer>(&body)
            .ok()
            .and_then(|answer| wanted(answer.data))
            .map(Zeroizing::new)
            .ok_or_else(|| self.refused(status, "its answer is not one of a transit engine"))
    }

    fn refused(&self, status: StatusCode, said: &str) -> RootError {
        let hint = match status.as_u16() {
            403 => ": check the token, and that its policy allows update on encrypt and decrypt",
            404 => ": check the mount and the key in its address",
            503 => ": it is sealed, or not set up",
            _ => "",
        };
        RootError::Unreachable {
            name: self.name(),
            problem: format!("status {}, {said}{hint}", status.as_u16()),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    ciphertext: Option<String>,
    plaintext: Option<String>,
}

/// What it says when it refuses.
#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    errors: Vec<String>,
}

/// The chain of causes, without the address, which the source's name tells.
fn in_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("not within {} s", PATIENCE.as_secs());
    }
    let mut last: &dyn std::error::Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

#[async_trait]
impl RootSource for Transit {
    fn kind(&self) -> &'static str {
        "transit"
    }

    fn name(&self) -> String {
        let TransitAddress { server, mount, key } = &self.address;
        format!(
            "the transit key {mount}/{key} at {}",
            server.as_str().trim_end_matches('/')
        )
    }

    async fn id(&self) -> Result<String, RootError> {
        // Not the server: it may get another address.
        Ok(format!("{}/{}", self.address.mount, self.address.key))
    }

    async fn wrap(&self, _: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        let plain = Zeroizing::new(STANDARD.encode(key.bytes()));
        let sealed = self
            .call("encrypt", ("plaintext", &plain), |data| data.ciphertext)
            .await?;
        Ok(sealed.as_bytes().to_vec())
    }

    async fn unwrap(&self, _: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        let wrong = || RootError::Wrong { name: self.name() };
        let sealed = std::str::from_utf8(wrapped).map_err(|_| wrong())?;
        let plain = self
            .call("decrypt", ("ciphertext", sealed), |data| data.plaintext)
            .await?;
        let plain = Zeroizing::new(STANDARD.decode(plain.as_bytes()).map_err(|_| wrong())?);
        Key::from_slice(&plain).ok_or_else(wrong)
    }
}
