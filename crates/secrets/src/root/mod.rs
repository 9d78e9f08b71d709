//! Root sources: what lies outside the database and opens the instance key that lies in it.

mod file;
mod passphrase;
mod static_key;
mod text;
mod transit;

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

pub use self::file::KeyFile;
pub use self::passphrase::{MIN_PASSPHRASE_LENGTH, Passphrase};
pub use self::text::{CredentialKey, VariableKey};
pub use self::transit::{Transit, TransitAddress};

use crate::envelope::EnvelopeError;
use crate::key::Key;

/// Something that wraps the instance key with a secret of its own.
#[async_trait]
pub trait RootSource: Send + Sync {
    /// Which sort it is, such as `file`, as it is kept beside the wrap.
    fn kind(&self) -> &'static str;

    /// What it is, for messages, such as `the key file /var/lib/guise/instance.key`.
    fn name(&self) -> String;

    /// Which key it holds, as it is kept beside the wrap: by it the source's own wrap is found.
    ///
    /// # Errors
    /// When it holds none, or cannot be used.
    async fn id(&self) -> Result<String, RootError>;

    /// Makes what a first use needs, such as a key file, where that can be.
    ///
    /// # Errors
    /// When it cannot be made, or is there and cannot be used.
    async fn prepare(&self) -> Result<(), RootError> {
        Ok(())
    }

    /// Wraps the instance key called `instance`.
    ///
    /// # Errors
    /// When the source cannot be used.
    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError>;

    /// Unwraps what [`RootSource::wrap`] made for the same `instance`.
    ///
    /// # Errors
    /// When the source cannot be used, or its secret is another one.
    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError>;

    /// Makes a new secret beside the one in use, where the source can do that by itself.
    ///
    /// # Errors
    /// When it could, but does not work.
    async fn successor(&self) -> Result<Option<Arc<dyn Successor>>, RootError> {
        Ok(None)
    }

    /// Tries it: a key of no use is wrapped and unwrapped.
    ///
    /// # Errors
    /// When one of the two does not work.
    async fn probe(&self) -> Result<(), RootError> {
        let (instance, key) = (Uuid::nil(), Key::random()?);
        let wrapped = self.wrap(instance, &key).await?;
        let back = self.unwrap(instance, &wrapped).await?;
        if back.check_value(instance) == key.check_value(instance) {
            Ok(())
        } else {
            Err(RootError::Wrong { name: self.name() })
        }
    }
}

/// A source with a new secret that has not taken the place of the old one yet.
#[async_trait]
pub trait Successor: RootSource {
    /// Takes the place of the old one.
    ///
    /// # Errors
    /// When it cannot: the old one is still there then.
    async fn take_over(&self) -> Result<(), RootError>;
}

/// Why a root source does not work. No text has a secret in it.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// It is not there.
    #[error("{name} is missing{hint}")]
    Missing {
        /// The source.
        name: String,
        /// What to do about it, beginning with a colon; or nothing.
        hint: &'static str,
    },
    /// It is there and cannot be used.
    #[error("{name} cannot be used: {problem}")]
    Unusable {
        /// The source.
        name: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// Its secret is not the one that wrapped the instance key.
    #[error(
        "{name} does not belong to this database: restore the right one, or name another database"
    )]
    Wrong {
        /// The source.
        name: String,
    },
    /// A service did not answer, or answered that it cannot.
    #[error("{name} does not answer: {problem}")]
    Unreachable {
        /// The source.
        name: String,
        /// What it or the network says.
        problem: String,
    },
    /// A fault of ours.
    #[error(transparent)]
    Internal(#[from] guise_core::Error),
}

impl RootError {
    /// What it means that a wrap does not open.
    pub(crate) fn of_envelope(name: String, error: EnvelopeError) -> Self {
        match error {
            EnvelopeError::OtherKey { .. } | EnvelopeError::Refused => Self::Wrong { name },
            EnvelopeError::Short(_) | EnvelopeError::Version(_) | EnvelopeError::Algorithm(_) => {
                Self::Unusable {
                    name,
                    problem: format!("what it wrapped cannot be read: {error}"),
                }
            }
        }
    }
}
