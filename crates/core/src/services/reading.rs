//! Pages read in one call: by HTTP where their markup says it all, else in a browser.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{SessionRequest, Sessions};
use crate::ports::{NotPlain, PlainPage, PlainReader, PlainTime, PlainWish};
use crate::{
    BrowserType, Caller, DataSpace, Error, NotRead, PageWish, ReadBy, ReadPage, ReadWith, Result,
    ScrapeOptions, ScreenshotType, SourcePage,
};

/// How long a site may take by HTTP before a browser is asked, which has a call's whole time for itself.
const HTTP_FIRST: Duration = Duration::from_secs(8);

/// How long it may take where there is nothing else.
const HTTP_ONLY: Duration = Duration::from_secs(30);

/// How long one's turn at a site is waited for in a call: where the site asks for pauses, some of these.
const TURN: Duration = Duration::from_secs(30);

/// What sites answer to programs, who are shown the page in a browser.
const FORBIDDEN: u16 = 403;

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
        let read = self.try_read(caller, wish).await;
        read.map_err(|not_read| not_read.error)
    }

    /// As [`Self::read`]; tells, too, whether a site asks not to, and where the page leads to.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn try_read(&self, caller: &Caller, wish: PageWish) -> Result<ReadPage, NotRead> {
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
            )
            .into()),
            (_, None) => match self.by_http(&wish).await {
                Ok(page) => Ok(self.finished(caller, page, &wish.options).await?),
                Err(NotPlain::Refused(why)) => Err(why),
                // Neither does a browser make it another page, nor is a site that is busy to be asked again at once.
                Err(NotPlain::NeedsBrowser {
                    status: Some(status),
                    at,
                    ..
                }) if !wish.insist && status >= 400 && status != FORBIDDEN => Ok(ReadPage {
                    data: DataSpace {
                        source: at.map(|url| SourcePage {
                            url: url.into(),
                            status: Some(status),
                            title: None,
                            links: Vec::new(),
                        }),
                        ..DataSpace::default()
                    },
                    status: Some(status),
                    read_by: ReadBy::Http,
                }),
                Err(NotPlain::NeedsBrowser { why, at, .. }) if wish.with != ReadWith::Any => {
                    let url = shown(&wish.url);
                    let error = Error::refused(format!(
                        "{url} cannot be read by HTTP alone: {why}; a browser can, without read_by"
                    ));
                    Err(NotRead { at, ..error.into() })
                }
                Err(NotPlain::Failed(why)) if wish.with != ReadWith::Any || !wish.insist => {
                    Err(why)
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
        // Without rules of the site, who waits for a turn as long as for an answer may as well ask a browser.
        let usual = if wish.respect_robots { TURN } else { time };
        self.plain
            .read(plain, times(wish.turn_by, usual, time))
            .await
    }

    async fn by_browser(&self, caller: &Caller, wish: PageWish) -> Result<ReadPage, NotRead> {
        let (respects_robots, turn_by) = (wish.respect_robots, wish.turn_by);
        let time = || times(turn_by, TURN, HTTP_FIRST);
        let mut turn = None;
        if respects_robots {
            // As by HTTP: for as long as the page is read. Reading by HTTP is over, and its place free again.
            let pause = self.let_in(&wish.url, time()).await?;
            turn = Some(self.plain.turn(&wish.url, pause, time().turn_by).await?);
        }
        let read = self
            .sessions
            .one_shot(caller, wish.session, wish.url, wish.options);
        let data = read.await?;
        drop(turn);
        if let Some(source) = data.source.as_ref().filter(|_| respects_robots) {
            // The browser was led there, and does not ask.
            self.let_in(&source.url, time()).await?;
        }
        Ok(ReadPage {
            status: data.source.as_ref().and_then(|source| source.status),
            data,
            read_by: ReadBy::Browser,
        })
    }

    /// The pause that the site of an address asks for between two requests.
    ///
    /// # Errors
    /// Kind `Refused` where its `robots.txt` asks not to read the address.
    async fn let_in(&self, url: &str, time: PlainTime) -> Result<Duration, NotRead> {
        let not_read = |error, closed| NotRead {
            error,
            closed,
            at: Some(url.into()),
        };
        let rules = self.plain.rules(url, time).await;
        let rules = rules.map_err(|error| not_read(error, false))?;
        if rules.closed {
            let url = shown(url);
            let message = format!("The robots.txt of its site asks not to read {url}");
            return Err(not_read(Error::refused(message), true));
        }
        Ok(rules.pause)
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

/// How long a site may take for a page: `usual` is how long a turn at it is waited for where the wish does not say.
fn times(turn_by: Option<Instant>, usual: Duration, reading: Duration) -> PlainTime {
    PlainTime {
        turn_by: turn_by.unwrap_or_else(|| Instant::now() + usual),
        reading,
    }
}

/// An address for messages, cut.
fn shown(url: &str) -> String {
    url.chars().take(300).collect()
}
