//! How sessions begin and end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};

use super::live::{Live, LiveEvent, NewLive};
use super::{Sessions, Shared};
use crate::ports::{BrowserEvent, DownloadedFile, EndReason, SessionEnd};
use crate::services::SessionRequest;
use crate::{
    Area, Caller, CloseReason, Error, Kind, Result, Session, SessionId, Status, Timestamp, Traffic,
};

/// What a browser may take to be there.
const START: Duration = Duration::from_secs(30);

/// What a browser may take to be gone once it is asked to end.
const END: Duration = Duration::from_secs(5);

/// What a full machine tells callers to wait.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Sessions {
    /// Starts a session. It is active, and its page ready, when this returns.
    ///
    /// # Errors
    /// Kind `Invalid` for a request that cannot be granted, `Quota` when the tenant has as many as it may, `Full` when no
    /// slot became free in time, `Browser` when the browser does not start.
    pub async fn start(&self, caller: &Caller, request: SessionRequest) -> Result<Session> {
        let (options, spec) = request.resolve()?;
        let shared = &self.shared;
        shared.browsers.check(&spec)?;
        shared.check_quota(caller).await?;
        let slot = shared.slot().await?;

        let started = shared.browsers.start(&spec, Instant::now() + START).await?;
        let now = shared.clock.now();
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
        // The row comes after the browser: it never names a browser that did not start. A crash in between leaves a process
        // that the next start sweeps up.
        if let Err(error) = shared
            .store
            .add_session(&session, &shared.settings.node)
            .await
        {
            started.browser.end(Instant::now() + END).await;
            return Err(error);
        }
        let live = Arc::new(Live::new(NewLive {
            id: session.id,
            tenant: session.tenant,
            options,
            notes: started.notes,
            browser: started.browser,
            created_at: now,
            slot,
        }));
        shared.table().insert(session.id, Arc::clone(&live));
        shared.tasks.spawn(watch(Arc::clone(shared), live));
        Ok(session)
    }

    /// Stops a session. Stopping one that has ended already is fine.
    ///
    /// The answer says `closed` in any case: whoever stops a session wants it gone, and it is. How it really ended stays in
    /// the record.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn stop(&self, caller: &Caller, id: &str) -> Result<Session> {
        if let Ok(live) = self.shared.running(caller.tenant, id).await {
            self.shared
                .end(&live, Status::Closed, CloseReason::Manual, None)
                .await?;
        }
        let mut session = self.shared.session(caller.tenant, id).await?;
        session.status = Status::Closed;
        Ok(session)
    }

    /// Notes the sessions of an earlier run, whose browsers died with it, as ended. Returns how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recover(&self) -> Result<u64> {
        let end = SessionEnd {
            status: Status::Error,
            reason: CloseReason::Error,
            error: Some("the server was restarted".to_owned()),
            at: self.shared.clock.now(),
            traffic: None,
        };
        self.shared
            .store
            .end_sessions_of(&self.shared.settings.node, &end)
            .await
    }

    /// Ends all sessions and waits until their browsers are gone, at most until `deadline`.
    pub async fn shutdown(&self, deadline: Instant) {
        self.shared.slots.close();
        let live: Vec<_> = self.shared.table().values().cloned().collect();
        for live in live {
            let reason = Some("the server was stopped".to_owned());
            if let Err(error) = self
                .shared
                .end(&live, Status::Closed, CloseReason::Manual, reason)
                .await
            {
                tracing::error!(session = %live.id, error = ?error, "cannot note the end of a session");
            }
        }
        self.shared.tasks.close();
        let _ = timeout(
            deadline.saturating_duration_since(Instant::now()),
            self.shared.tasks.wait(),
        )
        .await;
        self.shared.browsers.shutdown(deadline).await;
    }
}

impl Shared {
    async fn check_quota(&self, caller: &Caller) -> Result<()> {
        let Some(allowed) = self.settings.sessions_per_tenant else {
            return Ok(());
        };
        let active = self.store.count_active(caller.tenant).await?;
        if active < allowed {
            return Ok(());
        }
        let message = format!(
            "You exceeded the maximum of active sessions: {active} of {allowed} are active; stop one or try again later"
        );
        Err(Error::new(Kind::Quota, message).with_retry_after(RETRY_AFTER))
    }

    /// A place among the machine's browsers, after a bounded wait.
    async fn slot(&self) -> Result<OwnedSemaphorePermit> {
        let full = || {
            let message = format!(
                "No browser is free: all {} slots are in use; try again later",
                self.settings.slots
            );
            Error::new(Kind::Full, message).with_retry_after(RETRY_AFTER)
        };
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = self.waiting.try_acquire().map_err(|_| full())?;
        match timeout(self.settings.wait, Arc::clone(&self.slots).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Closed slots: the server is stopping.
            Ok(Err(_)) | Err(_) => Err(full()),
        }
    }

    /// Ends a running session: once, whoever comes first. The row is written when this returns; the processes go in the
    /// background and keep their slot until they are gone.
    pub(super) async fn end(
        self: &Arc<Self>,
        live: &Arc<Live>,
        status: Status,
        reason: CloseReason,
        error: Option<String>,
    ) -> Result<()> {
        if !live.begin_end() {
            // Somebody else ends it: their row is written before they take it out of the table.
            live.ended.cancelled().await;
            return Ok(());
        }
        let traffic = live.browser.traffic();
        let end = SessionEnd {
            status,
            reason,
            error: error.clone(),
            at: self.clock.now(),
            traffic: Some(traffic),
        };
        let touched = self
            .store
            .touch_session(live.id, live.last_accessed(), traffic)
            .await;
        let written = match touched {
            Ok(()) => self.store.end_session(live.id, &end).await.map(drop),
            Err(error) => Err(error),
        };
        self.table().remove(&live.id);
        live.tell(LiveEvent::Ended(error.unwrap_or_else(|| match reason {
            CloseReason::Manual => {
                "the session was closed by the user; nothing more will be recorded".to_owned()
            }
            CloseReason::IdleTimeout => "the session was idle for too long".to_owned(),
            CloseReason::MaxDuration => "the session's time is up".to_owned(),
            CloseReason::Error => "the session failed".to_owned(),
        })));
        live.ended.cancel();
        let ending = Arc::clone(live);
        self.tasks
            .spawn(async move { ending.browser.end(Instant::now() + END).await });
        written
    }

    /// Keeps a downloaded file, once. Returns its name among the session's downloads.
    pub(super) async fn keep_download(&self, live: &Live, file: &DownloadedFile) -> Result<String> {
        let mut kept = live.kept.lock().await;
        if let Some(name) = kept.get(&file.path) {
            return Ok(name.clone());
        }
        let name = download_name(self.clock.now(), &file.name);
        let bytes = tokio::fs::File::open(&file.path)
            .await
            .map_err(|error| Error::internal("cannot read a downloaded file", error))?;
        self.files
            .put(
                live.tenant,
                Area::Downloads(live.id),
                &name,
                Box::pin(bytes),
            )
            .await?;
        kept.insert(file.path.clone(), name.clone());
        drop(kept);
        if let Err(error) = tokio::fs::remove_file(&file.path).await {
            tracing::warn!(session = %live.id, %error, "cannot remove a download that is kept");
        }
        Ok(name)
    }
}

/// Watches over one session until it ends: its browser's death, its time, its downloads.
async fn watch(shared: Arc<Shared>, live: Arc<Live>) {
    let mut events = live.browser.events();
    let (status, reason, error) = loop {
        let next = live.idle_at().min(live.ends_at);
        let wait = next.since(shared.clock.now());
        tokio::select! {
            () = live.ended.cancelled() => return,
            end = live.browser.ended() => match end {
                EndReason::Asked => break (Status::Closed, CloseReason::Manual, None),
                EndReason::Died(how) => break (Status::Error, CloseReason::Error, Some(how)),
            },
            event = events.recv() => match event {
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
                Err(RecvError::Closed) => live.ended.cancelled().await,
            },
            () = tokio::time::sleep(wait) => {
                let now = shared.clock.now();
                if live.ends_at <= now {
                    break (Status::TimedOut, CloseReason::MaxDuration, None);
                }
                if live.idle_at() <= now {
                    break (Status::TimedOut, CloseReason::IdleTimeout, None);
                }
            }
        }
    };
    if let Err(error) = shared.end(&live, status, reason, error).await {
        tracing::error!(session = %live.id, error = ?error, "cannot note the end of a session");
    }
}

/// `resume.pdf` becomes `2026_04_24_00_54_44-resume.pdf` (Notte API: stored name of a download).
fn download_name(at: Timestamp, suggested: &str) -> String {
    let stamp: String = at
        .to_string()
        .chars()
        .take("2026-04-24T00:54:44".len())
        .map(|c| if c.is_ascii_digit() { c } else { '_' })
        .collect();
    let base = suggested.rsplit(['/', '\\']).next().unwrap_or_default();
    let base: String = base.chars().filter(|c| !c.is_control()).collect();
    let base = if base.is_empty() {
        "download".to_owned()
    } else {
        base
    };
    // The end of a long name holds its ending, which tells what it is.
    let start = base.ceil_char_boundary(base.len().saturating_sub(200));
    format!("{stamp}-{}", &base[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn download_names_start_with_the_moment_and_end_with_the_name() {
        let at = Timestamp::from_micros(1_776_992_084_000_000);
        assert_eq!(
            download_name(at, "../../resume.pdf"),
            "2026_04_24_00_54_44-resume.pdf"
        );
        assert!(download_name(at, "").ends_with("-download"));
    }
}
