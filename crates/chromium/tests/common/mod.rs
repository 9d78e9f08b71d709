//! What the tests share: a stage with a launcher of its own, a few words of DevTools protocol, and a look at /proc that
//! does not go through the crate.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "every test file uses a part of it, and tests may panic"
)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use guise_chromium::{
    Browser, Display, Engine, Installation, Launcher, Options, Paths, Pipes, Spec, UidRange,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep, timeout},
};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn soon() -> Instant {
    Instant::now() + PATIENCE
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A runtime folder of its own, and uids that no other test uses.
pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) uids: UidRange,
}

impl Stage {
    /// `number` must be unique among all tests of this crate.
    pub(crate) fn new(number: u32) -> Self {
        let folder = TempDir::with_prefix("guise.").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let first = 220_000 + number * 20;
        Self {
            folder,
            uids: UidRange::new(first, first + 19).unwrap(),
        }
    }

    /// The options of the server whose data folder has this name.
    pub(crate) async fn options(&self, name: &str) -> Options {
        let data_folder = self.folder.path().join(name);
        fs::create_dir_all(&data_folder).unwrap();
        let installation = Installation::find(&Paths::default(), soon()).await.unwrap();
        Options {
            runtime_folder: Some(self.runtime_folder()),
            uids: self.uids,
            ..Options::new(installation, data_folder)
        }
    }

    pub(crate) async fn launcher(&self) -> Launcher {
        self.options("data").await.open(soon()).await.unwrap()
    }

    pub(crate) fn runtime_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// All browser folders of all servers.
    pub(crate) fn browser_folders(&self) -> Vec<PathBuf> {
        let folders = |path: &Path| -> Vec<PathBuf> {
            fs::read_dir(path)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_dir())
                .collect()
        };
        folders(&self.runtime_folder())
            .iter()
            .flat_map(|instance| folders(instance))
            .collect()
    }

    /// All processes of the stage: those of its uids, those that name its folder, and those of their sessions. A process
    /// that rewrites its title overwrites its environment.
    pub(crate) fn processes(&self) -> Vec<Seen> {
        let mark = format!("TMPDIR={}", self.folder.path().display());
        let own = rustix::process::geteuid().as_raw();
        let all = all_processes();
        let sessions: Vec<u32> = all
            .iter()
            .filter(|seen| seen.uid == own && seen.environment.contains(&mark))
            .map(|seen| seen.session)
            .collect();
        all.into_iter()
            .filter(|seen| {
                seen.pid != std::process::id()
                    && (self.uids.contains(seen.uid) || sessions.contains(&seen.session))
            })
            .collect()
    }
}

/// A process as /proc shows it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) pid: u32,
    pub(crate) uid: u32,
    pub(crate) session: u32,
    /// How many seccomp filters it has.
    pub(crate) filters: usize,
    pub(crate) no_new_privileges: String,
    /// Where we may look.
    pub(crate) user_namespace: Option<PathBuf>,
    pub(crate) command: String,
    pub(crate) environment: String,
}

pub(crate) fn all_processes() -> Vec<Seen> {
    let see = |pid: u32| -> Option<Seen> {
        let text = |name: &str| {
            let bytes = fs::read(format!("/proc/{pid}/{name}")).ok()?;
            Some(String::from_utf8_lossy(&bytes).replace('\0', "\n"))
        };
        let status = text("status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next().map(str::to_owned)
        };
        if field("State:")? == "Z" {
            return None;
        }
        Some(Seen {
            pid,
            uid: field("Uid:")?.parse().ok()?,
            session: field("NSsid:")?.parse().ok()?,
            filters: field("Seccomp_filters:")?.parse().ok()?,
            no_new_privileges: field("NoNewPrivs:")?,
            user_namespace: fs::read_link(format!("/proc/{pid}/ns/user")).ok(),
            command: text("cmdline")?,
            environment: text("environ").unwrap_or_default(),
        })
    };
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| see(entry.ok()?.file_name().to_str()?.parse().ok()?))
        .collect()
}

/// Asks again until `condition` holds.
pub(crate) async fn eventually(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) const KINDS: [(Engine, Display); 3] = [
    (Engine::HeadlessShell, Display::None),
    (Engine::Full, Display::None),
    (Engine::Full, Display::Xvfb),
];

/// A browser that resolves nothing but loopback.
pub(crate) fn spec(engine: Engine, display: Display) -> Spec {
    Spec {
        host_resolver_rules: Some("MAP * ~NOTFOUND , EXCLUDE 127.0.0.1".to_owned()),
        ..Spec::new(engine, display)
    }
}

/// A few words of DevTools protocol.
pub(crate) struct Talk {
    pipes: Pipes,
    received: Vec<u8>,
    next: u32,
}

impl Talk {
    pub(crate) fn to(browser: &Browser) -> Self {
        Self {
            pipes: browser.take_pipes().unwrap(),
            received: Vec::new(),
            next: 1,
        }
    }

    /// The `result` of a command, or its `error`.
    pub(crate) async fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Value {
        let id = self.next;
        self.next += 1;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut message = message.to_string().into_bytes();
        message.push(0);
        self.pipes.writer.write_all(&message).await.unwrap();
        loop {
            let message = timeout(PATIENCE, self.message()).await.expect(method);
            if message["id"] == id {
                let key = if message["error"].is_null() {
                    "result"
                } else {
                    "error"
                };
                return message[key].clone();
            }
        }
    }

    async fn message(&mut self) -> Value {
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.received.drain(..=end).take(end).collect();
                return serde_json::from_slice(&message).unwrap();
            }
            let read = self
                .pipes
                .reader
                .read_buf(&mut self.received)
                .await
                .unwrap();
            assert_ne!(read, 0, "the browser closed its pipe");
        }
    }

    /// A new page, by the session that is attached to it.
    pub(crate) async fn page(&mut self, url: &str) -> String {
        let target = self
            .call(None, "Target.createTarget", json!({"url": url}))
            .await;
        let attached = self
            .call(
                None,
                "Target.attachToTarget",
                json!({"targetId": target["targetId"], "flatten": true}),
            )
            .await;
        attached["sessionId"].as_str().unwrap().to_owned()
    }

    /// The value of an expression, promises awaited.
    pub(crate) async fn evaluate(&mut self, page: &str, expression: &str) -> Value {
        let answer = self
            .call(
                Some(page),
                "Runtime.evaluate",
                json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true}),
            )
            .await;
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }
}
