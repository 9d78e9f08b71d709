//! What a browser runs on: its processes, its folders and its way to the network, seen from the page side.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use guise_cdp::protocol::browser::GetVersionReturns;
use guise_cdp::{BrowserContextId, Connection, Session, TargetId};
use guise_core::ports::{BrowserVersion, EndReason};
use guise_core::{Traffic, Viewport};
use tokio::time::Instant;
use url::Url;

/// The process tree, the folders and the network door behind one browser.
#[async_trait]
pub trait Host: Send + Sync {
    /// Resolves when the processes are gone, and says why.
    async fn exited(&self) -> EndReason;

    /// Ends the processes (asks, then insists) and removes their files.
    async fn end(&self, deadline: Instant);

    /// What went through the network door so far.
    fn traffic(&self) -> Traffic;

    /// Why the network door could not reach the host of `url` at `since` or later, as a sentence; of a refusal it names
    /// the host, the class of its address and the switch that would open it. `None` when nothing went wrong.
    fn failure(&self, url: &Url, since: Instant) -> Option<String>;
}

/// A browser that was started, with a page that is ready.
pub struct Parts {
    /// The connection to it.
    pub connection: Connection,
    /// The session of the browser itself. Nothing else may attach targets on it.
    pub root: Session,
    /// The browser holds pages of others, too, so of its targets only the page and what the page gives rise to are followed;
    /// windows that the page opens are not.
    pub shared: bool,
    /// The page that becomes the first tab; not attached yet.
    pub target: TargetId,
    /// The browser context that the page is in; `None` for the default one.
    pub context: Option<BrowserContextId>,
    /// What it says of itself.
    pub version: BrowserVersion,
    /// Where it puts downloads; it can write there. It keeps none where absent.
    pub downloads: Option<PathBuf>,
    /// Where files that pages may take are put; it can read there. Pages take none where absent.
    pub uploads: Option<PathBuf>,
    /// The user and group that must be able to read staged files, when they are not ours.
    pub owner: Option<(u32, u32)>,
    /// What it runs on.
    pub host: Arc<dyn Host>,
}

/// What pages see of a session's options. Applies to the open pages and to everything that is opened later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The browser's name, if not its own.
    pub user_agent: Option<String>,
    /// The visible part's size, if not the engine's own.
    pub viewport: Option<Viewport>,
    /// Headers added to every request of pages and frames.
    pub extra_headers: BTreeMap<String, String>,
}

/// What a browser says of itself, in the words of the services.
pub(crate) fn told(version: GetVersionReturns) -> BrowserVersion {
    BrowserVersion {
        product: version.product,
        protocol: version.protocol_version,
        user_agent: version.user_agent,
        js_version: version.js_version,
    }
}
