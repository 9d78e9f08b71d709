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
    /// What names these bytes and no others; `upload_file` takes it as `file_path`, too.
    pub file_id: String,
    /// What kind of file its name says it is, such as `application/pdf`.
    pub content_type: String,
    /// The SHA-256 of its bytes, in lower-case hex. Absent for downloads, unless the key has the scope `vault:reveal`: it tells what
    /// stands in a file, and so may tell a secret that a site wrote into it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
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

impl FileInfoBody {
    /// What is told of a file; what stands in it only to whoever may know.
    pub fn of(file: FileInfo, shows_content: bool) -> Self {
        let file_ext = match file.name.rfind('.') {
            Some(dot) if dot > 0 => file.name[dot..].to_owned(),
            _ => String::new(),
        };
        let content_type = mime_guess::from_path(&file.name).first_or_octet_stream();
        Self {
            file_id: file.id(),
            name: file.name,
            size: file.size,
            file_ext,
            content_type: content_type.to_string(),
            sha256: shows_content.then_some(file.sha256),
            updated_at: file.updated_at.to_string(),
        }
    }
}
