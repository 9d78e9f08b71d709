//! What pages download, from its beginning until it lies in the session's folder.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guise_cdp::FrameId;
use guise_cdp::protocol::browser::{CancelDownload, DownloadProgress, DownloadWillBegin};
use guise_core::ports::DownloadedFile;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::core::Core;
use crate::fault::{Fault, Result};

/// The longest name that a file may have, in bytes.
const LONGEST_NAME: usize = 255;
/// Downloads that are remembered; older ones are forgotten once they ended.
const REMEMBERED: usize = 256;
/// How many of the largest size those that run at the same time may have together: no page fills the disk with many.
const AT_ONCE: u64 = 4;
/// How long Chromium may take to cancel one.
const CANCEL: Duration = Duration::from_secs(10);

/// How a download stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Done,
    Cancelled,
    /// It has, or says that it will have, more bytes than a file may have.
    TooLarge,
    /// Those that run at the same time have more bytes than they may have together.
    TooMuch,
}

/// What is to be done about a download as it goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Nothing,
    /// It is complete.
    Tell(DownloadedFile),
    /// It is too large, or one too many: see [`let_go`].
    LetGo {
        guid: String,
        path: PathBuf,
    },
}

struct Download {
    guid: String,
    file: DownloadedFile,
    /// The frame that was sent to it.
    frame: FrameId,
    began: Instant,
    stage: Stage,
    /// So many bytes of it have come.
    received: f64,
}

/// The downloads of one browser.
pub(crate) struct Downloads {
    /// Where they are kept; they are not where it is absent.
    folder: Option<PathBuf>,
    /// So many bytes one may have.
    largest: u64,
    list: Mutex<Vec<Download>>,
    changed: watch::Sender<()>,
}

impl Downloads {
    /// Chromium puts them into `folder`, each named by its guid; without one it keeps none. None may have more than `largest`
    /// bytes.
    pub(crate) fn new(folder: Option<PathBuf>, largest: u64) -> Self {
        Self {
            folder,
            largest,
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
            received: 0.0,
        });
        drop(list);
        self.changed.send_replace(());
    }

    /// A download goes on, or ends.
    pub(crate) fn goes_on(&self, event: &DownloadProgress) -> Next {
        let next = {
            let mut list = self.list();
            let Some(at) = list.iter().position(|known| known.guid == event.guid) else {
                return Next::Nothing;
            };
            list[at].received = event.received_bytes;
            let running = list.iter().filter(|known| known.stage == Stage::Running);
            let together: f64 = running.map(|known| known.received).sum();
            let download = &mut list[at];
            let let_go = |download: &Download| Next::LetGo {
                guid: download.guid.clone(),
                path: download.file.path.clone(),
            };
            match (download.stage, event.state.as_str()) {
                (Stage::Running, "canceled") => {
                    download.stage = Stage::Cancelled;
                    Next::Nothing
                }
                (Stage::Running, _) if self.is_too_large(event) => {
                    download.stage = Stage::TooLarge;
                    let_go(download)
                }
                (Stage::Running, "completed") => {
                    download.stage = Stage::Done;
                    Next::Tell(download.file.clone())
                }
                (Stage::Running, _) if together > bytes(self.largest.saturating_mul(AT_ONCE)) => {
                    download.stage = Stage::TooMuch;
                    let_go(download)
                }
                // It came to its end before it could be cancelled.
                (Stage::TooLarge | Stage::TooMuch, "completed") => let_go(download),
                _ => return Next::Nothing,
            }
        };
        self.changed.send_replace(());
        next
    }

    /// What a site says of the size beforehand counts, too: whatever comes of such a download, it is not kept.
    fn is_too_large(&self, event: &DownloadProgress) -> bool {
        event.received_bytes.max(event.total_bytes) > bytes(self.largest)
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
    /// [`Fault::TimedOut`] when none has begun by `begin_by`, [`Fault::TooLarge`]; a message when it is cancelled or not complete
    /// by `deadline`.
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
                Some((Stage::TooLarge, _)) => return Err(Fault::TooLarge(self.largest)),
                Some((Stage::TooMuch, file)) => {
                    return Err(Fault::told(format!(
                        "the download of '{}' was ended, because those that run at the same time have more than {} bytes together",
                        file.name,
                        self.largest.saturating_mul(AT_ONCE)
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

/// A number of bytes as Chromium tells it.
#[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
fn bytes(number: u64) -> f64 {
    number as f64
}

/// Ends a download that is too large, or one too many, and removes what there is of it.
pub(crate) async fn let_go(core: Arc<Core>, guid: String, path: PathBuf) {
    tracing::warn!(
        allowed = core.downloads.largest,
        "a download is ended that is larger than a file may be, or one too many"
    );
    let cancel = CancelDownload {
        guid,
        browser_context_id: core.context.clone(),
    };
    // Chromium removes what it has written of one that it cancels. One that is complete is not cancelled any more.
    if let Err(error) = core.root.call(&cancel, Instant::now() + CANCEL).await {
        tracing::warn!(%error, "a download that is ended could not be cancelled");
    }
    match tokio::fs::remove_file(&path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(%error, "cannot remove a download that was ended");
        }
        _ => {}
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

    fn begun() -> Downloads {
        let downloads = Downloads::new(Some("/kept".into()), 100);
        let begins = serde_json::json!({
            "frameId": "F",
            "guid": "one",
            "url": "https://example.org/",
            "suggestedFilename": "a.bin",
        });
        downloads.begins(serde_json::from_value(begins).unwrap());
        downloads
    }

    fn goes_on(downloads: &Downloads, state: &str, received: u64, total: u64) -> Next {
        let event = serde_json::json!({
            "guid": "one",
            "state": state,
            "receivedBytes": received,
            "totalBytes": total,
        });
        downloads.goes_on(&serde_json::from_value(event).unwrap())
    }

    async fn waited_for(downloads: &Downloads) -> Result<DownloadedFile> {
        let began = downloads.list()[0].began;
        downloads.first_since(began, began, began).await
    }

    #[tokio::test]
    async fn one_that_is_as_large_as_allowed_is_told() {
        let downloads = begun();
        assert_eq!(goes_on(&downloads, "inProgress", 100, 0), Next::Nothing);
        let file = match goes_on(&downloads, "completed", 100, 100) {
            Next::Tell(file) => file,
            other => panic!("{other:?}"),
        };
        assert_eq!(waited_for(&downloads).await, Ok(file));
    }

    #[tokio::test]
    async fn those_at_once_are_not_larger_together_than_four() {
        let downloads = begun();
        for number in 0..4 {
            let begins = serde_json::json!({
                "frameId": "F", "guid": number.to_string(), "url": "", "suggestedFilename": "b.bin",
            });
            downloads.begins(serde_json::from_value(begins).unwrap());
        }
        let progress = |guid: &str, state: &str, received: u64| {
            let event = serde_json::json!({
                "guid": guid, "state": state, "receivedBytes": received, "totalBytes": 0,
            });
            downloads.goes_on(&serde_json::from_value(event).unwrap())
        };
        for guid in ["0", "1", "2", "3"] {
            assert_eq!(progress(guid, "inProgress", 100), Next::Nothing);
        }
        let let_go = |next| matches!(next, Next::LetGo { guid, .. } if guid == "one");
        assert!(let_go(progress("one", "inProgress", 1)));
        assert!(let_go(progress("one", "completed", 2)));
        let told = waited_for(&downloads).await.unwrap_err().to_string();
        assert!(told.contains("more than 400 bytes together"), "{told}");
        // It counts no more, and neither do those that have ended.
        assert!(matches!(progress("0", "completed", 100), Next::Tell(_)));
        assert_eq!(progress("1", "canceled", 100), Next::Nothing);
    }

    #[tokio::test]
    async fn one_that_is_larger_is_let_go_at_once() {
        for (state, received, total) in [
            ("inProgress", 101, 0),
            ("inProgress", 1, 101),
            ("completed", 101, 101),
        ] {
            let downloads = begun();
            let let_go = || Next::LetGo {
                guid: "one".to_owned(),
                path: "/kept/one".into(),
            };
            let next = goes_on(&downloads, state, received, total);
            assert_eq!(next, let_go(), "{state} {received} {total}");
            assert_eq!(waited_for(&downloads).await, Err(Fault::TooLarge(100)));
            // What is told of it until it is cancelled changes nothing; a file that is complete all the same goes.
            assert_eq!(goes_on(&downloads, "inProgress", 102, 0), Next::Nothing);
            assert_eq!(goes_on(&downloads, "completed", 102, 102), let_go());
            assert_eq!(goes_on(&downloads, "canceled", 102, 0), Next::Nothing);
            assert_eq!(waited_for(&downloads).await, Err(Fault::TooLarge(100)));
        }
    }

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
