//! What a model reads from a page for somebody: data in a shape that was asked for, and what can be done there.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::Instant;

use crate::{ElementId, PageFacts, Result, StructuredData, TenantId};

/// What is wanted of a page.
#[derive(Clone, Copy, Debug)]
pub struct ExtractionWish<'a> {
    /// What the page says, as Markdown.
    pub markdown: &'a str,
    /// The JSON Schema that the data must fit.
    pub schema: Option<&'a Value>,
    /// What to extract, in words.
    pub instructions: Option<&'a str>,
    /// The model to ask, written `provider/model`; the operator's own one when absent.
    pub model: Option<&'a str>,
    /// What the page states by itself of what the schema asks for.
    pub facts: Option<&'a PageFacts>,
    /// The addresses that short names in the Markdown stand for. In the data they are addresses again.
    pub placeholders: Option<&'a BTreeMap<String, String>>,
}

/// What is wanted of an observation.
#[derive(Clone, Copy, Debug)]
pub struct SelectionWish<'a> {
    /// The page as lines of text that name its elements.
    pub description: &'a str,
    /// The elements that there are.
    pub elements: &'a [ElementId],
    /// What is looked for, in words.
    pub instructions: Option<&'a str>,
    /// Whether elements and page are to be described in words.
    pub deep: bool,
    /// At least so many elements, as far as there are.
    pub min: usize,
    /// At most so many.
    pub max: usize,
}

/// What a model says of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The elements that it chose, each with what it does where that was asked for.
    pub chosen: Vec<(ElementId, Option<String>)>,
    /// The page in a few words, where they were asked for.
    pub summary: Option<String>,
    /// The kind of page (Notte API: `ActionSpace.category`), likewise.
    pub category: Option<String>,
}

/// Finds it.
#[async_trait]
pub trait Extractor: Send + Sync {
    /// The data, or why there is none.
    ///
    /// A model is asked for what the facts lack, and always where there are instructions. Without a model the facts are the
    /// answer, as far as they go.
    async fn extract(
        &self,
        tenant: TenantId,
        wish: ExtractionWish<'_>,
        deadline: Instant,
    ) -> StructuredData;

    /// The elements of a page that fit what is looked for.
    ///
    /// # Errors
    /// Kind `Unconfigured` without a model, `Refused` when it does not answer or its answer cannot be used.
    async fn select(
        &self,
        tenant: TenantId,
        wish: SelectionWish<'_>,
        deadline: Instant,
    ) -> Result<Selection>;
}
