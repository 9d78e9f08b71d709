//! The folders of live browsers.
//!
//! ```text
//! ROOT (0711)                    /run/guise as root
//!   uids/ (0700)                 lock files, as root
//!   INSTANCE (0711)              twelve hexadecimal digits from the data folder
//!     lock                       held while the server lives, and gone with the instance's folder at its orderly end
//!     BROWSER (0710 root:uid)    nobody else comes in, and its browser cannot rename what lies in it
//!       profile/ tmp/ downloads/ (0700 uid)
//!       uploads/ (2750 root:uid) the browser reads, only the server writes
//! ```
//! Without root everything is 0700 and our own.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    },
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::Error;

/// Chromium binds a socket below TMPDIR (`/tmp/org.chromium.Chromium.XXXXXX/SingletonSocket`), and a socket's path has
/// 107 bytes at most.
const LONGEST_FOLDER: usize = 107 - 52;

/// The name of an instance's lock file.
const LOCK: &str = "lock";

/// The folders of one browser. They exist as long as the browser; its end removes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    root: PathBuf,
}

impl Folders {
    /// The folder that holds the others.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Chromium's user data folder, also its HOME.
    #[must_use]
    pub fn profile(&self) -> PathBuf {
        self.root.join("profile")
    }

    /// TMPDIR.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Files that pages may be given. Readable for the browser, writable only for us; files placed here need mode 0640
    /// and get the browser's group by themselves.
    #[must_use]
    pub fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// Where the browser puts downloads. It owns the folder: open what lies there without following links.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    /// The X11 cookie of a browser with a display.
    pub(crate) fn x_authority(&self) -> PathBuf {
        self.root.join("Xauthority")
    }

    pub(crate) fn remove(&self) -> Result<(), Error> {
        remove(&self.root)
    }
}

/// Removes a folder and all that is in it; one that is gone is no error. Links are not followed.
pub(crate) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::folder("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

/// One server's part of the runtime folder, held by a lock.
#[derive(Debug)]
pub(crate) struct Instance {
    root: PathBuf,
    folder: PathBuf,
    privileged: bool,
    lock: File,
}

impl Instance {
    /// Makes and locks the folders of the server whose data lies in `data_folder`.
    pub(crate) fn open(data_folder: &Path, root: &Path, privileged: bool) -> Result<Self, Error> {
        let data_folder = data_folder
            .canonicalize()
            .map_err(Error::folder("find", data_folder))?;
        let digest = Sha256::digest(data_folder.as_os_str().as_bytes());
        let name: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();

        let mode = if privileged { 0o711 } else { 0o700 };
        own_folder(root, mode)?;
        let root = root.canonicalize().map_err(Error::folder("find", root))?;
        if privileged {
            open_to_others(&root)?;
            own_folder(&root.join("uids"), 0o700)?;
        }
        let folder = root.join(name);
        let length = folder.as_os_str().len() + "/12345678".len();
        if length > LONGEST_FOLDER {
            return Err(Error::Invalid(format!(
                "{} is too long for a runtime folder: {length} bytes with a browser's own part, and Chromium's sockets \
                 leave {LONGEST_FOLDER}; choose a shorter one",
                folder.display()
            )));
        }
        Ok(Self {
            lock: own(&folder, mode)?,
            root,
            folder,
            privileged,
        })
    }

    /// The folder that all servers share.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// This server's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the command line or environment of every browser of this server contains.
    pub(crate) fn mark(&self) -> Vec<u8> {
        mark(&self.folder)
    }

    /// Makes the folders of a new browser; `uid` is the one that it will run as, if not ours.
    pub(crate) fn browser(&self, uid: Option<u32>) -> Result<Folders, Error> {
        let root = loop {
            let root = self.folder.join(format!("{:08x}", rand::random::<u32>()));
            match DirBuilder::new().mode(0o700).create(&root) {
                Ok(()) => break root,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::folder("create", root)(error)),
            }
        };
        let folders = Folders { root };
        let made = self.fill(&folders, uid);
        if made.is_err() {
            folders.remove()?;
        }
        made.map(|()| folders)
    }

    fn fill(&self, folders: &Folders, uid: Option<u32>) -> Result<(), Error> {
        let Some(uid) = uid.filter(|_| self.privileged) else {
            for path in [
                folders.profile(),
                folders.temporary(),
                folders.uploads(),
                folders.downloads(),
            ] {
                make(&path, 0o700)?;
            }
            return Ok(());
        };
        // The group first: by it a sweep learns whose folder it is.
        give(folders.root(), None, uid, 0o710)?;
        for path in [folders.profile(), folders.temporary(), folders.downloads()] {
            make(&path, 0o700)?;
            give(&path, Some(uid), uid, 0o700)?;
        }
        make(&folders.uploads(), 0o700)?;
        give(&folders.uploads(), None, uid, 0o2750)
    }
}

impl Drop for Instance {
    /// A server that ends in order leaves no folder behind. One with a browser's folder in it stays for the next start's
    /// sweep. The lock goes last, with the file.
    fn drop(&mut self) {
        let lock = self.folder.join(LOCK);
        if is_same_file(&self.lock, &lock)
            && let Err(error) = fs::remove_file(&lock).and_then(|()| fs::remove_dir(&self.folder))
        {
            tracing::debug!(folder = %self.folder.display(), %error, "the runtime folder stays");
        }
    }
}

/// Makes the folder of an instance and takes the lock in it.
fn own(folder: &Path, mode: u32) -> Result<File, Error> {
    let path = folder.join(LOCK);
    loop {
        // The holder before us may end at any moment here and take the folder with it.
        match own_folder(folder, mode) {
            Err(Error::Folder { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                continue;
            }
            made => made?,
        }
        let opened = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path);
        let lock = match opened {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::folder("open the lock file", &path)(error)),
        };
        match lock.try_lock() {
            // A lock on a file that is gone guards nothing.
            Ok(()) if !is_same_file(&lock, &path) => {}
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::InUse {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(Error::folder("lock", &path)(error)),
        }
    }
}

/// Whether the open file is what lies at `path` now.
fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(there)) => identity(open) == identity(there),
        _ => false,
    }
}

/// What paths below `folder` start with.
pub(crate) fn mark(folder: &Path) -> Vec<u8> {
    let mut mark = folder.as_os_str().as_bytes().to_vec();
    mark.push(b'/');
    mark
}

fn make(path: &Path, mode: u32) -> Result<(), Error> {
    DirBuilder::new()
        .mode(mode)
        .create(path)
        .map_err(Error::folder("create", path))
}

/// Changes owner (where named), group and mode, in the order that keeps the set-group-id bit.
pub(crate) fn give(path: &Path, owner: Option<u32>, group: u32, mode: u32) -> Result<(), Error> {
    chown(path, owner, Some(group)).map_err(Error::folder("change the owner of", path))?;
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(Error::folder("change the mode of", path))
}

/// Makes a folder if it is not there, and sees to it that it is ours and has this mode.
fn own_folder(path: &Path, mode: u32) -> Result<(), Error> {
    match DirBuilder::new().recursive(true).mode(mode).create(path) {
        Ok(()) => {}
        Err(error) => return Err(Error::folder("create", path)(error)),
    }
    let metadata = fs::symlink_metadata(path).map_err(Error::folder("read", path))?;
    let us = rustix::process::geteuid().as_raw();
    if !metadata.is_dir() || metadata.uid() != us {
        return Err(Error::Invalid(format!(
            "{} is refused as a runtime folder: it must be a folder of uid {us}, not a link and not another user's",
            path.display()
        )));
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(Error::folder("change the mode of", path))
}

/// Browsers run as other users and must get through every folder on the way.
fn open_to_others(root: &Path) -> Result<(), Error> {
    for folder in root.ancestors() {
        let metadata = fs::metadata(folder).map_err(Error::folder("read", folder))?;
        if metadata.mode() & 0o001 == 0 {
            return Err(Error::Invalid(format!(
                "{} is refused as a runtime folder: {} is closed to the browsers' users (it needs `chmod o+x`)",
                root.display(),
                folder.display()
            )));
        }
    }
    Ok(())
}
