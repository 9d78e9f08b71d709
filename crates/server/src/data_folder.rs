//! The folder of all state: made private, found again, its key matched with the database.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use guise_core::Secret;
use guise_core::ports::{Clock, KeyRows, SystemClock};
use guise_secrets::{ApiKeySecret, Earlier, KeyFile, KeyTree, RootSource, private_file};
use guise_store::Database;

use crate::config::Settings;
use crate::root_sources::sources;

/// The check value of the key file among the facts of a database that was made before there was a keyring.
const KEY_CHECK: &str = "instance_key_check";

/// The files by which a data folder is known.
const KEY_FILE: &str = "instance.key";
const DATABASE: &str = "guise.db";
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

    /// Where the ends of the audit are noted, unless another file is configured.
    pub fn audit_anchors(&self) -> PathBuf {
        self.0.join("audit.anchors")
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
        self.0.join(DATABASE)
    }

    /// The keys of the database. Made together with a new database, never for an old one.
    ///
    /// # Errors
    /// Those of [`DataFolder::existing_keys`], and when a root source cannot wrap.
    pub async fn keys(
        &self,
        database: &Arc<Database>,
        sources: &[Arc<dyn RootSource>],
    ) -> Result<KeyTree> {
        let earlier = self.earlier(database).await?;
        Ok(KeyTree::open_or_found(rows(database), clock(), sources, earlier.as_ref()).await?)
    }

    /// The keys of the database, without any of them: they are opened later.
    pub fn sealed_keys(&self, database: &Arc<Database>) -> KeyTree {
        KeyTree::sealed(rows(database), clock())
    }

    /// The keys of the database, if there are any; `None` where they are to be made. Nothing is changed.
    ///
    /// # Errors
    /// When none of the root sources opens them.
    pub async fn existing_keys(
        &self,
        database: &Arc<Database>,
        sources: &[Arc<dyn RootSource>],
    ) -> Result<Option<KeyTree>> {
        let earlier = self.earlier(database).await?;
        Ok(KeyTree::open_existing(rows(database), clock(), sources, earlier.as_ref()).await?)
    }

    /// The configured root sources.
    ///
    /// # Errors
    /// When one of them cannot be set up.
    pub fn root_sources(&self, settings: &Settings) -> Result<Vec<Arc<dyn RootSource>>> {
        Ok(sources(
            &settings.root_key_source,
            &settings.root_secrets(),
            &self.key_file(),
        )?)
    }

    /// What a database knows of its key file that was made before there was a keyring.
    async fn earlier(&self, database: &Database) -> Result<Option<Earlier>> {
        let check = database.get_meta(KEY_CHECK).await?;
        Ok(check.map(|check| Earlier {
            file: KeyFile::at(&self.key_file()),
            check,
        }))
    }

    /// The name of this server among those that share a database: made once, the same after a restart and for all who ask at
    /// once. Not the folder's path, which is the same on many machines.
    ///
    /// # Errors
    /// When the file with it cannot be made or read, or is empty.
    pub fn node(&self) -> Result<String> {
        let path = self.0.join("node_id");
        if !path.exists() {
            let name = format!("{}\n", uuid::Uuid::new_v4());
            // Where another start was first, its name is this one's, too.
            private_file::create(&path, name.as_bytes())
                .with_context(|| format!("cannot make {}", path.display()))?;
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

    /// What shows that whoever asks this server to open its keys can read its data folder. Made once.
    ///
    /// # Errors
    /// When the file with it cannot be made or read.
    pub fn operator_token(&self) -> Result<Secret> {
        let path = self.0.join("operator_token");
        if !path.exists() {
            let token = ApiKeySecret::generate().context("the system gives no random bytes")?;
            private_file::create(&path, token.expose().as_bytes())
                .with_context(|| format!("cannot make {}", path.display()))?;
        }
        let token =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Secret::new(token.trim().to_owned()))
    }

    /// Where the root key lies, unless another source is configured.
    pub fn key_file(&self) -> PathBuf {
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

fn rows(database: &Arc<Database>) -> Arc<dyn KeyRows> {
    Arc::clone(database) as _
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Whether the folder is open to others and holds something, but nothing of ours.
fn is_of_others(path: &Path) -> io::Result<bool> {
    let open = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
    let ours = [KEY_FILE, DATABASE, CONFIGURATION]
        .iter()
        .any(|name| path.join(name).exists());
    Ok(open && !ours && fs::read_dir(path)?.next().is_some())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::thread;

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
    fn all_who_make_a_servers_name_at_once_get_the_same() {
        const AT_ONCE: usize = 8;
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let barrier = Barrier::new(AT_ONCE);
            let names: HashSet<_> = thread::scope(|scope| {
                let made = || {
                    barrier.wait();
                    DataFolder::at(folder.path()).node().unwrap()
                };
                let makers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(made)).collect();
                let made = makers.into_iter().map(|maker| maker.join().unwrap());
                made.collect()
            });
            assert_eq!(names.len(), 1);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
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
