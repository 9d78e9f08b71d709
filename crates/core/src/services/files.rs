//! Uploads and downloads.

use std::sync::Arc;

use crate::ports::{Blobs, ByteStream, Clock, Store};
use crate::{Area, AssignmentId, Error, FileInfo, Result, SessionId, TenantId};

/// No file may be larger (Notte API: files below 100 MB).
pub const MAX_FILE_BYTES: u64 = 100 * 1000 * 1000;

/// Keeps the files that callers hand in and browsers bring back.
pub struct Files {
    store: Arc<dyn Store>,
    blobs: Arc<dyn Blobs>,
    clock: Arc<dyn Clock>,
}

impl Files {
    /// A service on `store` and `blobs`.
    pub fn new(store: Arc<dyn Store>, blobs: Arc<dyn Blobs>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            blobs,
            clock,
        }
    }

    /// Keeps a file; one of the same name is replaced.
    ///
    /// # Errors
    /// Kind `Invalid` for a name that cannot be one, `TooLarge` beyond [`MAX_FILE_BYTES`].
    pub async fn put(
        &self,
        tenant: TenantId,
        area: Area,
        name: &str,
        bytes: ByteStream,
    ) -> Result<FileInfo> {
        check_name(&["filename"], name)?;
        // Blob first, row second: a crash in between leaves bytes that nobody names, never a name without bytes.
        let blob = format!("files/{}", uuid::Uuid::now_v7().simple());
        let (size, sha256) = self.blobs.put_stream(&blob, bytes, MAX_FILE_BYTES).await?;
        let file = FileInfo {
            name: name.to_owned(),
            size,
            sha256,
            blob: blob.clone(),
            updated_at: self.clock.now(),
        };
        match self.store.put_file(tenant, area, &file).await {
            Ok(Some(replaced)) => self.forget(&replaced).await,
            Ok(None) => {}
            Err(error) => {
                self.forget(&blob).await;
                return Err(error);
            }
        }
        Ok(file)
    }

    /// Deletes bytes that nobody names any more. That they stay when it fails changes nothing for the caller.
    async fn forget(&self, blob: &str) {
        if let Err(error) = self.blobs.delete(blob).await {
            tracing::warn!(blob, error = ?error, "bytes stay behind that no file names");
        }
    }

    /// The files of an area, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, tenant: TenantId, area: Area) -> Result<Vec<FileInfo>> {
        self.store.files(tenant, area).await
    }

    /// The file of that name.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, tenant: TenantId, area: Area, name: &str) -> Result<FileInfo> {
        self.store
            .file(tenant, area, name)
            .await?
            .ok_or_else(|| Error::not_found("File", format!("'{name}'")))
    }

    /// Removes all files of an area.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn clear(&self, tenant: TenantId, area: Area) -> Result<()> {
        let files = self.store.files(tenant, area).await?;
        if files.is_empty() {
            return Ok(());
        }
        self.store.remove_files(tenant, area).await?;
        for file in files {
            self.forget(&file.blob).await;
        }
        Ok(())
    }

    /// The file that a session's page may be given under that name: what the session's assignment brought or an upload by its name, or one
    /// of those or of the session's downloads by its id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn to_give(
        &self,
        tenant: TenantId,
        session: SessionId,
        assignment: Option<AssignmentId>,
        name: &str,
    ) -> Result<Option<FileInfo>> {
        let brought = assignment.map(Area::Assignment);
        for area in brought.into_iter().chain([Area::Uploads]) {
            if let Some(file) = self.store.file(tenant, area, name).await? {
                return Ok(Some(file));
            }
        }
        let areas = [Area::Uploads, Area::Downloads(session)];
        for area in brought.into_iter().chain(areas) {
            let files = self.store.files(tenant, area).await?;
            if let Some(file) = files.into_iter().find(|file| file.id() == name) {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Kind `NotFound` when they were replaced in the meantime.
    pub async fn open(&self, file: &FileInfo) -> Result<ByteStream> {
        self.blobs
            .open(&file.blob)
            .await?
            .ok_or_else(|| Error::not_found("File", format!("'{}'", file.name)))
    }
}

/// A name is one path segment: 1 to 255 bytes, no separators, no control characters. The error names `member`.
pub(super) fn check_name(member: &[&str], name: &str) -> Result<()> {
    let bad = name.is_empty()
        || name.len() > 255
        || name == "."
        || name == ".."
        || name
            .chars()
            .any(|c| c == '/' || c == '\\' || c.is_control());
    if bad {
        return Err(Error::invalid_member(
            member,
            "file_name",
            format!(
                "Invalid file name {name:?}: expected 1 to 255 bytes without '/', '\\' and control characters"
            ),
        ));
    }
    Ok(())
}
