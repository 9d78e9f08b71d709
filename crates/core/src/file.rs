//! Files that callers hand in and browsers bring back.

use crate::{AssignmentId, SessionId, Timestamp};

/// Where a file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// The tenant's uploads: what sessions may attach to pages.
    Uploads,
    /// What one session downloaded.
    Downloads(SessionId),
    /// What one assignment brings along for its session, until it has ended.
    Assignment(AssignmentId),
}

/// A kept file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its name: no path, 1 to 255 bytes.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes, in lower-case hex.
    pub sha256: String,
    /// Where its bytes are.
    pub blob: String,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl FileInfo {
    /// What names this file and no other: a file that takes its place has another.
    pub fn id(&self) -> String {
        let name = self.blob.rsplit('/').next().unwrap_or_default();
        match uuid::Uuid::try_parse(name) {
            Ok(id) => id.to_string(),
            Err(_) => name.to_owned(),
        }
    }
}
