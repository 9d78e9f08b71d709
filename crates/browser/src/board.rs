//! What is known of the browser's tabs and frames, kept current by its events.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guise_cdp::{FrameId, LoaderId, Session, SessionId, TargetId};
use guise_core::ElementId;
use tokio::sync::{OnceCell, watch};
use tokio::time::{Instant, timeout_at};

use crate::changes::LastLook;
use crate::elements::{Elements, Handle};
use crate::fault::{Fault, Result};
use crate::targets::Kind;
use crate::world::World;

/// How many documents of a tab are remembered: whoever waits for one that was left again at once must still see it.
const RECENT: usize = 8;

/// How many documents that were left are remembered: pictures of them may be on their way.
const LEFT: usize = 64;

/// How far a document has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Its response has begun to arrive.
    Committed,
    /// Its markup is read (`DOMContentLoaded`).
    Parsed,
    /// All of it is there (`load`).
    Loaded,
}

/// A tab.
pub(crate) struct Tab {
    /// Its target; the main frame has the same id.
    pub(crate) target: TargetId,
    /// The session of its main frame.
    pub(crate) session: Session,
    /// The main frame's document.
    pub(crate) document: LoaderId,
    /// The documents that the main frame showed last, the current one included.
    pub(crate) recent: VecDeque<LoaderId>,
    /// The main frame's address.
    pub(crate) url: String,
    /// The place of the event that told of the last change of the address within a document ([`guise_cdp::RawEvent::place`]).
    pub(crate) moved: u64,
    /// The document that was shown in place of one that could not be had, such as a refusal.
    pub(crate) stand_in: Option<LoaderId>,
    /// How far the document has come.
    pub(crate) phase: Phase,
    /// When it told that it was loaded: a sign of life.
    pub(crate) loaded: Option<Instant>,
    /// Its renderer died.
    pub(crate) crashed: bool,
    /// Names of its elements.
    pub(crate) elements: Elements,
    /// What the last observation of it showed.
    pub(crate) last_look: Option<Arc<LastLook>>,
    /// The element that the last action was about.
    pub(crate) last_action: Option<ElementId>,
    /// When it was sent to an address that turned out to be a download, if it was not sent elsewhere since.
    pub(crate) download: Option<Instant>,
}

impl Tab {
    /// Notes the document that the main frame shows.
    pub(crate) fn shows(&mut self, document: &LoaderId) {
        self.document = document.clone();
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(document.clone());
    }

    /// The id of its main frame.
    pub(crate) fn main_frame(&self) -> FrameId {
        self.target.as_str().into()
    }
}

/// The page script of a frame's current document, once somebody needed it.
pub(crate) type WorldSlot = Arc<OnceCell<Arc<World>>>;

/// A frame, wherever it is rendered.
pub(crate) struct Frame {
    /// The tab that it is in.
    pub(crate) tab: TargetId,
    /// The frame around it; `None` for a main frame.
    pub(crate) parent: Option<FrameId>,
    /// The session that it is reached through; changes when it moves to another process.
    pub(crate) session: Session,
    /// Its document.
    pub(crate) document: LoaderId,
    /// Its address.
    pub(crate) url: String,
    /// Its page script.
    pub(crate) world: WorldSlot,
    /// The part of the page script that only reads.
    pub(crate) reader: WorldSlot,
    /// The frame element that it is in: the parent's page script, and the element's number there.
    pub(crate) owner: Option<(Arc<World>, Handle)>,
    /// The CSS selector of that element.
    pub(crate) owner_selector: Option<String>,
    /// Frames are numbered in the order in which they appear.
    pub(crate) order: u64,
}

impl Frame {
    /// The next one who needs a script puts it in anew.
    fn forget_scripts(&mut self) {
        self.world = WorldSlot::default();
        self.reader = WorldSlot::default();
    }
}

/// A document that was left.
pub(crate) struct Left {
    /// The tab that it was in.
    pub(crate) tab: TargetId,
    /// Its address.
    pub(crate) url: String,
    /// When.
    pub(crate) at: Instant,
}

/// A target that is attached.
#[derive(Clone)]
pub(crate) struct Attached {
    /// The session.
    pub(crate) session: Session,
    /// The target.
    pub(crate) target: TargetId,
    /// What it is.
    pub(crate) kind: Kind,
    /// The address that it was attached with: a worker's for as long as it lives.
    pub(crate) url: String,
}

/// Everything known.
#[derive(Default)]
pub(crate) struct State {
    /// In the order of opening.
    pub(crate) tabs: Vec<Tab>,
    /// The tab that actions are about.
    pub(crate) current: Option<TargetId>,
    /// All frames of all tabs.
    pub(crate) frames: HashMap<FrameId, Frame>,
    /// What frames showed last before what they show now, the newest last.
    pub(crate) left: VecDeque<Left>,
    /// Some tab showed something else than `about:blank`.
    pub(crate) navigated: bool,
    /// A script that is neither ours nor that of a page may have run.
    pub(crate) scripted: bool,
    /// Why the browser is gone.
    pub(crate) gone: Option<String>,
    /// The tab whose elements were listed last.
    pub(crate) observed: Option<TargetId>,
    /// All attached sessions.
    pub(crate) sessions: HashMap<SessionId, Attached>,
    /// How far the documents of pages have come that are not tabs yet.
    pub(crate) early_phases: HashMap<TargetId, Phase>,
    /// The dialog that is open on a tab.
    pub(crate) dialogs: HashMap<TargetId, u64>,
    dialogs_seen: u64,
    frames_seen: u64,
}

impl State {
    /// A tab by its target.
    pub(crate) fn tab(&self, target: &TargetId) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.target == *target)
    }

    /// A tab by its target.
    pub(crate) fn tab_mut(&mut self, target: &TargetId) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.target == *target)
    }

    /// Notes a target that was attached. False for a tab that is attached already: somebody here asked for a second session.
    pub(crate) fn attached(&mut self, id: SessionId, attached: Attached) -> bool {
        let again = attached.kind == Kind::Page
            && self
                .sessions
                .values()
                .any(|known| known.kind == Kind::Page && known.target == attached.target);
        if !again {
            self.sessions.insert(id, attached);
        }
        !again
    }

    /// Notes how far a tab's document has come.
    pub(crate) fn set_phase(&mut self, target: &TargetId, phase: Phase) {
        match self.tab_mut(target) {
            Some(tab) => tab.phase = tab.phase.max(phase),
            None => {
                self.early_phases.insert(target.clone(), phase);
            }
        }
    }

    /// Notes that a dialog opens on a tab, and numbers it.
    pub(crate) fn dialog_opened(&mut self, tab: &TargetId) -> u64 {
        self.dialogs_seen += 1;
        self.dialogs.insert(tab.clone(), self.dialogs_seen);
        self.dialogs_seen
    }

    /// The place of the current tab.
    pub(crate) fn current_index(&self) -> Option<usize> {
        let current = self.current.as_ref()?;
        self.tabs.iter().position(|tab| tab.target == *current)
    }

    /// Takes a tab away; the one that was opened last becomes current in its place.
    pub(crate) fn close_tab(&mut self, target: &TargetId) {
        self.tabs.retain(|tab| tab.target != *target);
        self.frames.retain(|_, frame| frame.tab != *target);
        self.dialogs.remove(target);
        if self.current.as_ref() == Some(target) {
            self.current = self.tabs.last().map(|tab| tab.target.clone());
        }
    }

    /// Notes a frame that appears, or that moved to another session.
    pub(crate) fn frame_appeared(
        &mut self,
        id: &FrameId,
        parent: Option<&FrameId>,
        tab: &TargetId,
        session: &Session,
    ) -> &mut Frame {
        let seen = &mut self.frames_seen;
        let frame = self.frames.entry(id.clone()).or_insert_with(|| {
            *seen += 1;
            Frame {
                tab: tab.clone(),
                parent: parent.cloned(),
                session: session.clone(),
                document: LoaderId::default(),
                url: String::new(),
                world: WorldSlot::default(),
                reader: WorldSlot::default(),
                owner: None,
                owner_selector: None,
                order: *seen,
            }
        });
        if frame.session.id() != session.id() {
            frame.session = session.clone();
            frame.forget_scripts();
        }
        frame
    }

    /// Notes that a frame shows another document.
    pub(crate) fn frame_navigated(&mut self, id: &FrameId, document: &LoaderId, url: &str) {
        let Some(frame) = self.frames.get_mut(id) else {
            return;
        };
        if frame.document != *document {
            remember(&mut self.left, frame);
        }
        frame.url = url.to_owned();
        for slot in [&mut frame.world, &mut frame.reader] {
            let known = slot.get().map(|world| world.document());
            if frame.document != *document && known != Some(document) {
                *slot = WorldSlot::default();
            }
        }
        let anew = frame.document != *document;
        frame.document = document.clone();
        if frame.parent.is_some() {
            if anew {
                self.drop_frames_below(id);
            }
            return;
        }
        let tab = frame.tab.clone();
        if url != "about:blank" {
            self.navigated = true;
        }
        if let Some(tab) = self.tab_mut(&tab) {
            tab.url = url.to_owned();
            if anew {
                tab.shows(document);
                tab.phase = Phase::Committed;
                tab.loaded = None;
                tab.crashed = false;
                tab.elements.in_document(document);
                tab.last_action = None;
                tab.download = None;
            }
        }
        if anew {
            self.drop_frames_below(id);
        }
    }

    /// Forgets a frame and all below it.
    pub(crate) fn frame_gone(&mut self, id: &FrameId) {
        self.drop_frames_below(id);
        if let Some(frame) = self.frames.remove(id) {
            remember(&mut self.left, &frame);
        }
    }

    fn drop_frames_below(&mut self, id: &FrameId) {
        let children: Vec<FrameId> = self
            .frames
            .iter()
            .filter(|(_, frame)| frame.parent.as_ref() == Some(id))
            .map(|(child, _)| child.clone())
            .collect();
        for child in children {
            self.frame_gone(&child);
        }
    }

    /// Forgets the frames that a session that ended was still responsible for.
    pub(crate) fn session_gone(&mut self, session: &SessionId) {
        let lost: Vec<FrameId> = self
            .frames
            .iter()
            .filter(|(_, frame)| frame.session.id() == Some(session) && frame.parent.is_some())
            .map(|(id, _)| id.clone())
            .collect();
        for id in lost {
            self.frame_gone(&id);
        }
    }
}

/// Notes that what a frame shows is left.
fn remember(left: &mut VecDeque<Left>, frame: &Frame) {
    if left.len() == LEFT {
        left.pop_front();
    }
    left.push_back(Left {
        tab: frame.tab.clone(),
        url: frame.url.clone(),
        at: Instant::now(),
    });
}

/// The state, and a signal for whenever it changes.
pub(crate) struct Board {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl Board {
    /// A board that knows nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave it half-changed in a way that matters more than going on does.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes everybody who waits for something in it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        result
    }

    /// Changes something that nobody waits for.
    pub(crate) fn change_quietly<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.lock())
    }

    /// Waits until `look` finds something.
    ///
    /// # Errors
    /// [`Fault::TimedOut`] at `deadline`, [`Fault::Gone`] when the browser is gone.
    pub(crate) async fn until<T>(
        &self,
        deadline: Instant,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Result<T> {
        let mut changes = self.changed.subscribe();
        loop {
            {
                let state = self.lock();
                if let Some(found) = look(&state) {
                    return Ok(found);
                }
                if let Some(reason) = &state.gone {
                    return Err(Fault::Gone(reason.clone()));
                }
            }
            match timeout_at(deadline, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Fault::Gone("it was dropped".to_owned())),
                Err(_) => return Err(Fault::TimedOut),
            }
        }
    }
}
