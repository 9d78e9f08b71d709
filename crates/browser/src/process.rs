//! One Chromium with its way to the network: started, asked for its version, with a page that is ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guise_cdp::protocol::browser::GetVersion;
use guise_cdp::protocol::runtime;
use guise_cdp::{Connection, TargetId};
use guise_chromium::{Argument, Display, Launcher, Spec};
use guise_core::ports::{BrowserVersion, EndReason};
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
    own: Arc<Own>,
    browser: Arc<ChromiumBrowser>,
}

/// A browser that runs, with a page that nobody is attached to.
struct Begun {
    own: Arc<Own>,
    target: TargetId,
}

/// A browser's processes.
pub(crate) struct Process {
    browser: guise_chromium::Browser,
    connection: Connection,
    version: BrowserVersion,
    /// Set once somebody asked it to end, so that its end is no surprise.
    asked: Mutex<bool>,
}

/// A browser that works for one session, and its door.
struct Own {
    process: Process,
    door: Door,
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
        warm_up::warm_up(begun.own.process.connection(), &begun.target, deadline)
            .await
            .map_err(not_ready)?;
        begun.attach(deadline).await
    }

    /// Whether its processes still run.
    pub(crate) fn lives(&self) -> bool {
        self.own.process.lives()
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
        self.own.door.assign(policy);
        if settings != Settings::default() {
            self.browser.apply(settings, deadline).await?;
        }
        Ok(self.browser)
    }

    /// Ends it.
    pub(crate) async fn end(self, deadline: Instant) {
        self.own.end(deadline).await;
    }
}

impl Begun {
    async fn start(
        launcher: &Launcher,
        doors: &guise_egress::Options,
        kind: &Kind,
        deadline: Instant,
    ) -> Result<Self> {
        let door = open_door(doors).await?;
        let process = Process::start(launcher, kind, &door, &[], deadline).await?;
        let own = Arc::new(Own { process, door });
        let target = own.process.page(deadline).await?;
        Ok(Self { own, target })
    }

    /// Attaches to its page.
    async fn attach(self, deadline: Instant) -> Result<Prepared> {
        let Self { own, target } = self;
        let parts = own.process.parts(target, Arc::clone(&own) as Arc<dyn Host>);
        let browser = ChromiumBrowser::attach(parts, Settings::default(), deadline).await?;
        Ok(Prepared { own, browser })
    }
}

impl Process {
    /// Starts a browser that goes through `door`; contexts in it may be sent through `others`. All of them let it in.
    ///
    /// # Errors
    /// Kind `Browser` when it does not start, kind `Timeout` when it does not answer by `deadline`.
    pub(crate) async fn start(
        launcher: &Launcher,
        kind: &Kind,
        door: &Door,
        others: &[Door],
        deadline: Instant,
    ) -> Result<Self> {
        let (engine, display) = match kind.engine {
            Engine::HeadlessShell => (guise_chromium::Engine::HeadlessShell, Display::None),
            Engine::FullHeadless => (guise_chromium::Engine::Full, Display::None),
            Engine::FullWindow => (guise_chromium::Engine::Full, Display::Xvfb),
        };
        let mut spec = Spec::new(engine, display);
        spec.proxy_port = Some(door.port());
        spec.context_proxy_ports = others.iter().map(Door::port).collect();
        spec.arguments.clone_from(&kind.arguments);
        if let Some(Viewport { width, height }) = kind.window {
            spec.window = guise_chromium::Window { width, height };
        }
        let browser = launcher.launch(spec, deadline).await.map_err(not_started)?;
        let uid = browser.confinement().uid;
        for door in others.iter().chain([door]) {
            door.admit(uid);
        }
        let pipes = browser.take_pipes().map_err(not_started)?;
        let connection = Connection::over_pipe(pipes.reader, pipes.writer);
        // Whatever fails from here on: dropping the browser ends it.
        let version = connection.root().call(&GetVersion {}, deadline).await;
        Ok(Self {
            browser,
            connection,
            version: told(version.map_err(not_ready)?),
            asked: Mutex::new(false),
        })
    }

    /// The first page, with its renderer started: that is the costly part of a session.
    async fn page(&self, deadline: Instant) -> Result<TargetId> {
        let connection = &self.connection;
        let started = async {
            let target = attach::page_of(connection, None, deadline).await?;
            let session = attach::attach(connection, &target, deadline).await?;
            let first = runtime::Evaluate {
                expression: "1".into(),
                ..Default::default()
            };
            session.call(&first, deadline).await?;
            attach::detach(&session, deadline).await?;
            Ok(target)
        };
        started.await.map_err(not_ready)
    }

    /// Lets the browser in at a door that was opened after it had started.
    pub(crate) fn let_in(&self, door: &Door) {
        door.admit(self.browser.confinement().uid);
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What is needed to work with a page of it, whose only one it is.
    pub(crate) fn parts(&self, target: TargetId, host: Arc<dyn Host>) -> Parts {
        let folders = self.browser.folders();
        let uid = self.browser.confinement().uid;
        Parts {
            downloads: Some(folders.downloads()),
            uploads: Some(folders.uploads()),
            owner: uid.map(|uid| (uid, uid)),
            connection: self.connection.clone(),
            root: self.connection.root(),
            shared: false,
            target,
            context: None,
            version: self.version.clone(),
            host,
        }
    }

    /// Whether it still runs.
    pub(crate) fn lives(&self) -> bool {
        use futures_util::FutureExt as _;
        self.browser.exited().now_or_never().is_none()
    }

    /// See [`Host::exited`].
    pub(crate) async fn exited(&self) -> EndReason {
        let exit = self.browser.exited().await;
        if *self.asked.lock().unwrap_or_else(PoisonError::into_inner) {
            return EndReason::Asked;
        }
        EndReason::Died(match exit {
            Ok(exit) => exit.to_string(),
            Err(error) => error.to_string(),
        })
    }

    /// See [`Host::end`].
    pub(crate) async fn end(&self, deadline: Instant) {
        // One that is dead already died by itself, whoever clears up after it.
        if self.lives() {
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        }
        // Nothing of a session's profile is kept, so there is nothing that a slow, orderly end would save.
        if let Err(error) = self.browser.end(Duration::ZERO, deadline).await {
            tracing::error!(%error, "a browser did not end as it should");
        }
    }
}

/// Opens a door for a browser that is to be started.
///
/// # Errors
/// Kind `Internal` when no port can be had.
pub(crate) async fn open_door(options: &guise_egress::Options) -> Result<Door> {
    Door::open(options.clone())
        .await
        .map_err(|error| Error::internal("cannot open a proxy port for a browser", error))
}

/// Why `door` did not reach the host of `url`, see [`Host::failure`].
pub(crate) fn failure_at(door: &Door, url: &Url, since: Instant) -> Option<String> {
    let host = Destination::parse(url.host_str()?).ok()?;
    let port = url.port_or_known_default()?;
    let failure = door.failure(&host, port, since);
    failure.map(|error| error.to_string())
}

/// What went through `door`, see [`Host::traffic`].
pub(crate) fn traffic_of(door: &Door) -> Traffic {
    let traffic = door.traffic();
    Traffic {
        request_bytes: traffic.request_bytes,
        response_bytes: traffic.response_bytes,
    }
}

#[async_trait]
impl Host for Own {
    async fn exited(&self) -> EndReason {
        self.process.exited().await
    }

    async fn end(&self, deadline: Instant) {
        self.process.end(deadline).await;
        self.door.close().await;
    }

    fn traffic(&self) -> Traffic {
        traffic_of(&self.door)
    }

    fn failure(&self, url: &Url, since: Instant) -> Option<String> {
        failure_at(&self.door, url, since)
    }
}

fn not_started(error: guise_chromium::Error) -> Error {
    Error::browser(format!("The browser did not start: {error}")).with_source(error)
}

/// A browser that does not answer as one does.
pub(crate) fn not_ready(error: guise_cdp::Error) -> Error {
    Error::browser(format!("The browser started but is not ready: {error}")).with_source(error)
}
