//! Pages by HTTP: what comes, whether it is all there is to see, and what it says.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use guise_core::ports::{NotPlain, PlainPage, PlainReader, PlainWish};
use guise_core::{Error, Kind, PageContent, Result, ScrapeOptions};
use guise_egress::{Guard, OwnPorts, Resolver};
use guise_extract::{Css, needs_browser};
use guise_fetch::{Client, Fetched, Politeness, Request, SitemapBounds};
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
    async fn read(&self, wish: PlainWish<'_>, deadline: Instant) -> Result<PlainPage, NotPlain> {
        let url = Url::parse(wish.url.trim())
            .map_err(|error| NotPlain::NeedsBrowser(format!("its address is none: {error}")))?;
        let selector = wish.options.selector.as_deref();
        if selector.is_some_and(|selector| Css::new(selector).is_err()) {
            let why = "the selector is in a language of browsers";
            return Err(NotPlain::NeedsBrowser(why.to_owned()));
        }
        let request = Request {
            url: &url,
            user_agent: wish.user_agent,
            respect_robots: wish.respect_robots,
        };
        let fetched = self
            .client
            .get(request, deadline)
            .await
            .map_err(not_plain)?;
        if FOR_PROGRAMS.contains(&fetched.status) {
            let why = format!("it answers with status {}", fetched.status);
            return Err(NotPlain::NeedsBrowser(why));
        }
        let status = fetched.status;
        if guise_extract::is_pdf(&fetched.body, fetched.content_type.as_deref()) {
            let url = fetched.url.as_str();
            let read = (self.pdfs).read_bytes(&fetched.body, url, wish.options, deadline);
            // A browser would show it, and read no more of it.
            let content = read.await.map_err(NotPlain::Refused)?;
            return Ok(PlainPage { content, status });
        }
        let options = wish.options.clone();
        // Reading megabytes of HTML keeps a core busy; other requests go on meanwhile.
        let content = tokio::task::spawn_blocking(move || read(&fetched, &options)).await;
        let content = content.map_err(|error| {
            NotPlain::Failed(Error::internal("a page could not be read", error))
        })?;
        Ok(PlainPage {
            content: content?,
            status,
        })
    }

    async fn robots_allow(&self, url: &str, deadline: Instant) -> Result<bool> {
        let Ok(url) = Url::parse(url.trim()) else {
            return Ok(true);
        };
        match self.client.robots_allow(&url, deadline).await {
            Ok(allowed) => Ok(allowed),
            Err(guise_fetch::Error::Address(_)) => Ok(true),
            Err(error) => Err(in_domain(error)),
        }
    }

    async fn site_addresses(&self, url: &str, most: usize, deadline: Instant) -> Vec<String> {
        let Ok(url) = Url::parse(url) else {
            return Vec::new();
        };
        let bounds = SitemapBounds {
            files: SITEMAPS,
            addresses: most,
        };
        let found = self.client.site_addresses(&url, bounds, deadline).await;
        found.into_iter().map(String::from).collect()
    }
}

fn not_plain(error: guise_fetch::Error) -> NotPlain {
    use guise_fetch::Error as E;
    match &error {
        E::Address(why) => NotPlain::NeedsBrowser(why.clone()),
        E::Robots { .. } => NotPlain::Refused(in_domain(error)),
        _ if error.is_refused() => NotPlain::Refused(in_domain(error)),
        _ => NotPlain::Failed(in_domain(error)),
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
                NotPlain::Failed(Error::refused(message))
            });
    }
    let text = guise_extract::decode(&fetched.body, content_type).text;
    if let Some(why) = needs_browser(&text, &fetched.url) {
        return Err(NotPlain::NeedsBrowser(why.to_string()));
    }
    let frames = vec![(fetched.url.to_string(), text.into_owned())];
    // What no selector fits may be brought by a script yet.
    guise_browser::read_html(frames, options)
        .map_err(|error| NotPlain::NeedsBrowser(error.message().to_owned()))
}
