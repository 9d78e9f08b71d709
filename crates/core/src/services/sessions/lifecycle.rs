//! How sessions begin and end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::admission::{Patience, Place};
use super::gate::Gate;
use super::live::{Live, LiveEvent, NewLive};
use super::{Sessions, Shared};
use crate::ports::{BrowserEvent, EndReason, SessionEnd, Started, Usage};
use crate::services::SessionRequest;
use crate::{
    Caller, CloseReason, Error, Kind, RemoteAddress, Result, Session, SessionId, SessionOptions,
    Status, Traffic, VaultId,
};

/// What a browser may take to be there.
const START: Duration = Duration::from_secs(30);

/// What a browser may take to be gone once it is asked to end.
const END: Duration = Duration::from_secs(5);

/// How long to wait before a row that could not be written is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(5);

/// What a session has to itself at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// A browser.
    Browser,
    /// A context in a browser, as long as no secret comes into it.
    Context,
}

impl Sessions {
    /// Starts a session. It is active, and its page ready, when this returns. When the caller hangs up before that, it is
    /// ended as soon as it began: nobody knows its name.
    ///
    /// # Errors
    /// Kind `Invalid` for a request that cannot be granted, `Quota` when the tenant has as many as it may, `Full` when no
    /// slot became free in time, `Browser` when the browser does not start.
    pub async fn start(&self, caller: &Caller, request: SessionRequest) -> Result<Session> {
        let started = self
            .shared
            .start(caller, request, Patience::OfCaller, Own::Browser);
        Ok(started.await?.0)
    }

    /// As [`Sessions::start`], but waits for a slot however long it takes. It is for work that nobody waits for; whoever gives
    /// up drops it.
    ///
    /// # Errors
    /// Those of [`Sessions::start`]; kind `Full` only when the server is being stopped. With kind `Quota` it is worth trying
    /// again after [`Sessions::until_one_ends`].
    pub async fn start_when_free(
        &self,
        caller: &Caller,
        request: SessionRequest,
    ) -> Result<Session> {
        let started = self
            .shared
            .start(caller, request, Patience::Endless, Own::Browser);
        Ok(started.await?.0)
    }

    /// Waits until a session of whichever tenant has ended here, a few seconds at most: others may have ended elsewhere.
    pub async fn until_one_ends(&self) {
        self.shared.admission.until_one_ends().await;
    }

    /// Stops a session. Stopping one that has ended already is fine.
    ///
    /// The answer says `closed` in any case: whoever stops a session wants it gone, and it is. How it really ended stays in
    /// the record.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn stop(&self, caller: &Caller, id: &str) -> Result<Session> {
        let ended = match self.shared.running(caller.tenant, id).await {
            Ok(live) => {
                let end = self
                    .shared
                    .end(&live, Status::Closed, CloseReason::Manual, None);
                end.await?
            }
            Err(_) => None,
        };
        let mut session = match ended {
            Some(session) => session,
            None => self.shared.session(caller.tenant, id).await?,
        };
        session.status = Status::Closed;
        Ok(session)
    }

    /// Ends all sessions and waits until their browsers are gone, at most until `deadline`. Nothing is started any more. Sessions in
    /// browsers of somebody else's are let go as they are: those browsers go on, and the next life of the server takes them up.
    pub async fn shutdown(&self, deadline: Instant) {
        let shared = &self.shared;
        shared.stopping.cancel();
        shared.admission.close();
        let end_all = async {
            shared.starts.close();
            shared.starts.wait().await;
            // No start is under way any more, so the table names every session there is.
            let live: Vec<_> = shared.table().values().cloned().collect();
            for live in live.into_iter().filter(|live| !live.lives_on()) {
                let reason = Some("the server was stopped".to_owned());
                let shared = Arc::clone(shared);
                self.shared.tasks.spawn(async move {
                    shared
                        .end_or_log(&live, Status::Closed, CloseReason::Manual, reason)
                        .await;
                });
            }
            shared.tasks.close();
            shared.tasks.wait().await;
        };
        if timeout_at(deadline, end_all).await.is_err() {
            tracing::warn!("some sessions did not end in time");
        }
        shared.browsers.shutdown(deadline).await;
    }
}

impl Shared {
    /// See [`Sessions::start`].
    pub(super) async fn start(
        self: &Arc<Self>,
        caller: &Caller,
        request: SessionRequest,
        patience: Patience,
        own: Own,
    ) -> Result<(Session, Arc<Live>)> {
        let vault = match &request.vault_id {
            Some(id) => self.vault(caller, id).await.map(Some),
            None => Ok(None),
        };
        let (mut options, mut spec) = all_at_once(&vault, request.resolve())?;
        options.vault = vault?;
        if own == Own::Context && options.vault.is_none() {
            spec.shared_in = Some(caller.tenant);
        }
        self.browsers.check(&spec)?;
        let place = self
            .admission
            .admit(&*self.store, caller.tenant, &self.settings, patience)
            .await?;

        let hung_up = CancellationToken::new();
        let _hangs_up = hung_up.clone().drop_guard();
        let shared = Arc::clone(self);
        let caller = caller.clone();
        self.see_through(&self.starts, async move {
            // Before there is a browser that would have to be ended again.
            let gate = Gate::new(shared.scrubs.scrub());
            if let Some(vault) = options.vault {
                gate.watch(&*shared.secrets, caller.tenant, vault).await?;
            }
            let started = tokio::select! {
                biased;
                () = shared.stopping.cancelled() => {
                    return Err(Error::new(Kind::Full, "The server is being stopped"));
                }
                started = shared.browsers.start(&spec, Instant::now() + START) => started?,
            };
            let address = spec.remote.map(|remote| remote.address);
            let added = shared.add(&caller, options, started, gate, place, address);
            let (session, live) = added.await?;
            if hung_up.is_cancelled() {
                let reason = Some("the caller hung up before it had started".to_owned());
                shared
                    .end_or_log(&live, Status::Closed, CloseReason::Manual, reason)
                    .await;
            }
            Ok((session, live))
        })
        .await
    }

    /// The vault that a start request names.
    async fn vault(&self, caller: &Caller, id: &str) -> Result<VaultId> {
        let vault = self.secrets.vault(caller, id).await;
        vault.map_err(|error| match error.kind() {
            Kind::NotFound => {
                let message = format!(
                    "Invalid value '{id}' for vault_id: expected the id of one of your vaults"
                );
                Error::invalid_member(&["vault_id"], "not_found", message)
            }
            _ => error,
        })
    }

    /// Makes a session of a browser that runs, or ends it.
    async fn add(
        self: &Arc<Self>,
        caller: &Caller,
        mut options: SessionOptions,
        started: Started,
        gate: Gate,
        place: Place,
        address: Option<RemoteAddress>,
    ) -> Result<(Session, Arc<Live>)> {
        let now = self.clock.now();
        options.remote_context = started.remote_context;
        let session = Session {
            id: SessionId::new(),
            tenant: caller.tenant,
            key: caller.key,
            options: options.clone(),
            status: Status::Active,
            close_reason: None,
            error: None,
            created_at: now,
            last_accessed_at: now,
            closed_at: None,
            traffic: Traffic::default(),
        };
        let events = started.browser.events();
        let live = Arc::new(Live::new(NewLive {
            id: session.id,
            tenant: session.tenant,
            options,
            notes: started.notes,
            browser: started.browser,
            gate,
            created_at: now,
            last_accessed_at: now,
            next_step: 0,
            place,
        }));
        // Whoever finds the row must find the session running. The row comes after the browser: it never names one that did
        // not start. A crash in between leaves a process that the next start sweeps up.
        self.table().insert(session.id, Arc::clone(&live));
        if let Err(error) = self.write(&session, address.as_ref()).await {
            self.table().remove(&session.id);
            live.browser.end(Instant::now() + END).await;
            return Err(error);
        }
        self.watch_over(&live, events);
        Ok((session, live))
    }

    /// Writes what the next life of the server must know of a session.
    async fn write(&self, session: &Session, address: Option<&RemoteAddress>) -> Result<()> {
        if let Some(address) = address {
            let (tenant, id) = (session.tenant, session.id);
            self.remotes.keep(tenant, id, address).await?;
        }
        self.store.add_session(session, &self.settings.node).await
    }

    /// Watches over a session until it ends.
    pub(super) fn watch_over(
        self: &Arc<Self>,
        live: &Arc<Live>,
        events: broadcast::Receiver<BrowserEvent>,
    ) {
        self.tasks
            .spawn(watch(Arc::clone(self), Arc::clone(live), events));
    }

    /// Ends a running session: once, whoever comes first, and to the end, whoever hangs up. The row is written when this
    /// returns, and returned to whoever ended it; the processes go in the background and keep their slot until they are gone.
    ///
    /// # Errors
    /// When the row could not be written. The session is over all the same, and the row is tried again in the background.
    pub(super) async fn end(
        self: &Arc<Self>,
        live: &Arc<Live>,
        status: Status,
        reason: CloseReason,
        error: Option<String>,
    ) -> Result<Option<Session>> {
        if !live.begin_end() {
            // Somebody else ends it: their row is written before they take it out of the table.
            live.ended.cancelled().await;
            return Ok(None);
        }
        let end = SessionEnd {
            status,
            reason,
            error,
            at: self.clock.now(),
            usage: Some(Usage {
                last_accessed_at: live.last_accessed(),
                traffic: live.browser.traffic(),
            }),
        };
        let shared = Arc::clone(self);
        let live = Arc::clone(live);
        self.see_through(&self.tasks, async move { shared.finish(live, end).await })
            .await
    }

    /// As [`Shared::end`], where nobody waits for an answer.
    pub(super) async fn end_or_log(
        self: &Arc<Self>,
        live: &Arc<Live>,
        status: Status,
        reason: CloseReason,
        error: Option<String>,
    ) {
        if let Err(error) = self.end(live, status, reason, error).await {
            tracing::error!(session = %live.id, error = ?error, "cannot note the end of a session");
        }
    }

    async fn finish(self: &Arc<Self>, live: Arc<Live>, end: SessionEnd) -> Result<Option<Session>> {
        let id = live.id;
        let written = self.store.end_session(id, &end).await;
        self.table().remove(&id);
        live.no_longer_counts();
        live.tell(LiveEvent::Ended(end.error.clone().unwrap_or_else(
            || match end.reason {
                CloseReason::Manual => {
                    "the session was closed by the user; nothing more will be recorded".to_owned()
                }
                CloseReason::IdleTimeout => "the session was idle for too long".to_owned(),
                CloseReason::MaxDuration => "the session's time is up".to_owned(),
                CloseReason::Error => "the session failed".to_owned(),
            },
        )));
        live.ended.cancel();
        if live.lives_on()
            && let Err(error) = self.remotes.forget(live.tenant, id).await
        {
            tracing::error!(session = %id, error = ?error, "the address of a browser stays behind");
        }
        self.tasks
            .spawn(async move { live.browser.end(Instant::now() + END).await });
        if written.is_err() {
            let shared = Arc::clone(self);
            self.tasks
                .spawn(async move { shared.write_end_later(id, &end).await });
        }
        written
    }

    /// Writes the end of a session as soon as the store takes it, so that its row does not stay active. If this run ends
    /// before, the next one does it.
    async fn write_end_later(&self, id: SessionId, end: &SessionEnd) {
        loop {
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => return,
                () = tokio::time::sleep(WRITE_AGAIN) => {}
            }
            match self.store.end_session(id, end).await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(session = %id, error = ?error, "still cannot note the end of a session");
                }
            }
        }
    }
}

/// What `resolved` is; where a vault is wrong, too, one error tells of both.
fn all_at_once<T>(vault: &Result<Option<VaultId>>, resolved: Result<T>) -> Result<T> {
    match (vault, resolved) {
        (Err(vault), Err(error)) if vault.kind() == Kind::Invalid => {
            let violations = [error.violations(), vault.violations()].concat();
            Err(Error::invalid(violations))
        }
        (_, resolved) => resolved,
    }
}

/// Watches over one session until it ends: its browser's death, its time, its downloads.
async fn watch(
    shared: Arc<Shared>,
    live: Arc<Live>,
    mut events: broadcast::Receiver<BrowserEvent>,
) {
    let mut hears = true;
    let (status, reason, error) = loop {
        let next = live.idle_at().min(live.ends_at);
        let wait = next.since(shared.clock.now());
        // In this order: no number of downloads puts the end off, and what was downloaded before the browser died is kept.
        tokio::select! {
            biased;
            () = live.ended.cancelled() => return,
            // The next life of the server watches over it.
            () = shared.stopping.cancelled(), if live.lives_on() => return,
            () = tokio::time::sleep(wait) => {
                let now = shared.clock.now();
                if live.ends_at <= now {
                    break (Status::TimedOut, CloseReason::MaxDuration, None);
                }
                if live.idle_at() <= now {
                    break (Status::TimedOut, CloseReason::IdleTimeout, None);
                }
            }
            event = events.recv(), if hears => match event {
                Ok(BrowserEvent::Downloaded(file)) => {
                    if live.options.use_file_storage
                        && let Err(error) = shared.keep_download(&live, &file).await
                    {
                        tracing::warn!(session = %live.id, error = ?error, "cannot keep a download");
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(session = %live.id, missed, "downloads came faster than they could be kept");
                }
                Err(RecvError::Closed) => hears = false,
            },
            end = live.browser.ended() => match end {
                EndReason::Asked => break (Status::Closed, CloseReason::Manual, None),
                EndReason::Died(how) => break (Status::Error, CloseReason::Error, Some(how)),
            },
        }
    };
    shared.end_or_log(&live, status, reason, error).await;
}
