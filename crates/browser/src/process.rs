//! One Chromium with its way to the network: started, asked for its version, with a page that is ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guise_cdp::protocol::browser::{GetVersion, GetVersionReturns};
use guise_cdp::protocol::runtime;
use guise_cdp::{Connection, TargetId};
use guise_chromium::{Argument, Display, Launcher, Spec};
use guise_core::ports::EndReason;
use guise_core::{Engine, Error, Result, Traffic, Viewport};
use guise_egress::{Door, Host as Destination, Policy};
use tokio::time::Instant;
use url::Url;

use crate::host::{Host, Parts, Settings, told};
use crate::{ChromiumBrowser, attach, warm_up};

/// What differs between browsers before any page is opened. Everything else is told to a running one.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// The program.
    pub(crate) engine: Engine,
    /// Chromium's own arguments.
    pub(crate) arguments: Vec<Argument>,
    /// The window, which holds the page's visible part.
    pub(crate) window: Option<Viewport>,
}

impl Kind {
    /// A browser without anything special, as the pool keeps it.
    pub(crate) fn plain(engine: Engine) -> Self {
        Self {
            engine,
            arguments: Vec::new(),
            window: None,
        }
    }
}

/// A browser that runs, with its page attached, and belongs to nobody yet.
pub(crate) struct Prepared {
    process: Arc<Process>,
    browser: Arc<ChromiumBrowser>,
}

/// A browser that runs, with a page that nobody is attached to.
struct Begun {
    process: Arc<Process>,
    target: TargetId,
    version: GetVersionReturns,
}

/// A browser's processes and its door.
pub(crate) struct Process {
    browser: guise_chromium::Browser,
    door: Door,
    connection: Connection,
    /// Set once somebody asked it to end, so that its end is no surprise.
    asked: Mutex<bool>,
}

impl Prepared {
    /// Starts a browser with its first page, for somebody who waits for it.
    ///
    /// # Errors
    /// Kind `Browser` when it does not start, kind `Timeout` when it is not ready by `deadline`.
    pub(crate) async fn start(
        launcher: &Launcher,
        doors: &guise_egress::Options,
        kind: &Kind,
        deadline: Instant,
    ) -> Result<Self> {
        let begun = Begun::start(launcher, doors, kind, deadline).await?;
        begun.attach(deadline).await
    }

    /// Starts a browser that nobody waits for yet, and warms it up.
    ///
    /// # Errors
    /// As [`Prepared::start`].
    pub(crate) async fn start_warm(
        launcher: &Launcher,
        doors: &guise_egress::Options,
        kind: &Kind,
        deadline: Instant,
    ) -> Result<Self> {
        let begun = Begun::start(launcher, doors, kind, deadline).await?;
        warm_up::warm_up(&begun.process.connection, &begun.target, deadline)
            .await
            .map_err(not_ready)?;
        begun.attach(deadline).await
    }

    /// Whether its processes still run.
    pub(crate) fn lives(&self) -> bool {
        use futures_util::FutureExt as _;
        self.process.browser.exited().now_or_never().is_none()
    }

    /// Hands it out to one session: under its policy, with its settings.
    ///
    /// # Errors
    /// Kind `Browser` when it is gone or refuses, `Timeout` at `deadline`.
    pub(crate) async fn hand_out(
        self,
        policy: Policy,
        settings: Settings,
        deadline: Instant,
    ) -> Result<Arc<ChromiumBrowser>> {
        self.process.door.assign(policy);
        if settings != Settings::default() {
            self.browser.apply(settings, deadline).await?;
        }
        Ok(self.browser)
    }

    /// Ends it.
    pub(crate) async fn end(self, deadline: Instant) {
        self.process.end(deadline).await;
    }
}

impl Begun {
    async fn start(
        launcher: &Launcher,
        doors: &guise_egress::Options,
        kind: &Kind,
        deadline: Instant,
    ) -> Result<Self> {
        let door = Door::open(doors.clone())
            .await
            .map_err(|error| Error::internal("cannot open a proxy port for a browser", error))?;
        let (engine, display) = match kind.engine {
            Engine::HeadlessShell => (guise_chromium::Engine::HeadlessShell, Display::None),
            Engine::FullHeadless => (guise_chromium::Engine::Full, Display::None),
            Engine::FullWindow => (guise_chromium::Engine::Full, Display::Xvfb),
        };
        let mut spec = Spec::new(engine, display);
        spec.proxy_port = Some(door.port());
        spec.arguments.clone_from(&kind.arguments);
        if let Some(Viewport { width, height }) = kind.window {
            spec.window = guise_chromium::Window { width, height };
        }
        let browser = launcher.launch(spec, deadline).await.map_err(not_started)?;
        door.admit(browser.confinement().uid);
        let pipes = browser.take_pipes().map_err(not_started)?;
        let connection = Connection::over_pipe(pipes.reader, pipes.writer);
        let process = Arc::new(Process {
            browser,
            door,
            connection,
            asked: Mutex::new(false),
        });
        // Whatever fails from here on: dropping the process ends it.
        let version = process.said(GetVersion {}, deadline).await?;
        let target = process.page(deadline).await?;
        Ok(Self {
            process,
            target,
            version,
        })
    }

    /// Attaches to its page.
    async fn attach(self, deadline: Instant) -> Result<Prepared> {
        let Self {
            process,
            target,
            version,
        } = self;
        let folders = process.browser.folders();
        let uid = process.browser.confinement().uid;
        let parts = Parts {
            downloads: Some(folders.downloads()),
            uploads: Some(folders.uploads()),
            owner: uid.map(|uid| (uid, uid)),
            connection: process.connection.clone(),
            target,
            context: None,
            version: told(version),
            host: Arc::clone(&process) as Arc<dyn Host>,
        };
        let browser = ChromiumBrowser::attach(parts, Settings::default(), deadline).await?;
        Ok(Prepared { process, browser })
    }
}

impl Process {
    async fn said<C: guise_cdp::Command>(
        &self,
        command: C,
        deadline: Instant,
    ) -> Result<C::Returns> {
        self.connection
            .root()
            .call(&command, deadline)
            .await
            .map_err(not_ready)
    }

    /// The first page, with its renderer started: that is the costly part of a session.
    async fn page(&self, deadline: Instant) -> Result<TargetId> {
        let target = attach::page_of(&self.connection, None, deadline)
            .await
            .map_err(not_ready)?;
        let session = attach::attach(&self.connection, &target, deadline)
            .await
            .map_err(not_ready)?;
        let first = runtime::Evaluate {
            expression: "1".into(),
            ..Default::default()
        };
        session.call(&first, deadline).await.map_err(not_ready)?;
        attach::detach(&session, deadline)
            .await
            .map_err(not_ready)?;
        Ok(target)
    }
}

#[async_trait]
impl Host for Process {
    async fn exited(&self) -> EndReason {
        let exit = self.browser.exited().await;
        if *self.asked.lock().unwrap_or_else(PoisonError::into_inner) {
            return EndReason::Asked;
        }
        EndReason::Died(match exit {
            Ok(exit) => exit.to_string(),
            Err(error) => error.to_string(),
        })
    }

    async fn end(&self, deadline: Instant) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        // Nothing of a session's profile is kept, so there is nothing that a slow, orderly end would save.
        if let Err(error) = self.browser.end(Duration::ZERO, deadline).await {
            tracing::error!(%error, "a browser did not end as it should");
        }
        self.door.close().await;
    }

    fn traffic(&self) -> Traffic {
        let traffic = self.door.traffic();
        Traffic {
            request_bytes: traffic.request_bytes,
            response_bytes: traffic.response_bytes,
        }
    }

    fn failure(&self, url: &Url, since: Instant) -> Option<String> {
        let host = Destination::parse(url.host_str()?).ok()?;
        let port = url.port_or_known_default()?;
        self.door
            .failure(&host, port, since)
            .map(|error| error.to_string())
    }
}

fn not_started(error: guise_chromium::Error) -> Error {
    Error::browser(format!("The browser did not start: {error}")).with_source(error)
}

fn not_ready(error: guise_cdp::Error) -> Error {
    Error::browser(format!("The browser started but is not ready: {error}")).with_source(error)
}
