//! One session that runs.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, broadcast};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::admission::{Counted, Place};
use super::downloads::Kept;
use super::gate::Gate;
use super::posts::Held;
use crate::ports::Browser;
use crate::{Error, Kind, Result, SessionId, SessionOptions, Step, TenantId, Timestamp};

/// Something that happened in a session, for whoever watches it.
#[derive(Clone, Debug)]
pub enum LiveEvent {
    /// A step was finished.
    Step(Arc<Step>),
    /// The session ended.
    Ended(String),
}

/// How many events a watcher may be behind before it misses some.
const EVENTS: usize = 64;

pub(super) struct Live {
    pub(super) id: SessionId,
    pub(super) tenant: TenantId,
    pub(super) options: SessionOptions,
    pub(super) notes: Vec<String>,
    pub(super) browser: Arc<dyn Browser>,
    /// What leaves it passes here.
    pub(super) gate: Arc<Gate>,
    /// What its pages send to other sites and waits.
    pub(super) held: Arc<Held>,
    pub(super) ends_at: Timestamp,
    /// Callers take turns, in the order of their arrival.
    turn: Arc<Mutex<()>>,
    last_accessed: AtomicI64,
    /// The place of the next step in the trajectory.
    next_step: AtomicU64,
    /// Set by whoever ends the session; nobody ends it twice.
    ending: AtomicBool,
    /// Cancelled when it ends: what is under way stops.
    pub(super) ended: CancellationToken,
    pub(super) events: broadcast::Sender<LiveEvent>,
    /// The downloads that are kept already.
    pub(super) kept: Mutex<Kept>,
    /// The place in the tenant's allowance, given back when the session ends.
    counted: StdMutex<Option<Counted>>,
    /// The place among the machine's browsers, given back when the last process is gone.
    _slot: OwnedSemaphorePermit,
}

pub(super) struct NewLive {
    pub(super) id: SessionId,
    pub(super) tenant: TenantId,
    pub(super) options: SessionOptions,
    pub(super) notes: Vec<String>,
    pub(super) browser: Arc<dyn Browser>,
    pub(super) gate: Gate,
    pub(super) created_at: Timestamp,
    pub(super) last_accessed_at: Timestamp,
    /// The first free place in the trajectory.
    pub(super) next_step: u64,
    pub(super) place: Place,
}

impl Live {
    pub(super) fn new(new: NewLive) -> Self {
        let lifetime = Duration::from_mins(u64::from(new.options.max_duration_minutes));
        Self {
            id: new.id,
            tenant: new.tenant,
            ends_at: new.created_at.plus(lifetime),
            options: new.options,
            notes: new.notes,
            browser: new.browser,
            gate: Arc::new(new.gate),
            held: Arc::default(),
            turn: Arc::default(),
            last_accessed: AtomicI64::new(new.last_accessed_at.as_micros()),
            next_step: AtomicU64::new(new.next_step),
            ending: AtomicBool::new(false),
            ended: CancellationToken::new(),
            events: broadcast::Sender::new(EVENTS),
            kept: Mutex::default(),
            counted: StdMutex::new(Some(new.place.counted)),
            _slot: new.place.slot,
        }
    }

    pub(super) fn last_accessed(&self) -> Timestamp {
        Timestamp::from_micros(self.last_accessed.load(Ordering::Relaxed))
    }

    pub(super) fn touch(&self, at: Timestamp) {
        self.last_accessed
            .fetch_max(at.as_micros(), Ordering::Relaxed);
    }

    /// A place in the trajectory that no other step gets. Only the server that runs a session adds to its steps.
    pub(super) fn next_step(&self) -> u64 {
        self.next_step.fetch_add(1, Ordering::Relaxed)
    }

    /// When it ends if nobody uses it any more.
    pub(super) fn idle_at(&self) -> Timestamp {
        self.last_accessed().plus(Duration::from_mins(u64::from(
            self.options.idle_timeout_minutes,
        )))
    }

    /// Whether its browser goes on without this server.
    pub(super) fn lives_on(&self) -> bool {
        self.options.remote_context.is_some()
    }

    /// Whether the caller is the one who ends it.
    pub(super) fn begin_end(&self) -> bool {
        !self.ending.swap(true, Ordering::AcqRel)
    }

    /// Gives back the place in the tenant's allowance.
    pub(super) fn no_longer_counts(&self) {
        let counted = self
            .counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(counted);
    }

    /// Waits for the caller's turn.
    pub(super) async fn turn(&self, deadline: Instant) -> Result<OwnedMutexGuard<()>> {
        let lock = Arc::clone(&self.turn).lock_owned();
        let turn = timeout_at(deadline, lock).await.map_err(|_| {
            Error::new(
                Kind::Timeout,
                format!(
                    "Session {} is busy: the calls before this one took all its time; try again",
                    self.id
                ),
            )
        })?;
        if self.ended.is_cancelled() {
            return Err(self.gone());
        }
        Ok(turn)
    }

    /// Runs `work` until it is done or the session ends, whichever comes first.
    pub(super) async fn while_running<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::select! {
            biased;
            () = self.ended.cancelled() => Err(self.gone()),
            result = work => result,
        }
    }

    pub(super) fn tell(&self, event: LiveEvent) {
        // Nobody watching is the usual case.
        let _ = self.events.send(event);
    }

    fn gone(&self) -> Error {
        Error::refused(format!(
            "Session {} is already closed: it ended during this call",
            self.id
        ))
    }
}
