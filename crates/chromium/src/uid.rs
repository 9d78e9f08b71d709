//! One uid per live browser, never shared and never taken over while anything of it is left.
//!
//! Servers on one machine agree by lock files, one per uid, held (flock) as long as the browser lives. A lock goes with
//! its holder, even by `kill -9`; what the holder leaves behind is seen in /proc and in the runtime folder.

use std::{
    collections::HashSet,
    fmt,
    fs::{self, File, TryLockError},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Error, procfs};

/// The uids that browsers run as when we are root. No account is needed for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UidRange {
    first: u32,
    last: u32,
}

impl Default for UidRange {
    /// 210000 to 210999.
    fn default() -> Self {
        Self {
            first: 210_000,
            last: 210_999,
        }
    }
}

impl UidRange {
    /// A range, both ends included.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty range, one that reaches below 1000 (system accounts) or above 2³¹ - 1, or one
    /// that contains `nobody` (65534) or 65535.
    pub fn new(first: u32, last: u32) -> Result<Self, Error> {
        if first > last || first < 1000 || last > i32::MAX as u32 {
            return Err(Error::Invalid(format!(
                "the uid range {first} to {last} is refused; it must lie between 1000 and 2147483647"
            )));
        }
        if (first..=last).contains(&65534) || (first..=last).contains(&65535) {
            return Err(Error::Invalid(format!(
                "the uid range {first} to {last} is refused; 65534 and 65535 have a meaning of their own"
            )));
        }
        Ok(Self { first, last })
    }

    /// Whether `uid` lies in the range.
    #[must_use]
    pub fn contains(&self, uid: u32) -> bool {
        (self.first..=self.last).contains(&uid)
    }

    /// How many browsers can live at a time.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.last - self.first + 1
    }
}

impl fmt::Display for UidRange {
    /// `210000-210999`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.first, self.last)
    }
}

/// A uid that is ours as long as this lives.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) uid: u32,
    _lock: File,
}

/// Hands out uids.
#[derive(Debug)]
pub(crate) struct Uids {
    range: UidRange,
    root: PathBuf,
    locks: PathBuf,
    /// Counts up, so that a uid comes back as late as possible.
    next: AtomicU32,
}

impl Uids {
    /// `root` is the folder that all servers of the machine share; the lock files go below it.
    pub(crate) fn new(range: UidRange, root: &Path) -> Self {
        Self {
            range,
            root: root.to_owned(),
            locks: root.join("uids"),
            next: AtomicU32::new(0),
        }
    }

    pub(crate) fn range(&self) -> UidRange {
        self.range
    }

    /// Takes a uid of which neither a process nor a folder is left anywhere.
    ///
    /// # Errors
    /// [`Error::NoUid`] when all are taken.
    pub(crate) fn lease(&self) -> Result<Lease, Error> {
        for _ in 0..self.range.size() {
            let step = self.next.fetch_add(1, Ordering::Relaxed) % self.range.size();
            let Some(lease) = self.claim(self.range.first + step)? else {
                continue;
            };
            // Only now that nobody else can start a process of it.
            if !self.in_use(lease.uid)? {
                return Ok(lease);
            }
        }
        Err(Error::NoUid {
            first: self.range.first,
            last: self.range.last,
        })
    }

    /// Takes the lock of one uid, whatever is left of it; `None` when another browser holds it.
    pub(crate) fn claim(&self, uid: u32) -> Result<Option<Lease>, Error> {
        let path = self.locks.join(uid.to_string());
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::folder("open the lock file", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Lease { uid, _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::folder("lock", &path)(error)),
        }
    }

    fn in_use(&self, uid: u32) -> Result<bool, Error> {
        let running = procfs::processes()
            .map_err(Error::system("look through /proc"))?
            .iter()
            .any(|entry| !entry.zombie && entry.uids.contains(&uid));
        Ok(running || self.owners()?.contains(&uid))
    }

    /// The uids that have a browser folder, of any server.
    fn owners(&self) -> Result<HashSet<u32>, Error> {
        let mut owners = HashSet::new();
        for instance in subfolders(&self.root)? {
            for folder in subfolders(&instance)? {
                // It may be removed by its server at this moment.
                if let Ok(metadata) = fs::symlink_metadata(folder) {
                    owners.insert(metadata.gid());
                }
            }
        }
        Ok(owners)
    }
}

/// The folders in a folder; none if that is gone.
pub(crate) fn subfolders(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::folder("read", path)(error)),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::folder("read", path))?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(folder: &Path) -> Uids {
        fs::create_dir_all(folder.join("uids")).unwrap();
        Uids::new(UidRange::new(219_990, 219_992).unwrap(), folder)
    }

    #[test]
    fn a_held_uid_is_given_to_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (uids(folder.path()), uids(folder.path()));
        let mut seen = HashSet::new();
        let held: Vec<Lease> = [&one, &other, &one]
            .iter()
            .map(|uids| uids.lease().unwrap())
            .inspect(|lease| assert!(seen.insert(lease.uid)))
            .collect();
        assert!(matches!(other.lease(), Err(Error::NoUid { .. })));
        drop(held);
        assert!(other.lease().is_ok());
    }

    #[test]
    fn a_uid_comes_back_as_late_as_possible() {
        let folder = tempfile::tempdir().unwrap();
        let uids = uids(folder.path());
        let order: Vec<u32> = (0..4).map(|_| uids.lease().unwrap().uid).collect();
        assert_eq!(order, [219_990, 219_991, 219_992, 219_990]);
    }

    #[test]
    fn ranges_that_touch_accounts_are_refused() {
        for (first, last) in [(0, 10), (999, 2000), (5, 4), (3000, 2000), (60000, 70000)] {
            assert!(UidRange::new(first, last).is_err(), "{first}..={last}");
        }
        assert_eq!(UidRange::default().size(), 1000);
    }
}
