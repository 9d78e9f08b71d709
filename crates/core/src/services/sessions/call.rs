//! One call on a running session: its deadline, its turn, and whether it counts as use.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::consent::Consent;
use super::gate::InHand;
use super::hands::Actor;
use super::leaves::Leaves;
use super::live::Live;
use super::{Sessions, Shared};
use crate::{Caller, Error, Kind, Placeholders, Result};

/// How long after a call's deadline its work may still say what became of it. A browser that says nothing by then must not
/// hold up the session's other callers.
const LAST_WORD: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) live: Arc<Live>,
    /// Who calls.
    pub(super) caller: Caller,
    pub(super) deadline: Instant,
    /// It counts as use of the session, which keeps the session from timing out.
    pub(super) keep_alive: bool,
    /// The run whose call it is, where it is not a caller's own.
    pub(super) actor: Option<Actor>,
}

impl Sessions {
    /// A call that begins now.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub(super) async fn call(&self, caller: &Caller, id: &str, keep_alive: bool) -> Result<Call> {
        Call::begin(&self.shared, caller, id, keep_alive, None).await
    }
}

impl Call {
    /// A call that begins now.
    ///
    /// # Errors
    /// Kind `NotFound`; `Refused` when the session has ended.
    pub(super) async fn begin(
        shared: &Arc<Shared>,
        caller: &Caller,
        id: &str,
        keep_alive: bool,
        actor: Option<Actor>,
    ) -> Result<Self> {
        let deadline = shared.deadline();
        let call = Self {
            live: shared.running(caller.tenant, id).await?,
            shared: Arc::clone(shared),
            caller: caller.clone(),
            deadline,
            keep_alive,
            actor,
        };
        call.note_use();
        Ok(call)
    }

    /// Waits for the call's turn, then sees `work` through: what was begun is brought to its end and noted even when the
    /// caller hangs up, and only then is it the next caller's turn. A caller who hangs up while waiting leaves the queue.
    ///
    /// # Errors
    /// Kind `Timeout` when the turn does not come by the deadline; `Refused` when the session has ended; what `work` ends in.
    pub(super) async fn in_turn<T, W>(self, work: impl FnOnce(Self) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let turn = self.live.turn(self.deadline).await?;
        let work = work(self.clone());
        let shared = Arc::clone(&self.shared);
        shared
            .see_through(&shared.tasks, async move {
                let result = work.await;
                self.note_use();
                drop(turn);
                result
            })
            .await
    }

    /// Sees `work` through as [`Call::in_turn`] does, but without waiting for a turn: for what does not touch the page.
    ///
    /// # Errors
    /// What `work` ends in.
    pub(super) async fn beside_turns<T, W>(self, work: impl FnOnce(Self) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let work = work(self.clone());
        let shared = Arc::clone(&self.shared);
        shared
            .see_through(&shared.tasks, async move {
                let result = work.await;
                self.note_use();
                result
            })
            .await
    }

    /// Runs `work` until it is done, the session ends, or its time is over, whichever comes first. What comes of it passes the
    /// session's gate. Work is expected to keep
    /// the deadline by itself, since it knows best what to say then.
    ///
    /// # Errors
    /// Kind `Refused` when the session ends; `Timeout`; what `work` ends in.
    pub(super) async fn bounded<T: Leaves>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let bounded = async {
            timeout_at(self.deadline + LAST_WORD, work)
                .await
                .unwrap_or_else(|_| {
                    Err(Error::new(
                        Kind::Timeout,
                        format!(
                            "The browser of session {} did not answer in time",
                            self.live.id
                        ),
                    ))
                })
        };
        let gate = &self.live.gate;
        let result = self.live.while_running(bounded).await;
        result
            .map(|value| gate.clean(value))
            .map_err(|error| gate.clean_error(error))
    }

    /// A value as it may be kept: without the session's secrets, and without words that only this run knows.
    pub(super) fn kept<T: Leaves>(&self, value: T) -> T {
        let purse = self.actor.as_ref().and_then(|actor| actor.purse.as_ref());
        let words = purse.map(|purse| &purse.placeholders);
        self.live.gate.keep(value, words)
    }

    /// What placeholders stand for in this session, for whoever acts, as far as `consent` lets them.
    pub(super) fn secrets(&self, consent: &Arc<Consent>) -> InHand {
        let sources = &self.shared.secrets;
        let purse = self.actor.as_ref().and_then(|actor| actor.purse.as_ref());
        let held = match purse {
            Some(purse) => Some((purse.vault, purse.placeholders.clone())),
            None => self
                .live
                .options
                .vault
                .map(|vault| (vault, Placeholders::default())),
        };
        let held = held.map(|(vault, placeholders)| {
            sources.of(&self.caller, vault, placeholders, Arc::clone(consent) as _)
        });
        InHand {
            held,
            gate: Arc::clone(&self.live.gate),
            reveals: self.actor.is_none() && sources.reveals(&self.caller),
        }
    }

    fn note_use(&self) {
        if self.keep_alive {
            self.live.touch(self.shared.clock.now());
        }
    }
}
