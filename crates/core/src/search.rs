//! Searching the web: what is asked and what comes back (Notte API: `SearchRequest`).

use serde_json::Value;

use crate::{ReadBy, StructuredData};

/// How far a search goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchDepth {
    /// Few hits, as the engine gives them.
    Fast,
    /// Hits as the engine gives them.
    #[default]
    Standard,
    /// The pages that are found are read, too.
    Deep,
}

/// What is to come of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOutput {
    /// The hits.
    #[default]
    Results,
    /// An answer in words, with its sources.
    Answer,
    /// The hits, and data in a shape of the caller's.
    Structured,
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchWish {
    /// The words, or a question.
    pub text: String,
    /// How far it goes.
    pub depth: SearchDepth,
    /// What is to come of it.
    pub output: SearchOutput,
    /// At most so many hits.
    pub most: Option<i64>,
    /// Only on these domains, where there are any.
    pub include_domains: Vec<String>,
    /// Not on these.
    pub exclude_domains: Vec<String>,
    /// The JSON Schema of structured data.
    pub schema: Option<Value>,
}

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResult {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What the engine says of it.
    pub snippet: String,
    /// What the page says as Markdown, and what it was read by, where it was read.
    pub read: Option<(String, ReadBy)>,
}

/// What came of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchOutcome {
    /// The pages, best first; of an answer, those that it draws on.
    pub results: Vec<SearchResult>,
    /// The answer in words, where one was asked for.
    pub answer: Option<String>,
    /// The data, where some was asked for.
    pub structured: Option<StructuredData>,
}
