//! The search engine, as the configuration says.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use guise_core::ports::SearchEngine;
use guise_core::{ExposeSecret as _, Secret, SecretString};
use guise_search::{Brave, Searxng, Tavily};

use crate::config::{SearchEngineName, Settings};

/// What the configuration asks for; `None` where it asks for none.
///
/// # Errors
/// Says what is missing for the engine, or cannot be.
pub fn configured(settings: &Settings) -> Result<Option<Arc<dyn SearchEngine>>> {
    let Some(name) = settings.search_engine else {
        return Ok(None);
    };
    let unusable = "the search engine cannot be used";
    Ok(Some(match name {
        SearchEngineName::Searxng => {
            let Some(url) = &settings.searxng_url else {
                bail!("search_engine is searxng, but searxng_url is not set (GUISE_SEARXNG_URL)");
            };
            Arc::new(Searxng::new(url).context(unusable)?)
        }
        SearchEngineName::Brave => {
            let key = key(&settings.brave_api_key, "brave")?;
            Arc::new(Brave::new(&settings.brave_url, key).context(unusable)?)
        }
        SearchEngineName::Tavily => {
            let key = key(&settings.tavily_api_key, "tavily")?;
            Arc::new(Tavily::new(&settings.tavily_url, key).context(unusable)?)
        }
    }))
}

fn key(key: &Option<SecretString>, name: &str) -> Result<Secret> {
    match key {
        Some(key) => Ok(Secret::new(key.expose_secret().to_owned())),
        None => bail!(
            "search_engine is {name}, but {name}_api_key is not set (GUISE_{}_API_KEY)",
            name.to_ascii_uppercase()
        ),
    }
}
