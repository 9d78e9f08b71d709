//! The folder of all state: made private, found again, its key matched with the database.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use guise_secrets::InstanceKey;
use guise_store::Database;

use crate::config::Settings;

/// The name of the check value among the database's own facts.
const KEY_CHECK: &str = "instance_key_check";

/// The data folder.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder if it is not there, readable by nobody else.
    ///
    /// # Errors
    /// When it cannot be made or written, or belongs to somebody else.
    pub fn open(path: &Path) -> Result<Self> {
        let cannot = || {
            format!(
                "cannot use the data folder {}: choose another one with --data-dir or GUISE_DATA_DIR",
                path.display()
            )
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(cannot)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).with_context(cannot)?;
        tempfile::tempfile_in(path).with_context(cannot)?;
        Ok(Self(fs::canonicalize(path).with_context(cannot)?))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where blobs are kept.
    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// Where the first API key is kept for the command line's use.
    pub fn api_key_file(&self) -> PathBuf {
        self.0.join("api_key")
    }

    /// The address of the database: the configured one, or SQLite in this folder.
    pub fn database_url(&self, settings: &Settings) -> String {
        settings
            .database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.0.join("guise.db").display()))
    }

    /// The instance key that belongs to the database. Made together with a new database, never for an old one.
    ///
    /// # Errors
    /// When the key file is missing for a database that was made with one, or is another database's. Nothing is changed
    /// then.
    pub async fn instance_key(&self, database: &Database) -> Result<InstanceKey> {
        let path = self.0.join("instance.key");
        let expected = database.get_meta(KEY_CHECK).await?;
        let key = match (path.exists(), &expected) {
            (true, _) => InstanceKey::read(&path)?,
            (false, None) => InstanceKey::create(&path)?,
            (false, Some(_)) => bail!(
                "the key file {} is missing, but the database was made with one: restore it from a backup; \
                 nothing was changed",
                path.display()
            ),
        };
        let expected = match expected {
            Some(expected) => expected,
            None => {
                database
                    .put_meta_if_absent(KEY_CHECK, &key.check_value())
                    .await?
            }
        };
        if expected != key.check_value() {
            bail!(
                "the key file {} does not belong to this database: restore the right one, or name another database; \
                 nothing was changed",
                path.display()
            );
        }
        Ok(key)
    }

    /// Keeps an API key for the command line's use, readable by nobody else.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_api_key(&self, key: &str) -> io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.api_key_file())?;
        writeln!(file, "{key}")?;
        file.sync_all()
    }
}
