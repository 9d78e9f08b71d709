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

/// The files by which a data folder is known.
const KEY_FILE: &str = "instance.key";
const CONFIGURATION: &str = "guise.toml";

/// The data folder.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// The folder as it is or is not: nothing is made.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes the folder if it is not there, readable by nobody else.
    ///
    /// # Errors
    /// When it cannot be made or written, or holds other things than ours: closing such a folder to others could break
    /// what they use it for.
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
        if is_of_others(path).with_context(cannot)? {
            bail!("{}: it holds other things and is open to others", cannot());
        }
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
            .unwrap_or_else(|| format!("sqlite:{}", self.database_file().display()))
    }

    /// Where SQLite's database lies, when it is used.
    pub fn database_file(&self) -> PathBuf {
        self.0.join("guise.db")
    }

    /// The instance key that belongs to the database. Made together with a new database, never for an old one.
    ///
    /// # Errors
    /// Those of [`DataFolder::existing_key`], and when the file cannot be written.
    pub async fn instance_key(&self, database: &Database) -> Result<InstanceKey> {
        if let Some(key) = self.existing_key(database).await? {
            return Ok(key);
        }
        let key = InstanceKey::read_or_create(&self.key_file())?;
        let kept = database
            .put_meta_if_absent(KEY_CHECK, &key.check_value())
            .await?;
        // Another process with a folder of its own may have been first.
        self.check(&key, &kept)?;
        Ok(key)
    }

    /// The instance key, if it is there and belongs to the database; `None` where both are to be made. Nothing is changed.
    ///
    /// # Errors
    /// When the key file is missing for a database that was made with one, is another database's, or cannot be used.
    pub async fn existing_key(&self, database: &Database) -> Result<Option<InstanceKey>> {
        let path = self.key_file();
        let expected = database.get_meta(KEY_CHECK).await?;
        match (path.exists(), expected) {
            (true, Some(expected)) => {
                let key = InstanceKey::read(&path)?;
                self.check(&key, &expected)?;
                Ok(Some(key))
            }
            (_, None) => Ok(None),
            (false, Some(_)) => bail!(
                "the key file {} is missing, but the database was made with one: restore it from a backup; \
                 nothing was changed",
                path.display()
            ),
        }
    }

    /// The name of this server among those that share a database: made once, the same after a restart. Not the folder's path,
    /// which is the same on many machines.
    ///
    /// # Errors
    /// When the file with it cannot be made or read, or is empty.
    pub fn node(&self) -> Result<String> {
        let path = self.0.join("node_id");
        let made = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| {
                writeln!(file, "{}", uuid::Uuid::new_v4())?;
                file.sync_all()
            });
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(error).with_context(|| format!("cannot make {}", path.display()));
            }
            _ => {}
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        match text.trim() {
            "" => bail!(
                "{} is empty: remove it, and a new name is made",
                path.display()
            ),
            name => Ok(name.to_owned()),
        }
    }

    fn check(&self, key: &InstanceKey, expected: &str) -> Result<()> {
        if key.check_value() != expected {
            bail!(
                "the key file {} does not belong to this database: restore the right one, or name another database; \
                 nothing was changed",
                self.key_file().display()
            );
        }
        Ok(())
    }

    fn key_file(&self) -> PathBuf {
        self.0.join(KEY_FILE)
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

/// Whether the folder is open to others and holds something, but nothing of ours.
fn is_of_others(path: &Path) -> io::Result<bool> {
    let open = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
    let ours = [KEY_FILE, CONFIGURATION]
        .iter()
        .any(|name| path.join(name).exists());
    Ok(open && !ours && fs::read_dir(path)?.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_server_keeps_its_name_and_shares_it_with_none() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let name = |at: usize| DataFolder::at(folders[at].path()).node().unwrap();
        assert_eq!(name(0), name(0));
        assert_ne!(name(0), name(1));
        assert_eq!(mode(&folders[0].path().join("node_id")), 0o600);
        fs::write(folders[0].path().join("node_id"), "").unwrap();
        let empty = DataFolder::at(folders[0].path()).node().unwrap_err();
        assert!(empty.to_string().contains("is empty"), "{empty}");
    }

    #[test]
    fn a_folder_of_others_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(path.join("theirs"), "").unwrap();
        let refused = DataFolder::open(path).unwrap_err().to_string();
        assert!(refused.contains("open to others"), "{refused}");
        assert_eq!(mode(path), 0o755);

        fs::write(path.join(CONFIGURATION), "").unwrap();
        DataFolder::open(path).unwrap();
        assert_eq!(mode(path), 0o700);
    }
}
