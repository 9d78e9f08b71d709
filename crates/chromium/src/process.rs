//! Starting one confined process, and holding on to it.

use std::{
    ffi::OsString,
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use command_fds::{CommandFdExt, FdMapping};
use rustix::{
    fs::Mode,
    process::{
        Pid, PidfdFlags, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitIdStatus, getppid,
        kill_process_group, pidfd_open, pidfd_send_signal, set_parent_process_death_signal,
        setpriority_pgrp, setrlimit, setsid, umask, waitid,
    },
    thread::{
        Gid, Uid, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
    },
};
use seccompiler::BpfProgram;
use tokio::io::{Interest, unix::AsyncFd};

use crate::{Error, Folders, fence, keeper, seccomp};

/// Everything that is decided about a process before it is forked.
pub(crate) struct Plan<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) folders: &'a Folders,
    /// Added to PATH, HOME, TMPDIR and LANG.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// The uid and gid to change to; `None` keeps our own.
    pub(crate) uid: Option<u32>,
    /// A Landlock rule set, where the kernel has it.
    pub(crate) fence: Option<OwnedFd>,
    /// A filter of system calls, where the kernel has them.
    pub(crate) filter: Option<BpfProgram>,
    /// What the kernel sends when we die.
    pub(crate) death_signal: Signal,
    pub(crate) descriptors: Vec<FdMapping>,
    pub(crate) stderr: Stdio,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
}

/// A child process, leader of a session and group of its own. Not reaped until [`Process::reap`], so that its pid and
/// group cannot pass to a stranger while we still send signals to them.
pub(crate) struct Process {
    pid: Pid,
    pidfd: AsyncFd<OwnedFd>,
}

impl Process {
    /// Forks and executes. Must run on the keeper's thread.
    pub(crate) fn spawn(plan: Plan<'_>) -> Result<Self, Error> {
        let mut command = Command::new(plan.program);
        command
            .args(plan.arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", plan.folders.profile())
            .env("TMPDIR", plan.folders.temporary())
            // The one UTF-8 locale that needs no package: without one, names of downloads lose what is not ASCII.
            .env("LANG", "C.UTF-8")
            .envs(plan.environment)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(plan.stderr);
        confine(
            &mut command,
            plan.uid,
            plan.fence,
            plan.filter,
            plan.death_signal,
        )?;
        command
            .fd_mappings(plan.descriptors)
            .map_err(|error| Error::Invalid(error.to_string()))?;

        let held = keeper::occupy_low_descriptors()?;
        let mut child = command.spawn().map_err(|source| Error::Spawn {
            program: plan.program.to_owned(),
            source,
        })?;
        drop(held);
        drop(command);
        match Self::watch(&child) {
            Ok(process) => Ok(process),
            Err(error) => {
                child.kill().map_err(Error::system("end a new process"))?;
                child.wait().map_err(Error::system("reap a new process"))?;
                Err(error)
            }
        }
    }

    fn watch(child: &std::process::Child) -> Result<Self, Error> {
        let pid = Pid::from_child(child);
        let pidfd = pidfd_open(pid, PidfdFlags::empty())
            .map_err(Error::system("open a descriptor for a new process"))?;
        Ok(Self {
            pid,
            pidfd: watch(pidfd)?,
        })
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Waits for the end of the process; it stays unreaped.
    pub(crate) async fn exited(&self) -> Result<Status, Error> {
        loop {
            let mut ready = self
                .pidfd
                .readable()
                .await
                .map_err(Error::system("watch a process"))?;
            if let Some(status) = self.status(WaitIdOptions::NOWAIT)? {
                return Ok(Status {
                    code: status.exit_status(),
                    signal: status.terminating_signal(),
                });
            }
            ready.clear_ready();
        }
    }

    /// Sends a signal to the process alone. One that has ended is no error.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Error> {
        gone_is_fine(pidfd_send_signal(self.pidfd.get_ref(), signal))
    }

    /// Sends a signal to the whole group. One that has ended is no error.
    pub(crate) fn signal_group(&self, signal: Signal) -> Result<(), Error> {
        gone_is_fine(kill_process_group(self.pid, signal))
    }

    /// Lets others go first wherever a processor is short (`nice`).
    pub(crate) fn yield_group(&self, nice: i32) -> rustix::io::Result<()> {
        setpriority_pgrp(Some(self.pid), nice)
    }

    /// Collects the ended process; does nothing for one that still runs.
    pub(crate) fn reap(&self) -> Result<(), Error> {
        self.status(WaitIdOptions::empty()).map(|_| ())
    }

    fn status(&self, how: WaitIdOptions) -> Result<Option<WaitIdStatus>, Error> {
        use std::os::fd::AsFd as _;
        waitid(
            WaitId::PidFd(self.pidfd.get_ref().as_fd()),
            WaitIdOptions::EXITED | WaitIdOptions::NOHANG | how,
        )
        .map_err(Error::system("ask how a process ended"))
    }
}

/// Makes the end of a process awaitable: its descriptor becomes readable then.
pub(crate) fn watch(pidfd: OwnedFd) -> Result<AsyncFd<OwnedFd>, Error> {
    #[expect(unsafe_code, reason = "tokio asks for a promise about the descriptor")]
    // SAFETY: an `OwnedFd` names the same open descriptor until it is dropped, and `AsyncFd` deregisters before that.
    let watched = unsafe { AsyncFd::register_with_interest(pidfd, Interest::READABLE) };
    watched.map_err(|error| Error::System {
        action: "watch a process",
        source: error.into(),
    })
}

fn gone_is_fine(result: rustix::io::Result<()>) -> Result<(), Error> {
    match result {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(Error::System {
            action: "send a signal to a browser",
            source: error.into(),
        }),
    }
}

/// Registers what the child does between fork and exec.
fn confine(
    command: &mut Command,
    uid: Option<u32>,
    fence: Option<OwnedFd>,
    filter: Option<BpfProgram>,
    death_signal: Signal,
) -> Result<(), Error> {
    let parent = rustix::process::getpid();
    let identity = uid.map(|id| (Uid::from_raw(id), Gid::from_raw(id)));
    let hook = move || -> io::Result<()> {
        setsid()?;
        if let Some((uid, gid)) = identity {
            set_thread_groups(&[])?;
            set_thread_res_gid(gid, gid, gid)?;
            set_thread_res_uid(uid, uid, uid)?;
        }
        umask(Mode::RWXG | Mode::RWXO);
        setrlimit(
            Resource::Core,
            Rlimit {
                current: Some(0),
                maximum: Some(0),
            },
        )?;
        set_no_new_privs(true)?;
        if let Some(fence) = &fence {
            fence::enter(fence.as_raw_fd())?;
        }
        if let Some(filter) = &filter {
            seccomp::enter(filter)?;
        }
        // After the change of uid, which would clear it.
        set_parent_process_death_signal(Some(death_signal))?;
        if getppid() != Some(parent) {
            // We died in between, and the signal was never sent.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    };
    #[expect(
        unsafe_code,
        reason = "the hook runs between fork and exec: it makes direct system calls only, neither allocates nor locks"
    )]
    // SAFETY: see the reason above; `fence` and `filter` were made before the fork and are only read.
    unsafe {
        command.pre_exec(hook);
    }
    Ok(())
}
