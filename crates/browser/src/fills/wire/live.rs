//! What is live: stand-ins, secrets that pages have themselves, and requests that carried secrets.

use std::collections::HashMap;

use guise_cdp::{FrameId, LoaderId, RequestId, SessionId};
use guise_core::ports::SecretFill;
use guise_core::{Destination, Secret, SecretPart, Site};
use tokio::time::Instant;

use super::REQUESTS;
use crate::core::Core;
use crate::elements::Handle;

/// All that is live.
#[derive(Default)]
pub(super) struct State {
    pub(super) next: u64,
    pub(super) live: Vec<StandIn>,
    /// Requests that carried secrets, and to where these may go.
    pub(super) under_way: HashMap<RequestId, UnderWay>,
    /// The sessions whose requests stop.
    pub(super) watched: Vec<SessionId>,
    /// Secrets that pages have themselves.
    pub(super) guards: Vec<Guard>,
    /// Secrets whose stand-ins pages sent nothing of, and since when.
    pub(super) unsent: HashMap<(Site, SecretPart), Instant>,
}

/// One live stand-in.
pub(super) struct StandIn {
    pub(super) number: u64,
    pub(super) fill: SecretFill,
    pub(super) dummy: String,
    pub(super) names: Vec<String>,
    pub(super) boxes: Vec<String>,
    pub(super) frame: FrameId,
    pub(super) document: LoaderId,
    pub(super) handle: Handle,
    pub(super) session: SessionId,
    pub(super) until: Instant,
    pub(super) left: u32,
    /// When the page was first told to go on with it.
    pub(super) acted: Option<Instant>,
    /// The page has sent something since then, without it.
    pub(super) other: bool,
}

/// A secret that a page has itself, and that no request may take elsewhere: the page's own or that of a frame, worker or window that it
/// told.
pub(super) struct Guard {
    pub(super) secret: Secret,
    pub(super) destination: Destination,
    pub(super) until: Instant,
}

/// A request that carried secrets, and to where these may go.
pub(super) struct UnderWay {
    pub(super) session: SessionId,
    pub(super) destinations: Vec<Destination>,
    pub(super) until: Instant,
}

impl StandIn {
    /// The page went on with it and no request has carried it.
    pub(super) fn is_unsent(&self) -> bool {
        self.acted.is_some() && self.left == REQUESTS
    }

    /// The document that was filled is still there.
    pub(super) fn is_there(&self, core: &Core) -> bool {
        core.board.read(|board| {
            let frame = board.frames.get(&self.frame);
            frame.is_some_and(|frame| frame.document == self.document)
        })
    }

    pub(super) fn key(&self) -> (Site, SecretPart) {
        (self.fill.destination.site().clone(), self.fill.part)
    }
}

impl State {
    /// The stand-in that a document has for the same secret already: a password that is to be repeated must be the same twice.
    pub(super) fn same(&self, document: &LoaderId, fill: &SecretFill) -> Option<String> {
        let mut others = self.live.iter().filter(|live| live.document == *document);
        let same = others.find(|live| {
            live.fill.part == fill.part && live.fill.secret.expose() == fill.secret.expose()
        });
        same.map(|live| live.dummy.clone())
    }

    /// Lets the stand-ins go that `stays` does not name, and remembers those that a page sent other things in the place of.
    pub(super) fn retain(&mut self, stays: impl Fn(&StandIn) -> bool) {
        for live in self.live.extract_if(.., |live| !stays(live)) {
            if let (true, true, Some(acted)) = (live.is_unsent(), live.other, live.acted) {
                self.unsent.insert(live.key(), acted);
            }
        }
    }
}
