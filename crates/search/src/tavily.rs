//! Tavily (docs.tavily.com, "Tavily Search"): `POST /search`.

use async_trait::async_trait;
use guise_core::ports::{SearchEngine, SearchFound, SearchHit, SearchQuery};
use guise_core::{Result, Secret};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use crate::InvalidSetting;
use crate::http::{Asked, below, cut};

/// The most hits of one call that the service gives.
const MOST: usize = 20;

/// Tavily, with a key.
pub struct Tavily {
    asked: Asked,
    address: Url,
}

#[derive(Serialize)]
struct Question<'a> {
    query: &'a str,
    max_results: usize,
    search_depth: &'static str,
    include_answer: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    include_domains: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    exclude_domains: &'a [String],
}

#[derive(Deserialize)]
struct Answer {
    answer: Option<String>,
    #[serde(default)]
    results: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    url: Option<String>,
    title: Option<String>,
    content: Option<String>,
}

impl Tavily {
    /// The service at `base`, asked with `key`.
    ///
    /// # Errors
    /// When one of them cannot be what it is to be.
    pub fn new(base: &Url, key: Secret) -> Result<Self, InvalidSetting> {
        Ok(Self {
            asked: Asked::new("tavily", Some(key))?,
            address: below(base, "search")?,
        })
    }
}

#[async_trait]
impl SearchEngine for Tavily {
    fn name(&self) -> &'static str {
        "tavily"
    }

    async fn search(&self, query: SearchQuery<'_>, deadline: Instant) -> Result<SearchFound> {
        let question = Question {
            query: query.text,
            max_results: query.most.clamp(1, MOST),
            search_depth: if query.thorough { "advanced" } else { "basic" },
            include_answer: query.wants_answer,
            include_domains: query.include_domains,
            exclude_domains: query.exclude_domains,
        };
        let request = self.asked.http.post(self.address.clone());
        let request = request.bearer_auth(self.asked.key()).json(&question);
        let answer: Answer = self.asked.ask(request, deadline).await?;
        let hits = answer.results.into_iter().filter_map(|hit| {
            Some(SearchHit {
                url: hit.url?,
                title: cut(hit.title),
                snippet: cut(hit.content),
            })
        });
        Ok(SearchFound {
            hits: hits.take(query.most).collect(),
            answer: answer.answer.filter(|answer| !answer.trim().is_empty()),
        })
    }
}
