//! Waiting for what an action caused: navigations, new tabs. By condition, never by a fixed time.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use guise_cdp::protocol::runtime::Evaluate;
use guise_cdp::protocol::target::CloseTarget;
use guise_cdp::protocol::{network, page};
use guise_cdp::{
    Error as CdpError, Event, Events, FrameId, LoaderId, RawEvent, RequestId, Session, TargetId,
};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use crate::board::Phase;
use crate::core::{Core, CurrentTab};
use crate::dialogs::{self, Told};
use crate::fault::{Fault, Result};
use crate::fills::has_body;
use crate::navigation::{self, LOAD};

const WATCHED: &[&str] = &[
    "Page.frameScheduledNavigation",
    "Page.frameRequestedNavigation",
    "Page.frameStartedNavigating",
    "Page.frameNavigated",
    "Page.navigatedWithinDocument",
    "Page.frameStoppedLoading",
    "Page.frameDetached",
    "Page.windowOpen",
    "Page.downloadWillBegin",
    "Page.javascriptDialogOpening",
    "Page.javascriptDialogClosed",
];
/// How requests fare, told where what pages send is held.
const SENT: &[&str] = &[
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Network.loadingFinished",
    "Network.loadingFailed",
];

/// The page will navigate a frame: told at once where the navigation itself waits for its turn, as forms do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameScheduledNavigation {
    frame_id: FrameId,
    delay: f64,
    url: String,
}

impl Event for FrameScheduledNavigation {
    const METHOD: &'static str = "Page.frameScheduledNavigation";
}

/// How long a window that the page asked for may take to appear.
const WINDOW: Duration = Duration::from_secs(3);
/// How many dialogs are told of.
const DIALOGS: usize = 5;
/// How long a request that a page sent because of the input may take to stop. One that goes to a service worker does not: it is
/// waited for until that has answered.
const STOPS: Duration = Duration::from_secs(2);
/// How long a page may be too busy to tell what the input caused.
const BUSY: Duration = Duration::from_secs(5);

/// Watches a tab from before an action until what it caused is done.
pub(crate) struct Watch<'a> {
    core: &'a Core,
    tab: CurrentTab,
    events: Events,
    inner: Option<Events>,
    inner_session: Option<Session>,
    /// How requests fare, of the tab and of the frame's process, where what they send is held.
    sent: Vec<Events>,
    tabs_before: Vec<TargetId>,
}

/// Whether the tab's own process has answered since an action, with a turn for what the page put off: all that it told
/// because of it has arrived then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard(pub(crate) bool);

/// What an action caused.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// What to add to the outcome's message.
    pub(crate) remark: String,
}

#[derive(Default)]
struct Seen {
    main: FrameId,
    pending: Vec<FrameId>,
    windows: Vec<String>,
    /// The newest document of the main frame.
    document: Option<LoaderId>,
    /// The place of the newest event of another address within its document.
    moved: Option<u64>,
    dialogs: Vec<Told>,
}

impl<'a> Watch<'a> {
    /// Begins to watch `tab`.
    pub(crate) fn begin(core: &'a Core, tab: &CurrentTab) -> Self {
        let tabs_before = core
            .board
            .read(|state| state.tabs.iter().map(|tab| tab.target.clone()).collect());
        Self {
            core,
            tab: tab.clone(),
            events: tab.session.subscribe(WATCHED),
            inner: None,
            inner_session: None,
            sent: sent(core, &tab.session).into_iter().collect(),
            tabs_before,
        }
    }

    /// Watches the process of the frame that is acted in, too, when it is another one than the tab's.
    pub(crate) fn also(&mut self, frame: Option<Session>) {
        self.inner_session = frame.filter(|session| session.id() != self.tab.session.id());
        if let Some(session) = &self.inner_session {
            self.inner = Some(session.subscribe(WATCHED));
            self.sent.extend(sent(self.core, session));
        }
    }

    /// Waits for navigations and new tabs that were begun, and until it is known of what was sent whether it is held. Makes the
    /// newest tab current.
    ///
    /// # Errors
    /// Only when the browser is gone: what happens to the page is not the action's failure.
    pub(crate) async fn settle(mut self, heard: Heard, deadline: Instant) -> Result<Settled> {
        let patience = deadline.min(Instant::now() + BUSY);
        let outer = async {
            if heard == Heard(false) {
                flush(&self.tab.session, patience).await;
            }
        };
        let inner = async {
            if let Some(session) = &self.inner_session {
                flush(session, patience).await;
            }
        };
        tokio::join!(outer, inner);
        let mut seen = Seen {
            main: self.tab.main_frame(),
            ..Seen::default()
        };
        drain(&mut self.events, &mut seen);
        if let Some(inner) = &mut self.inner {
            drain(inner, &mut seen);
        }
        let bound = deadline.min(Instant::now() + LOAD);
        match self.follow(&mut seen, bound).await {
            Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
            Err(fault) => tracing::debug!(%fault, "the page went away after the action"),
            Ok(()) => {}
        }
        let sent = self.sent.iter_mut();
        let stopped = join_all(sent.map(|sent| all_stopped(self.core, sent)));
        // What is not known in time is told with another action.
        let _ = timeout_at(bound.min(Instant::now() + STOPS), stopped).await;
        let opened = self.new_tab(&seen, bound).await?;
        drain(&mut self.events, &mut seen);
        let dialogs = dialogs::sentence(&seen.dialogs);
        let tab = if opened {
            ", which opened a new tab that is now current"
        } else {
            ""
        };
        Ok(Settled {
            remark: format!("{tab}{dialogs}"),
        })
    }

    /// Waits until no navigation that was seen to begin is under way, and the page is loaded if it was the main frame's.
    async fn follow(&mut self, seen: &mut Seen, bound: Instant) -> Result<()> {
        while !seen.pending.is_empty() {
            let next = async {
                match &mut self.inner {
                    Some(inner) => tokio::select! {
                        event = self.events.next() => event,
                        event = inner.next() => event.map_err(|error| match error {
                            // A frame's process may end when the frame navigates.
                            CdpError::TargetClosed | CdpError::Crashed => CdpError::Lagged(0),
                            error => error,
                        }),
                    },
                    None => self.events.next().await,
                }
            };
            let held = self.core.posts.frame_held(&seen.pending);
            let next = async {
                tokio::select! {
                    next = next => Ok(next),
                    held = held => Err(held),
                }
            };
            match timeout_at(bound, next).await {
                Ok(Ok(Ok(event))) => seen.note(&event),
                // Somebody decides whether it goes on.
                Ok(Err(frame)) => seen.ends(&frame),
                Err(_) => break,
                Ok(Ok(Err(CdpError::Lagged(_)))) => break,
                Ok(Ok(Err(error))) => return Err(error.into()),
            }
        }
        if let Some(document) = &seen.document {
            navigation::load(self.core, &self.tab.target, Some(document), bound).await?;
        }
        if let Some(place) = seen.moved {
            navigation::moved(self.core, &self.tab.target, place, bound).await?;
        }
        Ok(())
    }

    /// Makes the tab that was opened last current, once it is ready. Whether there is one.
    async fn new_tab(&self, seen: &Seen, bound: Instant) -> Result<bool> {
        let newest = |state: &crate::board::State| {
            state
                .tabs
                .iter()
                .rev()
                .map(|tab| &tab.target)
                .find(|target| !self.tabs_before.contains(target))
                .cloned()
        };
        let found = if seen.windows.is_empty() {
            self.core.board.read(newest)
        } else {
            let bound = bound.min(Instant::now() + WINDOW);
            match self.core.board.until(bound, newest).await {
                Ok(target) => Some(target),
                Err(Fault::TimedOut) => None,
                Err(fault) => return Err(fault),
            }
        };
        let Some(target) = found else {
            return Ok(false);
        };
        self.core.board.change(|state| {
            state.current = Some(target.clone());
        });
        let blank = seen
            .windows
            .last()
            .is_none_or(|url| url.is_empty() || url == "about:blank");
        let ready = self
            .core
            .board
            .until(bound, |state| match state.tab(&target) {
                None => Some(()),
                Some(tab) => {
                    let arrived = blank || tab.url != "about:blank" && !tab.url.is_empty();
                    (tab.crashed || arrived && tab.phase == Phase::Loaded).then_some(())
                }
            });
        let frame = FrameId::from(target.as_str());
        tokio::select! {
            ready = ready => match ready {
                Ok(()) | Err(Fault::TimedOut) => Ok(true),
                Err(fault) => Err(fault),
            },
            _ = self.core.posts.frame_held(std::slice::from_ref(&frame)) => Ok(true),
            () = self.core.downloads.begins_in(&frame) => {
                self.close_empty(target).await?;
                Ok(false)
            }
        }
    }

    /// Closes a tab that was opened for a download, which some browsers leave behind empty.
    async fn close_empty(&self, target: TargetId) -> Result<()> {
        self.core.board.change(|state| {
            if state.current.as_ref() == Some(&target) {
                state.current = Some(self.tab.target.clone());
            }
        });
        let deadline = Instant::now() + WINDOW;
        let close = CloseTarget {
            target_id: target.clone(),
        };
        if let Err(error) = self.core.root.call(&close, deadline).await
            && !error.is_gone()
        {
            tracing::debug!(%error, "the tab of a download closed itself");
        }
        let board = &self.core.board;
        let closed = board.until(deadline, |state| state.tab(&target).is_none().then_some(()));
        match closed.await {
            Err(Fault::Gone(reason)) => Err(Fault::Gone(reason)),
            _ => Ok(()),
        }
    }
}

impl Seen {
    fn note(&mut self, event: &RawEvent) {
        match event.method() {
            FrameScheduledNavigation::METHOD => {
                // What is to come later is not the action's any more.
                if let Ok(planned) = event.parse::<FrameScheduledNavigation>()
                    && planned.delay <= 0.0
                    && loads(&planned.url)
                {
                    self.begins(planned.frame_id);
                }
            }
            "Page.frameRequestedNavigation" => {
                let Ok(asked) = event.parse::<page::FrameRequestedNavigation>() else {
                    return;
                };
                match asked.disposition.as_str() {
                    "currentTab" if !loads(&asked.url) => {}
                    "currentTab" => self.begins(asked.frame_id),
                    "newTab" | "newWindow" => self.windows.push(asked.url),
                    _ => {}
                }
            }
            "Page.frameStartedNavigating" => {
                if let Ok(begun) = event.parse::<page::FrameStartedNavigating>()
                    && !begun
                        .navigation_type
                        .to_ascii_lowercase()
                        .contains("samedocument")
                {
                    self.begins(begun.frame_id);
                }
            }
            "Page.frameNavigated" => {
                if let Ok(arrived) = event.parse::<page::FrameNavigated>() {
                    self.ends(&arrived.frame.id);
                    if arrived.frame.id == self.main {
                        self.document = Some(arrived.frame.loader_id);
                    }
                }
            }
            "Page.navigatedWithinDocument" => {
                if let Ok(arrived) = event.parse::<page::NavigatedWithinDocument>() {
                    self.ends(&arrived.frame_id);
                    if arrived.frame_id == self.main {
                        self.moved = Some(event.place());
                    }
                }
            }
            "Page.frameStoppedLoading" => {
                if let Ok(stopped) = event.parse::<page::FrameStoppedLoading>() {
                    self.ends(&stopped.frame_id);
                }
            }
            "Page.frameDetached" => {
                if let Ok(detached) = event.parse::<page::FrameDetached>() {
                    self.ends(&detached.frame_id);
                }
            }
            "Page.windowOpen" => {
                if let Ok(opened) = event.parse::<page::WindowOpen>() {
                    self.windows.push(opened.url);
                }
            }
            "Page.javascriptDialogOpening" => {
                if let Ok(dialog) = event.parse::<page::JavascriptDialogOpening>()
                    && self.dialogs.len() < DIALOGS
                {
                    self.dialogs.push(Told::opening(&dialog));
                }
            }
            "Page.javascriptDialogClosed" => {
                if let Ok(closed) = event.parse::<page::JavascriptDialogClosed>()
                    && let Some(dialog) = self.dialogs.last_mut()
                {
                    dialog.closes(&closed);
                }
            }
            // What was to be a navigation became a download.
            "Page.downloadWillBegin" => self.pending.clear(),
            _ => {}
        }
    }

    fn begins(&mut self, frame: FrameId) {
        if !self.pending.contains(&frame) {
            self.pending.push(frame);
        }
    }

    fn ends(&mut self, frame: &FrameId) {
        self.pending.retain(|pending| pending != frame);
    }
}

/// Going there brings a document; other schemes run a script or another program.
fn loads(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default();
    ["http", "https", "about", "data", "blob"]
        .iter()
        .any(|loading| scheme.eq_ignore_ascii_case(loading))
}

/// How requests of a session fare, where what pages send is held.
fn sent(core: &Core, session: &Session) -> Option<Events> {
    core.posts.are_held().then(|| session.subscribe(SENT))
}

/// Returns once all requests with a body that were announced have stopped, and it is known of them whether they wait, or have ended.
async fn all_stopped(core: &Core, events: &mut Events) {
    let mut sent = Vec::new();
    loop {
        let event = match events.next().now_or_never() {
            Some(event) => event,
            None if sent.is_empty() => return,
            None => tokio::select! {
                event = events.next() => event,
                () = core.posts.all_known(&sent) => return,
            },
        };
        match event {
            Ok(event) => note_sent(&mut sent, &event),
            Err(CdpError::Lagged(_)) => {}
            // The page is gone, and its requests with it.
            Err(_) => return,
        }
    }
}

fn note_sent(sent: &mut Vec<RequestId>, event: &RawEvent) {
    if event.is::<network::RequestWillBeSent>() {
        let announced = match event.parse::<network::RequestWillBeSent>() {
            Ok(announced) => announced,
            Err(error) => {
                return tracing::warn!(%error, "a request that was announced could not be read");
            }
        };
        let request = &announced.request;
        // Documents are followed as navigations, and nobody waits for beacons.
        let by_itself = !matches!(announced.r#type.as_deref(), Some("Document" | "Ping"));
        if has_body(request) && by_itself && announced.redirect_response.is_none() {
            sent.push(announced.request_id);
        }
        return;
    }
    let ended = match event.method() {
        network::ResponseReceived::METHOD => event
            .parse::<network::ResponseReceived>()
            .map(|it| it.request_id),
        network::LoadingFinished::METHOD => event
            .parse::<network::LoadingFinished>()
            .map(|it| it.request_id),
        _ => event
            .parse::<network::LoadingFailed>()
            .map(|it| it.request_id),
    };
    match ended {
        Ok(ended) => sent.retain(|request| *request != ended),
        Err(error) => tracing::warn!(%error, "what was told of a request could not be read"),
    }
}

fn drain(events: &mut Events, seen: &mut Seen) {
    while let Some(Ok(event)) = events.next().now_or_never() {
        seen.note(&event);
    }
}

/// Returns once everything that the page told because of the input has arrived.
///
/// A plain answer is enough, since the page's events come in order. A page that was left, closed or is busy is no reason to
/// wait.
async fn flush(session: &Session, deadline: Instant) {
    let command = Evaluate {
        expression: Cow::Borrowed("0"),
        return_by_value: Some(true),
        ..Default::default()
    };
    if let Err(error) = session.call(&command, deadline).await {
        tracing::trace!(%error, "the page cannot tell what an action caused");
    }
}
