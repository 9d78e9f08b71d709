//! What all parts of one browser share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guise_cdp::{BrowserContextId, Connection, FrameId, LoaderId, Session, TargetId};
use guise_core::ElementId;
use guise_core::ports::{BrowserEvent, BrowserVersion};
use guise_core::services::MAX_FILE_BYTES;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::board::{Board, State, Tab, WorldSlot};
use crate::downloads::Downloads;
use crate::fault::{Fault, Result};
use crate::fills::{InPage, Told, Wire};
use crate::host::{Host, Settings};
use crate::page_script;
use crate::posts::Posts;
use crate::tasks::Tasks;
use crate::world::World;

/// One browser.
pub(crate) struct Core {
    /// The connection.
    pub(crate) connection: Connection,
    /// Its own session.
    pub(crate) root: Session,
    /// The context that the session's tabs are in.
    pub(crate) context: Option<BrowserContextId>,
    /// The browser holds pages of others, too ([`crate::host::Parts`]).
    pub(crate) shared: bool,
    /// What it says of itself.
    pub(crate) version: BrowserVersion,
    /// What it runs on.
    pub(crate) host: Arc<dyn Host>,
    /// Where staged files lie; there are none where it is absent.
    pub(crate) uploads: Option<PathBuf>,
    /// Who must be able to read staged files.
    pub(crate) owner: Option<(u32, u32)>,
    /// What is known of tabs and frames.
    pub(crate) board: Board,
    /// What is being and was downloaded.
    pub(crate) downloads: Downloads,
    /// Who is told what happens.
    pub(crate) events: broadcast::Sender<BrowserEvent>,
    /// How many outside clients are connected.
    pub(crate) outside: watch::Sender<usize>,
    /// Stand-ins of secrets that are live.
    pub(crate) wire: Wire,
    /// What pages send to other sites, where that is held.
    pub(crate) posts: Posts,
    /// Documents that secrets were put into.
    pub(crate) in_page: InPage,
    /// Secrets that sites were told.
    pub(crate) told: Told,
    /// What runs in the background.
    pub(crate) tasks: Tasks,
    settings: Mutex<Arc<Settings>>,
}

/// The tab that an operation is about, as it was when the operation began.
#[derive(Clone)]
pub(crate) struct CurrentTab {
    /// Its target.
    pub(crate) target: TargetId,
    /// The session of its main frame.
    pub(crate) session: Session,
    /// Its address.
    pub(crate) url: String,
}

impl CurrentTab {
    /// As it is on the board.
    pub(crate) fn of(tab: &Tab) -> Self {
        Self {
            target: tab.target.clone(),
            session: tab.session.clone(),
            url: tab.url.clone(),
        }
    }

    /// The id of its main frame.
    pub(crate) fn main_frame(&self) -> FrameId {
        self.target.as_str().into()
    }
}

impl Core {
    /// Nothing is attached yet.
    pub(crate) fn new(parts: crate::host::Parts, settings: Settings) -> Self {
        Self {
            root: parts.root,
            connection: parts.connection,
            context: parts.context,
            shared: parts.shared,
            version: parts.version,
            host: parts.host,
            uploads: parts.uploads,
            owner: parts.owner,
            board: Board::new(),
            downloads: Downloads::new(parts.downloads, MAX_FILE_BYTES),
            events: broadcast::Sender::new(64),
            outside: watch::Sender::new(0),
            wire: Wire::default(),
            posts: Posts::default(),
            in_page: InPage::default(),
            told: Told::default(),
            tasks: Tasks::default(),
            settings: Mutex::new(Arc::new(settings)),
        }
    }

    fn settings_lock(&self) -> MutexGuard<'_, Arc<Settings>> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What applies to targets now.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings_lock())
    }

    /// What applies to targets from now on.
    pub(crate) fn set_settings(&self, settings: Settings) -> Arc<Settings> {
        let settings = Arc::new(settings);
        *self.settings_lock() = Arc::clone(&settings);
        settings
    }

    /// The current tab, crashed or not.
    ///
    /// # Errors
    /// When none is open, or the browser is gone.
    pub(crate) fn current(&self) -> Result<CurrentTab> {
        self.board.read(|state| {
            if let Some(reason) = &state.gone {
                return Err(Fault::Gone(reason.clone()));
            }
            current(state)
                .map(CurrentTab::of)
                .ok_or_else(|| Fault::told("no tab is open; go to an address to open one"))
        })
    }

    /// The page script of a frame's current document.
    pub(crate) async fn world(&self, frame: &FrameId, deadline: Instant) -> Result<Arc<World>> {
        let (session, slot) = self
            .board
            .read(|state| {
                let frame = state.frames.get(frame)?;
                Some((frame.session.clone(), Arc::clone(&frame.world)))
            })
            .ok_or(Fault::DocumentGone)?;
        open(&slot, &session, frame, page_script::whole(), deadline).await
    }

    /// What reads a frame's current document as a whole: its page script if that is there, or else the part of it that only
    /// reads.
    pub(crate) async fn reader(&self, frame: &FrameId, deadline: Instant) -> Result<Arc<World>> {
        let (session, world, reader) = self
            .board
            .read(|state| {
                let frame = state.frames.get(frame)?;
                let (world, reader) = (Arc::clone(&frame.world), Arc::clone(&frame.reader));
                Some((frame.session.clone(), world, reader))
            })
            .ok_or(Fault::DocumentGone)?;
        match world.get() {
            Some(world) => Ok(Arc::clone(world)),
            None => open(&reader, &session, frame, page_script::reading(), deadline).await,
        }
    }

    /// The session that a frame's messages go through.
    pub(crate) fn session_of(&self, frame: &FrameId) -> Option<Session> {
        self.board
            .read(|state| Some(state.frames.get(frame)?.session.clone()))
    }

    /// Nothing was ever opened: the session's first tab is still empty.
    pub(crate) fn shows_nothing(&self, tab: &CurrentTab) -> bool {
        let empty = tab.url.is_empty() || tab.url == "about:blank";
        empty && !self.board.read(|state| state.navigated)
    }

    /// The document that a tab's main frame shows.
    pub(crate) fn document(&self, tab: &CurrentTab) -> Option<LoaderId> {
        self.board
            .read(|state| Some(state.tab(&tab.target)?.document.clone()))
    }

    /// The element that the last action on a tab was about.
    pub(crate) fn last_action(&self, tab: &CurrentTab) -> Option<ElementId> {
        self.board
            .read(|state| state.tab(&tab.target)?.last_action.clone())
    }

    /// The frames of a tab, the main frame first, then in the order in which they appeared.
    pub(crate) fn frames_of(&self, tab: &TargetId) -> Vec<FrameId> {
        let mut frames = self.board.read(|state| {
            let of_tab = state.frames.iter().filter(|(_, frame)| frame.tab == *tab);
            of_tab
                .map(|(id, frame)| (frame.parent.is_some(), frame.order, id.clone()))
                .collect::<Vec<_>>()
        });
        frames.sort_unstable();
        frames.into_iter().map(|(.., id)| id).collect()
    }

    /// Forgets a frame's page script, because its context turned out to be gone.
    pub(crate) fn forget_world(&self, frame: &FrameId, world: &World) {
        self.board.change(|state| {
            let Some(frame) = state.frames.get_mut(frame) else {
                return;
            };
            for slot in [&mut frame.world, &mut frame.reader] {
                let known = slot.get().map(|known| known.key());
                if known == Some(world.key()) {
                    *slot = Default::default();
                }
            }
        });
    }
}

async fn open(
    slot: &WorldSlot,
    session: &Session,
    frame: &FrameId,
    script: &'static str,
    deadline: Instant,
) -> Result<Arc<World>> {
    let opened = slot.get_or_try_init(async || {
        let world = World::open(session, frame, script, deadline);
        world.await.map(Arc::new)
    });
    opened.await.map(Arc::clone)
}

/// The current tab on the board.
pub(crate) fn current(state: &State) -> Option<&Tab> {
    state.tab(state.current.as_ref()?)
}
