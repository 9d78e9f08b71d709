//! A service on ports that live in memory.

mod approvals;
mod audit;
mod blobs;
mod browsers;
mod remotes;
mod scrubs;
mod secrets;
mod store;

use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{Blobs, Clock, Store};
use guise_core::services::{Approvals, Files, SessionParts, SessionRequest, Sessions, Settings};
use guise_core::{
    Action, Caller, Error, Execution, KeyId, Result, Scopes, Session, TenantId, Timestamp,
};
use tokio::time::Instant;

pub use self::approvals::MemoryApprovals;
pub use self::audit::MemoryAudit;
pub use self::blobs::MemoryBlobs;
pub use self::browsers::{FakeBrowser, FakeBrowsers};
use self::remotes::{NoModel, NoPdfs, NoRemotes};
pub use self::secrets::OneVault;
pub use self::store::MemoryStore;

/// What a call may take in these tests.
pub const CALL: Duration = Duration::from_secs(40);

/// A clock that goes with tokio's, so that a paused runtime moves both.
pub struct RuntimeClock {
    began: Instant,
}

impl RuntimeClock {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
        }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_776_992_084_000_000).plus(self.began.elapsed())
    }
}

/// The service with everything around it.
pub struct House {
    pub sessions: Arc<Sessions>,
    pub files: Arc<Files>,
    pub store: Arc<MemoryStore>,
    pub blobs: Arc<MemoryBlobs>,
    pub browsers: Arc<FakeBrowsers>,
    pub vault: Arc<OneVault>,
    pub approvals: Arc<Approvals>,
    pub kept_approvals: Arc<MemoryApprovals>,
    pub audit: Arc<MemoryAudit>,
    pub clock: Arc<RuntimeClock>,
    pub caller: Caller,
}

impl House {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            node: "here".to_owned(),
            slots: 4,
            waiting: 4,
            wait: Duration::from_secs(10),
            sessions_per_tenant: None,
            call: CALL,
        };
        change(&mut settings);
        let store = Arc::new(MemoryStore::default());
        let blobs = Arc::new(MemoryBlobs::default());
        let browsers = Arc::new(FakeBrowsers::default());
        let vault = Arc::new(OneVault::default());
        let clock = Arc::new(RuntimeClock::new());
        let files = Arc::new(Files::new(
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::clone(&blobs) as Arc<dyn Blobs>,
            Arc::clone(&clock) as Arc<dyn Clock>,
        ));
        let kept_approvals = Arc::new(MemoryApprovals::default());
        let audit = Arc::new(MemoryAudit::default());
        let approvals = Arc::new(Approvals::new(
            Arc::clone(&kept_approvals) as _,
            Arc::clone(&audit) as _,
            Arc::clone(&clock) as _,
        ));
        let sessions = Sessions::new(SessionParts {
            store: Arc::clone(&store) as _,
            blobs: Arc::clone(&blobs) as _,
            browsers: Arc::clone(&browsers) as _,
            files: Arc::clone(&files),
            secrets: Arc::clone(&vault) as _,
            scrubs: Arc::new(scrubs::Plain),
            remotes: Arc::new(NoRemotes),
            extractor: Arc::new(NoModel),
            pdfs: Arc::new(NoPdfs),
            approvals: Arc::clone(&approvals),
            clock: Arc::clone(&clock) as _,
            settings,
        });
        Self {
            sessions: Arc::new(sessions),
            files,
            store,
            blobs,
            browsers,
            vault,
            approvals,
            kept_approvals,
            audit,
            clock,
            caller: somebody(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub async fn try_start(&self) -> Result<Session> {
        self.sessions
            .start(&self.caller, SessionRequest::default())
            .await
    }

    /// A running session: its id and its browser.
    pub async fn start(&self) -> (String, Arc<FakeBrowser>) {
        let session = self.try_start().await.unwrap();
        (session.id.to_string(), self.browsers.last())
    }

    pub async fn get(&self, id: &str) -> Session {
        self.sessions.get(&self.caller, id).await.unwrap()
    }

    /// Stops, and waits until the browser is gone too.
    pub async fn stop(&self, id: &str) -> Session {
        let stopped = self.sessions.stop(&self.caller, id).await.unwrap();
        settle().await;
        stopped
    }

    pub async fn goto(&self, id: &str, url: &str) -> Result<Execution> {
        self.execute(id, goto(url)).await
    }

    pub async fn execute(&self, id: &str, action: Action) -> Result<Execution> {
        self.sessions.execute(&self.caller, id, action, true).await
    }

    /// The messages of the finished steps, in order.
    pub async fn told(&self, id: &str) -> Vec<String> {
        let session = self.get(id).await;
        let steps = self.sessions.steps(&session, 0).await.unwrap();
        steps
            .into_iter()
            .map(|record| match record.step.unwrap() {
                guise_core::Step::Execution(execution) => execution.outcome.message,
                guise_core::Step::Observation(observation) => observation.title,
                other => format!("{other:?}"),
            })
            .collect()
    }
}

/// A caller of a tenant of its own.
pub fn somebody() -> Caller {
    Caller {
        tenant: TenantId::new(),
        key: KeyId::new(),
        scopes: Scopes::all(),
    }
}

pub fn goto(url: &str) -> Action {
    Action::Goto {
        url: url.to_owned(),
    }
}

/// Lets everything run that is ready to.
pub async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

pub async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Lets the caller of `work` hang up after a second.
pub async fn hang_up<T>(work: impl Future<Output = T>) {
    let answered = tokio::time::timeout(Duration::from_secs(1), work).await;
    assert!(answered.is_err(), "the work was done before the hang-up");
}

/// What a fake says when it was told to fail.
pub fn broken(what: &'static str) -> Error {
    Error::internal(what, "it was told to fail")
}
