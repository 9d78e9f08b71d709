//! The key that everything else is derived from.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use guise_core::KeyDigest;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRngCore;
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;

/// 32 random bytes, kept in one file.
pub struct InstanceKey(Zeroizing<[u8; 32]>);

/// Why there is no instance key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("cannot use the key file {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the key file {} holds {length} bytes instead of 32: restore it from a backup", path.display())]
    Length {
        /// Which file.
        path: PathBuf,
        /// How many bytes it holds.
        length: usize,
    },
    /// Others could read it.
    #[error("the key file {} can be read by others (mode {mode:o}): run chmod 600 on it", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no random source.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] rand::rand_core::OsError),
}

impl InstanceKey {
    /// Reads the key file.
    ///
    /// # Errors
    /// When it is missing, unreadable, of a wrong length or readable by others.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        let file = fs::File::open(path).map_err(io)?;
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Open {
                path: path.to_owned(),
                mode,
            });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(33));
        file.take(33).read_to_end(&mut bytes).map_err(io)?;
        let key: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| KeyFileError::Length {
                path: path.to_owned(),
                length: bytes.len(),
            })?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Reads the key file, or makes one with mode 0600 where there is none. It is there whole or not at all, and of
    /// several processes that make it at once all get the same.
    ///
    /// # Errors
    /// As [`InstanceKey::read`], and when it cannot be written.
    pub fn read_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let io = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        if path.exists() {
            return Self::read(path);
        }
        let mut key = Zeroizing::new([0; 32]);
        rand::rngs::OsRng.try_fill_bytes(key.as_mut_slice())?;
        let folder = path.parent().unwrap_or(Path::new("."));
        // Mode 0600 from the beginning.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
        file.write_all(key.as_slice())
            .and_then(|()| file.as_file().sync_all())
            .map_err(io)?;
        match file.persist_noclobber(path) {
            Ok(_) => {
                let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
                synced.map_err(io)?;
                Ok(Self(key))
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Self::read(path),
            Err(error) => Err(io(error.error)),
        }
    }

    /// A key for one purpose, from which this one cannot be found again.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.mac(b"guise derive v1\0", purpose.as_bytes()))
    }

    /// What the database may keep to recognise this key.
    pub fn check_value(&self) -> String {
        self.mac(b"guise check v1\0", b"")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The keyed hash by which an API key is recognised.
    pub fn digest(&self, api_key: &str) -> KeyDigest {
        KeyDigest(self.mac(b"guise api key v1\0", api_key.as_bytes()))
    }

    fn mac(&self, label: &[u8], message: &[u8]) -> [u8; 32] {
        keyed_hash(&self.0, &[label, message])
    }
}

/// HMAC-SHA-256 (RFC 2104) over the joined `parts`.
pub(crate) fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than SHA-256's block is padded with zeros (RFC 2104 §2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl std::fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstanceKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        let made = InstanceKey::read_or_create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        for again in [InstanceKey::read_or_create(&path), InstanceKey::read(&path)] {
            assert_eq!(again.unwrap().check_value(), made.check_value());
        }
    }

    #[test]
    fn all_who_make_the_key_file_at_once_get_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        let makers: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || {
                    InstanceKey::read_or_create(&path).unwrap().check_value()
                })
            })
            .collect();
        let values: std::collections::HashSet<_> = makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect();
        assert_eq!(values.len(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        InstanceKey::read_or_create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            InstanceKey::read(&path),
            Err(KeyFileError::Open { mode: 0o644, .. })
        ));
    }

    #[test]
    fn a_cut_key_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("instance.key");
        fs::write(&path, [7; 31]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            InstanceKey::read(&path),
            Err(KeyFileError::Length { length: 31, .. })
        ));
    }

    #[test]
    fn another_key_gives_other_digests() {
        let one = InstanceKey(Zeroizing::new([1; 32]));
        let two = InstanceKey(Zeroizing::new([2; 32]));
        assert_ne!(one.digest("same"), two.digest("same"));
        assert_ne!(one.check_value(), two.check_value());
        assert_ne!(*one.derive("tokens"), one.digest("").0);
    }
}
