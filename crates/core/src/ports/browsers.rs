//! Real browsers, seen from the services.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;

use super::SecretSource;
use crate::{
    Action, BrowserSpec, Cookie, Engine, Observation, ObserveRequest, Outcome, PageContent, Result,
    ScrapeOptions, Screenshot, ScreenshotType, Tab, Traffic,
};

/// Starts browsers.
#[async_trait]
pub trait Browsers: Send + Sync {
    /// Checks what can be checked before anything is started, such as the caller's Chromium arguments.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member and what would be right.
    fn check(&self, spec: &BrowserSpec) -> Result<()>;

    /// A browser of its own for one session, with a page that is ready.
    ///
    /// # Errors
    /// Kind `Browser` when it does not start, `Timeout` when it is not ready by `deadline`.
    async fn start(&self, spec: &BrowserSpec, deadline: Instant) -> Result<Started>;

    /// Ends what is kept warm and starts nothing any more.
    async fn shutdown(&self, deadline: Instant);
}

/// A browser that runs.
pub struct Started {
    /// The browser.
    pub browser: Arc<dyn Browser>,
    /// The program that runs in the end.
    pub engine: Engine,
    /// What differs from what was asked for, in words.
    pub notes: Vec<String>,
    /// The context that the session has in a browser of somebody else's.
    pub remote_context: Option<String>,
}

/// Why a browser is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// It was asked to end.
    Asked,
    /// It died; the text says how.
    Died(String),
}

/// Something that happens in a browser without being asked for.
#[derive(Clone, Debug)]
pub enum BrowserEvent {
    /// A file was downloaded. It lies where the browser put it until the session ends.
    Downloaded(DownloadedFile),
}

/// A file that a page downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadedFile {
    /// The name that the server or page suggests, without any path.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    /// Where it came from.
    pub url: String,
}

/// What the current tab holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Scraped {
    /// A page, read.
    Page(Box<PageContent>),
    /// A PDF, downloaded: one that the browser shows, or to which the tab was sent and which it cannot show.
    Pdf(DownloadedFile),
}

/// A file that is ready to be attached to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedFile {
    /// Where the browser can read it.
    pub path: PathBuf,
}

/// A conversation with an outside client, message by message, whatever carries it.
pub struct Channel {
    /// What the client says; closed when it is gone.
    pub incoming: mpsc::Receiver<Bytes>,
    /// What the client is told; closed when it is to go.
    pub outgoing: mpsc::Sender<Bytes>,
}

/// One session's browser.
///
/// All methods may be called at any time and from several tasks; those that act are put in order by the caller. When the
/// browser is gone they end at once with kind `Browser`.
#[async_trait]
pub trait Browser: Send + Sync {
    /// Does one action and waits for what it causes.
    ///
    /// Actions without a browser side (`wait`, `help`, `completion`, `scrape`, the readers) never come here. `upload` is the
    /// staged file of an upload. `secrets` says which values of fills are placeholders, and what goes into a field in their
    /// place; without it every value is an ordinary text. An action that does not succeed is an [`Outcome`].
    ///
    /// # Errors
    /// Only when no outcome can be told: the browser is gone.
    async fn perform(
        &self,
        action: &Action,
        upload: Option<&StagedFile>,
        secrets: Option<&dyn SecretSource>,
        deadline: Instant,
    ) -> Result<Performed>;

    /// Looks at what an action would do to a page, and does nothing. It waits for the action's element as [`Browser::perform`]
    /// does.
    ///
    /// Told of are forms that the browser itself sends when an element is pressed or the Enter key is; what scripts of the page do
    /// then cannot be known.
    ///
    /// # Errors
    /// Kind `Refused` or `Timeout` when the element cannot be found, `Browser` when the browser is gone.
    async fn foresee(&self, action: &Action, deadline: Instant) -> Result<Foreseen>;

    /// From now on whatever a page sends to another site by a request with a body, by itself or because of an action, waits until
    /// `gate` lets it go. The gate of the last call counts, for as long as the browser lives.
    ///
    /// # Errors
    /// When requests cannot be held: then nothing must be done that needs it.
    async fn hold_posts(&self, gate: Arc<dyn PostGate>, deadline: Instant) -> Result<()>;

    /// A page holds a secret that was filled into the page itself: scripts and outside clients could read it now.
    fn secrets_live(&self) -> bool;

    /// Looks at the current page.
    async fn observe(&self, request: &ObserveRequest, deadline: Instant) -> Result<Observation>;

    /// A picture of what is in view, with boxes drawn on it as `kind` says.
    async fn screenshot(&self, kind: ScreenshotType, deadline: Instant) -> Result<Screenshot>;

    /// Reads the current page as Markdown, or its images. Structured answers are not its business, nor are PDFs.
    ///
    /// # Errors
    /// Kind `Refused` when the selector is none or matches nothing.
    async fn scrape(&self, options: &ScrapeOptions, deadline: Instant) -> Result<Scraped>;

    /// All cookies of the session.
    async fn cookies(&self, deadline: Instant) -> Result<Vec<Cookie>>;

    /// Adds cookies. All or none.
    ///
    /// # Errors
    /// Kind `Invalid` naming the cookie that the browser does not take.
    async fn set_cookies(&self, cookies: &[Cookie], deadline: Instant) -> Result<()>;

    /// The open tabs, in the order of opening, and the place of the current one.
    async fn tabs(&self) -> Result<(Vec<Tab>, usize)>;

    /// What was moved so far.
    fn traffic(&self) -> Traffic;

    /// Keeps a copy of an uploaded file where pages may take it from.
    async fn stage(&self, name: &str, bytes: crate::ports::ByteStream) -> Result<StagedFile>;

    /// What happens from now on.
    fn events(&self) -> broadcast::Receiver<BrowserEvent>;

    /// JPEG pictures of the current page as it changes, until the receiver is dropped. A slow receiver misses pictures.
    async fn record(&self) -> Result<mpsc::Receiver<Bytes>>;

    /// Lets an outside client speak the Chrome DevTools Protocol until it or the browser is gone. `reveals` says whether it may
    /// read secrets.
    ///
    /// # Errors
    /// Kind `Refused` while a page holds a secret that the client may not read.
    async fn serve_client(&self, channel: Channel, reveals: bool) -> Result<()>;

    /// The Chrome DevTools Protocol's answer to `Browser.getVersion`, for clients that ask before they connect.
    fn version(&self) -> BrowserVersion;

    /// Resolves when the browser is gone.
    async fn ended(&self) -> EndReason;

    /// Ends it: asks, then insists. Returns when its processes and files are gone.
    async fn end(&self, deadline: Instant);
}

/// What a performed action left behind.
#[derive(Clone, Debug, Default)]
pub struct Performed {
    /// What became of it.
    pub outcome: Outcome,
    /// The file that it downloaded, for a download.
    pub download: Option<DownloadedFile>,
}

/// What an action would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// The address of the document that its element is in, or that the key goes to; empty when it goes to none. The browser says it,
    /// not the page.
    pub document: String,
    /// The address of the page as a whole: that of the outermost document around it.
    pub page: String,
    /// The addresses to which forms would be sent.
    pub sends_to: Vec<String>,
    /// What the controls that would act are called.
    pub presses: Vec<String>,
}

/// A request by which a page sends something to another site than its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The address of the document or worker that sends it; empty where the browser tells none.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// It is a form, or another request whose answer becomes the document.
    pub form: bool,
    /// The page does not learn what comes of it.
    pub beacon: bool,
}

/// Decides about what pages send to other sites.
#[async_trait]
pub trait PostGate: Send + Sync {
    /// Whether a page may send it. That may take as long as somebody needs to decide; `waits` is called where it does.
    async fn admits(&self, post: Post, waits: &(dyn Fn() + Send + Sync)) -> bool;
}

/// A browser's own words about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserVersion {
    /// Product and version, such as `HeadlessChrome/156.0.8078.79`.
    pub product: String,
    /// The protocol's version, such as `1.3`.
    pub protocol: String,
    /// What pages see as the browser's name.
    pub user_agent: String,
    /// The version of its JavaScript engine.
    pub js_version: String,
}
