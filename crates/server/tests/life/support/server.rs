//! A server that runs.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Client, Home};

/// A key for `GUISE_API_KEY`.
pub(crate) const KEY: &str = "a-key-of-ones-own-0123456789";

/// TERM leads to the end within this.
const END: Duration = Duration::from_secs(10);

/// A server on a home. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    out: Arc<Mutex<String>>,
    err: PathBuf,
    runtime_root: PathBuf,
}

impl Server {
    /// Starts the server on a free port and waits until it says that it listens.
    pub(crate) fn start(home: &Home) -> Self {
        Self::start_with(home, [])
    }

    /// With more flags.
    pub(crate) fn start_with<const N: usize>(home: &Home, flags: [&str; N]) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        Self::of(home, home.command(arguments.into_iter().chain(flags)))
    }

    /// From a command that serves.
    pub(crate) fn of(home: &Home, mut command: Command) -> Self {
        let err = home.beside(&format!(
            "log.{}",
            fs::read_dir(home.beside("")).unwrap().count()
        ));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().and_then(Result::ok).unwrap_or_default();
        let address = first.strip_prefix("Guise listens on http://");
        let Some(address) = address.and_then(|address| address.parse().ok()) else {
            let _ = child.kill();
            let _ = child.wait();
            let log = fs::read_to_string(&err).unwrap();
            panic!("the server did not start; it printed '{first}' and logged:\n{log}");
        };
        let out = Arc::new(Mutex::new(format!("{first}\n")));
        let printed = Arc::clone(&out);
        // It ends with the server.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                printed.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self {
            child,
            address,
            out,
            err,
            runtime_root: home.runtime_folder(),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The folder that holds its browsers' folders: it keeps the lock in there open.
    pub(crate) fn runtime_folder(&self) -> PathBuf {
        let links = fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap();
        let mut targets = links
            .flatten()
            .filter_map(|link| fs::read_link(link.path()).ok());
        let lock =
            targets.find(|path| path.ends_with("lock") && path.starts_with(&self.runtime_root));
        lock.unwrap().parent().unwrap().to_owned()
    }

    /// Calls with [`KEY`].
    pub(crate) fn client(&self) -> Client {
        self.client_with(KEY)
    }

    /// Calls with another key.
    pub(crate) fn client_with(&self, key: &str) -> Client {
        Client::new(self.address, key)
    }

    /// What it printed so far.
    pub(crate) fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    /// Sends TERM and expects an orderly end in time. Answers the log.
    #[track_caller]
    pub(crate) fn term(&mut self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.ended()
    }

    /// Expects an orderly end in time. Answers the log.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> String {
        let status = self.wait_for_end();
        let status = status.unwrap_or_else(|| panic!("not within {END:?}: {}", self.log()));
        assert_eq!(status.code(), Some(0), "{}", self.log());
        self.log()
    }

    fn wait_for_end(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Sends an interrupt, as Ctrl+C does.
    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Kills it without warning.
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // In order, so that nothing of it stays in the machine's runtime folder.
            let asked = kill_process(Pid::from_child(&self.child), Signal::TERM);
            if asked.is_err() || self.wait_for_end().is_none() {
                self.kill();
            }
        }
    }
}
