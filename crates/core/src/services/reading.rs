//! Pages read in one call: by HTTP where their markup says it all, else in a browser.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{SessionRequest, Sessions};
use crate::ports::{NotPlain, PlainPage, PlainReader, PlainWish};
use crate::{
    BrowserType, Caller, Error, PageWish, ReadBy, ReadPage, ReadWith, Result, ScrapeOptions,
    ScreenshotType,
};

/// How long a site may take by HTTP before a browser is asked, which has a call's whole time for itself.
const HTTP_FIRST: Duration = Duration::from_secs(8);

/// How long it may take where there is nothing else.
const HTTP_ONLY: Duration = Duration::from_secs(30);

/// Reads pages.
pub struct Reading {
    sessions: Arc<Sessions>,
    plain: Arc<dyn PlainReader>,
}

impl Reading {
    /// A service that reads with `plain`, or else in a session of `sessions`.
    pub fn new(sessions: Arc<Sessions>, plain: Arc<dyn PlainReader>) -> Self {
        Self { sessions, plain }
    }

    /// Reads a page. Whether HTTP is enough is decided by what it brings, and by whether the session that is wished for matters.
    /// Either way no session is left behind.
    ///
    /// # Errors
    /// Kind `Invalid` for wishes that cannot be granted; `Refused` for a page that must not be read, or not without a browser
    /// where none may be used; as [`Sessions::one_shot`] where one is.
    pub async fn read(&self, caller: &Caller, wish: PageWish) -> Result<ReadPage> {
        // What is wrong is wrong in either case.
        wish.session.clone().resolve()?;
        let matters = wish.session.needs_browser();
        match (wish.with, matters) {
            (ReadWith::Only(ReadBy::Browser), _) | (ReadWith::Any, Some(_)) => {
                self.by_browser(caller, wish).await
            }
            (ReadWith::Only(ReadBy::Http), Some(member)) => Err(Error::invalid_member(
                &["read_by"],
                "exclusive",
                format!("Invalid read_by 'http': {member} takes a browser; leave one of them out"),
            )),
            (_, None) => match self.by_http(&wish).await {
                Ok(page) => self.finished(caller, page, &wish.options).await,
                Err(NotPlain::Refused(error)) => Err(error),
                Err(NotPlain::NeedsBrowser(why)) if wish.with != ReadWith::Any => {
                    let url = shown(&wish.url);
                    Err(Error::refused(format!(
                        "{url} cannot be read by HTTP alone: {why}; a browser can, without read_by"
                    )))
                }
                Err(NotPlain::Failed(error)) if wish.with != ReadWith::Any || !wish.insist => {
                    Err(error)
                }
                Err(why) => {
                    tracing::debug!(?why, "a page is read in a browser");
                    self.by_browser(caller, wish).await
                }
            },
        }
    }

    async fn by_http(&self, wish: &PageWish) -> Result<PlainPage, NotPlain> {
        let time = match wish.with {
            ReadWith::Any => HTTP_FIRST,
            ReadWith::Only(_) => HTTP_ONLY,
        };
        let plain = PlainWish {
            url: &wish.url,
            options: &wish.options,
            user_agent: wish.session.user_agent.as_deref(),
            respect_robots: wish.respect_robots,
        };
        self.plain.read(plain, Instant::now() + time).await
    }

    async fn by_browser(&self, caller: &Caller, wish: PageWish) -> Result<ReadPage> {
        if wish.respect_robots {
            let deadline = Instant::now() + HTTP_FIRST;
            if !self.plain.robots_allow(&wish.url, deadline).await? {
                let url = shown(&wish.url);
                return Err(Error::refused(format!(
                    "The robots.txt of its site asks not to read {url}"
                )));
            }
        }
        let read = self
            .sessions
            .one_shot(caller, wish.session, wish.url, wish.options);
        Ok(ReadPage {
            data: read.await?,
            status: None,
            read_by: ReadBy::Browser,
        })
    }

    /// Adds the data that was asked for. No secret of a session can be in a page that none has seen.
    async fn finished(
        &self,
        caller: &Caller,
        page: PlainPage,
        options: &ScrapeOptions,
    ) -> Result<ReadPage> {
        Ok(ReadPage {
            data: self.sessions.with_data(caller, page.content, options).await,
            status: Some(page.status),
            read_by: ReadBy::Http,
        })
    }
}

impl SessionRequest {
    /// The member that makes a difference to what a page shows, or who it shows it to; `None` where a session like any other is
    /// wished for.
    fn needs_browser(&self) -> Option<&'static str> {
        let members = [
            ("headless", self.headless == Some(false)),
            ("proxies", !self.proxies.is_empty()),
            ("browser_type", self.browser_type != BrowserType::default()),
            ("chrome_args", !self.chrome_args.is_empty()),
            ("viewport_width", self.viewport_width.is_some()),
            ("viewport_height", self.viewport_height.is_some()),
            ("aspect_ratio", self.aspect_ratio.is_some()),
            ("cdp_url", self.cdp_url.is_some()),
            (
                "screenshot_type",
                self.screenshot_type != ScreenshotType::default(),
            ),
            ("profile", self.profile.is_some()),
            ("extra_http_headers", !self.extra_http_headers.is_empty()),
            ("vault_id", self.vault_id.is_some()),
            ("auth_ids", !self.auth_ids.is_empty()),
        ];
        let found = members.into_iter().find(|(_, set)| *set);
        found.map(|(member, _)| member)
    }
}

/// An address for messages, cut.
fn shown(url: &str) -> String {
    url.chars().take(300).collect()
}
