//! What pages send to other sites, held until somebody lets it go.
//!
//! Requests stop where those of fills do ([`crate::fills`]); here it is found out which of them are held.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guise_cdp::protocol::fetch::RequestPaused;
use guise_cdp::{FrameId, SessionId};
use guise_core::ports::{Post, PostGate};
use guise_core::site_elsewhere;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::core::Core;
use crate::fills::{is_answered, takes_body};

/// How many requests of one browser are held at most. More of them fail, so that no page has somebody asked without end.
const HELD: usize = 32;

/// Who is asked, if anybody.
pub(crate) struct Posts {
    gate: Mutex<Option<Arc<dyn PostGate>>>,
    places: Arc<Semaphore>,
    /// The frames whose next document does not come as long as a request is held.
    frames: watch::Sender<Vec<FrameId>>,
}

impl Default for Posts {
    fn default() -> Self {
        Self {
            gate: Mutex::default(),
            places: Arc::new(Semaphore::new(HELD)),
            frames: watch::Sender::default(),
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

    /// A stopped request as one that is held; `None` where it is not.
    pub(crate) fn held(
        &self,
        core: &Core,
        session: &SessionId,
        paused: &RequestPaused,
    ) -> Option<Held> {
        let request = &paused.request;
        let has_body = request.has_post_data == Some(true) || takes_body(&request.method);
        if is_answered(paused) || !has_body {
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
    /// Whether it may go. That takes as long as somebody needs to decide.
    pub(crate) async fn admitted(self) -> bool {
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
