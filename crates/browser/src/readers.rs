//! Browsers in which several pages of one tenant are read at the same time.
//!
//! To read a page in one call a browser is needed for a fraction of a second, and starting one takes longer than that. So the
//! pages that a tenant reads share a browser. Each has a context of its own there, with cookies, storage, cache and a network
//! door that nobody else has, and its renderers serve no other context. What differs from a browser of its own is that the
//! browser process is common to them, so only pages without any secret or setting come here, and those of one tenant.
//!
//! The kernel's fence must know the ports that a browser may reach before it starts. So a reader has a door for each page that it
//! may read at the same time from the start on; after a page its door is opened anew, at the same port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guise_cdp::protocol::target::{
    AttachToBrowserTarget, CreateBrowserContext, CreateTarget, DisposeBrowserContext,
};
use guise_cdp::{BrowserContextId, Session};
use guise_chromium::Launcher;
use guise_core::ports::EndReason;
use guise_core::{Engine, Result, TenantId, Traffic};
use guise_egress::{Door, Policy};
use tokio::sync::{OnceCell, watch};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::ChromiumBrowser;
use crate::host::{Host, Parts, Settings};
use crate::process::{Kind, Process, failure_at, not_ready, open_door, traffic_of};

/// How many contexts wait with an empty page.
const READY: usize = 2;

/// What a start in the background may take.
const START: Duration = Duration::from_secs(30);

/// What a browser may take to be gone.
const END: Duration = Duration::from_secs(5);

/// How long a browser that pages are read in is kept.
#[derive(Clone, Copy, Debug)]
pub struct ReaderLimits {
    /// How many pages it reads before another one takes its place.
    pub pages: usize,
    /// How many pages it reads at the same time: it holds as many ports.
    pub at_once: usize,
    /// It is ended when it reads nothing for so long.
    pub idle: Duration,
}

/// 500 pages, 48 at a time, half a minute.
impl Default for ReaderLimits {
    fn default() -> Self {
        Self {
            pages: 500,
            at_once: 48,
            idle: Duration::from_secs(30),
        }
    }
}

/// The readers of all tenants.
pub(crate) struct Readers(Arc<Shared>);

struct Shared {
    launcher: Arc<Launcher>,
    doors: guise_egress::Options,
    limits: ReaderLimits,
    of_tenants: Mutex<HashMap<TenantId, Arc<Slot>>>,
    tasks: TaskTracker,
    ended: CancellationToken,
}

/// A reader, or its place until it runs.
type Slot = OnceCell<Arc<Reader>>;

/// A browser for the pages of one tenant.
struct Reader {
    process: Process,
    /// How its doors are opened.
    options: guise_egress::Options,
    /// What goes through no context's door comes here, where everything is refused.
    nowhere: Door,
    state: Mutex<State>,
    /// How many pages are being read.
    reading: watch::Sender<usize>,
    /// What runs in the background.
    tasks: TaskTracker,
}

#[derive(Default)]
struct State {
    /// Doors that no context has.
    doors: Vec<Door>,
    /// Sessions of the browser itself that follow no context any more. They are used again, since ending one costs the browser a
    /// tenth of what reading a page does.
    roots: Vec<Session>,
    /// How many more contexts are made.
    left: usize,
    ready: Vec<Ready>,
    /// How many contexts are being made ready.
    preparing: usize,
    /// It reads no more pages.
    over: bool,
}

/// A context with an empty page.
struct Ready {
    seat: Arc<Seat>,
    browser: Arc<ChromiumBrowser>,
}

/// A context in a reader.
struct Seat {
    reader: Arc<Reader>,
    context: BrowserContextId,
    /// The session of the browser itself that the context is followed by.
    root: Session,
    door: Door,
    taken: Mutex<Option<Taken>>,
    /// Cancelled once somebody asked for its end.
    asked: CancellationToken,
}

/// Counts as a page that is being read until dropped.
struct Taken(Arc<Reader>);

impl Taken {
    fn of(reader: &Arc<Reader>) -> Self {
        reader.reading.send_modify(|pages| *pages += 1);
        Self(Arc::clone(reader))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.reading.send_modify(|pages| *pages -= 1);
    }
}

impl Readers {
    /// None runs yet.
    pub(crate) fn new(
        launcher: Arc<Launcher>,
        doors: guise_egress::Options,
        limits: ReaderLimits,
    ) -> Self {
        Self(Arc::new(Shared {
            launcher,
            doors,
            limits,
            of_tenants: Mutex::default(),
            tasks: TaskTracker::new(),
            ended: CancellationToken::new(),
        }))
    }

    /// An empty page in the tenant's reader, if that runs. If it does not, it is started, for those who come next.
    pub(crate) async fn open_at_once(
        &self,
        tenant: TenantId,
        policy: &Policy,
        deadline: Instant,
    ) -> Option<Result<Arc<ChromiumBrowser>>> {
        let slot = self.0.slot(tenant);
        if let Some(reader) = slot.get() {
            if let Some(place) = reader.take() {
                return Some(reader.open(place, policy, deadline).await);
            }
            self.0.replace(tenant, &slot);
        }
        let shared = Arc::clone(&self.0);
        self.0.tasks.spawn(async move {
            let started = shared.reader(tenant, Instant::now() + START).await;
            if let Err(error) = started {
                tracing::warn!(?error, "a browser to read pages in does not start");
            }
        });
        None
    }

    /// An empty page in the tenant's reader, which is started if need be.
    ///
    /// # Errors
    /// Kind `Browser` when it does not start or is gone, `Timeout` at `deadline`.
    pub(crate) async fn open(
        &self,
        tenant: TenantId,
        policy: &Policy,
        deadline: Instant,
    ) -> Result<Arc<ChromiumBrowser>> {
        loop {
            let (slot, reader) = self.0.reader(tenant, deadline).await?;
            if let Some(place) = reader.take() {
                return reader.open(place, policy, deadline).await;
            }
            self.0.replace(tenant, &slot);
        }
    }

    /// Ends all of them. Nothing is started any more.
    pub(crate) async fn close(&self, deadline: Instant) {
        self.0.ended.cancel();
        self.0.tasks.close();
        if timeout_at(deadline, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("browsers that pages were read in did not end in time");
        }
    }
}

impl Shared {
    fn slot(&self, tenant: TenantId) -> Arc<Slot> {
        Arc::clone(locked(&self.of_tenants).entry(tenant).or_default())
    }

    /// Whoever comes next starts another one.
    fn replace(&self, tenant: TenantId, spent: &Arc<Slot>) {
        let mut slots = locked(&self.of_tenants);
        if slots
            .get(&tenant)
            .is_some_and(|slot| Arc::ptr_eq(slot, spent))
        {
            slots.remove(&tenant);
        }
    }

    /// The tenant's reader. Of many who want one at once, one starts it.
    async fn reader(
        self: &Arc<Self>,
        tenant: TenantId,
        deadline: Instant,
    ) -> Result<(Arc<Slot>, Arc<Reader>)> {
        let slot = self.slot(tenant);
        let started = slot.get_or_try_init(async || {
            let reader = self.start(deadline).await?;
            let tended = tend(
                Arc::clone(self),
                tenant,
                Arc::clone(&slot),
                Arc::clone(&reader),
            );
            self.tasks.spawn(tended);
            Ok::<_, guise_core::Error>(reader)
        });
        let reader = Arc::clone(started.await?);
        Ok((slot, reader))
    }

    async fn start(&self, deadline: Instant) -> Result<Arc<Reader>> {
        let nowhere = open_door(&self.doors).await?;
        let mut doors = Vec::with_capacity(self.limits.at_once);
        for _ in 0..self.limits.at_once {
            doors.push(open_door(&self.doors).await?);
        }
        let kind = Kind::plain(Engine::HeadlessShell);
        let process = Process::start(&self.launcher, &kind, &nowhere, &doors, deadline).await?;
        let reader = Arc::new(Reader {
            process,
            nowhere,
            options: self.doors.clone(),
            state: Mutex::new(State {
                doors,
                left: self.limits.pages,
                ..State::default()
            }),
            reading: watch::Sender::new(0),
            tasks: self.tasks.clone(),
        });
        reader.prepare(Instant::now() + START).await;
        Ok(reader)
    }
}

/// Ends a reader when it has nothing to do any more.
async fn tend(shared: Arc<Shared>, tenant: TenantId, slot: Arc<Slot>, reader: Arc<Reader>) {
    let mut reading = reader.reading.subscribe();
    loop {
        reading.mark_unchanged();
        if reader.is_spent() {
            break;
        }
        tokio::select! {
            () = shared.ended.cancelled() => break,
            _ = reader.process.exited() => break,
            _ = reading.changed() => {}
            () = sleep(shared.limits.idle) => if reader.retires() { break },
        }
    }
    shared.replace(tenant, &slot);
    reader.state().end();
    reader.process.end(Instant::now() + END).await;
    reader.nowhere.close().await;
}

impl State {
    /// Lets go of what was kept for pages to come.
    fn end(&mut self) {
        *self = Self {
            preparing: self.preparing,
            over: true,
            ..Self::default()
        };
    }

    /// A door for one more context.
    fn door(&mut self) -> Option<Door> {
        if self.left == 0 {
            return None;
        }
        let door = self.doors.pop()?;
        self.left -= 1;
        Some(door)
    }
}

impl Reader {
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// A context that is ready, or a door for a new one; `None` where all are used up, or it does not live.
    fn take(self: &Arc<Self>) -> Option<(Place, Taken)> {
        if !self.process.lives() {
            return None;
        }
        let mut state = self.state();
        let place = match state.ready.pop() {
            Some(ready) => Place::Ready(ready),
            None => Place::New(state.door()?),
        };
        Some((place, Taken::of(self)))
    }

    /// Whether all its pages were read.
    fn is_spent(&self) -> bool {
        let state = self.state();
        let left = state.left + state.ready.len() + state.preparing;
        left == 0 && *self.reading.borrow() == 0
    }

    /// Reads no more pages if it reads none now.
    fn retires(&self) -> bool {
        let mut state = self.state();
        if *self.reading.borrow() > 0 || state.preparing > 0 {
            return false;
        }
        state.end();
        true
    }

    async fn open(
        self: &Arc<Self>,
        (place, taken): (Place, Taken),
        policy: &Policy,
        deadline: Instant,
    ) -> Result<Arc<ChromiumBrowser>> {
        let Ready { seat, browser } = match place {
            Place::Ready(ready) => ready,
            Place::New(door) => self.seat(door, deadline).await?,
        };
        seat.door.assign(policy.clone());
        *locked(&seat.taken) = Some(taken);
        Ok(browser)
    }

    /// Opens a door anew that a context has had. No other context can be sent there meanwhile; where the port was taken by
    /// somebody else, it stays theirs.
    async fn reopen(&self, port: u16) {
        match Door::open_at(port, self.options.clone()).await {
            Ok(door) => {
                self.process.let_in(&door);
                let mut state = self.state();
                if state.left > 0 {
                    state.doors.push(door);
                }
            }
            Err(error) => tracing::debug!(%error, port, "a door could not be opened anew"),
        }
    }

    /// Makes contexts ready until enough are.
    async fn prepare(self: &Arc<Self>, deadline: Instant) {
        loop {
            let door = {
                let mut state = self.state();
                if state.ready.len() + state.preparing >= READY {
                    return;
                }
                let Some(door) = state.door() else {
                    return;
                };
                state.preparing += 1;
                door
            };
            let made = self.seat(door, deadline).await;
            let mut state = self.state();
            state.preparing -= 1;
            match made {
                // What is kept holds the reader, which must be let go of when it is over.
                Ok(_) if state.over => return,
                Ok(ready) => state.ready.push(ready),
                Err(error) => {
                    tracing::debug!(?error, "an empty page could not be made ready");
                    return;
                }
            }
        }
    }

    /// A session of the browser itself that follows no context.
    async fn root(&self, deadline: Instant) -> Result<Session> {
        let kept = self.state().roots.pop();
        if let Some(root) = kept {
            return Ok(root);
        }
        let connection = self.process.connection();
        let root = connection.root();
        let attached = root.call(&AttachToBrowserTarget {}, deadline).await;
        Ok(connection.session(&attached.map_err(not_ready)?.session_id))
    }

    /// Makes a context that goes through `door`, with an empty page.
    async fn seat(self: &Arc<Self>, door: Door, deadline: Instant) -> Result<Ready> {
        let connection = self.process.connection();
        let root = self.root(deadline).await?;
        let create = CreateBrowserContext {
            proxy_server: Some(format!("127.0.0.1:{}", door.port())),
            proxy_bypass_list: Some("<-loopback>".to_owned()),
            ..Default::default()
        };
        let context = match connection.root().call(&create, deadline).await {
            Ok(created) => created.browser_context_id,
            Err(error) => {
                self.state().roots.push(root);
                return Err(not_ready(error));
            }
        };
        let seat = Arc::new(Seat {
            reader: Arc::clone(self),
            root,
            context: context.clone(),
            door,
            taken: Mutex::default(),
            asked: CancellationToken::new(),
        });
        let page = async {
            let create = CreateTarget {
                url: "about:blank".to_owned(),
                browser_context_id: Some(context.clone()),
                ..Default::default()
            };
            let made = connection.root().call(&create, deadline).await;
            let target = made.map_err(not_ready)?.target_id;
            let host = Arc::clone(&seat) as Arc<dyn Host>;
            let parts = Parts {
                root: seat.root.clone(),
                shared: true,
                context: Some(context),
                ..self.process.parts(target, host)
            };
            ChromiumBrowser::attach(parts, Settings::default(), deadline).await
        };
        match page.await {
            Ok(browser) => Ok(Ready { seat, browser }),
            Err(error) => {
                seat.end(Instant::now() + END).await;
                Err(error)
            }
        }
    }
}

/// Where a page is going to be read.
enum Place {
    Ready(Ready),
    New(Door),
}

#[async_trait]
impl Host for Seat {
    async fn exited(&self) -> EndReason {
        tokio::select! {
            biased;
            () = self.asked.cancelled() => EndReason::Asked,
            reason = self.reader.process.exited() => reason,
        }
    }

    async fn end(&self, deadline: Instant) {
        if self.asked.is_cancelled() {
            return;
        }
        self.asked.cancel();
        let dispose = DisposeBrowserContext {
            browser_context_id: self.context.clone(),
        };
        let root = self.reader.process.connection().root();
        match root.call(&dispose, deadline).await {
            // It tells nothing of the context any more.
            Ok(_) => self.reader.state().roots.push(self.root.clone()),
            Err(error) => {
                tracing::debug!(%error, "a context that a page was read in could not be closed");
            }
        }
        self.door.close().await;
        self.reader.reopen(self.door.port()).await;
        let reader = Arc::clone(&self.reader);
        let prepare = async move { reader.prepare(Instant::now() + START).await };
        self.reader.tasks.spawn(prepare);
        drop(locked(&self.taken).take());
    }

    fn traffic(&self) -> Traffic {
        traffic_of(&self.door)
    }

    fn failure(&self, url: &Url, since: Instant) -> Option<String> {
        failure_at(&self.door, url, since)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
