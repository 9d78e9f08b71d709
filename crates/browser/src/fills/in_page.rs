//! Secrets in pages: who may look into such a page, and how they get in.
//!
//! A document that holds a secret counts until no frame shows it any more. It counts again when the page's history brings it
//! back.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guise_cdp::{FrameId, LoaderId, TargetId};
use guise_core::ports::SecretFill;
use guise_core::{Site, check_fill_in_page};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::field::Known;
use super::wire;
use crate::board::State;
use crate::core::Core;
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;
use crate::world::World;

/// How long pictures of a page may be on their way that is gone already.
pub(super) const ON_THEIR_WAY: Duration = Duration::from_secs(1);

/// What callers are told who may not read secrets.
pub(crate) const HELD: &str = "a page of this session holds a secret from the vault, which only keys with the scope \
     'vault:reveal' may read; it is free again when that page is left";

/// What callers are told who may not read secrets, once a page had one: what pages copied outlives them.
pub(crate) const COPIED: &str = "a page of this session had one from the vault, and may have copied it; keys with the scope \
     'vault:reveal' may paste, and so may new sessions";

/// Why a page gets none that others had access to.
const STRANGER: &str = "a client that may not read secrets is or was connected to the session's browser; start a new \
     session for it";

/// What is known of documents with secrets.
#[derive(Default)]
pub(crate) struct InPage(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Documents with secrets in them, and where their page scripts are.
    holding: HashMap<LoaderId, Holding>,
    /// Sites on which scripts of others ran who may not read secrets. What a script leaves behind in a site's storage outlives
    /// the document that it ran in.
    touched: HashSet<Site>,
    /// An outside client was connected that may not read secrets: nothing of this browser is only ours any more.
    strangers: bool,
    /// When one of the documents was last left.
    left: Option<Instant>,
}

#[derive(Clone)]
struct Holding {
    frame: FrameId,
    world: Arc<World>,
}

/// A secret on its way into a page.
pub(crate) struct PageFill {
    fill: SecretFill,
    known: Known,
    /// What the caller is told.
    pub(crate) note: String,
}

impl InPage {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a page holds a secret now.
    pub(crate) fn is_live(&self, core: &Core) -> bool {
        !self.live(core, None).is_empty()
    }

    /// Whether a page ever held a secret.
    pub(crate) fn has_held(&self) -> bool {
        !self.lock().holding.is_empty()
    }

    /// Whether pictures of a tab may show a secret: it is there, or was there a moment ago.
    pub(crate) fn may_be_seen(&self, core: &Core, tab: &TargetId) -> bool {
        let left = self.lock().left;
        left.is_some_and(|left| left.elapsed() < ON_THEIR_WAY)
            || !self.live(core, Some(tab)).is_empty()
    }

    /// The page scripts of the documents that hold secrets now, of one tab or of all.
    pub(super) fn live(&self, core: &Core, tab: Option<&TargetId>) -> Vec<(FrameId, Arc<World>)> {
        let known = self.lock();
        if known.holding.is_empty() {
            return Vec::new();
        }
        core.board.read(|state| {
            let shown = known.holding.iter().filter(|(document, holding)| {
                state.frames.get(&holding.frame).is_some_and(|frame| {
                    frame.document == **document && tab.is_none_or(|tab| frame.tab == *tab)
                })
            });
            shown
                .map(|(_, holding)| (holding.frame.clone(), Arc::clone(&holding.world)))
                .collect()
        })
    }

    /// Notes that a script of somebody's who may not read secrets runs in the pages that are open.
    pub(crate) fn touch(&self, core: &Core) {
        let sites = core.board.read(|state| {
            let frames = state.frames.values();
            let sites = frames.filter_map(|frame| Site::of(&frame.url).ok());
            sites.collect::<Vec<_>>()
        });
        self.lock().touched.extend(sites);
    }

    /// Notes that an outside client comes who may not read secrets.
    ///
    /// # Errors
    /// While a page holds one.
    pub(crate) fn stranger_comes(&self, core: &Core) -> Result<()> {
        // In this order: a fill that comes in between finds the stranger.
        let before = std::mem::replace(&mut self.lock().strangers, true);
        if self.is_live(core) {
            self.lock().strangers = before;
            return Err(Fault::Refused(format!(
                "No client can be connected: {HELD}"
            )));
        }
        Ok(())
    }
}

impl PageFill {
    /// Checks what holds for secrets in pages, beyond what was decided already.
    ///
    /// # Errors
    /// Why it may not go there, for the caller.
    pub(super) fn prepare(
        core: &Core,
        known: Known,
        fill: SecretFill,
        why: &str,
    ) -> Result<Self, String> {
        let refused = |reason: &str| {
            let (part, site) = (fill.part.name(), &fill.destination);
            format!("The {part} for {site} was not put into the page, because {reason}")
        };
        check_fill_in_page(&known.field).map_err(|reason| refused(&reason))?;
        let (touched, strangers) = {
            let in_page = core.in_page.lock();
            let site = fill.destination.site();
            (in_page.touched.contains(site), in_page.strangers)
        };
        if strangers {
            return Err(refused(STRANGER));
        }
        if touched {
            return Err(refused(
                "a script ran on that site whose sender may not read secrets; start a new session for it",
            ));
        }
        let note = format!(
            "; the {} for {} itself is in the page now, because {why}",
            fill.part.name(),
            fill.destination
        );
        Ok(Self { fill, known, note })
    }

    /// Puts the secret into the field, if that is still what it was.
    ///
    /// # Errors
    /// When it is not, or its document went away; nothing was put into another one.
    pub(crate) async fn put(
        &self,
        core: &Arc<Core>,
        place: &Place,
        deadline: Instant,
    ) -> Result<()> {
        let document = &self.known.document;
        // First, so that nobody comes to the page in between.
        let fresh = {
            let holding = Holding {
                frame: place.frame.clone(),
                world: Arc::clone(&place.world),
            };
            let mut in_page = core.in_page.lock();
            if in_page.strangers {
                return Err(Fault::Refused(format!(
                    "Nothing was filled in, because {STRANGER}"
                )));
            }
            in_page.holding.insert(document.clone(), holding).is_none()
        };
        if fresh {
            let leaving = watch(Arc::clone(core), place.frame.clone(), document.clone());
            core.tasks.spawn(leaving);
        }
        self.same_document(core, place)?;
        wire::guard(core, place, &self.fill, deadline).await?;
        core.told
            .note(&self.fill.secret, self.fill.destination.site());
        let told = &self.known.as_told;
        let arguments = json!({
            "handle": place.handle,
            "value": self.fill.secret.expose(),
            "facts": told["facts"],
            "sight": told["sight"],
            "sockets": self.fill.destination.sockets(),
        });
        let run = locate::run::<Value>(
            core,
            &place.frame,
            &place.world,
            "fillSecret",
            &arguments,
            deadline,
        );
        let put = run.await;
        if fresh && matches!(put, Err(Fault::Script { .. })) {
            // It said no, so nothing is in there.
            core.in_page.lock().holding.remove(document);
        }
        put.map(drop)
    }

    /// The page script belongs to one document; the frame must still show that one.
    fn same_document(&self, core: &Core, place: &Place) -> Result<()> {
        let shown = core.board.read(|state| {
            let frame = state.frames.get(&place.frame)?;
            Some(frame.document.clone())
        });
        if shown.as_ref() == Some(&self.known.document)
            && *place.world.document() == self.known.document
        {
            Ok(())
        } else {
            Err(Fault::DocumentGone)
        }
    }
}

/// Notes when a document is left, each time.
async fn watch(core: Arc<Core>, frame: FrameId, document: LoaderId) {
    let far = || Instant::now() + Duration::from_secs(24 * 3600);
    let shows = |state: &State| {
        let frame = state.frames.get(&frame);
        frame.is_some_and(|frame| frame.document == document)
    };
    loop {
        let left = core
            .board
            .until(far(), |state| (!shows(state)).then_some(()));
        match left.await {
            Ok(()) => core.in_page.lock().left = Some(Instant::now()),
            Err(Fault::TimedOut) => continue,
            Err(_) => return,
        }
        let back = core.board.until(far(), |state| shows(state).then_some(()));
        if matches!(back.await, Err(Fault::Gone(_))) {
            return;
        }
    }
}
