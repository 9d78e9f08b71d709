//! Killing everything that belongs to one or several browsers, found in /proc and not by a list of ours.

use std::{
    collections::HashSet,
    io,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    io::Errno,
    process::{
        Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
    },
};
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

use crate::{
    Error, UidRange,
    process::watch,
    procfs::{self, Entry},
};

/// By what a process is known to be ours.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Every process of these uids.
    pub(crate) uids: Vec<u32>,
    /// Every process of these sessions; only while their first process is unreaped, or the number may be a stranger's.
    pub(crate) sessions: Vec<i32>,
    /// Every process that names a path starting with this (see [`procfs::is_marked`]), if `bearers` fits.
    pub(crate) path: Vec<u8>,
    /// Whose processes are looked at for the path.
    pub(crate) bearers: Bearers,
}

/// Whose processes may bear a path mark.
#[derive(Debug, Clone)]
pub(crate) enum Bearers {
    /// Those of one uid: our own, when we are not root.
    Uid(u32),
    /// Those of a range, but for uids that another server holds.
    Range {
        range: UidRange,
        foreign: HashSet<u32>,
    },
}

impl Bearers {
    fn include(&self, entry: &Entry) -> bool {
        match self {
            Self::Uid(uid) => entry.uids[0] == *uid,
            Self::Range { range, foreign } => {
                range.contains(entry.uids[0]) && !foreign.contains(&entry.uids[0])
            }
        }
    }
}

impl Mark {
    /// The processes that bear the mark, each held by a descriptor, so that no later process can be mistaken for it.
    fn find(&self) -> io::Result<Vec<(Pid, OwnedFd)>> {
        let own = rustix::process::getpid();
        let entries = procfs::processes()?;
        let certain = |entry: &Entry| {
            self.sessions.contains(&entry.session)
                || entry.uids.iter().any(|uid| self.uids.contains(uid))
                || (self.bearers.include(entry) && procfs::is_marked(entry.pid, &self.path))
        };
        let (mut found, rest): (Vec<Entry>, Vec<Entry>) = entries
            .into_iter()
            .filter(|entry| entry.pid != own)
            .partition(certain);
        // A browser's helpers that hide their environment share its session.
        let leaders: HashSet<i32> = found
            .iter()
            .filter(|entry| entry.session == entry.pid.as_raw_nonzero().get())
            .map(|entry| entry.session)
            .collect();
        found.extend(
            rest.into_iter()
                .filter(|entry| leaders.contains(&entry.session)),
        );
        let mut held = Vec::new();
        for entry in found.into_iter().filter(|entry| !entry.zombie) {
            match pidfd_open(entry.pid, PidfdFlags::empty()) {
                // Still the process that was looked at, now that its number cannot change hands.
                Ok(pidfd) if procfs::process(entry.pid) == Some(entry) => {
                    held.push((entry.pid, pidfd));
                }
                Ok(_) | Err(Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(held)
    }
}

/// Kills every process that bears `mark` (our own children must have ended before) and waits until there is none, looking again for those that were started
/// meanwhile. Answers how many were killed.
///
/// # Errors
/// [`Error::Leftover`] when some are alive at `deadline`.
pub(crate) async fn cull(mark: Mark, deadline: Instant) -> Result<usize, Error> {
    let mut killed = HashSet::new();
    loop {
        let looker = mark.clone();
        let found = spawn_blocking(move || looker.find())
            .await
            .map_err(|error| Error::System {
                action: "look through /proc",
                source: error.into(),
            })?
            .map_err(Error::system("look through /proc"))?;
        if found.is_empty() {
            return Ok(killed.len());
        }
        for (pid, pidfd) in &found {
            match pidfd_send_signal(pidfd, Signal::KILL) {
                Ok(()) => {
                    killed.insert(*pid);
                }
                Err(Errno::SRCH) => {}
                Err(error) => return Err(Error::system("kill a stray process")(error)),
            }
        }
        for (pid, pidfd) in found {
            timeout_at(deadline, ended(pidfd)).await.map_err(|_| {
                Error::Leftover(format!("process {} outlived SIGKILL", pid.as_raw_nonzero()))
            })??;
        }
        if Instant::now() >= deadline {
            return Err(Error::Leftover(
                "new processes appeared until the deadline".to_owned(),
            ));
        }
    }
}

/// Waits for the end of a process, and collects it if it has become our own child, as orphans do when we are the first
/// process of a container.
async fn ended(pidfd: OwnedFd) -> Result<(), Error> {
    let pidfd = watch(pidfd)?;
    let _ready = pidfd
        .readable()
        .await
        .map_err(Error::system("watch a stray process"))?;
    match waitid(
        WaitId::PidFd(pidfd.get_ref().as_fd()),
        WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
    ) {
        Ok(_) | Err(Errno::CHILD) => Ok(()),
        Err(error) => Err(Error::system("collect an orphan")(error)),
    }
}
