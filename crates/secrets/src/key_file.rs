//! The file that a root key lies in.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use crate::key::{KEY_LENGTH, Key};
use crate::private_file;

/// Why a key file cannot be used. The texts leave out which file: whoever tells them knows.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is none.
    #[error("it is missing")]
    Missing,
    /// It cannot be read or written.
    #[error("{0}")]
    Io(io::Error),
    /// It holds something else.
    #[error("it holds {0} bytes instead of {KEY_LENGTH}: restore it from a backup")]
    Length(usize),
    /// Others could read it.
    #[error("it can be read by others (mode {0:o}): run chmod 600 on it")]
    Open(u32),
    /// It is somebody else's, who could change it.
    #[error(
        "it belongs to the user with uid {found}, and this program runs as {expected}: run chown on it"
    )]
    Owner {
        /// Whose it is.
        found: u32,
        /// Who we are.
        expected: u32,
    },
    /// There is no random source.
    #[error(transparent)]
    Random(#[from] guise_core::Error),
}

impl From<io::Error> for KeyFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

/// Reads a key file.
///
/// # Errors
/// When it is missing, unreadable, of a wrong length, somebody else's or readable by others.
pub(crate) fn read(path: &Path) -> Result<Key, KeyFileError> {
    let file = fs::File::open(path)?;
    let metadata = file.metadata()?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open(mode));
    }
    let (found, expected) = (metadata.uid(), rustix::process::geteuid().as_raw());
    // What is root's may be lent to a service, by a group or an access list that the mode does not show.
    if found != expected && found != 0 {
        return Err(KeyFileError::Owner { found, expected });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 1));
    file.take(KEY_LENGTH as u64 + 1).read_to_end(&mut bytes)?;
    Key::from_slice(&bytes).ok_or(KeyFileError::Length(bytes.len()))
}

/// Reads a key file, or makes one with mode 0600 where there is none. It is there whole or not at all, and of several
/// processes that make it at once all get the same.
///
/// # Errors
/// As [`read`], and when it cannot be written.
pub(crate) fn read_or_create(path: &Path) -> Result<Key, KeyFileError> {
    if path.exists() {
        return read(path);
    }
    let key = Key::random()?;
    if private_file::create(path, key.bytes())? {
        Ok(key)
    } else {
        read(path)
    }
}

/// Puts the key file `new` in the place of `old`, at once and for good.
///
/// # Errors
/// When it cannot be: `old` is still there then.
pub(crate) fn replace(new: &Path, old: &Path) -> Result<(), KeyFileError> {
    fs::rename(new, old)?;
    Ok(private_file::sync_folder(old)?)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        (folder, path)
    }

    #[test]
    fn a_key_file_is_private_and_never_replaced() {
        let (_folder, path) = place();
        let made = read_or_create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        for again in [read_or_create(&path), read(&path)] {
            assert_eq!(again.unwrap().bytes(), made.bytes());
        }
    }

    #[test]
    fn all_who_make_the_key_file_at_once_get_the_same_key() {
        let (folder, path) = place();
        let makers: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || *read_or_create(&path).unwrap().bytes())
            })
            .collect();
        let keys: std::collections::HashSet<_> = makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect();
        assert_eq!(keys.len(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let (_folder, path) = place();
        read_or_create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path), Err(KeyFileError::Open(0o644))));
    }

    #[test]
    fn a_key_file_of_somebody_else_is_refused() {
        // Only root can give a file away.
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let (_folder, path) = place();
        read_or_create(&path).unwrap();
        std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
        assert!(matches!(
            read(&path),
            Err(KeyFileError::Owner { found: 12_345, .. })
        ));
    }

    #[test]
    fn a_cut_or_missing_key_file_is_refused() {
        let (_folder, path) = place();
        assert!(matches!(read(&path), Err(KeyFileError::Missing)));
        fs::write(&path, [7; 31]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(read(&path), Err(KeyFileError::Length(31))));
    }
}
