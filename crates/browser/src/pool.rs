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
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::process::{Kind, Prepared};
use crate::quiet::{Quiet, Starting};

/// What one browser may take to be ready.
const START: Duration = Duration::from_secs(30);

/// After a failed start the program's next try waits this long, so that a machine without Chromium is not kept busy.
const RETRY: Duration = Duration::from_secs(5);

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
    quiet: Arc<Quiet>,
    changed: Notify,
    ended: CancellationToken,
    hits: AtomicU64,
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
            quiet: Arc::default(),
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
        self.shelf.quiet.starting()
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
    /// The programs of which too few browsers wait.
    fn missing(&self) -> Vec<Engine> {
        let wanted = locked(&self.wanted);
        let ready = locked(&self.ready);
        wanted
            .iter()
            .filter(|(engine, wanted)| ready.get(engine).map_or(0, Vec::len) < **wanted)
            .map(|(engine, _)| *engine)
            .collect()
    }
}

async fn refill(shelf: Arc<Shelf>, launcher: Arc<Launcher>, doors: guise_egress::Options) {
    let work = async {
        // From when on a program may be tried again. Whichever may for the longest comes first, so that none takes another's
        // turn, least of all one that does not start.
        let mut turns = HashMap::<Engine, Instant>::new();
        loop {
            let missing = shelf.missing().into_iter();
            let Some(engine) = missing.min_by_key(|engine| turns.get(engine).copied()) else {
                shelf.changed.notified().await;
                continue;
            };
            if let Some(turn) = turns.get(&engine).filter(|turn| **turn > Instant::now()) {
                drop(timeout_at(*turn, shelf.changed.notified()).await);
                continue;
            }
            shelf.quiet.comes().await;
            let deadline = Instant::now() + START;
            let kind = Kind::plain(engine);
            let started = Prepared::start_warm(&launcher, &doors, &kind, deadline).await;
            let mut turn = Instant::now();
            match started {
                Ok(prepared) => locked(&shelf.ready)
                    .entry(engine)
                    .or_default()
                    .push(prepared),
                Err(error) => {
                    tracing::warn!(?engine, error = ?error, "cannot keep a browser ready");
                    turn += RETRY;
                }
            }
            turns.insert(engine, turn);
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
