//! Root keys that the service manager hands over: an environment variable, a systemd credential.

use std::path::PathBuf;

use async_trait::async_trait;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use guise_core::Secret;
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

use super::{RootError, RootSource, static_key};
use crate::key::{KEY_LENGTH, Key};

/// What a text must be.
const EXPECTED: &str = "expected 32 bytes as 64 hexadecimal digits or in base64, such as from \
                        'openssl rand -base64 32'";

/// The longest credential that is looked at, in bytes.
const LONGEST: usize = 4096;

/// A key in an environment variable.
pub struct VariableKey {
    variable: String,
    text: Option<Secret>,
}

impl VariableKey {
    /// The variable's name and its value; none when it is not set.
    pub fn new(variable: String, text: Option<Secret>) -> Self {
        Self { variable, text }
    }

    fn key(&self) -> Result<Key, RootError> {
        let missing = || RootError::Missing {
            name: self.name(),
            hint: ": set it to the key that the database was made with",
        };
        let text = self.text.as_ref().ok_or_else(missing)?;
        parse(text.expose()).ok_or_else(|| RootError::Unusable {
            name: self.name(),
            problem: EXPECTED.to_owned(),
        })
    }
}

#[async_trait]
impl RootSource for VariableKey {
    fn kind(&self) -> &'static str {
        "env"
    }

    fn name(&self) -> String {
        format!("the key in the variable {}", self.variable)
    }

    async fn id(&self) -> Result<String, RootError> {
        Ok(static_key::fingerprint(&self.key()?).to_string())
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        static_key::wrap(&self.key()?, instance, key)
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        static_key::unwrap(|| self.name(), &self.key()?, instance, wrapped)
    }
}

/// A key that systemd hands over as a file (`LoadCredential=`, `LoadCredentialEncrypted=`; systemd.exec(5)).
pub struct CredentialKey {
    credential: String,
    folder: Option<PathBuf>,
}

impl CredentialKey {
    /// The credential's name, and the folder that `CREDENTIALS_DIRECTORY` names; none when it is not set.
    pub fn new(credential: String, folder: Option<PathBuf>) -> Self {
        Self { credential, folder }
    }

    fn key(&self) -> Result<Key, RootError> {
        let missing = || RootError::Missing {
            name: self.name(),
            hint: ": systemd hands it over with LoadCredential= or LoadCredentialEncrypted=",
        };
        let unusable = |problem: String| RootError::Unusable {
            name: self.name(),
            problem,
        };
        let path = self
            .folder
            .as_ref()
            .ok_or_else(missing)?
            .join(&self.credential);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing()),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let text = || std::str::from_utf8(&bytes).ok().and_then(parse);
        Key::from_slice(&bytes)
            .or_else(|| (bytes.len() <= LONGEST).then(text).flatten())
            .ok_or_else(|| unusable(format!("{EXPECTED}, or as they are")))
    }
}

#[async_trait]
impl RootSource for CredentialKey {
    fn kind(&self) -> &'static str {
        "credential"
    }

    fn name(&self) -> String {
        format!("the systemd credential {}", self.credential)
    }

    async fn id(&self) -> Result<String, RootError> {
        Ok(static_key::fingerprint(&self.key()?).to_string())
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        static_key::wrap(&self.key()?, instance, key)
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        static_key::unwrap(|| self.name(), &self.key()?, instance, wrapped)
    }
}

/// A key as text: 64 hexadecimal digits, or base64 of either alphabet, padded or not.
fn parse(text: &str) -> Option<Key> {
    let text = text.trim();
    if text.len() == 2 * KEY_LENGTH {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).ok()?;
            // Not as it is: a number may begin with a sign.
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        return Key::from_slice(bytes.as_slice());
    }
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
        .map(Zeroizing::new)
        .and_then(|bytes| Key::from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_hexadecimal_or_base64() {
        let right = Key::from_slice(&[0xfb; 32]).unwrap();
        for text in [
            "fb".repeat(32),
            "FB".repeat(32),
            "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=".to_owned(),
            "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s".to_owned(),
            format!(" {}\n", "fb".repeat(32)),
        ] {
            let key = parse(&text).unwrap();
            assert_eq!(key.bytes(), right.bytes(), "{text}");
        }
        for text in [
            "",
            "fb",
            &"fb".repeat(31),
            &"xy".repeat(32),
            &"+f".repeat(32),
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
