//! Blobs as files of one folder.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use guise_core::ports::{Blobs, ByteStream};
use guise_core::{Error, Kind, Result};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncReadExt;
use tokio::task::spawn_blocking;

/// A stream is written in parts of this size.
const PART: usize = 256 * 1024;

/// Together with the shard's name it stays below what file systems take as a file name (255 bytes).
const LONGEST_KEY: usize = 200;

/// Keeps each blob as one file: written aside, synced, then renamed, so that a key never names half a blob.
///
/// What is kept in haste is not synced: after a crash of the machine its key may name nothing, or a file that is empty.
///
/// The files lie in 256 folders by the hash of their key. Nobody but this user may read them. Several processes may use one
/// folder at once.
pub struct DiskBlobs {
    root: Arc<Root>,
}

struct Root {
    folder: PathBuf,
    /// Shared by all processes that may be writing here, so that none takes another's unfinished files for rubbish.
    _in_use: File,
}

/// A key that is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "blob key '{0}': expected 1 to {LONGEST_KEY} letters, digits, '-', '_', '.' and '/', each part beginning with none of the latter two"
)]
struct BadKey(String);

impl DiskBlobs {
    /// Opens the folder, making it where there is none, and removes what a crash left half written.
    ///
    /// # Errors
    /// Kind `Internal` when the folder cannot be made or written; the message names it.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        let root = blocking("open the blobs", move || {
            Root::open(folder.clone()).map_err(|error| {
                Error::internal(
                    format!("cannot use {} for blobs: {error}", folder.display()),
                    error,
                )
            })
        })
        .await?;
        Ok(Self {
            root: Arc::new(root),
        })
    }
}

impl DiskBlobs {
    async fn keep(
        &self,
        key: &str,
        bytes: Bytes,
        finish: fn(NamedTempFile, &Path) -> io::Result<()>,
    ) -> Result<()> {
        let path = self.root.path(key)?;
        let root = Arc::clone(&self.root);
        blocking("keep a blob", move || {
            let write = || {
                let mut file = root.unfinished()?;
                file.write_all(&bytes)?;
                finish(file, &path)
            };
            write().map_err(|error| Error::internal("cannot keep a blob", error))
        })
        .await
    }
}

#[async_trait]
impl Blobs for DiskBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.keep(key, bytes, finish).await
    }

    async fn put_in_haste(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.keep(key, bytes, name).await
    }

    async fn put_stream(
        &self,
        key: &str,
        mut stream: ByteStream,
        limit: u64,
    ) -> Result<(u64, String)> {
        let path = self.root.path(key)?;
        let root = Arc::clone(&self.root);
        let failed = |error| Error::internal("cannot keep a blob", error);
        // Dropped before its end, the file is gone.
        let mut file = blocking("keep a blob", move || root.unfinished().map_err(failed)).await?;
        let mut hash = Sha256::new();
        let mut length = 0_u64;
        loop {
            let part = part_of(&mut stream).await?;
            if part.is_empty() {
                break;
            }
            length += part.len() as u64;
            if length > limit {
                return Err(Error::new(
                    Kind::TooLarge,
                    format!("the file is larger than the allowed {limit} bytes"),
                ));
            }
            (file, hash) = blocking("keep a blob", move || {
                hash.update(&part);
                file.write_all(&part).map_err(failed)?;
                Ok((file, hash))
            })
            .await?;
        }
        blocking("keep a blob", move || finish(file, &path).map_err(failed)).await?;
        let digest = hash.finalize();
        Ok((
            length,
            digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let path = self.root.path(key)?;
        present(tokio::fs::read(path).await.map(Bytes::from))
    }

    async fn open(&self, key: &str) -> Result<Option<ByteStream>> {
        let path = self.root.path(key)?;
        let file = present(tokio::fs::File::open(path).await)?;
        Ok(file.map(|file| Box::pin(file) as ByteStream))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let path = self.root.path(key)?;
        match tokio::fs::remove_file(path).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::internal("cannot delete a blob", error))
            }
            _ => Ok(()),
        }
    }
}

impl Root {
    fn open(folder: PathBuf) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        if fs::metadata(&folder)?.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
        }
        let in_use = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("lock"))?;
        match in_use.try_lock() {
            Ok(()) => {
                remove_unfinished(&folder.join("unfinished"))?;
                in_use.unlock()?;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Waits at most for another process that removes its own leftovers.
        in_use.lock_shared()?;

        make_folder(&folder.join("unfinished"))?;
        for shard in 0..=u8::MAX {
            make_folder(&folder.join(format!("{shard:02x}")))?;
        }
        // The shards survive a crash from here on; a blob then needs to sync no more than its own.
        File::open(&folder)?.sync_all()?;
        Ok(Self {
            folder,
            _in_use: in_use,
        })
    }

    /// Where the bytes under `key` are. `+` stands for `/`: it is in no key, so that each key has a file of its own.
    fn path(&self, key: &str) -> Result<PathBuf> {
        let good = key.len() <= LONGEST_KEY
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
            && !key.contains("..")
            && key
                .split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.'));
        if !good {
            return Err(Error::internal(
                "cannot find a blob",
                BadKey(key.to_owned()),
            ));
        }
        let shard = Sha256::digest(key).first().copied().unwrap_or_default();
        Ok(self
            .folder
            .join(format!("{shard:02x}"))
            .join(key.replace('/', "+")))
    }

    /// A new file aside, mode 0600, that is gone when it is dropped.
    fn unfinished(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.folder.join("unfinished"))
    }
}

/// Gives a written file its name. Once this returns it survives a crash.
fn finish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    name(file, path)?;
    match path.parent() {
        Some(shard) => File::open(shard)?.sync_all(),
        None => Ok(()),
    }
}

/// Gives a written file its name.
fn name(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map_err(|error| error.error).map(drop)
}

fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn remove_unfinished(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The next bytes of a stream, as many as one write takes; none at its end.
async fn part_of(stream: &mut ByteStream) -> Result<BytesMut> {
    let mut part = BytesMut::with_capacity(PART);
    while part.len() < PART {
        let read = stream.read_buf(&mut part).await;
        // Who sends the bytes broke off or sent something malformed; nothing is wrong here.
        if read.map_err(|error| Error::refused(format!("the file's bytes broke off: {error}")))?
            == 0
        {
            break;
        }
    }
    Ok(part)
}

/// What a read found, where nothing being there is an answer.
fn present<T>(read: io::Result<T>) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::internal("cannot read a blob", error)),
    }
}

/// Runs `work` where waiting for a disk holds nobody up.
async fn blocking<T: Send + 'static>(
    doing: &str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::internal(format!("cannot {doing}"), error)))
}
