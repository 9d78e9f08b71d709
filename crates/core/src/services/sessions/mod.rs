//! Browser sessions: starting, listing, using and ending them.
//!
//! `admission` lets starts in, `lifecycle` starts and ends, `resume` takes up again what an earlier life of the server left, `live` is
//! one session that runs, `call` is one call on it, `page` is what can be done in it, `look` how it is looked at, `consent` asks before what needs an approval,
//! `posts` about what pages send by themselves, `gate` and `leaves` are what its answers pass, `kept` what its steps pass before they are kept, `hands` is a run's way to do it, `one_shot` does it all at once, `downloads` and
//! `trajectory` keep what came of it.

mod admission;
mod call;
mod consent;
mod downloads;
mod gate;
mod hands;
mod kept;
mod leaves;
mod lifecycle;
mod live;
mod look;
mod one_shot;
mod page;
mod posts;
mod resume;
mod scrubbed;
mod trajectory;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use self::admission::Admission;
pub use self::hands::{Actor, Hands, Purse};
use self::live::Live;
pub use self::live::LiveEvent;
pub use self::resume::Recovered;
use crate::ports::{
    Blobs, Browsers, Clock, Extractor, PdfReader, RemoteAddresses, Scrubs, SecretSources, Store,
};
use crate::services::{Approvals, Files};
use crate::{
    Caller, Error, Page, PageRequest, Result, Session, SessionFilter, SessionId, Status, Tab,
    TenantId,
};

/// What the operator sets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names this server among those that share a database; the same after a restart.
    pub node: String,
    /// How many browsers may run at once.
    pub slots: usize,
    /// How many starts may wait for a slot.
    pub waiting: usize,
    /// How long a start waits for a slot before the machine counts as full.
    pub wait: Duration,
    /// How many sessions a tenant may have active at once; no limit when absent.
    pub sessions_per_tenant: Option<u64>,
    /// What any one call on a session may take.
    pub call: Duration,
}

/// What a session looks like to somebody who debugs it.
#[derive(Clone, Debug)]
pub struct Debug {
    /// Its tabs, in the order of opening.
    pub tabs: Vec<Tab>,
    /// Which of them is current.
    pub current: usize,
    /// What differs from what was asked for, in words.
    pub notes: Vec<String>,
}

/// What the service is made of.
///
/// Sessions run in `browsers` and hold the vaults of `secrets`, which `scrubs` find in what leaves; `remotes` has where those are
/// that do not run here; `extractor` reads pages for those who ask for data, `pdfs` what is no page; what
/// tenants want to be asked about waits for `approvals`.
#[expect(missing_docs, reason = "each is what its type says")]
pub struct SessionParts {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    pub browsers: Arc<dyn Browsers>,
    pub files: Arc<Files>,
    pub secrets: Arc<dyn SecretSources>,
    pub scrubs: Arc<dyn Scrubs>,
    pub remotes: Arc<dyn RemoteAddresses>,
    pub extractor: Arc<dyn Extractor>,
    pub pdfs: Arc<dyn PdfReader>,
    pub approvals: Arc<Approvals>,
    pub clock: Arc<dyn Clock>,
    pub settings: Settings,
}

/// The service.
pub struct Sessions {
    shared: Arc<Shared>,
}

/// What the service and the tasks of its sessions share.
struct Shared {
    store: Arc<dyn Store>,
    blobs: Arc<dyn Blobs>,
    browsers: Arc<dyn Browsers>,
    clock: Arc<dyn Clock>,
    files: Arc<Files>,
    secrets: Arc<dyn SecretSources>,
    scrubs: Arc<dyn Scrubs>,
    remotes: Arc<dyn RemoteAddresses>,
    extractor: Arc<dyn Extractor>,
    pdfs: Arc<dyn PdfReader>,
    approvals: Arc<Approvals>,
    settings: Settings,
    admission: Admission,
    live: Mutex<HashMap<SessionId, Arc<Live>>>,
    /// Starts that are under way.
    starts: TaskTracker,
    /// Everything else that is.
    tasks: TaskTracker,
    /// Cancelled when the server stops.
    stopping: CancellationToken,
}

impl Sessions {
    /// A service of those parts.
    pub fn new(parts: SessionParts) -> Self {
        Self {
            shared: Arc::new(Shared {
                store: parts.store,
                blobs: parts.blobs,
                browsers: parts.browsers,
                clock: parts.clock,
                files: parts.files,
                secrets: parts.secrets,
                scrubs: parts.scrubs,
                remotes: parts.remotes,
                extractor: parts.extractor,
                pdfs: parts.pdfs,
                approvals: parts.approvals,
                admission: Admission::new(&parts.settings),
                settings: parts.settings,
                live: Mutex::default(),
                starts: TaskTracker::new(),
                tasks: TaskTracker::new(),
                stopping: CancellationToken::new(),
            }),
        }
    }

    /// How many sessions run here now.
    pub fn running(&self) -> usize {
        self.shared.table().len()
    }

    /// A session of the caller's tenant, ended or not, as it stands now.
    ///
    /// # Errors
    /// Kind `NotFound` for an id that is none, unknown, or another tenant's.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Session> {
        self.shared.session(caller.tenant, id).await
    }

    /// The tenant's sessions, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_active: bool,
        only_current_key: bool,
        page: PageRequest,
    ) -> Result<Page<Session>> {
        let filter = SessionFilter {
            tenant: caller.tenant,
            key: only_current_key.then_some(caller.key),
            only_active,
        };
        let mut page = self.shared.store.sessions(&filter, page).await?;
        for session in &mut page.items {
            self.shared.overlay(session);
        }
        Ok(page)
    }
}

impl Shared {
    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn session(&self, tenant: TenantId, id: &str) -> Result<Session> {
        let not_found = || Error::not_found("Session", id);
        let parsed: SessionId = id.parse().map_err(|_| not_found())?;
        let mut session = self
            .store
            .session(tenant, parsed)
            .await?
            .ok_or_else(not_found)?;
        self.overlay(&mut session);
        Ok(session)
    }

    /// Adds what only the running session knows.
    fn overlay(&self, session: &mut Session) {
        if let Some(live) = self.table().get(&session.id)
            && session.status == Status::Active
        {
            session.last_accessed_at = live.last_accessed();
            session.traffic = live.browser.traffic();
        }
    }

    /// The running session of that id.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Refused` when it has ended, saying how.
    async fn running(&self, tenant: TenantId, id: &str) -> Result<Arc<Live>> {
        if let Ok(parsed) = id.parse::<SessionId>()
            && let Some(live) = self
                .table()
                .get(&parsed)
                .filter(|live| live.tenant == tenant)
        {
            return Ok(Arc::clone(live));
        }
        let session = self.session(tenant, id).await?;
        Err(ended(&session))
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.settings.call
    }

    /// Runs `work` to its end as one of `tasks`, also when nobody waits for its result any more.
    async fn see_through<T: Send + 'static>(
        &self,
        tasks: &TaskTracker,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match tasks.spawn(work.in_current_span()).await {
            Ok(result) => result,
            Err(error) => Err(Error::internal("a call broke off", error)),
        }
    }
}

fn ended(session: &Session) -> Error {
    let id = session.id;
    Error::refused(match session.status {
        Status::Active | Status::Closed => {
            format!("Session {id} is already closed: start a new one")
        }
        Status::TimedOut => {
            format!("Session {id} is already closed: it timed out; start a new one")
        }
        Status::Error => format!(
            "Session {id} is already closed: it ended in an error ({}); start a new one",
            session.error.as_deref().unwrap_or("no reason is known")
        ),
    })
}
