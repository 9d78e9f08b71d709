//! The handle of a running browser.

use std::{
    fmt,
    os::fd::OwnedFd,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::unix::pipe,
    sync::{oneshot, watch},
    time::{Instant, timeout_at},
};

use crate::{Error, Folders, owner::Progress, process::Status};

/// How a browser process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Exit code, if it ended by itself.
    pub code: Option<i32>,
    /// Signal number, if it was killed.
    pub signal: Option<i32>,
    /// The end of what it wrote to standard error, 4 KiB at most.
    pub stderr: String,
}

impl Exit {
    pub(crate) fn new(status: Status, stderr: &[u8]) -> Self {
        Self {
            code: status.code,
            signal: status.signal,
            stderr: String::from_utf8_lossy(stderr).trim().to_owned(),
        }
    }
}

/// The reason in one line, without what the browser wrote.
impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(formatter, "the browser ended with exit code {code}"),
            (None, Some(signal)) => write!(formatter, "the browser was killed by signal {signal}"),
            (None, None) => formatter.write_str("the browser ended"),
        }
    }
}

/// What holds a browser in, beside its own sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// The uid of its own that it runs as; `None` when the server is not root and the browser runs as the same user,
    /// so that only Landlock and Chromium's sandbox keep it from the user's files and from other sessions.
    pub uid: Option<u32>,
    /// The version of Landlock in force (TCP rules from 4 on); `None` where the kernel has none.
    pub landlock: Option<u32>,
    /// Whether system calls are filtered: no sockets but streams over TCP and local ones.
    pub seccomp: bool,
}

/// The two ends of Chromium's DevTools pipe.
///
/// Messages are JSON, each followed by a zero byte.
#[derive(Debug)]
pub struct Pipes {
    /// What the browser says.
    pub reader: pipe::Receiver,
    /// What the browser is told.
    pub writer: pipe::Sender,
}

/// A running browser. Dropping it ends it at once, in the background; [`Browser::end`] waits for that.
#[derive(Debug)]
pub struct Browser {
    pid: u32,
    folders: Folders,
    confinement: Confinement,
    pipes: Mutex<Option<(OwnedFd, OwnedFd)>>,
    order: Mutex<Option<oneshot::Sender<Duration>>>,
    progress: watch::Receiver<Progress>,
}

impl Browser {
    pub(crate) fn new(
        pid: u32,
        folders: Folders,
        confinement: Confinement,
        pipes: (OwnedFd, OwnedFd),
        order: oneshot::Sender<Duration>,
        progress: watch::Receiver<Progress>,
    ) -> Self {
        Self {
            pid,
            folders,
            confinement,
            pipes: Mutex::new(Some(pipes)),
            order: Mutex::new(Some(order)),
            progress,
        }
    }

    /// Pid of the browser process, also the id of its group and session.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Its folders.
    #[must_use]
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// What holds it in.
    #[must_use]
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// The DevTools pipe, once. Must be called inside the tokio runtime that will use it.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the second call; [`Error::System`] when the runtime cannot watch the pipe.
    pub fn take_pipes(&self) -> Result<Pipes, Error> {
        let (reader, writer) = self
            .pipes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(|| Error::Invalid("the browser's pipes were taken before".to_owned()))?;
        Ok(Pipes {
            reader: pipe::Receiver::from_owned_fd(reader)
                .map_err(Error::system("watch the browser's pipe"))?,
            writer: pipe::Sender::from_owned_fd(writer)
                .map_err(Error::system("watch the browser's pipe"))?,
        })
    }

    /// Resolves when the browser process has ended, with the reason; at once if that was before. What is left of its
    /// processes is killed then; its folders stay until [`Browser::end`] or drop.
    ///
    /// # Errors
    /// [`Error::Leftover`] when it could not be watched to its end.
    pub async fn exited(&self) -> Result<Exit, Error> {
        let mut progress = self.progress.clone();
        let end = progress
            .wait_for(|progress| progress.exit.is_some() || progress.cleaned.is_some())
            .await
            .map_err(|_| lost())?;
        end.exit.clone().ok_or_else(|| match &end.cleaned {
            Some(Err(problem)) => Error::Leftover(problem.clone()),
            _ => lost(),
        })
    }

    /// Ends the browser and everything that belongs to it, and removes its folders.
    ///
    /// The ladder: `grace` to end by itself (for a caller that has sent `Browser.close`), one second after SIGTERM to
    /// the group, then SIGKILL to the group and to all processes of its uid or folder. With no grace it is killed at
    /// once, which is right where the profile is not kept. The grace of the first call counts; later calls wait for the
    /// same end. When `deadline` passes, or the future is dropped, the ladder goes on.
    ///
    /// # Errors
    /// [`Error::Timeout`] at the deadline; [`Error::Leftover`] when something could not be removed.
    pub async fn end(&self, grace: Duration, deadline: Instant) -> Result<(), Error> {
        let order = self
            .order
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(order) = order {
            // Not taken when the owner is through already; its outcome is waited for below.
            let _ = order.send(grace);
        }
        let mut progress = self.progress.clone();
        let cleaned = timeout_at(
            deadline,
            progress.wait_for(|progress| progress.cleaned.is_some()),
        )
        .await
        .map_err(|_| Error::Timeout("the end of the browser"))?
        .map_err(|_| lost())?
        .cleaned
        .clone();
        match cleaned {
            Some(Err(problem)) => Err(Error::Leftover(problem)),
            _ => Ok(()),
        }
    }
}

fn lost() -> Error {
    Error::Leftover("its owner ended early".to_owned())
}
