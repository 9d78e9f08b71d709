//! What kind of browser a session gets.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{RemoteAddress, TenantId};

/// The browser that a caller names (Notte API: `browser_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrowserType {
    /// Chromium: the small headless build when no window is wanted.
    #[default]
    Chromium,
    /// The full browser.
    Chrome,
    /// An older name of [`BrowserType::Chrome`].
    ChromeNightly,
    /// An older name of [`BrowserType::Chrome`].
    ChromeTurbo,
}

impl BrowserType {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Chromium,
        Self::Chrome,
        Self::ChromeNightly,
        Self::ChromeTurbo,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Chrome => "chrome",
            Self::ChromeNightly => "chrome-nightly",
            Self::ChromeTurbo => "chrome-turbo",
        }
    }
}

/// The program that runs, and how it shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// The small build without any window code.
    HeadlessShell,
    /// The full browser in its own headless mode.
    FullHeadless,
    /// The full browser with a window on a virtual display.
    FullWindow,
}

/// The size of the page's visible part, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Viewport {
    /// 100 to 7680.
    pub width: u32,
    /// 100 to 4320.
    pub height: u32,
}

/// A proxy of the caller's own. Its credentials live only as long as the session and are kept nowhere.
#[derive(Clone)]
pub struct Proxy {
    /// Its address, such as `http://host:port` or `socks5://host:port`.
    pub server: String,
    /// The user name it asks for.
    pub username: Option<String>,
    /// The password it asks for.
    pub password: Option<SecretString>,
    /// Hosts that are reached without it, separated by commas.
    pub bypass: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("bypass", &self.bypass)
            .finish_non_exhaustive()
    }
}

/// What a new session's browser must be like. Holds what must not be kept: it goes to the browser and nowhere else.
#[derive(Clone, Debug)]
pub struct BrowserSpec {
    /// The program, as wished for; a missing virtual display falls back to headless.
    pub engine: Engine,
    /// What pages see as the browser's name, if not its own.
    pub user_agent: Option<String>,
    /// The visible part's size, if not the engine's own.
    pub viewport: Option<Viewport>,
    /// Headers added to every request.
    pub extra_http_headers: BTreeMap<String, String>,
    /// Chromium's own arguments, checked by the driver against its list.
    pub chrome_args: Vec<String>,
    /// The proxy to go through.
    pub proxy: Option<Proxy>,
    /// Keep what is downloaded, let pages take uploads.
    pub file_storage: bool,
    /// Drive this browser instead of starting one.
    pub remote: Option<Remote>,
    /// It may be a context in a browser in which others read pages of this tenant at the same time.
    pub shared_in: Option<TenantId>,
}

/// A browser of somebody else's.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Where it is.
    pub address: RemoteAddress,
    /// The browser context that a session has there already; a new one is made when absent.
    pub context: Option<String>,
}
