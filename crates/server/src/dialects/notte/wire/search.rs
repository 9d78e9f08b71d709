//! Searching the web.

use guise_core::{SearchDepth, SearchOutcome, SearchOutput, SearchResult, SearchWish};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::scrape::{ReadByBody, StructuredDataBody};

/// What is searched for (Notte API: `SearchRequest`). Further members mean nothing, as that API has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// The words, or a question.
    q: String,
    /// `fast`: 5 hits; `standard`: 10 hits; `deep`: they are read, too. Standard when absent.
    depth: Option<DepthBody>,
    /// What is to come of it; the hits when absent.
    output_type: Option<OutputBody>,
    /// At most so many hits, 1 to 20.
    max_results: Option<i64>,
    /// Only on these domains, 20 at most.
    include_domains: Option<Vec<String>>,
    /// Not on these, 20 at most.
    exclude_domains: Option<Vec<String>>,
    /// The JSON Schema of what comes of `structured`.
    #[schema(value_type = Option<Object>)]
    structured_output_schema: Option<Map<String, Value>>,
}

/// How far a search goes.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchDepth)]
enum DepthBody {
    Fast,
    Standard,
    Deep,
}

/// What is to come of a search: the hits, an answer with its sources, or the hits and data of a shape of the caller's.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchOutputType)]
enum OutputBody {
    SearchResults,
    SourcedAnswer,
    Structured,
}

impl SearchRequest {
    /// What is wished for in the domain.
    pub fn into_domain(self) -> SearchWish {
        SearchWish {
            text: self.q,
            depth: match self.depth {
                Some(DepthBody::Fast) => SearchDepth::Fast,
                Some(DepthBody::Standard) | None => SearchDepth::Standard,
                Some(DepthBody::Deep) => SearchDepth::Deep,
            },
            output: match self.output_type {
                Some(OutputBody::SearchResults) | None => SearchOutput::Results,
                Some(OutputBody::SourcedAnswer) => SearchOutput::Answer,
                Some(OutputBody::Structured) => SearchOutput::Structured,
            },
            most: self.max_results,
            include_domains: self.include_domains.unwrap_or_default(),
            exclude_domains: self.exclude_domains.unwrap_or_default(),
            schema: self.structured_output_schema.map(Value::Object),
        }
    }
}

/// What came of a search: `results`, or for `sourcedAnswer` `answer` and `sources`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SearchResponse)]
pub enum SearchBody {
    /// An answer.
    Answer {
        /// The answer in words.
        answer: String,
        /// The pages that it draws on.
        sources: Vec<SearchResultBody>,
    },
    /// Hits.
    Results {
        /// The pages, best first.
        results: Vec<SearchResultBody>,
        /// The data, where some was asked for.
        structured: Option<Box<StructuredDataBody>>,
    },
}

/// A page that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResult)]
pub struct SearchResultBody {
    /// Its title.
    name: String,
    /// The same as `name`.
    title: String,
    /// Its address.
    url: String,
    /// What the page says as Markdown, where it was read; else the same as `snippet`.
    content: String,
    /// What the engine says of it.
    snippet: String,
    /// What it was read by; null where it was not.
    read_by: Option<ReadByBody>,
}

impl From<SearchOutcome> for SearchBody {
    fn from(outcome: SearchOutcome) -> Self {
        let results = outcome.results.into_iter().map(SearchResultBody::from);
        match outcome.answer {
            Some(answer) => Self::Answer {
                answer,
                sources: results.collect(),
            },
            None => Self::Results {
                results: results.collect(),
                structured: outcome.structured.map(|it| Box::new(it.into())),
            },
        }
    }
}

impl From<SearchResult> for SearchResultBody {
    fn from(result: SearchResult) -> Self {
        let (content, read_by) = result.read.unzip();
        Self {
            name: result.title.clone(),
            title: result.title,
            url: result.url,
            content: content.unwrap_or_else(|| result.snippet.clone()),
            snippet: result.snippet,
            read_by: read_by.map(ReadByBody::from),
        }
    }
}
