//! A key file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::{RootError, RootSource, Successor, static_key};
use crate::key::Key;
use crate::key_file::{self, KeyFileError};

/// A file with 32 random bytes that only its owner may read.
#[derive(Clone, Debug)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// The file at `path`, whether it is there or not.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The key in it. It is read each time: it may have been replaced.
    pub(crate) fn read(&self) -> Result<Key, RootError> {
        key_file::read(&self.0).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, error: &KeyFileError) -> RootError {
        match error {
            KeyFileError::Missing => RootError::Missing {
                name: self.name(),
                hint: ", but the database was made with one: restore it from a backup",
            },
            other => RootError::Unusable {
                name: self.name(),
                problem: other.to_string(),
            },
        }
    }
}

#[async_trait]
impl RootSource for KeyFile {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn name(&self) -> String {
        format!("the key file {}", self.0.display())
    }

    async fn id(&self) -> Result<String, RootError> {
        Ok(static_key::fingerprint(&self.read()?).to_string())
    }

    async fn prepare(&self) -> Result<(), RootError> {
        key_file::read_or_create(&self.0)
            .map(drop)
            .map_err(|error| self.unusable(&error))
    }

    async fn successor(&self) -> Result<Option<Arc<dyn Successor>>, RootError> {
        if !self.0.exists() {
            self.prepare().await?;
            return Ok(None);
        }
        let mut new = self.0.clone().into_os_string();
        new.push(".new");
        let next = NextKeyFile {
            new: Self(new.into()),
            old: self.clone(),
        };
        // One that is there already was made by a replacement that stopped: its key may be in the database.
        next.new.prepare().await?;
        Ok(Some(Arc::new(next)))
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        static_key::wrap(&self.read()?, instance, key)
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        static_key::unwrap(|| self.name(), &self.read()?, instance, wrapped)
    }
}

/// A new key file beside the one in use.
struct NextKeyFile {
    new: KeyFile,
    old: KeyFile,
}

#[async_trait]
impl RootSource for NextKeyFile {
    fn kind(&self) -> &'static str {
        self.new.kind()
    }

    fn name(&self) -> String {
        self.new.name()
    }

    async fn id(&self) -> Result<String, RootError> {
        self.new.id().await
    }

    async fn wrap(&self, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
        self.new.wrap(instance, key).await
    }

    async fn unwrap(&self, instance: Uuid, wrapped: &[u8]) -> Result<Key, RootError> {
        self.new.unwrap(instance, wrapped).await
    }
}

#[async_trait]
impl Successor for NextKeyFile {
    async fn take_over(&self) -> Result<(), RootError> {
        key_file::replace(&self.new.0, &self.old.0).map_err(|error| self.old.unusable(&error))
    }
}
