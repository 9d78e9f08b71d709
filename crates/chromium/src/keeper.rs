//! The one thread that starts every process and looks after it.
//!
//! The kernel's parent-death signal belongs to the *thread* that forked: a browser started from a worker thread dies
//! when that worker ends, at a random moment. So one thread, which lives as long as the process, drives a small runtime
//! of its own; whatever starts or ends processes runs as a task there, independent of the caller's runtime.

use std::{
    fs::File,
    future::Future,
    os::fd::AsRawFd,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use tokio::{
    runtime::{Builder, Handle},
    task::JoinHandle,
};

use crate::Error;

/// The first descriptor above those that Chromium's pipe takes in the child.
const FIRST_FREE: i32 = 5;

static KEEPER: Mutex<Option<Handle>> = Mutex::new(None);

/// Runs `work` on the keeper's thread, starting that thread at the first call.
///
/// # Errors
/// [`Error::System`] when the thread or its runtime cannot be made.
pub(crate) fn spawn<F>(work: F) -> Result<JoinHandle<F::Output>, Error>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let mut keeper = KEEPER.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match &*keeper {
        Some(handle) => handle.clone(),
        None => keeper.insert(start()?).clone(),
    };
    Ok(handle.spawn(work))
}

/// Like [`spawn`], and waits for the outcome.
pub(crate) async fn run<F, T>(work: F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
    T: Send + 'static,
{
    spawn(work)?.await.map_err(|error| Error::System {
        action: "finish a task of the browser keeper",
        source: error.into(),
    })?
}

fn start() -> Result<Handle, Error> {
    let (give, take) = mpsc::sync_channel(1);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::system("make the browser keeper's runtime"))?;
    thread::Builder::new()
        .name("browser-keeper".to_owned())
        .spawn(move || {
            // The receiver waits in `start`, so this cannot fail; without it there is nobody to serve.
            if give.send(runtime.handle().clone()).is_ok() {
                runtime.block_on(std::future::pending::<()>());
            }
        })
        .map_err(Error::system("start the browser keeper's thread"))?;
    take.recv().map_err(|_| Error::System {
        action: "start the browser keeper's thread",
        source: std::io::Error::other("it ended at once"),
    })
}

/// Descriptors that keep 3 and 4 taken while a process is started: the standard library reports a failed `exec` over a
/// pipe of its own, which would be overwritten if it lay where Chromium's pipe ends go.
pub(crate) fn occupy_low_descriptors() -> Result<Vec<File>, Error> {
    let mut held = Vec::new();
    loop {
        let file = File::open("/dev/null").map_err(Error::folder("open", "/dev/null"))?;
        if file.as_raw_fd() >= FIRST_FREE {
            return Ok(held);
        }
        held.push(file);
    }
}
