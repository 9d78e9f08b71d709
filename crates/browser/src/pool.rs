//! Browsers that wait with a page that is ready, so that a session starts in milliseconds.
//!
//! A pool holds whole processes, one for each session to come, never a browser that two sessions would share. It is
//! refilled once no session was started for a moment: whoever starts one comes first, and loads a first page right afterwards.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guise_chromium::Launcher;
use guise_core::Engine;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::process::{Kind, Prepared};

/// What one browser may take to be ready.
const START: Duration = Duration::from_secs(30);

/// After a failed start the next try waits this long, so that a machine without Chromium is not kept busy.
const RETRY: Duration = Duration::from_secs(5);

/// A session's first moments are its busiest: starting a browser beside them would double what its first page takes.
const QUIET: Duration = Duration::from_millis(300);

/// Sessions that come and come put a refill off no longer than this.
const PUT_OFF: Duration = Duration::from_secs(2);

/// How many browsers wait, by program.
#[derive(Clone, Copy, Debug)]
pub struct PoolSizes {
    /// Of the small headless build, from the start on.
    pub headless_shell: usize,
    /// Of the full browser, once one was used.
    pub full: usize,
}

/// The pool, and the task that refills it.
pub(crate) struct Pool {
    shelf: Arc<Shelf>,
    refill: Mutex<Option<JoinHandle<()>>>,
}

struct Shelf {
    ready: Mutex<HashMap<Engine, Vec<Prepared>>>,
    wanted: Mutex<HashMap<Engine, usize>>,
    sizes: PoolSizes,
    starts: watch::Sender<Starts>,
    changed: Notify,
    ended: CancellationToken,
    hits: AtomicU64,
}

/// Sessions that are being started.
#[derive(Clone, Copy, Default)]
struct Starts {
    under_way: usize,
    /// When the last one was done.
    last: Option<Instant>,
}

/// Counts as a session being started until dropped.
pub(crate) struct Starting(Arc<Shelf>);

impl Drop for Starting {
    fn drop(&mut self) {
        self.0.starts.send_modify(|starts| {
            starts.under_way -= 1;
            starts.last = Some(Instant::now());
        });
    }
}

impl Pool {
    /// A pool that begins to fill at once.
    pub(crate) fn open(
        launcher: Arc<Launcher>,
        doors: guise_egress::Options,
        sizes: PoolSizes,
    ) -> Self {
        let shelf = Arc::new(Shelf {
            ready: Mutex::default(),
            wanted: Mutex::new(HashMap::from([(
                Engine::HeadlessShell,
                sizes.headless_shell,
            )])),
            sizes,
            starts: watch::Sender::default(),
            changed: Notify::new(),
            ended: CancellationToken::new(),
            hits: AtomicU64::new(0),
        });
        let refill = tokio::spawn(refill(Arc::clone(&shelf), launcher, doors));
        Self {
            shelf,
            refill: Mutex::new(Some(refill)),
        }
    }

    /// Notes that a session is being started: the refill waits.
    pub(crate) fn starting(&self) -> Starting {
        self.shelf
            .starts
            .send_modify(|starts| starts.under_way += 1);
        Starting(Arc::clone(&self.shelf))
    }

    /// A browser of that kind that is ready and lives, if there is one.
    pub(crate) fn take(&self, engine: Engine) -> Option<Prepared> {
        if engine == Engine::FullHeadless {
            locked(&self.shelf.wanted)
                .entry(engine)
                .or_insert(self.shelf.sizes.full);
        }
        let found = loop {
            match locked(&self.shelf.ready)
                .get_mut(&engine)
                .and_then(Vec::pop)
            {
                Some(prepared) if prepared.lives() => break Some(prepared),
                // It died while it waited; dropping it removes what is left of it.
                Some(_) => {}
                None => break None,
            }
        };
        if found.is_some() {
            self.shelf.hits.fetch_add(1, Ordering::Relaxed);
        }
        self.shelf.changed.notify_one();
        found
    }

    /// How many browsers are ready, of all programs.
    pub(crate) fn ready(&self) -> usize {
        locked(&self.shelf.ready).values().map(Vec::len).sum()
    }

    /// How many sessions got one that was ready.
    pub(crate) fn hits(&self) -> u64 {
        self.shelf.hits.load(Ordering::Relaxed)
    }

    /// Stops refilling and ends what waits.
    pub(crate) async fn close(&self, deadline: Instant) {
        self.shelf.ended.cancel();
        let refill = locked(&self.refill).take();
        if let Some(refill) = refill
            && let Err(error) = refill.await
        {
            tracing::error!(%error, "the pool's refill failed");
        }
        let ready: Vec<_> = locked(&self.shelf.ready)
            .drain()
            .flat_map(|(_, ready)| ready)
            .collect();
        futures_util::future::join_all(ready.into_iter().map(|prepared| prepared.end(deadline)))
            .await;
    }
}

impl Shelf {
    /// A program of which too few browsers wait.
    fn missing(&self) -> Option<Engine> {
        let wanted = locked(&self.wanted);
        let ready = locked(&self.ready);
        wanted
            .iter()
            .find(|(engine, wanted)| ready.get(engine).map_or(0, Vec::len) < **wanted)
            .map(|(engine, _)| *engine)
    }

    /// Returns when no session is being started and none was for a moment, or, at `latest`, when none is being started.
    async fn quiet(&self, latest: Instant) {
        let mut changes = self.starts.subscribe();
        loop {
            let Starts { under_way, last } = *changes.borrow_and_update();
            let quiet_at = match last {
                _ if under_way > 0 => None,
                None => return,
                Some(last) => Some(latest.min(last + QUIET)),
            };
            if quiet_at.is_some_and(|at| at <= Instant::now()) {
                return;
            }
            let change = changes.changed();
            match quiet_at {
                // The sender lives in the shelf: it is there as long as this is.
                None => drop(change.await),
                Some(at) => drop(tokio::time::timeout_at(at, change).await),
            }
        }
    }
}

async fn refill(shelf: Arc<Shelf>, launcher: Arc<Launcher>, doors: guise_egress::Options) {
    let work = async {
        let mut short_since = None;
        loop {
            let Some(engine) = shelf.missing() else {
                short_since = None;
                shelf.changed.notified().await;
                continue;
            };
            let since = *short_since.get_or_insert_with(Instant::now);
            shelf.quiet(since + PUT_OFF).await;
            match Prepared::start(
                &launcher,
                &doors,
                &Kind::plain(engine),
                true,
                Instant::now() + START,
            )
            .await
            {
                Ok(prepared) => locked(&shelf.ready)
                    .entry(engine)
                    .or_default()
                    .push(prepared),
                Err(error) => {
                    tracing::warn!(?engine, error = ?error, "cannot keep a browser ready");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    };
    tokio::select! {
        () = shelf.ended.cancelled() => {}
        () = work => {}
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
