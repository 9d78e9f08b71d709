//! A data folder of its own, uids of its own, and the program on them.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::Process;

/// How many uids each has.
const UIDS: u32 = 40;

/// Where one server of a test lives.
pub(crate) struct Home {
    folder: TempDir,
    first_uid: u32,
    settings: Vec<(String, String)>,
    /// Sessions (as in setsid) that processes of ours were seen in.
    pub(super) sessions: Mutex<Vec<u32>>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    /// The data folder is not there yet.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let folder = TempDir::with_prefix("guise.").unwrap();
        // Tests run in processes of their own or in threads of one: neither may meet another's uids.
        let lane = std::process::id() % 20_000 * 64 + NEXT.fetch_add(1, Ordering::Relaxed) % 64;
        Self {
            folder,
            first_uid: 1_000_000 + lane * UIDS,
            settings: Vec::new(),
            sessions: Mutex::default(),
        }
    }

    /// Sets an environment variable for every command on this home.
    pub(crate) fn set(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.settings.push((variable.to_owned(), value.into()));
        self
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A place beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `guise ARGUMENTS` with this home's settings and no others.
    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guise"));
        for (variable, _) in std::env::vars_os() {
            if variable.as_encoded_bytes().starts_with(b"GUISE_") {
                command.env_remove(variable);
            }
        }
        command
            .args(arguments)
            .env("GUISE_DATA_DIR", self.data())
            .env("GUISE_SMTP_LISTEN", "127.0.0.1:0")
            .env(
                "GUISE_UIDS",
                format!("{}-{}", self.first_uid, self.last_uid()),
            )
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs `guise ARGUMENTS` to its end.
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Ran {
        Ran::of(&mut self.command(arguments), "")
    }

    /// Runs `guise ARGUMENTS`, which reads `input`.
    pub(crate) fn run_reading<const N: usize>(&self, arguments: [&str; N], input: &str) -> Ran {
        Ran::of(&mut self.command(arguments), input)
    }

    /// Whether a uid is one that this home's browsers run under.
    pub(crate) fn owns(&self, uid: u32) -> bool {
        (self.first_uid..=self.last_uid()).contains(&uid)
    }

    fn last_uid(&self) -> u32 {
        self.first_uid + UIDS - 1
    }

    /// All live processes of this home's browsers, X servers and crash handlers included.
    pub(crate) fn processes(&self) -> Vec<Process> {
        Process::of(self)
    }

    /// All folders of this home's browsers. As root their group tells whose they are.
    pub(crate) fn browser_folders(&self) -> Vec<PathBuf> {
        let root = self.runtime_folder();
        let folders = subfolders(&root)
            .into_iter()
            .flat_map(|instance| subfolders(&instance));
        folders
            .filter(|folder| !is_root() || fs::metadata(folder).is_ok_and(|it| self.owns(it.gid())))
            .collect()
    }

    /// Where browsers have their folders.
    pub(super) fn runtime_folder(&self) -> PathBuf {
        if is_root() {
            "/run/guise".into()
        } else {
            self.data().join("run")
        }
    }

    /// Everything in the data folder with its mode.
    pub(crate) fn modes(&self) -> Vec<(PathBuf, u32)> {
        let mut found = Vec::new();
        let mut open = vec![self.data()];
        while let Some(path) = open.pop() {
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                open.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            }
            found.push((path, metadata.permissions().mode() & 0o7777));
        }
        found
    }

    /// The files of the data folder that hold `text`.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let holds = |path: &Path| {
            let bytes = fs::read(path).unwrap_or_default();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        self.modes()
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.is_file() && holds(path))
            .collect()
    }
}

impl Drop for Home {
    /// What a killed server left in the machine's runtime folder is for its next start, which does not come.
    fn drop(&mut self) {
        for folder in self.browser_folders() {
            let instance = folder.parent().map(Path::to_owned);
            let _ = fs::remove_dir_all(&folder);
            if let Some(instance) = instance.filter(|instance| subfolders(instance).is_empty()) {
                let _ = fs::remove_dir_all(instance);
            }
        }
    }
}

impl Ran {
    /// Runs a command that reads `input` to its end.
    pub(crate) fn of(command: &mut Command, input: &str) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Dropped at once: the command sees the end of its input. One that does not read it is fine.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Expects success. Answers what was printed.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Expects a failure with nothing on standard output and one line on standard error. Answers the line.
    #[track_caller]
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(self.err.starts_with("guise: "), "{self:?}");
        self.err
    }
}

/// Whether the tests run as root, where browsers get uids of their own.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The folders in a folder; none if that is gone.
fn subfolders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}
