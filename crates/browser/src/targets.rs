//! Attaching to pages, frames and workers as they appear, and following what happens in them.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::protocol::runtime::RunIfWaitingForDebugger;
use guise_cdp::protocol::target::{
    AttachedToTarget, DetachedFromTarget, FilterEntry, SetAutoAttach, TargetInfo,
};
use guise_cdp::protocol::{inspector, page};
use guise_cdp::{Error as CdpError, Events, FrameId, LoaderId, RawEvent, Session, TargetId};
use tokio::time::Instant;

use crate::board::{Attached, Phase, State, Tab};
use crate::core::Core;
use crate::elements::Elements;
use crate::{dialogs, fills, settings};

/// How long a new target may take to be set up.
const SET_UP: Duration = Duration::from_secs(30);

/// What is followed in pages and frames.
const FOLLOWED: &[&str] = &[
    "Target.attachedToTarget",
    "Target.detachedFromTarget",
    "Page.frameAttached",
    "Page.frameDetached",
    "Page.frameNavigated",
    "Page.navigatedWithinDocument",
    "Page.domContentEventFired",
    "Page.loadEventFired",
    "Page.javascriptDialogOpening",
    "Page.javascriptDialogClosed",
    "Inspector.targetCrashed",
];

/// What is followed in workers.
const NESTED: &[&str] = &["Target.attachedToTarget", "Target.detachedFromTarget"];

/// What a target is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tab.
    Page,
    /// A frame in a process of its own.
    Frame,
    /// A worker of one page.
    Worker,
    /// A worker that belongs to no one page, and sends its requests itself.
    SharedWorker,
    /// Nothing to us.
    Other,
}

impl Kind {
    fn of(info: &TargetInfo) -> Self {
        match info.r#type.as_str() {
            "page" => Self::Page,
            "iframe" => Self::Frame,
            "worker" => Self::Worker,
            "service_worker" | "shared_worker" => Self::SharedWorker,
            _ => Self::Other,
        }
    }

    /// Whether requests are sent through its session.
    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::Page | Self::Frame | Self::SharedWorker)
    }

    fn is_worker(self) -> bool {
        matches!(self, Self::Worker | Self::SharedWorker)
    }
}

/// The command that attaches to whatever a session gives rise to, before it runs.
pub(crate) fn auto_attach() -> SetAutoAttach {
    let without = |r#type: &str| FilterEntry {
        exclude: Some(true),
        r#type: Some(r#type.to_owned()),
    };
    SetAutoAttach {
        auto_attach: true,
        wait_for_debugger_on_start: true,
        flatten: true,
        filter: Some(vec![
            without("browser"),
            without("tab"),
            without("browser_ui"),
            FilterEntry::default(),
        ]),
    }
}

/// Takes on a target that was attached below `parent`, a tab's session or the browser's own.
pub(crate) fn adopt(core: &Arc<Core>, attached: AttachedToTarget, tab: Option<&TargetId>) {
    let session = core.connection.session(&attached.session_id);
    let info = attached.target_info;
    let mut kind = Kind::of(&info);
    if kind == Kind::Page && !is_ours(core, &info) {
        kind = Kind::Other;
    }
    let tab = match (kind, tab) {
        (Kind::Page, _) => info.target_id.clone(),
        (_, Some(tab)) => tab.clone(),
        (_, None) => TargetId::default(),
    };
    let known = Attached {
        session: session.clone(),
        target: info.target_id.clone(),
        kind,
        url: info.url.clone(),
    };
    let id = attached.session_id.clone();
    if !core.board.change(|state| state.attached(id, known)) {
        return;
    }
    let core_of_task = Arc::clone(core);
    match kind {
        Kind::Page | Kind::Frame => {
            let events = session.subscribe(FOLLOWED);
            let frame = FrameId::from(info.target_id.as_str());
            if kind == Kind::Frame {
                core.board.change(|state| {
                    let parent = info.parent_frame_id.as_ref();
                    state.frame_appeared(&frame, parent, &tab, &session);
                });
            }
            core.tasks.spawn(follow(
                Arc::clone(core),
                session.clone(),
                events,
                tab.clone(),
                kind,
            ));
            core.tasks
                .spawn(async move { set_up(&core_of_task, session, info, tab, kind).await });
        }
        Kind::Worker | Kind::SharedWorker | Kind::Other => {
            // Of a worker only the workers that it starts are followed.
            let events = session.subscribe(if kind.is_worker() { NESTED } else { &[] });
            if kind.is_worker() {
                let follower = follow(Arc::clone(core), session.clone(), events, tab, kind);
                core.tasks.spawn(follower);
            }
            core.tasks.spawn(async move {
                let deadline = Instant::now() + SET_UP;
                fills::guard_new(&core_of_task, &session, kind, deadline).await;
                let (settings, posts) = (core_of_task.settings(), &core_of_task.posts);
                let nested = async {
                    match kind.is_worker() {
                        true => session.call(&auto_attach(), deadline).await.map(drop),
                        false => Ok(()),
                    }
                };
                let (nested, (), applied, resumed) = tokio::join!(
                    nested,
                    posts.announce_new(&core_of_task, &session, kind, deadline),
                    settings::apply(&session, kind, &settings, deadline),
                    session.call(&RunIfWaitingForDebugger {}, deadline)
                );
                for error in [nested.err(), applied.err(), resumed.err()]
                    .into_iter()
                    .flatten()
                {
                    tracing::debug!(%error, ?kind, "a target could not be set up");
                }
            });
        }
    }
}

fn is_ours(core: &Core, info: &TargetInfo) -> bool {
    core.context.is_none() || core.context == info.browser_context_id
}

/// Applies the session's options to a page or frame and lets it run; a page becomes a tab then.
async fn set_up(core: &Arc<Core>, session: Session, info: TargetInfo, tab: TargetId, kind: Kind) {
    let deadline = Instant::now() + SET_UP;
    fills::guard_new(core, &session, kind, deadline).await;
    let settings = core.settings();
    let attach = auto_attach();
    let (enabled, crashes, tree, attaching, (), applied, resumed) = tokio::join!(
        session.call(&page::Enable {}, deadline),
        session.call(&inspector::Enable {}, deadline),
        session.call(&page::GetFrameTree {}, deadline),
        session.call(&attach, deadline),
        core.posts.announce_new(core, &session, kind, deadline),
        settings::apply(&session, kind, &settings, deadline),
        session.call(&RunIfWaitingForDebugger {}, deadline)
    );
    let tree = match tree {
        Ok(tree) => tree.frame_tree,
        Err(error) => {
            tracing::debug!(%error, url = info.url, "a target went away while it was set up");
            return;
        }
    };
    for error in [
        enabled.err(),
        crashes.err(),
        attaching.err(),
        applied.err(),
        resumed.err(),
    ]
    .into_iter()
    .flatten()
    {
        if !error.is_gone() {
            tracing::warn!(%error, ?kind, "a target could not be set up in full");
        }
    }
    core.board.change(|state| {
        // It may have gone while it was set up.
        if session
            .id()
            .is_none_or(|id| !state.sessions.contains_key(id))
        {
            return;
        }
        if kind == Kind::Page {
            open_tab(state, &info, &session);
        }
        fill_in(state, &tree, info.parent_frame_id.as_ref(), &tab, &session);
    });
}

fn open_tab(state: &mut State, info: &TargetInfo, session: &Session) {
    if state.tab(&info.target_id).is_some() {
        return;
    }
    // What the follower has seen meanwhile is newer than what the target was attached with.
    let frame = FrameId::from(info.target_id.as_str());
    let (document, url) = state.frames.get(&frame).map_or_else(
        || (LoaderId::default(), info.url.clone()),
        |frame| (frame.document.clone(), frame.url.clone()),
    );
    let phase = state.early_phases.remove(&info.target_id);
    state.tabs.push(Tab {
        target: info.target_id.clone(),
        session: session.clone(),
        recent: [document.clone()].into(),
        document,
        url,
        phase: phase.unwrap_or(Phase::Committed),
        loaded: None,
        crashed: false,
        elements: Elements::default(),
        stand_in: None,
        moved: 0,
        last_look: None,
        last_action: None,
        download: None,
    });
    if state.current.is_none() {
        state.current = Some(info.target_id.clone());
    }
}

/// Adds what the frame tree tells and no event has told.
fn fill_in(
    state: &mut State,
    tree: &page::FrameTree,
    parent: Option<&FrameId>,
    tab: &TargetId,
    session: &Session,
) {
    let frame = &tree.frame;
    let parent = frame.parent_id.as_ref().or(parent);
    let known = state.frame_appeared(&frame.id, parent, tab, session);
    if known.document.as_str().is_empty() {
        state.frame_navigated(&frame.id, &frame.loader_id, &address(frame));
        // Events of a document that was there before they were turned on do not come again.
        if let Some(tab) = state.tab_mut(tab)
            && frame.parent_id.is_none()
            && tab.main_frame() == frame.id
            && frame.url == "about:blank"
        {
            tab.phase = Phase::Loaded;
        }
    }
    for child in tree.child_frames.iter().flatten() {
        fill_in(state, child, Some(&frame.id), tab, session);
    }
}

fn address(frame: &page::Frame) -> String {
    match &frame.url_fragment {
        Some(fragment) => format!("{}{fragment}", frame.url),
        None => frame.url.clone(),
    }
}

/// Follows a page or frame until it is gone.
async fn follow(core: Arc<Core>, session: Session, mut events: Events, tab: TargetId, kind: Kind) {
    loop {
        match events.next().await {
            Ok(event) => {
                if let Err(error) = note(&core, &session, &event, &tab, kind) {
                    tracing::warn!(%error, "an event of a page could not be read");
                }
            }
            Err(CdpError::Lagged(missed)) => {
                tracing::warn!(
                    missed,
                    "events of a page were lost; its frames are read anew"
                );
                read_anew(&core, &session, &tab).await;
            }
            Err(_) => return,
        }
    }
}

async fn read_anew(core: &Core, session: &Session, tab: &TargetId) {
    let deadline = Instant::now() + SET_UP;
    match session.call(&page::GetFrameTree {}, deadline).await {
        Ok(tree) => core.board.change(|state| {
            let frame = &tree.frame_tree.frame;
            state.frame_navigated(&frame.id, &frame.loader_id, &address(frame));
            fill_in(state, &tree.frame_tree, None, tab, session);
            if let Some(tab) = state.tab_mut(tab) {
                tab.phase = Phase::Loaded;
            }
        }),
        Err(error) => tracing::debug!(%error, "the frames could not be read"),
    }
}

fn note(
    core: &Arc<Core>,
    session: &Session,
    event: &RawEvent,
    tab: &TargetId,
    kind: Kind,
) -> Result<(), CdpError> {
    match event.method() {
        "Target.attachedToTarget" => adopt(core, event.parse()?, Some(tab)),
        "Target.detachedFromTarget" => lose(core, &event.parse()?),
        "Page.frameAttached" => {
            let attached: page::FrameAttached = event.parse()?;
            core.board.change(|state| {
                let parent = Some(&attached.parent_frame_id);
                state.frame_appeared(&attached.frame_id, parent, tab, session);
            });
        }
        "Page.frameDetached" => {
            let detached: page::FrameDetached = event.parse()?;
            // A frame that moves to another process comes back with a session of its own.
            if detached.reason.as_deref() != Some("swap") {
                core.board
                    .change(|state| state.frame_gone(&detached.frame_id));
            }
        }
        "Page.frameNavigated" => {
            let navigated: page::FrameNavigated = event.parse()?;
            let restored = navigated.r#type.as_deref() == Some("BackForwardCacheRestore");
            let frame = navigated.frame;
            core.board.change(|state| {
                let parent = frame.parent_id.as_ref();
                state.frame_appeared(&frame.id, parent, tab, session);
                state.frame_navigated(&frame.id, &frame.loader_id, &address(&frame));
                if restored && parent.is_none() {
                    // A document from the cache is complete and does not tell so again.
                    state.set_phase(tab, Phase::Loaded);
                } else if parent.is_none() {
                    state.early_phases.remove(tab);
                }
            });
        }
        "Page.navigatedWithinDocument" => {
            let moved: page::NavigatedWithinDocument = event.parse()?;
            core.board.change(|state| {
                if let Some(frame) = state.frames.get_mut(&moved.frame_id) {
                    frame.url.clone_from(&moved.url);
                }
                if let Some(tab) = state.tab_mut(tab)
                    && tab.main_frame() == moved.frame_id
                {
                    tab.url = moved.url;
                    tab.moved = event.place();
                }
            });
        }
        "Page.domContentEventFired" if kind == Kind::Page => {
            core.board
                .change(|state| state.set_phase(tab, Phase::Parsed));
        }
        "Page.loadEventFired" if kind == Kind::Page => {
            core.board.change(|state| {
                state.set_phase(tab, Phase::Loaded);
                if let Some(tab) = state.tab_mut(tab) {
                    tab.loaded = Some(Instant::now());
                }
            });
        }
        "Page.javascriptDialogOpening" => dialogs::opened(core, session, &event.parse()?, tab),
        "Page.javascriptDialogClosed" => dialogs::closed(core, tab),
        "Inspector.targetCrashed" => core.board.change(|state| {
            if kind == Kind::Page
                && let Some(tab) = state.tab_mut(tab)
            {
                tab.crashed = true;
            }
        }),
        _ => {}
    }
    Ok(())
}

/// A session below another one has ended.
pub(crate) fn lose(core: &Core, detached: &DetachedFromTarget) {
    core.board.change(|state| {
        if state.sessions.remove(&detached.session_id).is_none() {
            return;
        }
        let closed = state
            .tabs
            .iter()
            .find(|tab| tab.session.id() == Some(&detached.session_id))
            .map(|tab| tab.target.clone());
        match closed {
            Some(target) => state.close_tab(&target),
            None => state.session_gone(&detached.session_id),
        }
    });
}
