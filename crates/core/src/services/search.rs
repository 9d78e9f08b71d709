//! Searching the web, and reading what is found.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::{Reading, SessionRequest};
use crate::ports::{ExtractionWish, Extractor, SearchEngine, SearchHit, SearchQuery};
use crate::{
    Caller, Error, Kind, PageWish, ReadBy, ReadWith, Result, ScrapeOptions, SearchDepth,
    SearchOutcome, SearchOutput, SearchResult, SearchWish, Violation,
};

/// How long an engine may take.
const ENGINE: Duration = Duration::from_secs(15);

/// How long reading the hits may take, all of them together.
const READING: Duration = Duration::from_secs(25);

/// How long a model may take for an answer.
const ANSWER: Duration = Duration::from_secs(30);

/// Hits where the caller does not say.
const FEW: usize = 5;
const USUAL: usize = 10;

/// The most hits, which is what one call of the engines gives, and the most that are read.
const MOST: i64 = 20;
const MOST_READ: usize = 10;

/// How many of them at a time: some may take a browser.
const READ_AT_ONCE: usize = 4;

/// How many searches at a time, of all callers.
const SEARCHES: usize = 16;

/// How much of a page is told, in characters.
const MOST_TOLD: usize = 20_000;

/// The longest question, in characters, and the most domains.
const LONGEST: usize = 2_000;
const MOST_DOMAINS: usize = 20;

/// Searches.
pub struct Search {
    engine: Option<Arc<dyn SearchEngine>>,
    reading: Arc<Reading>,
    extractor: Arc<dyn Extractor>,
    places: Semaphore,
}

impl Search {
    /// A service on `engine`, if there is one; pages are read by `reading`, answers are put together by `extractor`.
    pub fn new(
        engine: Option<Arc<dyn SearchEngine>>,
        reading: Arc<Reading>,
        extractor: Arc<dyn Extractor>,
    ) -> Self {
        Self {
            engine,
            reading,
            extractor,
            places: Semaphore::new(SEARCHES),
        }
    }

    /// Searches.
    ///
    /// # Errors
    /// Kind `Invalid` for wishes that cannot be granted, `Unconfigured` where there is no engine, `Full` when too many search,
    /// `Refused` and `Timeout` when the engine, or the model for an answer, fails.
    pub async fn search(&self, caller: &Caller, wish: SearchWish) -> Result<SearchOutcome> {
        let most = check(&wish)?;
        let Some(engine) = &self.engine else {
            return Err(Error::new(
                Kind::Unconfigured,
                "No search engine is set up: set search_engine (GUISE_SEARCH_ENGINE) to searxng with searxng_url, to brave with \
                 brave_api_key, or to tavily with tavily_api_key",
            ));
        };
        let Ok(_place) = self.places.try_acquire() else {
            let busy = Error::new(
                Kind::Full,
                format!("{SEARCHES} searches are under way already"),
            );
            return Err(busy.with_retry_after(Duration::from_secs(5)));
        };
        let query = SearchQuery {
            text: wish.text.trim(),
            most,
            include_domains: &wish.include_domains,
            exclude_domains: &wish.exclude_domains,
            wants_answer: wish.output == SearchOutput::Answer,
            thorough: wish.depth == SearchDepth::Deep,
        };
        let found = engine.search(query, Instant::now() + ENGINE).await?;
        let mut results: Vec<_> = found.hits.into_iter().map(unread).collect();
        if wish.depth == SearchDepth::Deep {
            self.read(caller, &mut results).await;
        }
        match wish.output {
            SearchOutput::Results => Ok(SearchOutcome {
                results,
                ..SearchOutcome::default()
            }),
            SearchOutput::Answer => match found.answer {
                Some(answer) => Ok(SearchOutcome {
                    results,
                    answer: Some(answer),
                    structured: None,
                }),
                None => self.answered(caller, query.text, results).await,
            },
            SearchOutput::Structured => {
                let structured = match &wish.schema {
                    None => None,
                    Some(schema) => {
                        let told = told(&results);
                        let extraction = ExtractionWish {
                            markdown: &told,
                            schema: Some(schema),
                            instructions: Some(query.text),
                            model: None,
                            facts: None,
                            placeholders: None,
                        };
                        let deadline = Instant::now() + ANSWER;
                        Some(
                            self.extractor
                                .extract(caller.tenant, extraction, deadline)
                                .await,
                        )
                    }
                };
                Ok(SearchOutcome {
                    results,
                    answer: None,
                    structured,
                })
            }
        }
    }

    /// Reads the hits, a few at a time, until time is over. What cannot be read stays as the engine told it.
    async fn read(&self, caller: &Caller, results: &mut [SearchResult]) {
        let deadline = Instant::now() + READING;
        let urls = results.iter().map(|result| result.url.clone());
        let urls: Vec<_> = urls.take(MOST_READ).collect();
        let mut waiting = urls.into_iter().enumerate();
        let mut reads = JoinSet::new();
        let mut begin = |reads: &mut JoinSet<(usize, Option<(String, ReadBy)>)>| {
            if let Some((index, url)) = waiting.next() {
                let (reading, caller) = (Arc::clone(&self.reading), caller.clone());
                reads.spawn(async move {
                    let read = timeout_at(deadline, one(&reading, &caller, url)).await;
                    (index, read.ok().flatten())
                });
            }
        };
        for _ in 0..READ_AT_ONCE {
            begin(&mut reads);
        }
        while let Some(read) = reads.join_next().await {
            if let Ok((index, read)) = read
                && let Some(result) = results.get_mut(index)
            {
                result.read = read;
            }
            if Instant::now() < deadline {
                begin(&mut reads);
            }
        }
    }

    /// Has a model answer the question from what was found, and keeps the sources that it names.
    async fn answered(
        &self,
        caller: &Caller,
        question: &str,
        results: Vec<SearchResult>,
    ) -> Result<SearchOutcome> {
        let schema = json!({
            "type": "object",
            "properties": {
                "answer": {"type": "string"},
                "sources": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["answer", "sources"],
            "additionalProperties": false,
        });
        let instructions = format!(
            "In 'answer', the answer to this question, in a few sentences, from the numbered sources alone; where they do not \
             tell, that they do not. In 'sources', the numbers of those that it draws on. The question: {question}"
        );
        let told = told(&results);
        let wish = ExtractionWish {
            markdown: &told,
            schema: Some(&schema),
            instructions: Some(&instructions),
            model: None,
            facts: None,
            placeholders: None,
        };
        let deadline = Instant::now() + ANSWER;
        let found = self.extractor.extract(caller.tenant, wish, deadline).await;
        let Some(data) = found.data else {
            let why = found.error.unwrap_or_default();
            return Err(Error::refused(format!(
                "The engine gives no answers, and no model could: {why}; outputType searchResults needs none"
            )));
        };
        let named: Vec<_> = data["sources"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .collect();
        let numbered = (1u64..).zip(results);
        let sources = numbered.filter(|(number, _)| named.contains(number));
        Ok(SearchOutcome {
            results: sources.map(|(_, result)| result).collect(),
            answer: Some(data["answer"].as_str().unwrap_or_default().to_owned()),
            structured: None,
        })
    }
}

fn unread(hit: SearchHit) -> SearchResult {
    SearchResult {
        title: hit.title,
        url: hit.url,
        snippet: hit.snippet,
        read: None,
    }
}

async fn one(reading: &Reading, caller: &Caller, url: String) -> Option<(String, ReadBy)> {
    let wish = PageWish {
        url,
        options: ScrapeOptions {
            only_main_content: true,
            ..ScrapeOptions::default()
        },
        session: SessionRequest::default(),
        with: ReadWith::Any,
        respect_robots: false,
        insist: false,
        turn_by: None,
    };
    match reading.read(caller, wish).await {
        Ok(page) if page.status.is_none_or(|status| status < 400) => {
            let text = page.data.markdown.chars().take(MOST_TOLD).collect();
            Some((text, page.read_by))
        }
        Ok(_) => None,
        Err(error) => {
            tracing::debug!(%error, "a page that was found cannot be read");
            None
        }
    }
}

/// What was found, for a model: each source with its number.
fn told(results: &[SearchResult]) -> String {
    let sources = (1..).zip(results).map(|(number, result)| {
        let text = result
            .read
            .as_ref()
            .map_or(&result.snippet, |(text, _)| text);
        format!(
            "## Source {number}: {}\n{}\n\n{text}\n",
            result.title, result.url
        )
    });
    sources.collect::<Vec<_>>().join("\n")
}

/// How many hits are wanted.
fn check(wish: &SearchWish) -> Result<usize> {
    let mut wrong = Vec::new();
    let mut refuse = |member: &str, code: &'static str, message: String| {
        wrong.push(Violation {
            path: vec![member.to_owned()],
            code,
            message,
            input: None,
        });
    };
    let length = wish.text.trim().chars().count();
    if length == 0 || length > LONGEST {
        let message = format!("Invalid q of {length} characters: expected 1 to {LONGEST}");
        refuse("q", "string_length", message);
    }
    let usual = if wish.depth == SearchDepth::Fast {
        FEW
    } else {
        USUAL
    };
    let most = wish.most.map_or(Some(usual), |most| {
        (1..=MOST)
            .contains(&most)
            .then(|| usize::try_from(most).unwrap_or(USUAL))
    });
    if most.is_none() {
        let given = wish.most.unwrap_or_default();
        refuse(
            "maxResults",
            "range",
            format!("Invalid maxResults {given}: expected 1 to {MOST}"),
        );
    }
    let lists = [
        ("includeDomains", &wish.include_domains),
        ("excludeDomains", &wish.exclude_domains),
    ];
    for (member, domains) in lists {
        if domains.len() > MOST_DOMAINS {
            let message = format!(
                "Invalid {member} of {}: expected at most {MOST_DOMAINS}",
                domains.len()
            );
            refuse(member, "too_long", message);
        }
        if let Some(domain) = domains.iter().find(|domain| !is_domain(domain)) {
            let shown: String = domain.chars().take(100).collect();
            let message =
                format!("Invalid domain {shown:?} in {member}: expected one such as example.com");
            refuse(member, "domain", message);
        }
    }
    if wish.schema.is_some() && wish.output != SearchOutput::Structured {
        let message =
            "Invalid structuredOutputSchema: it goes with outputType structured".to_owned();
        refuse("structuredOutputSchema", "exclusive", message);
    }
    match (most, wrong.is_empty()) {
        (Some(most), true) => Ok(most),
        _ => Err(Error::invalid(wrong)),
    }
}

/// Labels of letters, digits and hyphens with dots between (RFC 1123 §2.1), so that nothing else gets into a query.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
