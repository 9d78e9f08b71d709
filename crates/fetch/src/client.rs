//! Getting what an address answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use guise_egress::Guard;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION,
    USER_AGENT,
};
use http::{HeaderValue, Response, StatusCode, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout};
use url::Url;

use crate::body::{self, ACCEPTED, Failure};
use crate::connect::Connector;
use crate::error::host;
use crate::polite::{Does, Politeness, Taken, Turns};
use crate::robots_cache::RobotsCache;
use crate::{Error, NotFetched, Robots};

/// No page but a PDF is longer, in bytes, encoded or decoded.
pub const MAX_BYTES: u64 = 5 * 1024 * 1024;

/// How much of an answer is taken, in bytes, encoded or decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Of whatever it is.
    pub(crate) page: u64,
    /// Of what is called a PDF: pictures of pages take more than pages do.
    pub(crate) pdf: u64,
}

impl Limit {
    /// What is taken of an answer with that head.
    fn of(self, headers: &HeaderMap) -> u64 {
        let named = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let essence = named.and_then(|value| value.split(|byte| *byte == b';').next());
        match essence.map(<[u8]>::trim_ascii) {
            Some(name) if name.eq_ignore_ascii_case(b"application/pdf") => self.pdf,
            _ => self.page,
        }
    }
}

/// So many redirects are followed.
const MAX_REDIRECTS: usize = 10;

/// What fields of an answer may take together, in bytes, and how many there may be.
const MAX_HEAD: usize = 64 * 1024;
const MAX_FIELDS: usize = 100;

/// Connections that nobody needs any more are kept for so long, and so many of one host.
const IDLE: Duration = Duration::from_secs(15);
const IDLE_OF_HOST: usize = 8;

/// What a client is made with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who may be reached.
    pub guard: Guard,
    /// What the client calls itself, `User-Agent`, where a request does not say.
    pub user_agent: String,
    /// What it is called in the `robots.txt` of sites, in small letters.
    pub robot: String,
    /// How often and how many at a time one host is asked.
    pub politeness: Politeness,
    /// The longest PDF that is taken, in bytes, encoded or decoded. Other pages have [`MAX_BYTES`].
    pub max_pdf_bytes: u64,
}

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// What the client calls itself this time.
    pub user_agent: Option<&'a str>,
    /// Whether the site's `robots.txt` counts, also that of sites that it redirects to.
    pub respect_robots: bool,
}

/// How long an answer may take. To wait for one's turn at a host takes nothing of the time for reading.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until when turns are waited for.
    pub turn_by: Instant,
    /// How long it may take besides, over all redirects.
    pub reading: Duration,
}

impl Patience {
    /// When it is over in any case.
    pub(crate) fn end(&self) -> Instant {
        self.turn_by.max(Instant::now()) + self.reading
    }

    /// Takes a turn into account that began at `begun` and is over.
    fn spend(&mut self, begun: Instant) {
        self.reading = self.reading.saturating_sub(begun.elapsed());
    }
}

/// What came.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it came from in the end.
    pub url: Url,
    /// The status. Any may come, but none that redirects to somewhere.
    pub status: u16,
    /// `Content-Type`, as it was sent.
    pub content_type: Option<String>,
    /// The body, decoded.
    pub body: Bytes,
    /// How much of the time for reading is left.
    pub left: Duration,
}

/// Gets pages. Keeps connections, but no cookies.
pub struct Client {
    http: legacy::Client<Connector, Empty<Bytes>>,
    user_agent: String,
    pub(crate) limit: Limit,
    turns: Turns,
    pub(crate) robots: RobotsCache,
}

impl Client {
    /// Prepares; nothing is sent yet.
    ///
    /// # Errors
    /// When there is no way to check certificates.
    pub fn new(options: Options) -> Result<Self, rustls::Error> {
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_OF_HOST)
            .http1_max_headers(MAX_FIELDS)
            .http1_max_buf_size(MAX_HEAD)
            .build(Connector::new(options.guard)?);
        Ok(Self {
            http,
            user_agent: options.user_agent,
            limit: Limit {
                page: MAX_BYTES,
                pdf: options.max_pdf_bytes,
            },
            turns: Turns::new(options.politeness),
            robots: RobotsCache::new(options.robot),
        })
    }

    /// What the address answers, over at most ten redirects, each of which is judged like the first address.
    ///
    /// # Errors
    /// [`Error`], with where it was; when `patience` is over at the latest.
    pub async fn get(
        &self,
        request: Request<'_>,
        mut patience: Patience,
    ) -> Result<Fetched, NotFetched> {
        self.get_at_most(request, self.limit, &mut patience).await
    }

    /// What the `robots.txt` of the address's site asks for.
    ///
    /// # Errors
    /// When the file cannot be read, when `patience` is over at the latest. A site without one asks for nothing.
    pub async fn rules(&self, url: &Url, mut patience: Patience) -> Result<Arc<Robots>, Error> {
        check(url)?;
        self.robots.of(self, url, &mut patience).await
    }

    /// A turn at the address's host, for somebody who goes there by other means; it takes no place of those who read by HTTP. The
    /// next one comes `pause` later at the earliest.
    ///
    /// # Errors
    /// When none comes until `by`.
    pub async fn turn(&self, url: &Url, pause: Duration, by: Instant) -> Result<Taken, Error> {
        check(url)?;
        self.take(url, Does::GoThere, pause, by).await
    }

    async fn take(
        &self,
        url: &Url,
        does: Does,
        pause: Duration,
        by: Instant,
    ) -> Result<Taken, Error> {
        let port = url.port_or_known_default().unwrap_or_default();
        let key = format!("{}:{port}", host(url));
        let taken = self.turns.take(&key, does, pause, by).await;
        taken.ok_or_else(|| Error::NoTurn {
            host: host(url),
            pause,
        })
    }

    pub(crate) async fn get_at_most(
        &self,
        request: Request<'_>,
        limit: Limit,
        patience: &mut Patience,
    ) -> Result<Fetched, NotFetched> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            url.set_fragment(None);
            match self.ask(&url, request, limit, patience).await {
                Ok(Hop::Arrived(fetched)) => {
                    return Ok(Fetched {
                        left: patience.reading,
                        ..fetched
                    });
                }
                Ok(Hop::Elsewhere(next)) => url = next,
                Err(error) => {
                    let url = url.into();
                    return Err(NotFetched { url, error });
                }
            }
        }
        let error = Error::Redirects {
            host: host(&url),
            most: MAX_REDIRECTS,
        };
        let url = url.into();
        Err(NotFetched { url, error })
    }

    /// Asks one address, in turn, where it may be asked.
    async fn ask(
        &self,
        url: &Url,
        request: Request<'_>,
        limit: Limit,
        patience: &mut Patience,
    ) -> Result<Hop, Error> {
        check(url)?;
        let mut pause = Duration::ZERO;
        if request.respect_robots {
            // In a box: the rules are fetched by this very function, without rules.
            let robots = Box::pin(self.robots.of(self, url, patience)).await?;
            if !robots.allows(url) {
                return Err(Error::Robots {
                    host: host(url),
                    path: url.path().to_owned(),
                });
            }
            pause = robots.delay();
        }
        // Until the body is here: a page that is being read counts as one that is being asked for.
        let turn = self.take(url, Does::Read, pause, patience.turn_by);
        let _turn = turn.await?;
        let begun = Instant::now();
        let hop = self.hop(url, request.user_agent, limit);
        let hop = timeout(patience.reading, hop).await;
        patience.spend(begun);
        hop.map_err(|_| Error::Late { host: host(url) })?
    }

    async fn hop(&self, url: &Url, user_agent: Option<&str>, limit: Limit) -> Result<Hop, Error> {
        let uri: Uri = url.as_str().parse().map_err(|_| {
            let host = host(url);
            Error::Address(format!(
                "The address at {host} is longer than can be asked for"
            ))
        })?;
        let agent = user_agent.unwrap_or(&self.user_agent);
        let agent = HeaderValue::from_bytes(agent.as_bytes()).map_err(|_| {
            Error::Address("The user agent has characters in it that cannot be sent".to_owned())
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, agent);
        headers.insert(
            ACCEPT,
            HeaderValue::from_static(
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            ),
        );
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en-US,en;q=0.9"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED));
        let mut request = http::Request::new(Empty::new());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;

        let response = self.http.request(request).await;
        let response = response.map_err(|error| Error::of_exchange(url, &error))?;
        if let Some(next) = elsewhere(url, &response) {
            return Ok(Hop::Elsewhere(next));
        }
        let (head, body) = response.into_parts();
        let limit = limit.of(&head.headers);
        let encoding = combined(&head.headers, CONTENT_ENCODING);
        let body = match body::read(body, &encoding, limit).await {
            Ok(body) => body,
            Err(Failure::TooLarge) => {
                return Err(Error::TooLarge {
                    host: host(url),
                    most: limit,
                });
            }
            Err(Failure::Broken(reason)) => return Err(Error::answer(url, reason)),
        };
        let content_type = head.headers.get(CONTENT_TYPE);
        Ok(Hop::Arrived(Fetched {
            url: url.clone(),
            status: head.status.as_u16(),
            content_type: content_type
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            body,
            left: Duration::ZERO,
        }))
    }
}

/// What one request came to.
enum Hop {
    Arrived(Fetched),
    Elsewhere(Url),
}

/// Whether the address can be asked by HTTP.
fn check(url: &Url) -> Result<(), Error> {
    let wrong = |why: &str| Err(Error::Address(format!("{} {why}", url.scheme())));
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("addresses are not asked by HTTP: expected http or https");
    }
    if !url.has_host() {
        return wrong("addresses have a host: expected one such as https://example.com/");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("addresses with a name or a password in them are not asked by HTTP");
    }
    Ok(())
}

/// Where an answer redirects to. One that says so without an address, or with none that can be read, is an answer as any.
fn elsewhere(url: &Url, response: &Response<Incoming>) -> Option<Url> {
    let redirects = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(LOCATION).filter(|_| redirects)?;
    url.join(&String::from_utf8_lossy(location.as_bytes())).ok()
}

/// All values of a field, as one list (RFC 9110 §5.2).
fn combined(headers: &HeaderMap, name: http::HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(", ")
}
