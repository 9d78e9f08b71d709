//! A passphrase that somebody knows.

use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use guise_core::{Error, Secret};
use uuid::Uuid;

use super::{RootError, RootSource, static_key};
use crate::key::{KEY_LENGTH, Key, random};

/// A new passphrase must be at least so many characters long.
pub const MIN_PASSPHRASE_LENGTH: usize = 12;

/// There is one passphrase at most.
const ID: &str = "passphrase";

/// The form of the wrap: version, memory, passes, lanes, salt, envelope.
const VERSION: u8 = 1;
const SALT: usize = 16;
const HEAD: usize = 1 + 3 * 4 + SALT;

/// What a guess costs: argon2id with 64 MiB and three passes (RFC 9106 §4, second choice, with one lane).
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// A wrap that asks for more than this was not made by this program, in KiB and passes.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 32;
const MOST_LANES: u32 = 16;

/// A passphrase.
pub struct Passphrase(Option<std::sync::Arc<Secret>>);

impl Passphrase {
    /// The passphrase; none when nobody gave it yet.
    pub fn new(passphrase: Option<Secret>) -> Self {
        Self(passphrase.map(std::sync::Arc::new))
    }

    fn given(&self) -> Result<std::sync::Arc<Secret>, RootError> {
        self.0.clone().ok_or_else(|| RootError::Missing {
            name: self.name(),
            hint: ": set GUISE_ROOT_PASSPHRASE, or set start_sealed and run 'guise keys unseal'",
        })
    }

    fn unusable(&self, problem: impl std::fmt::Display) -> RootError {
        RootError::Unusable {
            name: self.name(),
            problem: problem.to_string(),
        }
    }

    /// The key that the passphrase gives with this head. It takes some tenths of a second on purpose.
    async fn stretch(&self, head: [u8; HEAD]) -> Result<Key, RootError> {
        let passphrase = self.given()?;
        let number =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (memory, passes, lanes) = (number(1), number(5), number(9));
        if head[0] != VERSION
            || memory > MOST_MEMORY_KIB
            || passes > MOST_PASSES
            || lanes > MOST_LANES
        {
            return Err(self.unusable("what it wrapped cannot be read: it was altered, or made by a newer version of Guise"));
        }
        let params = Params::new(memory, passes, lanes, Some(KEY_LENGTH))
            .map_err(|error| self.unusable(error))?;
        let stretched = tokio::task::spawn_blocking(move || {
            let mut bytes = secrecy::zeroize::Zeroizing::new([0; KEY_LENGTH]);
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(
                    passphrase.expose().as_bytes(),
                    &head[HEAD - SALT..],
                    bytes.as_mut_slice(),
                )
                .map(|()| Key::copy_of(bytes.as_slice()))
        });
        stretched
            .await
            .map_err(|error| Error::internal("cannot stretch a passphrase", error))?
            .map_err(|error| self.unusable(error))
    }
}

#[async_trait]
impl RootSource for Passphrase {
    fn kind(&self) -> &'static str {
        "passphrase"
    }

    fn name(&self) -> String {
        "the passphrase".to_owned()
    }

    async fn id(&self) -> Result<String, RootError> {
        self.given()?;
        Ok(ID.to_owned())
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        let length = self.given()?.expose().chars().count();
        if length < MIN_PASSPHRASE_LENGTH {
            return Err(self.unusable(format!(
                "it has {length} characters: expected {MIN_PASSPHRASE_LENGTH} or more"
            )));
        }
        let mut head = [0; HEAD];
        head[0] = VERSION;
        for (at, number) in [(1, MEMORY_KIB), (5, PASSES), (9, LANES)] {
            head[at..at + 4].copy_from_slice(&number.to_be_bytes());
        }
        random(&mut head[HEAD - SALT..])?;
        let root = self.stretch(head).await?;
        let mut wrapped = head.to_vec();
        wrapped.extend_from_slice(&static_key::wrap(&root, instance, key)?);
        Ok(wrapped)
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        let (head, envelope) = wrapped
            .split_first_chunk::<HEAD>()
            .ok_or_else(|| self.unusable("what it wrapped is cut"))?;
        let root = self.stretch(*head).await?;
        // The envelope names the key that the passphrase gave, so another passphrase is told from an altered wrap.
        static_key::unwrap(|| self.name(), &root, instance, envelope).map_err(|error| match error {
            RootError::Wrong { .. } => RootError::Wrong {
                name: "this passphrase".to_owned(),
            },
            other => other,
        })
    }
}
