//! The server's side: a process for each document.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;
use crate::confine::SECONDS;
use crate::{Document, Unreadable};

/// The argument by which the program becomes the process of a document: see [`crate::run`].
pub const COMMAND: &str = "read-pdf";

/// The longest document that is read, in bytes.
pub const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// So many documents are read at once; others wait.
const AT_ONCE: usize = 2;

/// The longest answer that is taken, in bytes: more than the longest text in JSON.
const MAX_ANSWER: u64 = 6 * 1024 * 1024;

/// The program that is running, also when its file was replaced meanwhile.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// Its turn, or its end, did not come in time.
    #[error("this PDF was not read in time")]
    Late,
    /// There was no process for it, or none that was confined, which is nothing that a document can bring about.
    #[error("a PDF cannot be read by this server: {0}")]
    Process(String),
}

/// Reads documents.
#[derive(Debug)]
pub struct Reader {
    turns: Semaphore,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl Reader {
    /// Reads a document, at `deadline` at the latest.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn read(&self, bytes: &[u8], deadline: Instant) -> Result<Document, Error> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Unreadable::TooLarge.into());
        }
        let turn = timeout_at(deadline, self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| Error::Late)?
            .map_err(|error| Error::Process(error.to_string()))?;
        let most = Instant::now() + Duration::from_secs(SECONDS);
        match timeout_at(deadline.min(most), exchange(bytes)).await {
            Ok(answered) => judged(answered.map_err(|it| Error::Process(it.to_string()))?),
            Err(_) if most <= deadline => Err(Unreadable::TooMuch.into()),
            Err(_) => Err(Error::Late),
        }
    }
}

/// Starts a process, gives it the document, and takes what it says. Dropped, it ends the process.
async fn exchange(bytes: &[u8]) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut process = start()?;
    let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
        return Err(io::Error::other("it has no pipes"));
    };
    let mut answer = Vec::new();
    let give = async {
        // A process that ends before it took everything says why by its answer or its end.
        let given = input.write_all(bytes).await;
        drop(input);
        if let Err(error) = given {
            tracing::debug!(%error, "a PDF was not taken as a whole");
        }
    };
    let mut output = output.take(MAX_ANSWER);
    let ((), taken) = tokio::join!(give, output.read_to_end(&mut answer));
    taken?;
    // One that goes on writing finds nobody who reads.
    drop(output);
    Ok((process.wait().await?, answer))
}

fn start() -> io::Result<Child> {
    let mut command = Command::new(THIS_PROGRAM);
    command
        .arg0("guise")
        .arg(COMMAND)
        .env_clear()
        // The allocator takes memory as it is used, so that a limit of data bounds what is used.
        .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command.spawn()
}

/// What an ended process and its answer mean.
fn judged((status, answer): (ExitStatus, Vec<u8>)) -> Result<Document, Error> {
    use std::os::unix::process::ExitStatusExt as _;
    if let Some(signal) = status.signal() {
        // The kernel's for too much time, the allocator's abort for too much memory, a stack's end.
        tracing::debug!(signal, "the process of a PDF was ended");
        return Err(Unreadable::TooMuch.into());
    }
    match serde_json::from_slice(&answer) {
        Ok(Answer::Read(document)) => Ok(document),
        Ok(Answer::Unreadable(why)) => Err(why.into()),
        Ok(Answer::Unconfined(why)) => Err(Error::Process(why)),
        Err(error) => {
            tracing::warn!(%status, %error, "the process of a PDF gave no answer");
            let why = "the process that read it gave no answer";
            Err(Unreadable::Broken(why.to_owned()).into())
        }
    }
}
