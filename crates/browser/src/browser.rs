//! One session's browser, as the services see it.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use guise_cdp::protocol::browser::{
    DownloadBehavior, DownloadProgress, DownloadWillBegin, SetDownloadBehavior,
};
use guise_cdp::protocol::target::{AttachToTarget, AttachedToTarget};
use guise_cdp::{Error as CdpError, Events, FrameId, RawEvent};
use guise_core::ports::{
    Browser, BrowserEvent, BrowserVersion, ByteStream, Channel, EndReason, Foreseen, Performed,
    PostGate, Scraped, SecretSource, StagedFile,
};
use guise_core::{
    Action, Cookie, Observation, ObserveRequest, Result, ScrapeOptions, Screenshot, ScreenshotType,
    Tab, Traffic,
};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;

use crate::core::Core;
use crate::downloads::{self, Next};
use crate::fault::Fault;
use crate::host::{Parts, Settings};
use crate::{
    act, capture, cookies, fills, outside, recording, scrape, settings, stage, tabs, targets,
};

/// How long the list of tabs may take.
const LIST: Duration = Duration::from_secs(10);

/// What is followed in the browser as a whole.
const FOLLOWED: &[&str] = &[
    "Target.attachedToTarget",
    "Target.detachedFromTarget",
    "Browser.downloadWillBegin",
    "Browser.downloadProgress",
];

/// A Chromium that works for one session. Dropping it ends what it runs in the background; the processes are its host's.
pub struct ChromiumBrowser {
    pub(crate) core: Arc<Core>,
    ended: watch::Receiver<Option<EndReason>>,
}

impl ChromiumBrowser {
    /// Takes on a browser that was started: attaches to its page and to all that will come, with `settings` applied.
    ///
    /// # Errors
    /// Kind `Browser` when it is gone or refuses, `Timeout` when the page is not ready by `deadline`.
    pub async fn attach(parts: Parts, settings: Settings, deadline: Instant) -> Result<Arc<Self>> {
        let (first, shared) = (parts.target.clone(), parts.shared);
        let (told, ended) = watch::channel(None);
        let core = Arc::new(Core::new(parts, settings));
        // From here on a drop ends the background tasks.
        let browser = Arc::new(Self {
            core: Arc::clone(&core),
            ended,
        });
        let events = core.root.subscribe(FOLLOWED);
        core.tasks.spawn(follow(Arc::clone(&core), events));
        core.tasks.spawn(watch_over(Arc::clone(&core), told));
        let folder = core.downloads.folder();
        let downloads = SetDownloadBehavior {
            behavior: match folder {
                Some(_) => DownloadBehavior::AllowAndName,
                None => DownloadBehavior::Deny,
            },
            browser_context_id: core.context.clone(),
            download_path: folder.and_then(|folder| folder.to_str().map(str::to_owned)),
            events_enabled: Some(true),
        };
        let attach = async {
            if shared {
                let attach = AttachToTarget {
                    target_id: first.clone(),
                    flatten: true,
                };
                return core.root.call(&attach, deadline).await.map(drop);
            }
            let attach = targets::auto_attach();
            core.root.call(&attach, deadline).await.map(drop)
        };
        let (kept, attached) = tokio::join!(core.root.call(&downloads, deadline), attach);
        kept.map_err(Fault::from)?;
        attached.map_err(Fault::from)?;
        core.board
            .until(deadline, |state| state.tab(&first).map(drop))
            .await?;
        Ok(browser)
    }

    /// Applies other settings to what is open and to everything that is opened later.
    ///
    /// # Errors
    /// Kind `Browser` when it is gone or refuses, `Timeout` at `deadline`.
    pub async fn apply(&self, settings: Settings, deadline: Instant) -> Result<()> {
        let settings = self.core.set_settings(settings);
        let sessions = self
            .core
            .board
            .read(|state| state.sessions.values().cloned().collect::<Vec<_>>());
        let applied = sessions
            .iter()
            .map(|known| settings::apply(&known.session, known.kind, &settings, deadline));
        for result in futures_util::future::join_all(applied).await {
            match result {
                Ok(()) | Err(CdpError::TargetClosed | CdpError::Crashed) => {}
                Err(error) => return Err(Fault::from(error).into()),
            }
        }
        Ok(())
    }
}

impl Drop for ChromiumBrowser {
    fn drop(&mut self) {
        self.core.tasks.end();
    }
}

/// Follows what happens in the browser as a whole.
async fn follow(core: Arc<Core>, mut events: Events) {
    loop {
        match events.next().await {
            // A session that followed a context may follow another one by now.
            Ok(_) if core.board.read(|state| state.gone.is_some()) => return,
            Ok(event) => {
                if let Err(error) = note(&core, &event) {
                    tracing::warn!(%error, "an event of the browser could not be read");
                }
            }
            Err(CdpError::Lagged(missed)) => {
                tracing::warn!(missed, "events of the browser were lost");
            }
            Err(_) => return,
        }
    }
}

fn note(core: &Arc<Core>, event: &RawEvent) -> Result<(), CdpError> {
    match event.method() {
        "Target.attachedToTarget" => {
            let attached: AttachedToTarget = event.parse()?;
            // A recording attaches to a tab once more, with a session of its own.
            let target = &attached.target_info.target_id;
            if core.board.read(|state| state.tab(target).is_none()) {
                targets::adopt(core, attached, None);
            }
        }
        "Target.detachedFromTarget" => targets::lose(core, &event.parse()?),
        "Browser.downloadWillBegin" => {
            let begins: DownloadWillBegin = event.parse()?;
            // Chromium tells every session of those of all contexts.
            let known = |frame: &FrameId| core.board.read(|state| state.frames.contains_key(frame));
            if !core.shared || known(&begins.frame_id) {
                core.downloads.begins(begins);
            }
        }
        "Browser.downloadProgress" => {
            match core.downloads.goes_on(&event.parse::<DownloadProgress>()?) {
                Next::Nothing => {}
                Next::Tell(file) => {
                    // Nobody listening is fine.
                    let _ = core.events.send(BrowserEvent::Downloaded(file));
                }
                Next::LetGo { guid, path } => {
                    let let_go = downloads::let_go(Arc::clone(core), guid, path);
                    core.tasks.spawn(let_go);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Notes the browser's end, whichever shows it first: the processes, or the connection.
async fn watch_over(core: Arc<Core>, told: watch::Sender<Option<EndReason>>) {
    let reason = tokio::select! {
        biased;
        reason = core.host.exited() => reason,
        error = core.connection.closed() => {
            // The processes say better why.
            match tokio::time::timeout(Duration::from_millis(500), core.host.exited()).await {
                Ok(reason) => reason,
                Err(_) => EndReason::Died(error.to_string()),
            }
        }
    };
    core.board.change(|state| {
        state.gone = Some(match &reason {
            EndReason::Asked => "it was asked to end".to_owned(),
            EndReason::Died(how) => how.clone(),
        });
    });
    told.send_replace(Some(reason));
}

#[async_trait]
impl Browser for ChromiumBrowser {
    async fn perform(
        &self,
        action: &Action,
        upload: Option<&StagedFile>,
        secrets: Option<&dyn SecretSource>,
        deadline: Instant,
    ) -> Result<Performed> {
        act::perform(&self.core, action, upload, secrets, deadline).await
    }

    async fn foresee(&self, action: &Action, deadline: Instant) -> Result<Foreseen> {
        act::foresee(&self.core, action, deadline)
            .await
            .map_err(|fault| match fault {
                // As an action is answered that fails by it.
                Fault::TabClosed | Fault::Crashed | Fault::DocumentGone => {
                    Fault::told(fault.to_string()).into()
                }
                other => other.into(),
            })
    }

    async fn hold_posts(&self, gate: Arc<dyn PostGate>, deadline: Instant) -> Result<()> {
        self.core.posts.set_gate(gate);
        Ok(fills::hold_posts(&self.core, deadline).await?)
    }

    fn secrets_live(&self) -> bool {
        self.core.in_page.is_live(&self.core)
    }

    async fn observe(&self, request: &ObserveRequest, deadline: Instant) -> Result<Observation> {
        Ok(capture::observe(&self.core, request, deadline).await?)
    }

    async fn screenshot(&self, kind: ScreenshotType, deadline: Instant) -> Result<Screenshot> {
        Ok(capture::screenshot(&self.core, kind, deadline).await?)
    }

    async fn scrape(&self, options: &ScrapeOptions, deadline: Instant) -> Result<Scraped> {
        scrape::scrape(&self.core, options, deadline).await
    }

    async fn cookies(&self, deadline: Instant) -> Result<Vec<Cookie>> {
        cookies::list(&self.core, deadline).await
    }

    async fn set_cookies(&self, cookies: &[Cookie], deadline: Instant) -> Result<()> {
        cookies::set(&self.core, cookies, deadline).await
    }

    async fn tabs(&self) -> Result<(Vec<Tab>, usize)> {
        Ok(tabs::list(&self.core, Instant::now() + LIST).await?)
    }

    fn traffic(&self) -> Traffic {
        self.core.host.traffic()
    }

    async fn stage(&self, name: &str, bytes: ByteStream) -> Result<StagedFile> {
        stage::stage(&self.core, name, bytes).await
    }

    fn events(&self) -> broadcast::Receiver<BrowserEvent> {
        self.core.events.subscribe()
    }

    async fn record(&self) -> Result<mpsc::Receiver<Bytes>> {
        self.core.current()?;
        Ok(recording::start(&self.core))
    }

    async fn serve_client(&self, channel: Channel, reveals: bool) -> Result<()> {
        Ok(outside::serve(&self.core, channel, reveals).await?)
    }

    fn version(&self) -> BrowserVersion {
        self.core.version.clone()
    }

    async fn ended(&self) -> EndReason {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or(EndReason::Asked),
            Err(_) => EndReason::Asked,
        }
    }

    async fn end(&self, deadline: Instant) {
        self.core.host.end(deadline).await;
    }
}
