//! Asking an engine.

use std::time::Duration;

use guise_core::{Error, Kind, Result, Secret};
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

/// No answer is longer, in bytes.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// How long connecting may take, looking the name up and TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// How much of an engine's own words is passed on, in characters.
const MAX_WORDS: usize = 300;

/// No hit's text is longer, in characters.
const MAX_TEXT: usize = 2_000;

/// A setting that an engine cannot be asked with.
#[derive(Debug)]
pub struct InvalidSetting(pub(crate) String);

impl std::fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidSetting {}

/// An engine, and what it is asked through.
pub(crate) struct Asked {
    pub(crate) http: Client,
    name: &'static str,
    key: Option<Secret>,
}

impl Asked {
    pub(crate) fn new(name: &'static str, key: Option<Secret>) -> Result<Self, InvalidSetting> {
        if let Some(key) = &key
            && (key.expose().is_empty() || !key.expose().bytes().all(|c| c.is_ascii_graphic()))
        {
            return Err(InvalidSetting(format!(
                "the key of {name} is empty or has other than visible ASCII characters: expected it as the service shows it"
            )));
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails only if another thread was quicker; then there is one, too.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let http = Client::builder()
            .user_agent(concat!("guise/", env!("CARGO_PKG_VERSION")))
            // It would give the key to somebody else.
            .redirect(redirect::Policy::none())
            // A proxy would come from the environment, which is not this crate's to read.
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| InvalidSetting(format!("cannot set TLS up: {error}")))?;
        Ok(Self { http, name, key })
    }

    /// The key; empty where there is none.
    pub(crate) fn key(&self) -> &str {
        self.key.as_ref().map_or("", Secret::expose)
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        deadline: Instant,
    ) -> Result<T> {
        let (status, body) = timeout_at(deadline, self.exchange(request))
            .await
            .map_err(|_| {
                let name = self.name;
                Error::new(
                    Kind::Timeout,
                    format!("The search engine {name} did not answer in time"),
                )
            })??;
        if !status.is_success() {
            let words = serde_json::from_slice::<Value>(&body).map(|body| words_of(&body));
            let words = words.unwrap_or_default();
            return Err(self.refused(&format!("status {} {words}", status.as_u16())));
        }
        serde_json::from_slice(&body)
            .map_err(|error| self.refused(&format!("its answer cannot be read: {error}")))
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>)> {
        let broken = |error: reqwest::Error| {
            // The address has the query in it.
            let mut last: &dyn std::error::Error = &error;
            while let Some(cause) = last.source() {
                last = cause;
            }
            self.refused(&last.to_string())
        };
        let mut response = request.send().await.map_err(broken)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(self.refused(&format!("its answer is longer than {MAX_ANSWER} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }

    /// The one way on which what an engine said of itself gets out.
    pub(crate) fn refused(&self, why: &str) -> Error {
        let mut why: String = why
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if !self.key().is_empty() {
            why = why.replace(self.key(), "…");
        }
        let why: String = why.trim().chars().take(MAX_WORDS).collect();
        Error::refused(format!("The search engine {} failed: {why}", self.name))
    }
}

/// What an error says, wherever it stands in the answer.
fn words_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words_of).collect::<Vec<_>>().join(" "),
        Value::Object(members) => {
            let values = members.iter().filter(|(name, _)| *name != "id");
            values
                .map(|(_, value)| words_of(value))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

/// The address of `path` below an engine's address.
pub(crate) fn below(base: &Url, path: &str) -> Result<Url, InvalidSetting> {
    let fits = matches!(base.scheme(), "http" | "https")
        && base.has_host()
        && base.username().is_empty()
        && base.password().is_none();
    let mut base = base.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    match base.join(path) {
        Ok(url) if fits => Ok(url),
        _ => Err(InvalidSetting(
            "the address of a search engine is http://… or https://…, without a name or a password"
                .to_owned(),
        )),
    }
}

/// A query with the operators that most engines know for the sites that it is about.
pub(crate) fn with_sites(text: &str, include: &[String], exclude: &[String]) -> String {
    let mut query = text.to_owned();
    let sites: Vec<_> = include
        .iter()
        .map(|domain| format!("site:{domain}"))
        .collect();
    if !sites.is_empty() {
        query.push(' ');
        query.push_str(&sites.join(" OR "));
    }
    for domain in exclude {
        query.push_str(&format!(" -site:{domain}"));
    }
    query
}

/// A text as an engine gives it, cut.
pub(crate) fn cut(text: Option<String>) -> String {
    let text = text.unwrap_or_default();
    text.trim().chars().take(MAX_TEXT).collect()
}
