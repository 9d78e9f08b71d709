//! What the process of a document answers.

use serde::{Deserialize, Serialize};

/// A document that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its text as Markdown, page after page. Empty for empty pages.
    pub markdown: String,
    /// How many pages it has.
    pub pages: u32,
    /// Its title.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// The language as a BCP 47 tag.
    pub language: Option<String>,
    /// When it was made, in ISO 8601.
    pub created: Option<String>,
    /// When it was changed last, in ISO 8601.
    pub modified: Option<String>,
}

/// Why a document cannot be read, by anyone or within what one document gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unreadable {
    /// It opens with a password only.
    #[error("this PDF is locked: it opens with a password only")]
    Locked,
    /// It is none, or damaged.
    #[error("this PDF is damaged: {0}")]
    Broken(String),
    /// No page has text.
    #[error(
        "this PDF holds only pictures, on {pages} pages: texts in pictures, as in a scan, are not read"
    )]
    Pictures {
        /// How many pages it has.
        pages: u32,
    },
    /// It has text, but in fonts that do not name their letters.
    #[error("this PDF has text that cannot be read: its fonts do not say which letters they show")]
    Garbled,
    /// It is longer than what is taken.
    #[error("this PDF is too large: expected at most {} MiB", crate::MAX_BYTES >> 20)]
    TooLarge,
    /// It ran into the bounds of its process.
    #[error(
        "this PDF takes more than one document gets: {} MiB of memory, {} s",
        crate::confine::MEMORY >> 20,
        crate::confine::SECONDS
    )]
    TooMuch,
}

/// What goes from the process to the server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It was read.
    Read(Document),
    /// It cannot be.
    Unreadable(Unreadable),
    /// It was not looked at: the process could not be confined, because of this.
    Unconfined(String),
}
