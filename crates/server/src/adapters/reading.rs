//! Pages by HTTP: what comes, whether it is all there is to see, and what it says.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use guise_core::ports::{
    NotPlain, PlainPage, PlainReader, PlainTime, PlainWish, SiteRules, SiteTurn, WantedAddresses,
};
use guise_core::{Error, Kind, NotRead, PageContent, Result, ScrapeOptions};
use guise_egress::{Guard, OwnPorts, Resolver};
use guise_extract::Selector;
use guise_fetch::{Client, Fetched, NotFetched, Patience, Politeness, Request, SitemapBounds};
use tokio::time::Instant;
use url::Url;

use super::pdf::Pdfs;
use crate::config::Settings;

/// Statuses that sites give to programs and not to browsers.
const FOR_PROGRAMS: [u16; 3] = [403, 429, 503];

/// No more files of sitemaps are read for one site.
const SITEMAPS: usize = 50;

/// What the server is called in the `robots.txt` of sites.
const ROBOT: &str = "guise";

/// The client that pages are asked for with. Addresses are tenants' wishes: none is exempt from the rules.
///
/// # Errors
/// When there is no way to check certificates.
pub fn client(settings: &Settings, own_ports: OwnPorts) -> anyhow::Result<Client> {
    let guard = Guard::new(settings.allow_hosts.clone(), own_ports, Resolver::default());
    let per_second = settings.fetch_per_host_per_second;
    let user_agent = match settings.fetch_user_agent.as_str() {
        "" => concat!("Guise/", env!("CARGO_PKG_VERSION")),
        agent => agent,
    };
    let options = guise_fetch::Options {
        guard,
        user_agent: user_agent.to_owned(),
        robot: ROBOT.to_owned(),
        politeness: Politeness {
            at_once: settings.fetch_per_host_at_once,
            gap: per_second.map_or(Duration::ZERO, |times| Duration::from_secs(1) / times.get()),
        },
        max_pdf_bytes: guise_pdf::MAX_BYTES,
    };
    Client::new(options).context("pages cannot be asked for by HTTP")
}

/// The reader.
pub struct HttpReader {
    client: Arc<Client>,
    pdfs: Arc<Pdfs>,
}

impl HttpReader {
    /// A reader that asks through `client`, and has PDFs read by `pdfs`.
    pub fn new(client: Arc<Client>, pdfs: Arc<Pdfs>) -> Self {
        Self { client, pdfs }
    }
}

#[async_trait]
impl PlainReader for HttpReader {
    async fn read(&self, wish: PlainWish<'_>, time: PlainTime) -> Result<PlainPage, NotPlain> {
        let url = Url::parse(wish.url.trim())
            .map_err(|error| needs_browser(&format!("its address is none: {error}"), None))?;
        let selector = wish.options.selector.as_deref();
        if selector.is_some_and(|selector| Selector::new(selector).is_err()) {
            let why = "the selector is in a language of browsers";
            return Err(needs_browser(why, None));
        }
        let request = Request {
            url: &url,
            user_agent: wish.user_agent,
            respect_robots: wish.respect_robots,
        };
        let fetched = self.client.get(request, patience(time)).await;
        let fetched = fetched.map_err(|error| not_plain(error, wish.respect_robots))?;
        if FOR_PROGRAMS.contains(&fetched.status) {
            let why = format!("it answers with status {}", fetched.status);
            return Err(needs_browser(&why, Some(&fetched)));
        }
        let status = fetched.status;
        if guise_extract::is_pdf(&fetched.body, fetched.content_type.as_deref()) {
            let (url, deadline) = (fetched.url.as_str(), Instant::now() + fetched.left);
            let read = (self.pdfs).read_bytes(&fetched.body, url, wish.options, deadline);
            // A browser would show it, and read no more of it.
            let content = read.await.map_err(|error| {
                NotPlain::Refused(NotRead {
                    at: Some(url.into()),
                    ..error.into()
                })
            })?;
            return Ok(PlainPage { content, status });
        }
        let options = wish.options.clone();
        // Reading megabytes of HTML keeps a core busy; other requests go on meanwhile.
        let content = tokio::task::spawn_blocking(move || read(&fetched, &options)).await;
        let content = content.map_err(|error| {
            NotPlain::Failed(Error::internal("a page could not be read", error).into())
        })?;
        Ok(PlainPage {
            content: content?,
            status,
        })
    }

    async fn rules(&self, url: &str, time: PlainTime) -> Result<SiteRules> {
        let Ok(url) = Url::parse(url.trim()) else {
            return Ok(SiteRules::default());
        };
        match self.client.rules(&url, patience(time)).await {
            Ok(rules) => Ok(SiteRules {
                closed: !rules.allows(&url),
                pause: rules.delay(),
            }),
            Err(guise_fetch::Error::Address(_)) => Ok(SiteRules::default()),
            Err(error) => Err(in_domain(error)),
        }
    }

    async fn turn(&self, url: &str, pause: Duration, by: Instant) -> Result<SiteTurn> {
        let Ok(url) = Url::parse(url.trim()) else {
            return Ok(Box::new(()));
        };
        match self.client.turn(&url, pause, by).await {
            Ok(turn) => Ok(Box::new(turn)),
            Err(guise_fetch::Error::Address(_)) => Ok(Box::new(())),
            Err(error) => Err(in_domain(error)),
        }
    }

    async fn site_addresses(
        &self,
        url: &str,
        wanted: WantedAddresses,
        most: usize,
        respect_robots: bool,
        time: PlainTime,
    ) -> Vec<String> {
        let Ok(url) = Url::parse(url) else {
            return Vec::new();
        };
        let bounds = SitemapBounds {
            files: SITEMAPS,
            addresses: most,
            respect_robots,
        };
        let found = self
            .client
            .site_addresses(&url, &wanted, bounds, patience(time))
            .await;
        found.into_iter().map(String::from).collect()
    }
}

fn needs_browser(why: &str, came: Option<&Fetched>) -> NotPlain {
    NotPlain::NeedsBrowser {
        why: why.to_owned(),
        status: came.map(|fetched| fetched.status),
        at: came.map(|fetched| fetched.url.as_str().into()),
    }
}

fn patience(time: PlainTime) -> Patience {
    Patience {
        turn_by: time.turn_by,
        reading: time.reading,
    }
}

fn not_plain(NotFetched { url, error }: NotFetched, respects_robots: bool) -> NotPlain {
    use guise_fetch::Error as E;
    if let E::Address(why) = &error {
        return needs_browser(why, None);
    }
    let closed = matches!(error, E::Robots { .. });
    // A browser would not wait for it.
    let no_turn = respects_robots && matches!(error, E::NoTurn { .. });
    let refused = closed || no_turn || error.is_refused();
    let why = NotRead {
        error: in_domain(error),
        closed,
        at: Some(url.into()),
    };
    match refused {
        true => NotPlain::Refused(why),
        false => NotPlain::Failed(why),
    }
}

fn in_domain(error: guise_fetch::Error) -> Error {
    let kind = match error {
        guise_fetch::Error::Late { .. } => Kind::Timeout,
        _ => Kind::Refused,
    };
    Error::new(kind, format!("Cannot read the page: {error}")).with_source(error)
}

/// What an answer says.
fn read(fetched: &Fetched, options: &ScrapeOptions) -> Result<PageContent, NotPlain> {
    let content_type = fetched.content_type.as_deref();
    if !guise_extract::is_html(&fetched.body, content_type) {
        // A browser would only download what cannot be read here.
        return guise_browser::read_document(&fetched.body, content_type, &fetched.url, options)
            .map_err(|error| {
                let message = format!("Cannot read the page: {}", error.message());
                NotPlain::Failed(NotRead {
                    at: Some(fetched.url.as_str().into()),
                    ..Error::refused(message).into()
                })
            });
    }
    let text = guise_extract::decode(&fetched.body, content_type).text;
    if let Some(why) = guise_extract::needs_browser(&text, &fetched.url) {
        return Err(needs_browser(&why.to_string(), Some(fetched)));
    }
    let frames = vec![(fetched.url.to_string(), text.into_owned())];
    // What no selector fits may be brought by a script yet.
    guise_browser::read_html(frames, options)
        .map_err(|error| needs_browser(error.message(), Some(fetched)))
}
