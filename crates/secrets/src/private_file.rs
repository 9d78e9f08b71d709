//! Files that are made once, whole, and for nobody else to read.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Makes a file of mode 0600, unless there is one. Whether this call made it.
///
/// It is there with all of `contents` or not at all, even if the machine stops in the middle; of several processes that make
/// it at once one does.
///
/// # Errors
/// When the file cannot be written.
pub fn create(path: &Path, contents: &[u8]) -> io::Result<bool> {
    // Mode 0600 from the beginning.
    let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            sync_folder(path)?;
            Ok(true)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// Makes a change of names in the folder of `path` last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
