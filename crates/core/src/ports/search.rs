//! Searching the web.

use async_trait::async_trait;
use tokio::time::Instant;

use crate::Result;

/// What is searched for.
#[derive(Clone, Copy, Debug)]
pub struct SearchQuery<'a> {
    /// The words.
    pub text: &'a str,
    /// At most so many hits.
    pub most: usize,
    /// Only on these domains, where there are any.
    pub include_domains: &'a [String],
    /// Not on these.
    pub exclude_domains: &'a [String],
    /// An answer in words is welcome, from engines that give one.
    pub wants_answer: bool,
    /// It may take longer.
    pub thorough: bool,
}

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// Its address, as the engine gives it.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What the engine says of it.
    pub snippet: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchFound {
    /// The pages, best first.
    pub hits: Vec<SearchHit>,
    /// The engine's own answer in words.
    pub answer: Option<String>,
}

/// A search engine.
#[async_trait]
pub trait SearchEngine: Send + Sync {
    /// What it is called in settings.
    fn name(&self) -> &'static str;

    /// Searches.
    ///
    /// # Errors
    /// Kind `Refused` with the reason when the engine cannot or will not, `Timeout` at `deadline`.
    async fn search(&self, query: SearchQuery<'_>, deadline: Instant) -> Result<SearchFound>;
}
