//! What is asked of a page's content, and what comes back.

use serde::{Deserialize, Serialize};

/// How to read a page (Notte API: `ScrapeRequest`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScrapeOptions {
    /// Only what this selector matches, in the language of page selectors.
    pub selector: Option<String>,
    /// Keep link targets.
    pub scrape_links: bool,
    /// Keep images.
    pub scrape_images: bool,
    /// Drop elements of these tag names.
    pub ignored_tags: Vec<String>,
    /// Drop navigation, footers and the like.
    pub only_main_content: bool,
    /// List the images instead of reading the text.
    pub only_images: bool,
    /// The JSON Schema that structured data must fit.
    pub response_format: Option<serde_json::Value>,
    /// What to extract, in words.
    pub instructions: Option<String>,
    /// Replace link targets by short placeholders.
    pub use_link_placeholders: bool,
}

impl Default for ScrapeOptions {
    fn default() -> Self {
        Self {
            selector: None,
            scrape_links: true,
            scrape_images: false,
            ignored_tags: Vec::new(),
            only_main_content: false,
            only_images: false,
            response_format: None,
            instructions: None,
            use_link_placeholders: false,
        }
    }
}

/// What was read (Notte API: `DataSpace`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DataSpace {
    /// The content as Markdown.
    pub markdown: String,
    /// The images, when they were asked for.
    pub images: Option<Vec<ImageData>>,
    /// The structured answer, when one was asked for.
    pub structured: Option<StructuredData>,
}

/// One image of a page (Notte API: `ImageData`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageData {
    /// Where it is; absent for inline vector images.
    pub url: Option<String>,
    /// `favicon`, `icon`, `content_image`, `decorative`, `svg_icon` or `svg_content`.
    pub category: Option<String>,
    /// Its alternative text or title.
    pub description: Option<String>,
}

/// Data in the shape that the caller asked for, or why there is none (Notte API: `StructuredData`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructuredData {
    /// Whether `data` is there.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
    /// The data.
    pub data: Option<serde_json::Value>,
}
