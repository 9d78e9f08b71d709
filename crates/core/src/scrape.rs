//! What is asked of a page's content, and what comes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Asked, Error, Result};

/// The most entries of `ignored_tags`, and the most bytes of all together: each is held against every element of a page.
const MOST_IGNORED: usize = 100;
const LONGEST_IGNORED: usize = 8_192;

/// How to read a page (Notte API: `ScrapeRequest`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScrapeOptions {
    /// Only what this selector matches, in the language of page selectors.
    pub selector: Option<String>,
    /// Keep link targets.
    pub scrape_links: bool,
    /// Keep images.
    pub scrape_images: bool,
    /// Drop elements of these tag names; selectors may stand there, too.
    pub ignored_tags: Vec<String>,
    /// Drop navigation, footers and the like.
    pub only_main_content: bool,
    /// List the images instead of reading the text, unless it is wanted for data.
    pub only_images: bool,
    /// The JSON Schema that structured data must fit.
    pub response_format: Option<serde_json::Value>,
    /// What to extract, in words.
    pub instructions: Option<String>,
    /// Replace link targets by short placeholders.
    pub use_link_placeholders: bool,
    /// The model to ask for data, written `provider/model`; the operator's own one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tell every address that the page links to ([`SourcePage::links`]), also those outside of what is read.
    #[serde(skip)]
    pub all_links: bool,
}

impl ScrapeOptions {
    /// The same, unless it asks for more than reading a page may take.
    ///
    /// # Errors
    /// Kind `Invalid` for too many `ignored_tags`, or too long ones.
    pub fn checked(self) -> Result<Self> {
        let (count, bytes) = (
            self.ignored_tags.len(),
            self.ignored_tags.iter().map(String::len).sum::<usize>(),
        );
        if count > MOST_IGNORED || bytes > LONGEST_IGNORED {
            let message = format!(
                "Invalid ignored_tags of {count} entries with {bytes} bytes together: expected at most {MOST_IGNORED} entries \
                 and {LONGEST_IGNORED} bytes"
            );
            return Err(Error::invalid_member(
                &["ignored_tags"],
                "too_long",
                message,
            ));
        }
        Ok(self)
    }

    /// Whether structured data is asked for.
    pub fn wants_data(&self) -> bool {
        self.response_format.is_some() || self.instructions.is_some()
    }
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
            model: None,
            all_links: false,
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
    /// What the page says about itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<PageMetadata>,
    /// The addresses that short names in the Markdown stand for, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub link_placeholders: BTreeMap<String, String>,
    /// The page that it was read from, where it was one. It is not kept.
    #[serde(skip)]
    pub source: Option<SourcePage>,
}

/// The page that something was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePage {
    /// Where it came from in the end.
    pub url: String,
    /// The status of the answer that brought it, where a browser tells it.
    pub status: Option<u16>,
    /// Its title.
    pub title: Option<String>,
    /// The absolute addresses that what was read links to, each once, in the order of the page.
    pub links: Vec<String>,
}

/// What a page says about itself, by its structured data, Open Graph and `meta` elements.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageMetadata {
    /// The title, without the site's name where the page gives it so.
    pub title: Option<String>,
    /// Who wrote it; several names are separated by `, `.
    pub author: Option<String>,
    /// When it was published, as the page writes it: mostly ISO 8601.
    pub published: Option<String>,
    /// When it was changed last, as the page writes it.
    pub modified: Option<String>,
    /// The language as a BCP 47 tag.
    pub language: Option<String>,
    /// The absolute address that the page wants to be known by.
    pub canonical: Option<String>,
    /// The name of the site.
    pub site_name: Option<String>,
    /// What the page is about, in a sentence or two.
    pub description: Option<String>,
    /// The absolute address of the picture that stands for the page.
    pub image: Option<String>,
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

/// Data in the shape that the caller asked for, or why there is none (Notte API: `StructuredData`; `partial`, `sources`,
/// `missing` and `note` are Guise's own).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StructuredData {
    /// Whether all that was asked for was done: `data` is there, and no model failed.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
    /// The data. It fits the schema, where there is one: clients read it by their own classes, also beside an error.
    pub data: Option<serde_json::Value>,
    /// What was found of data that does not fit the schema yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<serde_json::Value>,
    /// JSON pointers to those values of `data`, or of `partial`, that the page states by itself, and where. Other values are
    /// a model's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, DataSource>,
    /// JSON pointers to what the schema names, required or not, and nobody found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What differs from what was wished for, such as the model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What asking a model took, where one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// Where a page states a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSource {
    /// `json`, `json-ld`, `microdata`, `rdfa`, `meta`, `table`, `definition-list`, `card` or `labelled-field`.
    pub kind: String,
    /// A JSON pointer into the document or a script, or a short CSS path; in a frame behind the frame's address.
    pub place: String,
}

/// A page that was read, before a model is asked about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageContent {
    /// What was read, without structured data.
    pub data: DataSpace,
    /// What the page states by itself of the data that the schema asks for; none without a schema.
    pub facts: Option<PageFacts>,
}

/// What a page states by itself of the data that a schema asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageFacts {
    /// The data, without what was not found; none where nothing was.
    pub data: Option<serde_json::Value>,
    /// JSON pointers to its values, and where each is stated.
    pub sources: BTreeMap<String, DataSource>,
    /// JSON pointers to what was not found, required or not.
    pub missing: Vec<String>,
}
