//! Stored files.

use guise_core::FileInfo;
use serde::Serialize;
use utoipa::ToSchema;

/// A list of files (Notte API: `ListFilesResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListFilesResponse {
    /// The files, by name.
    pub files: Vec<FileInfoBody>,
}

/// One file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FileInfo)]
pub struct FileInfoBody {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// What follows the last dot of its name, with the dot; empty when there is none.
    pub file_ext: String,
    /// When it was last written, RFC 3339.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// A file as a form (Notte API: one part named `file`). Its bytes are read as they come, not into this.
#[derive(ToSchema)]
pub struct FileForm {
    /// The bytes. The name of the part's file is ignored: the path has it.
    #[schema(content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "only described")]
    file: String,
}

/// How an upload went (Notte API: `FileUploadResponse`).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FileUploadResponse {
    /// Always true: an upload that does not work is an error.
    pub success: bool,
}

/// Where a file can be fetched without a key (Notte API: `FileLinkResponse`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileLinkResponse {
    /// The address, valid for a while.
    pub url: String,
}

impl From<FileInfo> for FileInfoBody {
    fn from(file: FileInfo) -> Self {
        let file_ext = match file.name.rfind('.') {
            Some(dot) if dot > 0 => file.name[dot..].to_owned(),
            _ => String::new(),
        };
        Self {
            name: file.name,
            size: file.size,
            file_ext,
            updated_at: file.updated_at.to_string(),
        }
    }
}
