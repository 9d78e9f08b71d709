//! Brave Search (api-dashboard.search.brave.com, "Web Search"): `GET /res/v1/web/search?q=…`.

use async_trait::async_trait;
use guise_core::ports::{SearchEngine, SearchFound, SearchHit, SearchQuery};
use guise_core::{Result, Secret};
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::InvalidSetting;
use crate::http::{Asked, below, cut, with_sites};

/// The most hits of one call that the service gives.
const MOST: usize = 20;

/// Brave Search, with a key.
pub struct Brave {
    asked: Asked,
    address: Url,
}

#[derive(Deserialize)]
struct Answer {
    web: Option<Web>,
}

#[derive(Deserialize)]
struct Web {
    #[serde(default)]
    results: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    url: Option<String>,
    title: Option<String>,
    description: Option<String>,
}

impl Brave {
    /// The service at `base`, asked with `key`.
    ///
    /// # Errors
    /// When one of them cannot be what it is to be.
    pub fn new(base: &Url, key: Secret) -> Result<Self, InvalidSetting> {
        Ok(Self {
            asked: Asked::new("brave", Some(key))?,
            address: below(base, "res/v1/web/search")?,
        })
    }
}

#[async_trait]
impl SearchEngine for Brave {
    fn name(&self) -> &'static str {
        "brave"
    }

    async fn search(&self, query: SearchQuery<'_>, deadline: Instant) -> Result<SearchFound> {
        let text = with_sites(query.text, query.include_domains, query.exclude_domains);
        let count = query.most.clamp(1, MOST).to_string();
        let request = self.asked.http.get(self.address.clone());
        let request = request
            .query(&[
                ("q", text.as_str()),
                ("count", count.as_str()),
                ("result_filter", "web"),
                // Else words are marked up.
                ("text_decorations", "false"),
            ])
            .header("X-Subscription-Token", self.asked.key())
            .header("Accept", "application/json");
        let answer: Answer = self.asked.ask(request, deadline).await?;
        let hits = answer.web.into_iter().flat_map(|web| web.results);
        let hits = hits.filter_map(|hit| {
            Some(SearchHit {
                url: hit.url?,
                title: cut(hit.title),
                snippet: cut(hit.description),
            })
        });
        Ok(SearchFound {
            hits: hits.take(query.most).collect(),
            answer: None,
        })
    }
}
