//! What pages send to other sites, held until somebody lets it go.
//!
//! Requests stop where those of fills do ([`crate::fills`]); here it is found out which of them are held.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guise_cdp::protocol::fetch::RequestPaused;
use guise_cdp::{FrameId, RequestId, Session, SessionId};
use guise_core::ports::{Post, PostGate};
use guise_core::site_elsewhere;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::core::Core;
use crate::fills::{has_body, is_answered};
use crate::settings::network_events;
use crate::targets::Kind;

/// How many requests of one browser are held at most. More of them fail, so that no page has somebody asked without end.
const HELD: usize = 32;
/// How long a page may take to begin to announce its requests.
const ANNOUNCES: Duration = Duration::from_secs(1);
/// Of how many requests it is remembered that they stopped.
const STOPPED: usize = 1024;

/// Who is asked, if anybody.
pub(crate) struct Posts {
    gate: Mutex<Option<Arc<dyn PostGate>>>,
    places: Arc<Semaphore>,
    /// The frames whose next document does not come as long as a request is held.
    frames: watch::Sender<Vec<FrameId>>,
    /// The sessions that announce their requests before these stop.
    announcing: Mutex<Vec<SessionId>>,
    /// The newest requests of which it is known what becomes of them for now, by their ids in announcements.
    known: watch::Sender<VecDeque<RequestId>>,
}

impl Default for Posts {
    fn default() -> Self {
        Self {
            gate: Mutex::default(),
            places: Arc::new(Semaphore::new(HELD)),
            frames: watch::Sender::default(),
            announcing: Mutex::default(),
            known: watch::Sender::default(),
        }
    }
}

/// A request that is held.
pub(crate) struct Held {
    gate: Arc<dyn PostGate>,
    post: Post,
    /// Absent when there are too many.
    place: Option<OwnedSemaphorePermit>,
    /// Whose next document it brings.
    frame: Option<FrameId>,
    frames: watch::Sender<Vec<FrameId>>,
}

/// A frame whose next document does not come for now.
struct HeldFrame {
    frame: FrameId,
    all: watch::Sender<Vec<FrameId>>,
}

impl HeldFrame {
    fn new(frame: FrameId, all: watch::Sender<Vec<FrameId>>) -> Self {
        all.send_modify(|frames| frames.push(frame.clone()));
        Self { frame, all }
    }
}

impl Drop for HeldFrame {
    fn drop(&mut self) {
        self.all.send_modify(|frames| {
            if let Some(at) = frames.iter().position(|frame| *frame == self.frame) {
                frames.swap_remove(at);
            }
        });
    }
}

impl Posts {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<dyn PostGate>>> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `gate` asked from now on.
    pub(crate) fn set_gate(&self, gate: Arc<dyn PostGate>) {
        *self.lock() = Some(gate);
    }

    /// Whether anything is held.
    pub(crate) fn are_held(&self) -> bool {
        self.lock().is_some()
    }

    /// Resolves when the next document of one of these frames is held, and says of which.
    pub(crate) async fn frame_held(&self, frames: &[FrameId]) -> FrameId {
        let mut held = self.frames.subscribe();
        loop {
            let found = frames
                .iter()
                .find(|frame| held.borrow_and_update().contains(frame));
            if let Some(frame) = found {
                return frame.clone();
            }
            // The sender is ours.
            let _ = held.changed().await;
        }
    }

    /// Has a session announce its requests with a body, unless it does already. They stop on another way than the page's own events
    /// come, so without it nobody could tell whether one is still to stop ([`Self::all_known`]).
    ///
    /// Nothing depends on it but what an action tells: a page that is busy is waited for once, and for a moment only.
    pub(crate) async fn announce(&self, core: &Core, session: &Session, deadline: Instant) {
        let id = session.id().cloned().unwrap_or_default();
        {
            let announcing = self.announcing.lock();
            let mut announcing = announcing.unwrap_or_else(PoisonError::into_inner);
            if announcing.contains(&id) {
                return;
            }
            core.board
                .read(|state| announcing.retain(|id| state.sessions.contains_key(id)));
            announcing.push(id);
        }
        let bound = deadline.min(Instant::now() + ANNOUNCES);
        if let Err(error) = session.call(&network_events(), bound).await {
            tracing::debug!(%error, "requests of a target are not announced yet");
        }
    }

    /// As [`Self::announce`] for a session that is new, where anything is held. One that waits to run answers when it does.
    pub(crate) async fn announce_new(
        &self,
        core: &Core,
        session: &Session,
        kind: Kind,
        deadline: Instant,
    ) {
        if kind.sends() && self.are_held() {
            self.announce(core, session, deadline).await;
        }
    }

    /// Notes that a request with a body stopped, and that it waits or goes on.
    pub(crate) fn note(&self, request: Option<RequestId>) {
        let Some(request) = request else { return };
        self.known.send_modify(|known| {
            if known.len() == STOPPED {
                known.pop_front();
            }
            known.push_back(request);
        });
    }

    /// Resolves once it is known of all these requests what became of them when they first stopped: one that is redirected stops
    /// again.
    pub(crate) async fn all_known(&self, requests: &[RequestId]) {
        let mut known = self.known.subscribe();
        let all = known.wait_for(|known| requests.iter().all(|request| known.contains(request)));
        // The sender is ours.
        let _ = all.await;
    }

    /// A stopped request as one that is held; `None` where it is not.
    pub(crate) fn held(
        &self,
        core: &Core,
        session: &SessionId,
        paused: &RequestPaused,
    ) -> Option<Held> {
        let request = &paused.request;
        if is_answered(paused) || !has_body(request) {
            return None;
        }
        let gate = self.lock().clone()?;
        let post = Post {
            from: sender(core, session, paused),
            to: request.url.clone(),
            form: is_document(paused),
            beacon: paused.resource_type == "Ping",
        };
        site_elsewhere(&post.from, &post.to)?;
        Some(Held {
            frame: post.form.then(|| paused.frame_id.clone()),
            frames: self.frames.clone(),
            gate,
            post,
            place: Arc::clone(&self.places).try_acquire_owned().ok(),
        })
    }
}

impl Held {
    /// Whether it may go. That takes as long as somebody needs to decide; `on_wait` is called where it does.
    pub(crate) async fn admitted(self, on_wait: impl Fn() + Send + Sync) -> bool {
        if self.place.is_none() {
            tracing::warn!("a page sends too much to other sites at once; the rest is not sent");
            return false;
        }
        let Self {
            gate,
            post,
            place: _place,
            frame,
            frames,
        } = self;
        let waits = Mutex::new(None);
        let begins = || {
            let held = frame
                .clone()
                .map(|frame| HeldFrame::new(frame, frames.clone()));
            *waits.lock().unwrap_or_else(PoisonError::into_inner) = held;
            on_wait();
        };
        gate.admits(post, &begins).await
    }
}

fn is_document(paused: &RequestPaused) -> bool {
    paused.resource_type == "Document"
}

/// The address of the document or worker that a request is from.
///
/// A form may be sent into the frame of another document: then its `Origin` says whose it is, which no script can set (Fetch
/// Standard, forbidden request-headers). It is `null` where the document keeps it to itself.
fn sender(core: &Core, session: &SessionId, paused: &RequestPaused) -> String {
    if is_document(paused) {
        let headers = paused.request.headers.iter();
        let mut origin = headers.filter(|(name, _)| name.eq_ignore_ascii_case("origin"));
        if let Some((_, origin)) = origin.next() {
            return match origin.as_str() {
                "null" => String::new(),
                origin => origin.to_owned(),
            };
        }
    }
    let found = core.board.read(|state| {
        let frame = state.frames.get(&paused.frame_id);
        frame.map(|frame| frame.url.clone()).or_else(|| {
            let attached = state.sessions.get(session)?;
            Some(attached.url.clone())
        })
    });
    found.unwrap_or_default()
}
