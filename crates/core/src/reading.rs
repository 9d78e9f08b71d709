//! Reading a page in one call, with a browser or without.

use tokio::time::Instant;

use crate::services::SessionRequest;
use crate::{DataSpace, Error, ScrapeOptions};

/// What a page was read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadBy {
    /// A request for its markup, which says it all.
    Http,
    /// A browser that showed it.
    Browser,
}

impl ReadBy {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Browser => "browser",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Http, Self::Browser]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

/// What a page may be read by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReadWith {
    /// By HTTP where that says it all, else by a browser.
    #[default]
    Any,
    /// By this alone.
    Only(ReadBy),
}

/// A page to read.
#[derive(Clone, Debug)]
pub struct PageWish {
    /// Its address.
    pub url: String,
    /// How.
    pub options: ScrapeOptions,
    /// The session that a browser would have.
    pub session: SessionRequest,
    /// By what.
    pub with: ReadWith,
    /// Whether the site's `robots.txt` counts.
    pub respect_robots: bool,
    /// Whether a browser is tried where nothing could be had by HTTP at all, as opposed to not enough.
    pub insist: bool,
    /// Until when one's turn at the site is waited for, where that is longer than a call takes.
    pub turn_by: Option<Instant>,
}

/// Why a page was not read.
#[derive(Debug)]
pub struct NotRead {
    /// What went wrong.
    pub error: Error,
    /// The `robots.txt` of its site asks not to, or that of a site where it leads to.
    pub closed: bool,
    /// Where it leads to, as far as that is known.
    pub at: Option<Box<str>>,
}

impl From<Error> for NotRead {
    fn from(error: Error) -> Self {
        Self {
            error,
            closed: false,
            at: None,
        }
    }
}

/// A page that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadPage {
    /// What it says.
    pub data: DataSpace,
    /// The status of its answer; unknown where a browser does not tell, as of a file.
    pub status: Option<u16>,
    /// By what.
    pub read_by: ReadBy,
}
