//! Reading pages: what is asked and what comes back.

use std::collections::BTreeMap;

use guise_core::{
    DataSource, DataSpace, ImageData, PageMetadata, ReadBy, Result, ScrapeOptions, StructuredData,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::action::BrowserCategory;

/// What is asked of a page (Notte API: `ScrapeRequest`).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScrapeRequest {
    /// Only what this selector matches, all of it: CSS or XPath (`//h1`, `xpath=…`); in a browser also `text=…` and the like.
    pub selector: Option<String>,
    /// Keep link targets; true when absent.
    pub scrape_links: Option<bool>,
    /// Keep images; false when absent.
    pub scrape_images: Option<bool>,
    /// Drop elements of these tag names, with a selector those inside what it matches; at most 100.
    #[schema(max_items = 100)]
    pub ignored_tags: Option<Vec<String>>,
    /// Drop navigation, footers and the like; false when absent.
    pub only_main_content: Option<bool>,
    /// List the images instead; false when absent.
    pub only_images: Option<bool>,
    /// The JSON Schema that structured data must fit.
    #[schema(value_type = Option<Object>)]
    pub response_format: Option<Map<String, Value>>,
    /// What to extract, in words.
    pub instructions: Option<String>,
    /// Replace the addresses of links and images by `link1`, `image1` and so on, which `link_placeholders` of the answer
    /// resolves; false when absent.
    pub use_link_placeholders: Option<bool>,
    /// The language model to ask for structured data, written `provider/model`; the operator's own one when absent, and where
    /// there is no key for it. `note` of the answer says so then.
    pub model: Option<String>,
}

impl ScrapeRequest {
    /// The options in the domain.
    ///
    /// # Errors
    /// As [`ScrapeOptions::checked`].
    pub fn into_domain(self) -> Result<ScrapeOptions> {
        let options = ScrapeOptions {
            selector: self.selector.filter(|selector| !selector.trim().is_empty()),
            scrape_links: self.scrape_links.unwrap_or(true),
            scrape_images: self.scrape_images.unwrap_or(false),
            ignored_tags: self.ignored_tags.unwrap_or_default(),
            only_main_content: self.only_main_content.unwrap_or(false),
            only_images: self.only_images.unwrap_or(false),
            response_format: self.response_format.map(Value::Object),
            instructions: self.instructions,
            use_link_placeholders: self.use_link_placeholders.unwrap_or(false),
            model: self.model,
            all_links: false,
        };
        options.checked()
    }
}

/// What a page is read by: a request for its markup, or a browser that shows it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReadBy)]
pub enum ReadByBody {
    /// HTTP.
    Http,
    /// A browser.
    Browser,
}

impl From<ReadByBody> for ReadBy {
    fn from(body: ReadByBody) -> Self {
        match body {
            ReadByBody::Http => Self::Http,
            ReadByBody::Browser => Self::Browser,
        }
    }
}

impl From<ReadBy> for ReadByBody {
    fn from(read_by: ReadBy) -> Self {
        match read_by {
            ReadBy::Http => Self::Http,
            ReadBy::Browser => Self::Browser,
        }
    }
}

/// Reading the page as an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScrapeAction {
    /// For showing.
    #[serde(default)]
    #[schema(value_type = String)]
    pub category: BrowserCategory,
    /// What to extract, in words.
    pub instructions: Option<String>,
    /// Drop navigation, footers and the like; true when absent.
    pub only_main_content: Option<bool>,
    /// Only what this selector matches.
    pub selector: Option<String>,
    /// List the images instead.
    #[serde(default)]
    pub only_images: bool,
    /// Keep link targets; true when absent.
    pub scrape_links: Option<bool>,
    /// Keep images.
    #[serde(default)]
    pub scrape_images: bool,
    /// Drop elements of these tag names, with a selector those inside what it matches; at most 100.
    #[schema(max_items = 100)]
    pub ignored_tags: Option<Vec<String>>,
    /// The JSON Schema that structured data must fit.
    #[schema(value_type = Option<Object>)]
    pub response_format: Option<Map<String, Value>>,
}

impl ScrapeAction {
    /// The options in the domain.
    ///
    /// # Errors
    /// As [`ScrapeOptions::checked`].
    pub fn into_domain(self) -> Result<ScrapeOptions> {
        let options = ScrapeOptions {
            selector: self.selector.filter(|selector| !selector.trim().is_empty()),
            scrape_links: self.scrape_links.unwrap_or(true),
            scrape_images: self.scrape_images,
            ignored_tags: self.ignored_tags.unwrap_or_default(),
            only_main_content: self.only_main_content.unwrap_or(true),
            only_images: self.only_images,
            response_format: self.response_format.map(Value::Object),
            instructions: self.instructions,
            use_link_placeholders: false,
            model: None,
            all_links: false,
        };
        options.checked()
    }
}

impl From<ScrapeOptions> for ScrapeAction {
    fn from(options: ScrapeOptions) -> Self {
        Self {
            category: BrowserCategory,
            instructions: options.instructions,
            only_main_content: Some(options.only_main_content),
            selector: options.selector,
            only_images: options.only_images,
            scrape_links: Some(options.scrape_links),
            scrape_images: options.scrape_images,
            ignored_tags: (!options.ignored_tags.is_empty()).then_some(options.ignored_tags),
            response_format: match options.response_format {
                Some(Value::Object(schema)) => Some(schema),
                _ => None,
            },
        }
    }
}

/// What was read (Notte API: `DataSpace`).
///
/// `content`, `success` and `links` are for clients of the older form.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DataSpace)]
pub struct DataSpaceBody {
    /// The content as Markdown.
    pub markdown: String,
    /// The images, when they were asked for.
    pub images: Option<Vec<ImageDataBody>>,
    /// The structured answer, when one was asked for.
    pub structured: Option<StructuredDataBody>,
    /// The same as `markdown`.
    pub content: String,
    /// Always true: a page that cannot be read is an error.
    pub success: bool,
    /// What the page says about itself. Clients of the Notte API pass over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<PageMetadataBody>,
    /// The addresses that `link1`, `image1` and so on in the Markdown stand for, with `use_link_placeholders`. In structured
    /// data they are addresses already. An addition to the Notte API, absent where there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub link_placeholders: BTreeMap<String, String>,
}

/// What a page says about itself, by its structured data, Open Graph and `meta` elements.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PageMetadata)]
pub struct PageMetadataBody {
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

/// One image (Notte API: `ImageData`).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImageData)]
pub struct ImageDataBody {
    /// Where it is.
    pub url: Option<String>,
    /// `favicon`, `icon`, `content_image`, `decorative`, `svg_icon` or `svg_content`.
    pub category: Option<String>,
    /// Its alternative text.
    pub description: Option<String>,
}

/// Data in the shape that was asked for, or why there is none (Notte API: `StructuredData`; `partial`, `sources`, `missing`
/// and `note` are Guise's own, and absent where they are empty).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StructuredData)]
pub struct StructuredDataBody {
    /// Whether all that was asked for was done.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
    /// The data: an object, a list or a single value. It fits `response_format`, also beside an error.
    pub data: Option<Value>,
    /// What was found, where it does not fit `response_format` yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<Value>,
    /// JSON pointers to the values that the page states by itself, and where. Other values are a model's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub sources: BTreeMap<String, DataSourceBody>,
    /// JSON pointers to what `response_format` names, required or not, and was not found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub missing: Vec<String>,
    /// What differs from what was wished for, such as the model that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a page states a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DataSource)]
pub struct DataSourceBody {
    /// `json`, `json-ld`, `microdata`, `rdfa`, `meta`, `table`, `definition-list`, `card` or `labelled-field`.
    pub kind: String,
    /// A JSON pointer into the document or a script, or a short CSS path; in a frame behind the frame's address.
    #[serde(rename = "where")]
    pub place: String,
}

impl From<DataSpace> for DataSpaceBody {
    fn from(data: DataSpace) -> Self {
        Self {
            content: data.markdown.clone(),
            success: true,
            markdown: data.markdown,
            images: data
                .images
                .map(|images| images.into_iter().map(ImageDataBody::from).collect()),
            structured: data.structured.map(StructuredDataBody::from),
            metadata: data.metadata.map(PageMetadataBody::from),
            link_placeholders: data.link_placeholders,
        }
    }
}

impl From<PageMetadata> for PageMetadataBody {
    fn from(metadata: PageMetadata) -> Self {
        Self {
            title: metadata.title,
            author: metadata.author,
            published: metadata.published,
            modified: metadata.modified,
            language: metadata.language,
            canonical: metadata.canonical,
            site_name: metadata.site_name,
            description: metadata.description,
            image: metadata.image,
        }
    }
}

impl From<ImageData> for ImageDataBody {
    fn from(image: ImageData) -> Self {
        Self {
            url: image.url,
            category: image.category,
            description: image.description,
        }
    }
}

impl From<StructuredData> for StructuredDataBody {
    fn from(data: StructuredData) -> Self {
        Self {
            success: data.success,
            error: data.error,
            data: data.data,
            partial: data.partial,
            sources: data
                .sources
                .into_iter()
                .map(|(at, source)| (at, source.into()))
                .collect(),
            missing: data.missing,
            note: data.note,
        }
    }
}

impl From<DataSource> for DataSourceBody {
    fn from(source: DataSource) -> Self {
        Self {
            kind: source.kind,
            place: source.place,
        }
    }
}
