//! The built binary, running on a free port with a data folder of its own.
//!
//! Each test has its own: the test runner gives every test a process anyway, and a server is there within half a second.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::client::Client;

/// The key that the server's configuration names.
pub const KEY: &str = "a-key-of-the-tests-0123456789";

/// A running server. Dropping it ends it as an operator would, and waits.
pub struct Server {
    address: SocketAddr,
    mail: Option<SocketAddr>,
    folder: Arc<TempDir>,
    settings: Vec<(String, String)>,
    process: Child,
    log: Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts one with the settings of all tests.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts one with further settings, such as `("slots", "1")`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let folder = Arc::new(tempfile::tempdir().unwrap());
        tokio::task::spawn_blocking(move || Self::run(folder, settings))
            .await
            .unwrap()
    }

    /// Ends this one and starts another on its data folder.
    pub async fn restart(self) -> Self {
        tokio::task::spawn_blocking(move || {
            let folder = Arc::clone(&self.folder);
            let settings = self.settings.clone();
            drop(self);
            Self::run(folder, settings)
        })
        .await
        .unwrap()
    }

    fn run(folder: Arc<TempDir>, settings: Vec<(String, String)>) -> Self {
        let mut command = guise(&folder);
        command
            .arg("serve")
            .env("GUISE_LISTEN", "127.0.0.1:0")
            .env("GUISE_SMTP_LISTEN", "127.0.0.1:0")
            .env("GUISE_API_KEY", KEY)
            .env("GUISE_ALLOW_HOSTS", "localhost,127.0.0.1")
            .env("GUISE_POOL_HEADLESS_SHELL", "0")
            .env("GUISE_POOL_CHROME", "0")
            .env("GUISE_SLOTS", "8")
            .envs(variables(&settings))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut stderr = process.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(count @ 1..) = stderr.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                kept.lock().unwrap().push_str(&text);
            }
        });
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .rsplit("http://")
            .next()
            .and_then(|text| text.parse().ok());
        let Some(address) = address else {
            let _ = process.kill();
            panic!("the server said {line:?} and {}", log.lock().unwrap());
        };
        // `  mail       127.0.0.1:2525, for addresses at guise.example`
        let mail = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.trim().strip_prefix("mail")?.trim().to_owned()))
            .and_then(|line| line.split(',').next()?.parse().ok());
        Self {
            address,
            mail,
            folder,
            settings,
            process,
            log,
            reader: Some(reader),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it receives mail.
    pub fn mail(&self) -> SocketAddr {
        self.mail.unwrap()
    }

    /// Its data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A client with the key that the configuration names.
    pub async fn client(&self) -> Client {
        self.client_with(KEY).await
    }

    /// A client with a key of its own.
    pub async fn client_with(&self, key: &str) -> Client {
        Client::new(self.address, Some(key)).await
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Runs another command on this server's data folder and gives its standard output.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let mut command = guise(&self.folder);
        command.args(arguments).envs(variables(&self.settings));
        tokio::task::spawn_blocking(move || {
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command:?}: {said}");
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        })
        .await
        .unwrap()
    }

    /// Makes a key and gives it.
    pub async fn new_key(&self, tenant: &str, more: &[&str]) -> String {
        let mut arguments = vec!["keys", "create", "--tenant", tenant];
        arguments.extend(more);
        self.command(&arguments).await
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks the server to end and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        if let Some(status) = self.process.try_wait().unwrap() {
            return status;
        }
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::TERM).unwrap();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            if begun.elapsed() > Duration::from_secs(12) {
                self.process.kill().unwrap();
                let log = self.log();
                panic!("the server did not end: {log}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Why a test failed is often in the log.
            let _ = writeln!(std::io::stderr(), "--- log of the server\n{}", self.log());
        }
        self.terminate();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

/// Settings as environment variables.
fn variables(settings: &[(String, String)]) -> impl Iterator<Item = (String, &str)> {
    let variables = settings.iter();
    variables.map(|(name, value)| {
        // A setting's name is written in small letters, other variables in capitals.
        let variable = match name.chars().any(char::is_lowercase) {
            true => format!("GUISE_{}", name.to_uppercase()),
            false => name.clone(),
        };
        (variable, value.as_str())
    })
}

fn guise(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guise"));
    // Nothing of the surroundings may change what is tested.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GUISE_") {
            command.env_remove(name);
        }
    }
    command
        .env("GUISE_DATA_DIR", folder.path())
        .stdin(Stdio::null());
    command
}
