//! SearXNG (docs.searxng.org, "Search API"): `GET /search?q=…&format=json`.

use async_trait::async_trait;
use guise_core::Result;
use guise_core::ports::{SearchEngine, SearchFound, SearchHit, SearchQuery};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::InvalidSetting;
use crate::http::{Asked, below, cut, with_sites};

/// A SearXNG of the operator's.
pub struct Searxng {
    asked: Asked,
    address: Url,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    results: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    url: Option<String>,
    title: Option<String>,
    content: Option<String>,
}

impl Searxng {
    /// The one at `base`.
    ///
    /// # Errors
    /// When that cannot be an address.
    pub fn new(base: &Url) -> Result<Self, InvalidSetting> {
        Ok(Self {
            asked: Asked::new("searxng", None)?,
            address: below(base, "search")?,
        })
    }
}

#[async_trait]
impl SearchEngine for Searxng {
    fn name(&self) -> &'static str {
        "searxng"
    }

    async fn search(&self, query: SearchQuery<'_>, deadline: Instant) -> Result<SearchFound> {
        let text = with_sites(query.text, query.include_domains, query.exclude_domains);
        let request = self.asked.http.get(self.address.clone());
        let request = request.query(&[("q", text.as_str()), ("format", "json")]);
        let answer: Result<Answer> = self.asked.ask(request, deadline).await;
        let answer = answer.map_err(|error| {
            // What a fresh installation answers.
            error.reworded(|message| match message.contains("status 403") {
                true => format!("{message}; add 'json' to search.formats in its settings.yml"),
                false => message.to_owned(),
            })
        })?;
        let hits = answer.results.into_iter().filter_map(|hit| {
            Some(SearchHit {
                url: hit.url?,
                title: cut(hit.title),
                snippet: cut(hit.content),
            })
        });
        Ok(SearchFound {
            hits: hits.take(query.most).collect(),
            answer: None,
        })
    }
}
