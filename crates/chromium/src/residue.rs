//! What a browser's uid may leave outside its own folder.

use std::{fs, io::ErrorKind, os::unix::fs::MetadataExt, path::Path};

use crate::Error;

/// Shared memory, and the lock files and sockets of an X server that was killed.
const PLACES: &[&str] = &["/dev/shm", "/tmp/.X11-unix", "/tmp"];

/// Removes what belongs to `uid`, so that the next holder of the uid finds nothing of this one.
pub(crate) fn remove(uid: u32) -> Result<(), Error> {
    for place in PLACES.iter().map(Path::new) {
        let entries = match fs::read_dir(place) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::folder("read", place)(error)),
        };
        for entry in entries.flatten() {
            // Others come and go here at any time.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.uid() != uid {
                continue;
            }
            let path = entry.path();
            let removed = if metadata.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            match removed {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::folder("remove", path)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
