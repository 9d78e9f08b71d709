//! A browser's own X display.

use std::{
    ffi::OsString,
    fs::{DirBuilder, File, Permissions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, fchown},
    path::Path,
    process::Stdio,
};

use command_fds::FdMapping;
use rand::RngCore;
use rustix::{
    pipe::{PipeFlags, pipe_with},
    process::Signal,
};
use tokio::{
    io::AsyncReadExt,
    net::unix::pipe,
    time::{Instant, timeout_at},
};

use crate::{
    Error, Folders, Isolation, Window, fence,
    process::{Plan, Process},
    seccomp::{self, Network},
};

const SOCKETS: &str = "/tmp/.X11-unix";
const NUMBER_DESCRIPTOR: i32 = 3;

/// A running X server and what a client needs to reach it.
pub(crate) struct Xvfb {
    pub(crate) process: Process,
    number: u32,
}

impl Xvfb {
    /// Starts Xvfb and waits until it serves. Must run on the keeper's thread.
    ///
    /// It picks a free display number itself, listens on no TCP port, and lets in only who knows the cookie, which lies
    /// in a file of the browser's uid.
    pub(crate) async fn start(
        program: &Path,
        isolation: &Isolation,
        folders: &Folders,
        uid: Option<u32>,
        window: Window,
        deadline: Instant,
    ) -> Result<Self, Error> {
        write_cookie(folders, uid)?;
        if uid.is_some() {
            make_socket_folder()?;
        }
        let (ours, theirs) =
            pipe_with(PipeFlags::CLOEXEC).map_err(Error::system("make a pipe for Xvfb"))?;
        let mut arguments: Vec<OsString> = [
            "-displayfd",
            &NUMBER_DESCRIPTOR.to_string(),
            "-screen",
            "0",
            &screen(window),
            "-nolisten",
            "tcp",
            "-noreset",
            "-auth",
        ]
        .iter()
        .map(OsString::from)
        .collect();
        arguments.push(folders.x_authority().into());
        let process = Process::spawn(Plan {
            program,
            arguments,
            folders,
            environment: Vec::new(),
            uid,
            fence: match isolation.landlock {
                None => None,
                Some(_) => fence::xvfb(program, folders)?,
            },
            filter: seccomp::filter_on(isolation, Network::None)?,
            // Unlike SIGKILL it lets Xvfb remove its lock file and socket.
            death_signal: Signal::TERM,
            descriptors: vec![FdMapping {
                parent_fd: theirs,
                child_fd: NUMBER_DESCRIPTOR,
            }],
            stderr: Stdio::null(),
        })?;
        let number = pipe::Receiver::from_owned_fd(ours)
            .map_err(Error::system("read the pipe of Xvfb"))
            .map(|ours| display_number(ours, deadline))?
            .await;
        match number {
            Ok(number) => Ok(Self { process, number }),
            Err(error) => {
                kill(&process).await?;
                Err(error)
            }
        }
    }

    /// Ends an X server whose browser could not be started.
    pub(crate) async fn abandon(self) -> Result<(), Error> {
        kill(&self.process).await
    }

    /// DISPLAY and XAUTHORITY for a client.
    pub(crate) fn environment(&self, folders: &Folders) -> Vec<(&'static str, OsString)> {
        vec![
            ("DISPLAY", format!(":{}", self.number).into()),
            ("XAUTHORITY", folders.x_authority().into()),
        ]
    }
}

/// Larger than the window, and an ordinary size where that is enough: Chromium makes a window that would cover the whole
/// screen a little smaller.
fn screen(window: Window) -> String {
    let width = window.width.saturating_add(64).max(1920);
    let height = window.height.saturating_add(56).max(1080);
    format!("{width}x{height}x24")
}

/// SIGKILL cannot be ignored, so this needs no deadline but the kernel's.
async fn kill(process: &Process) -> Result<(), Error> {
    process.signal_group(Signal::KILL)?;
    process.exited().await?;
    process.reap()
}

async fn display_number(mut pipe: pipe::Receiver, deadline: Instant) -> Result<u32, Error> {
    let mut line = Vec::new();
    loop {
        let read = timeout_at(deadline, pipe.read_buf(&mut line))
            .await
            .map_err(|_| Error::Timeout("Xvfb naming its display"))?
            .map_err(Error::system("read the pipe of Xvfb"))?;
        if line.ends_with(b"\n") || read == 0 || line.len() > 16 {
            break;
        }
    }
    let line = String::from_utf8_lossy(&line);
    line.trim().parse().map_err(|_| {
        Error::Display(format!(
            "it said `{}` instead of a number; is /tmp/.X11-unix writable?",
            line.trim()
        ))
    })
}

/// An authority file with one entry that fits every display: the number is not known yet.
///
/// Format (Xau(3)): family, then address, display number, protocol name and data, each with a length before it, all
/// numbers 16 bits, big-endian. The family 0xffff with empty address and number matches anything.
fn write_cookie(folders: &Folders, uid: Option<u32>) -> Result<(), Error> {
    const NAME: &[u8] = b"MIT-MAGIC-COOKIE-1";
    let mut cookie = [0; 16];
    rand::rng().fill_bytes(&mut cookie);
    let mut entry = vec![0xff, 0xff, 0, 0, 0, 0];
    for field in [NAME, &cookie] {
        entry.extend([0, field.len().to_le_bytes()[0]]);
        entry.extend(field);
    }
    let path = folders.x_authority();
    let mut file = File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(Error::folder("create", &path))?;
    file.write_all(&entry)
        .map_err(Error::folder("write", &path))?;
    fchown(&file, uid, uid).map_err(Error::folder("change the owner of", &path))
}

/// Made by root and sticky, as X11 wants it, or the first browser's user would own it.
fn make_socket_folder() -> Result<(), Error> {
    match DirBuilder::new().mode(0o1777).create(SOCKETS) {
        Ok(()) => std::fs::set_permissions(SOCKETS, Permissions::from_mode(0o1777))
            .map_err(Error::folder("change the mode of", SOCKETS)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::folder("create", SOCKETS)(error)),
    }
}
