//! What pages download, from its beginning until it lies in the session's folder.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use guise_cdp::FrameId;
use guise_cdp::protocol::browser::{DownloadProgress, DownloadWillBegin};
use guise_core::ports::DownloadedFile;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::fault::{Fault, Result};

/// The longest name that a file may have, in bytes.
const LONGEST_NAME: usize = 255;
/// Downloads that are remembered; older ones are forgotten once they ended.
const REMEMBERED: usize = 256;

/// How a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Done,
    Cancelled,
}

struct Download {
    guid: String,
    file: DownloadedFile,
    /// The frame that was sent to it.
    frame: FrameId,
    began: Instant,
    stage: Stage,
}

/// The downloads of one browser.
pub(crate) struct Downloads {
    /// Where they are kept; they are not where it is absent.
    folder: Option<PathBuf>,
    list: Mutex<Vec<Download>>,
    changed: watch::Sender<()>,
}

impl Downloads {
    /// Chromium puts them into `folder`, each named by its guid; without one it keeps none.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            list: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    /// Where Chromium puts them, if it keeps any.
    pub(crate) fn folder(&self) -> Option<&PathBuf> {
        self.folder.as_ref()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Download>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A download begins.
    pub(crate) fn begins(&self, event: DownloadWillBegin) {
        let Some(folder) = &self.folder else { return };
        let path = folder.join(plain_name(&event.guid));
        let mut list = self.list();
        if list.len() >= REMEMBERED
            && let Some(old) = list.iter().position(|old| old.stage != Stage::Running)
        {
            list.remove(old);
        }
        list.push(Download {
            file: DownloadedFile {
                name: plain_name(&event.suggested_filename),
                path,
                url: event.url,
            },
            guid: event.guid,
            frame: event.frame_id,
            began: Instant::now(),
            stage: Stage::Running,
        });
        drop(list);
        self.changed.send_replace(());
    }

    /// A download goes on. Answers the file when it is complete.
    pub(crate) fn goes_on(&self, event: &DownloadProgress) -> Option<DownloadedFile> {
        let stage = match event.state.as_str() {
            "completed" => Stage::Done,
            "canceled" => Stage::Cancelled,
            _ => return None,
        };
        let file = {
            let mut list = self.list();
            let download = list
                .iter_mut()
                .find(|known| known.guid == event.guid && known.stage == Stage::Running)?;
            download.stage = stage;
            download.file.clone()
        };
        self.changed.send_replace(());
        (stage == Stage::Done).then_some(file)
    }

    /// What the first download is called that began at `since` or later, if one has by `begin_by`.
    pub(crate) async fn name_since(&self, since: Instant, begin_by: Instant) -> Option<String> {
        let mut changes = self.changed.subscribe();
        loop {
            let named = {
                let list = self.list();
                let first = list.iter().find(|download| download.began >= since);
                first.map(|download| download.file.name.clone())
            };
            if named.is_some() {
                return named;
            }
            timeout_at(begin_by, changes.changed()).await.ok()?.ok()?;
        }
    }

    /// Whether a download began at `since` or later.
    pub(crate) fn began_since(&self, since: Instant) -> bool {
        self.list().iter().any(|download| download.began >= since)
    }

    /// Resolves once a frame was sent to a download; never where none are kept.
    pub(crate) async fn begins_in(&self, frame: &FrameId) {
        let mut changes = self.changed.subscribe();
        while !self.list().iter().any(|download| download.frame == *frame) {
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits for the first download that began at `since` or later, to its end.
    ///
    /// # Errors
    /// [`Fault::TimedOut`] when none has begun by `begin_by`; a message when it is cancelled or not complete by `deadline`.
    pub(crate) async fn first_since(
        &self,
        since: Instant,
        begin_by: Instant,
        deadline: Instant,
    ) -> Result<DownloadedFile> {
        let mut changes = self.changed.subscribe();
        loop {
            let found = self
                .list()
                .iter()
                .find(|download| download.began >= since)
                .map(|download| (download.stage, download.file.clone()));
            let (bound, late) = match found {
                Some((Stage::Done, file)) => return Ok(file),
                Some((Stage::Cancelled, file)) => {
                    return Err(Fault::told(format!(
                        "the download of '{}' was cancelled or failed",
                        file.name
                    )));
                }
                Some((Stage::Running, file)) => (
                    deadline,
                    Fault::told(format!(
                        "the download of '{}' is not complete yet",
                        file.name
                    )),
                ),
                None => (begin_by, Fault::TimedOut),
            };
            match timeout_at(bound, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(late),
            }
        }
    }
}

/// A name without any path, control character or excess length.
fn plain_name(text: &str) -> String {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut plain = String::with_capacity(name.len());
    for character in name.chars().filter(|character| !character.is_control()) {
        if plain.len() + character.len_utf8() > LONGEST_NAME {
            break;
        }
        plain.push(character);
    }
    if plain
        .chars()
        .all(|character| character == '.' || character.is_whitespace())
    {
        "download".to_owned()
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_path() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\\b\\c.txt"), "c.txt");
        assert_eq!(plain_name(".."), "download");
        assert_eq!(plain_name(""), "download");
        assert_eq!(plain_name("a\u{0}b\n.txt"), "ab.txt");
        assert_eq!(plain_name(&"é".repeat(200)).len(), 254);
    }
}
