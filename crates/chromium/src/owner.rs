//! The task that owns one browser from its start to the removal of its folder. It runs on the keeper's thread.

use std::{sync::Arc, time::Duration};

use rustix::process::Signal;
use tokio::{
    net::unix::pipe,
    sync::{oneshot, watch},
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};
use tracing::{debug, error, warn};

use crate::{
    Error, Exit, Folders,
    cull::{Bearers, Mark, cull},
    launcher::Shared,
    process::{Process, Status},
    residue,
    runtime::mark,
    uid::Lease,
    xvfb::Xvfb,
};

/// How long a browser may take over SIGTERM, and Xvfb too.
const TERM: Duration = Duration::from_secs(1);
/// How long anything may take over SIGKILL.
const KILL: Duration = Duration::from_secs(5);
/// How nice processes are while they are torn down, some twelve milliseconds of work for each browser: others get nine times as
/// much of a processor that is short.
const TEARDOWN: i32 = 10;
/// How much of the end of standard error is kept.
const TAIL: usize = 4096;

/// How far a browser's life has come, for those who wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// The browser process has ended.
    pub(crate) exit: Option<Exit>,
    /// Its processes and folders are gone, or the reason why not.
    pub(crate) cleaned: Option<Result<(), String>>,
}

/// Everything that a browser holds.
pub(crate) struct Owner {
    pub(crate) shared: Arc<Shared>,
    pub(crate) process: Process,
    pub(crate) xvfb: Option<Xvfb>,
    pub(crate) folders: Folders,
    pub(crate) lease: Option<Lease>,
    pub(crate) stderr: pipe::Receiver,
    pub(crate) progress: watch::Sender<Progress>,
    /// Brings the grace; a dropped sender is an order too.
    pub(crate) orders: oneshot::Receiver<Duration>,
}

impl Owner {
    pub(crate) async fn run(mut self) {
        let mut tail = Vec::new();
        let ended = self.live(&mut tail).await;
        let cleaned = match ended {
            Ok(()) => self.clean().await,
            Err(error) => Err(error),
        };
        let cleaned = match cleaned {
            Ok(()) => Ok(()),
            Err(error) => {
                error!(%error, folder = %self.folders.root().display(), "a browser left something behind");
                // Nobody may get this uid while something of it may be alive.
                if let Some(lease) = self.lease.take() {
                    self.shared.quarantine(lease);
                }
                Err(error.to_string())
            }
        };
        // Descriptors and uid are free again before anybody learns of the end.
        let progress = self.progress.clone();
        drop(self);
        progress.send_modify(|progress| progress.cleaned = Some(cleaned));
    }

    /// Until every process is gone and an end was ordered.
    async fn live(&mut self, tail: &mut Vec<u8>) -> Result<(), Error> {
        let shared = Arc::clone(&self.shared);
        let grace = tokio::select! {
            status = self.process.exited() => {
                let status = status?;
                self.announce(status, tail);
                self.kill_rest().await?;
                // The folder stays until its user has had a look.
                tokio::select! {
                    _ = &mut self.orders => {}
                    () = shared.closing.cancelled() => {}
                }
                return Ok(());
            }
            order = &mut self.orders => order.unwrap_or_default(),
            () = shared.closing.cancelled() => Duration::ZERO,
            never = drain(&self.stderr, tail) => match never {},
        };
        let status = self.close(grace, tail).await?;
        self.announce(status, tail);
        self.kill_rest().await
    }

    /// The close ladder: wait, ask, kill.
    async fn close(&self, grace: Duration, tail: &mut Vec<u8>) -> Result<Status, Error> {
        let exited = async {
            tokio::select! {
                status = self.process.exited() => status,
                never = drain(&self.stderr, tail) => match never {},
            }
        };
        tokio::pin!(exited);
        // A caller without patience does not want the profile written either.
        if !grace.is_zero() {
            if let Ok(status) = timeout(grace, &mut exited).await {
                return status;
            }
            self.process.signal_group(Signal::TERM)?;
            if let Ok(status) = timeout(TERM, &mut exited).await {
                return status;
            }
            warn!(pid = %self.process.pid(), "a browser ignored SIGTERM");
        }
        // Nobody waits for what the kernel now has to tear down.
        if let Err(error) = self.process.yield_group(TEARDOWN) {
            debug!(%error, "a browser is torn down at the same priority as everything else");
        }
        self.process.signal_group(Signal::KILL)?;
        timeout(KILL, &mut exited).await.map_err(|_| {
            Error::Leftover(format!("browser {} outlived SIGKILL", self.process.pid()))
        })?
    }

    fn announce(&self, status: Status, tail: &mut Vec<u8>) {
        read_available(&self.stderr, tail);
        let exit = Exit::new(status, tail);
        debug!(pid = %self.process.pid(), %exit, "a browser ended");
        self.progress
            .send_modify(|progress| progress.exit = Some(exit));
    }

    /// Ends Xvfb, crash handlers and whatever else is left, then gives the pids back.
    async fn kill_rest(&mut self) -> Result<(), Error> {
        let deadline = Instant::now() + KILL;
        let mut sessions = vec![self.process.pid().as_raw_nonzero().get()];
        if let Some(xvfb) = &self.xvfb {
            xvfb.process.signal(Signal::TERM)?;
            if timeout(TERM, xvfb.process.exited()).await.is_err() {
                xvfb.process.signal_group(Signal::KILL)?;
                timeout_at(deadline, xvfb.process.exited())
                    .await
                    .map_err(|_| Error::Leftover("Xvfb outlived SIGKILL".to_owned()))??;
            }
            sessions.push(xvfb.process.pid().as_raw_nonzero().get());
        }
        let own = rustix::process::geteuid().as_raw();
        cull(
            Mark {
                uids: self.lease.iter().map(|lease| lease.uid).collect(),
                sessions,
                path: mark(self.folders.root()),
                bearers: Bearers::Uid(self.lease.as_ref().map_or(own, |lease| lease.uid)),
            },
            deadline,
        )
        .await?;
        self.process.reap()?;
        if let Some(xvfb) = self.xvfb.take() {
            xvfb.process.reap()?;
        }
        Ok(())
    }

    async fn clean(&self) -> Result<(), Error> {
        let folders = self.folders.clone();
        let uid = self.lease.as_ref().map(|lease| lease.uid);
        spawn_blocking(move || {
            folders.remove()?;
            uid.map_or(Ok(()), residue::remove)
        })
        .await
        .map_err(|error| Error::Leftover(error.to_string()))?
    }
}

/// Keeps the last bytes of standard error, so that Chromium never waits for a reader and a failure has a reason.
async fn drain(stderr: &pipe::Receiver, tail: &mut Vec<u8>) -> std::convert::Infallible {
    while stderr.readable().await.is_ok() {
        if !read_available(stderr, tail) {
            break;
        }
    }
    std::future::pending().await
}

/// Whether more may come.
fn read_available(stderr: &pipe::Receiver, tail: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match stderr.try_read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) => {
                tail.extend(buffer.iter().take(read));
                let excess = tail.len().saturating_sub(TAIL);
                tail.drain(..excess);
            }
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}
