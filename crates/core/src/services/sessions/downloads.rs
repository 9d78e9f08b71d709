//! Keeping what a session's browser downloads.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use tokio::fs::File;

use super::Shared;
use super::live::Live;
use super::scrubbed::Scrubbed;
use crate::ports::DownloadedFile;
use crate::{Area, Error, Result, Timestamp};

/// The downloads of a session that are kept already: their names, by where the browser put them.
pub(super) type Kept = HashMap<PathBuf, String>;

impl Shared {
    /// Keeps a downloaded file, once. Returns its name among the session's downloads.
    ///
    /// # Errors
    /// Kind `TooLarge`; when it cannot be read or kept.
    pub(super) async fn keep_download(&self, live: &Live, file: &DownloadedFile) -> Result<String> {
        let mut kept = live.kept.lock().await;
        if let Some(name) = kept.get(&file.path) {
            return Ok(name.clone());
        }
        let suggested = live.gate.clean(file.name.clone());
        let name = free_name(&kept, self.clock.now(), &suggested);
        let bytes = open_plain(&file.path)
            .await
            .map_err(|error| Error::internal("cannot read a downloaded file", error))?;
        self.files
            .put(
                live.tenant,
                Area::Downloads(live.id),
                &name,
                Box::pin(Scrubbed::new(bytes, live.gate.chunks())),
            )
            .await?;
        kept.insert(file.path.clone(), name.clone());
        drop(kept);
        if let Err(error) = tokio::fs::remove_file(&file.path).await {
            tracing::warn!(session = %live.id, %error, "cannot remove a download that is kept");
        }
        Ok(name)
    }
}

/// Opens a file in a folder that the browser can write to. A browser that was taken over may have put a link there, to
/// have a file read that only the server may read, or a pipe, to have it wait for ever.
async fn open_plain(path: &Path) -> io::Result<File> {
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
        .await?;
    let metadata = file.metadata().await?;
    if metadata.is_file() && metadata.nlink() == 1 {
        Ok(file)
    } else {
        Err(io::Error::other(format!(
            "{} is not a file of its own",
            path.display()
        )))
    }
}

/// `resume.pdf` becomes `2026_04_24_00_54_44-resume.pdf` (Notte API: stored name of a download); a second one of the same
/// second becomes `2026_04_24_00_54_44-2-resume.pdf`.
fn free_name(kept: &Kept, at: Timestamp, suggested: &str) -> String {
    let stamp: String = at
        .to_string()
        .chars()
        .take("2026-04-24T00:54:44".len())
        .map(|c| if c.is_ascii_digit() { c } else { '_' })
        .collect();
    let base = suggested.rsplit(['/', '\\']).next().unwrap_or_default();
    let base: String = base.chars().filter(|c| !c.is_control()).collect();
    let base = if base.is_empty() { "download" } else { &base };
    // The end of a long name holds its ending, which tells what it is.
    let base = &base[base.ceil_char_boundary(base.len().saturating_sub(200))..];
    let mut name = format!("{stamp}-{base}");
    let mut number = 2;
    while kept.values().any(|taken| *taken == name) {
        name = format!("{stamp}-{number}-{base}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_start_with_the_moment_and_end_with_the_suggested_name() {
        let at = Timestamp::from_micros(1_776_992_084_000_000);
        let mut kept = Kept::new();
        let first = free_name(&kept, at, "../../resume.pdf");
        assert_eq!(first, "2026_04_24_00_54_44-resume.pdf");
        assert!(free_name(&kept, at, "").ends_with("-download"));

        kept.insert(PathBuf::from("/one"), first);
        let second = free_name(&kept, at, "resume.pdf");
        assert_eq!(second, "2026_04_24_00_54_44-2-resume.pdf");
    }

    #[test]
    fn long_names_keep_their_ending() {
        let name = free_name(
            &Kept::new(),
            Timestamp::from_micros(0),
            &format!("{}.pdf", "ü".repeat(300)),
        );
        assert!(name.len() <= 255 && name.ends_with(".pdf"));
    }
}
