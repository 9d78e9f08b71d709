//! A real headless-shell on a pipe, in a process and profile of its own.

#![expect(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "for tests only; every test program uses another part of this"
)]

use std::os::fd::OwnedFd;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use guise_cdp::protocol::{page, runtime, target};
use guise_cdp::{Connection, Session, TargetId};
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::Instant;

const HEADLESS_SHELL: &str = "/usr/lib/chromium/chromium-headless-shell";
const FULL: &str = "/usr/lib/chromium/chromium";
/// Chromium's sandbox does not start as root, so it gets a number without an account.
const UID: u32 = 210_077;

pub(crate) struct Browser {
    pub(crate) connection: Connection,
    pub(crate) process: Process,
}

/// The browser's process and its folder; both are gone when this is dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) folder: PathBuf,
}

impl Process {
    /// A browser that nobody speaks to yet, with a page: see `start`.
    pub(crate) fn with_page() -> (Self, OwnedFd, OwnedFd) {
        Self::start(HEADLESS_SHELL, &["about:blank"])
    }

    /// A browser, and our ends of its pipes: where it writes, and where it reads.
    fn start(binary: &str, arguments: &[&str]) -> (Self, OwnedFd, OwnedFd) {
        let folder = tempfile::Builder::new()
            .prefix("guise-cdp-")
            .tempdir()
            .unwrap();
        let (their_reader, our_writer) = std::io::pipe().unwrap();
        let (our_reader, their_writer) = std::io::pipe().unwrap();
        let mut command = if is_root() {
            chown(folder.path(), Some(UID), Some(UID)).unwrap();
            let mut command = std::process::Command::new("setpriv");
            let id = UID.to_string();
            command.args([
                "--pdeathsig",
                "KILL",
                "--clear-groups",
                "--reuid",
                &id,
                "--regid",
                &id,
                binary,
            ]);
            command
        } else {
            std::process::Command::new(binary)
        };
        command
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .args([
                "--remote-debugging-pipe",
                "--no-first-run",
                "--disable-gpu",
                "--password-store=basic",
            ])
            .args([
                "--disable-sync",
                "--disable-component-update",
                "--disable-background-networking",
            ])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .fd_mappings(vec![
                FdMapping {
                    parent_fd: OwnedFd::from(their_reader),
                    child_fd: 3,
                },
                FdMapping {
                    parent_fd: OwnedFd::from(their_writer),
                    child_fd: 4,
                },
            ])
            .unwrap();
        let child = Command::from(command).kill_on_drop(true).spawn().unwrap();
        let process = Self {
            child,
            folder: folder.keep(),
        };
        (process, our_reader.into(), our_writer.into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let late = std::time::Instant::now() + Duration::from_secs(10);
        // Renderers die shortly after the browser and may write until then.
        while !matches!(self.child.try_wait(), Ok(Some(_)))
            || std::fs::remove_dir_all(&self.folder).is_err()
        {
            if std::time::Instant::now() > late {
                eprintln!("{} is left behind", self.folder.display());
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Browser {
    pub(crate) fn start() -> Self {
        Self::launch(HEADLESS_SHELL, &[])
    }

    /// The browser that people use, without a screen.
    pub(crate) fn start_full() -> Self {
        Self::launch(FULL, &["--headless=new", "about:blank"])
    }

    fn launch(binary: &str, arguments: &[&str]) -> Self {
        let (process, reader, writer) = Process::start(binary, arguments);
        let connection = Connection::over_pipe(
            pipe::Receiver::from_owned_fd(reader).unwrap(),
            pipe::Sender::from_owned_fd(writer).unwrap(),
        );
        Self {
            connection,
            process,
        }
    }

    pub(crate) fn root(&self) -> Session {
        self.connection.root()
    }

    /// A file that the browser can read.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.process.folder.join(name);
        std::fs::write(&path, content).unwrap();
        if is_root() {
            chown(&path, Some(UID), Some(UID)).unwrap();
        }
        path
    }

    /// Opens `url` and attaches to it.
    pub(crate) async fn page(&self, url: &str) -> (Session, TargetId) {
        open(&self.root(), url).await
    }
}

pub(crate) async fn open(root: &Session, url: &str) -> (Session, TargetId) {
    let create = target::CreateTarget {
        url: url.to_owned(),
        ..Default::default()
    };
    let target_id = root.call(&create, soon()).await.unwrap().target_id;
    let attach = target::AttachToTarget {
        target_id: target_id.clone(),
        flatten: true,
    };
    let session_id = root.call(&attach, soon()).await.unwrap().session_id;
    (root.connection().session(&session_id), target_id)
}

/// Navigates and waits for `load`.
pub(crate) async fn load(page: &Session, url: &str) {
    let mut events = page.subscribe(&["Page.loadEventFired"]);
    page.call(&page::Enable {}, soon()).await.unwrap();
    let navigate = page::Navigate {
        url: url.to_owned(),
        ..Default::default()
    };
    let navigated = page.call(&navigate, soon()).await.unwrap();
    assert_eq!(navigated.error_text, None);
    within(events.next()).await.unwrap();
}

pub(crate) fn evaluate(expression: impl Into<std::borrow::Cow<'static, str>>) -> runtime::Evaluate {
    runtime::Evaluate {
        expression: expression.into(),
        return_by_value: Some(true),
        ..Default::default()
    }
}

/// The deadline that nothing here should reach.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Fails the test rather than hang it.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout_at(soon(), future)
        .await
        .expect("nothing happened for 30 s")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}
