//! What is attached to a mail.

use std::fmt;

use bytes::Bytes;

/// What is attached to a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file's name as the sender gave it: foreign, and no safe file name.
    pub name: Option<String>,
    /// Type and subtype in lower case, as the sender says; `application/octet-stream` where nothing is said.
    pub content_type: String,
    /// The part's `Content-ID` without its angle brackets, by which the HTML names it (`cid:`).
    pub content_id: Option<String>,
    /// Whether it is meant to be shown inside the text.
    pub inline: bool,
    /// The content, decoded. Shares memory with the mail where nothing had to be decoded.
    pub bytes: Bytes,
}

impl Attachment {
    /// The content's size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("content_id", &self.content_id)
            .field("inline", &self.inline)
            .field("size", &self.size())
            .finish()
    }
}
