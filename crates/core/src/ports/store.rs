//! What is kept and must survive: one trait per noun, all of them together a [`Store`].
//!
//! A store stores. It makes no ids and no times, and checks no rights; every lookup names the tenant.

use async_trait::async_trait;

use crate::{
    ApiKey, Area, CloseReason, FileInfo, KeyDigest, KeyId, Page, PageRequest, Result, RunId,
    Session, SessionFilter, SessionId, Status, Step, StepPlace, StepRecord, Tenant, TenantId,
    Timestamp, Traffic,
};

/// Everything that is kept.
pub trait Store: TenantStore + KeyStore + SessionStore + StepStore + FileStore {}

impl<T: TenantStore + KeyStore + SessionStore + StepStore + FileStore> Store for T {}

/// Tenants.
#[async_trait]
pub trait TenantStore: Send + Sync {
    /// Adds a tenant. `false` when the name is taken; nothing changes then.
    async fn add_tenant(&self, tenant: &Tenant) -> Result<bool>;

    /// The tenant of that name.
    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>>;

    /// All tenants, oldest first.
    async fn tenants(&self) -> Result<Vec<Tenant>>;
}

/// API keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Adds a key. `false` when a key with the same digest is there; nothing changes then.
    async fn add_key(&self, key: &ApiKey) -> Result<bool>;

    /// The key with that id, revoked and expired ones included.
    async fn key(&self, id: KeyId) -> Result<Option<ApiKey>>;

    /// The key with that digest, revoked and expired ones included.
    async fn key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>>;

    /// The keys of a tenant, oldest first.
    async fn keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>>;

    /// Revokes a key. `false` when there is none with that id, or it is revoked already.
    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Result<bool>;

    /// Notes that a key was presented.
    async fn touch_key(&self, key: KeyId, at: Timestamp) -> Result<()>;
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// Closed, error or timed out.
    pub status: Status,
    /// Why.
    pub reason: CloseReason,
    /// What went wrong, for an error.
    pub error: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What is known of its use.
    pub usage: Option<Usage>,
}

/// How a session was used until it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// When it was used last.
    pub last_accessed_at: Timestamp,
    /// What it moved.
    pub traffic: Traffic,
}

/// Browser sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Adds a session; `node` names the server that runs its browser.
    async fn add_session(&self, session: &Session, node: &str) -> Result<()>;

    /// A tenant's session.
    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<Session>>;

    /// A tenant's sessions, newest first.
    async fn sessions(&self, filter: &SessionFilter, page: PageRequest) -> Result<Page<Session>>;

    /// How many of a tenant's sessions are active.
    async fn count_active(&self, tenant: TenantId) -> Result<u64>;

    /// Ends an active session, and gives it as it is then; `None` when it had ended or is not there.
    async fn end_session(&self, id: SessionId, end: &SessionEnd) -> Result<Option<Session>>;

    /// Every active session of `node`, such as those of an earlier life of the server.
    async fn active_sessions_of(&self, node: &str) -> Result<Vec<Session>>;
}

/// Trajectories.
///
/// An intent survives a crash of the machine as everything else does. Results and steps without effect survive a crash of this
/// process; the machine's may take the last of them, never one before another.
#[async_trait]
pub trait StepStore: Send + Sync {
    /// Notes that a step begins at `at`, at `place`, which is free.
    ///
    /// `intent` is what will be tried; it stays without a result when the server dies on the way.
    async fn begin_step(&self, place: StepPlace, intent: &Step, at: Timestamp) -> Result<()>;

    /// Notes that a step begins that has no effect to be known of; else as [`StepStore::begin_step`].
    async fn begin_step_in_haste(
        &self,
        place: StepPlace,
        intent: &Step,
        at: Timestamp,
    ) -> Result<()>;

    /// Notes what became of a step, and the blob with its picture.
    async fn finish_step(
        &self,
        session: SessionId,
        sequence: u64,
        step: &Step,
        picture: Option<&str>,
    ) -> Result<()>;

    /// Adds a step that has no effect to be lost, such as an observation; else as [`StepStore::begin_step`].
    async fn add_step(
        &self,
        place: StepPlace,
        step: &Step,
        picture: Option<&str>,
        at: Timestamp,
    ) -> Result<()>;

    /// The finished steps of a session from `offset` on, in order.
    async fn steps(&self, session: SessionId, offset: u64) -> Result<Vec<StepRecord>>;

    /// The finished steps of a run, in order.
    async fn steps_of_run(&self, run: RunId) -> Result<Vec<StepRecord>>;

    /// The first place in a session's trajectory behind all steps, finished or not.
    async fn next_sequence(&self, session: SessionId) -> Result<u64>;

    /// What a run tried last, where it is not known what became of it: the server died on the way.
    async fn unfinished_step_of_run(&self, run: RunId) -> Result<Option<Step>>;

    /// How many finished steps a session has.
    async fn count_steps(&self, session: SessionId) -> Result<u64>;
}

/// Files of callers and sessions. The bytes are blobs.
#[async_trait]
pub trait FileStore: Send + Sync {
    /// Keeps a file's row, replacing one of the same name. Returns the blob that it replaced.
    async fn put_file(
        &self,
        tenant: TenantId,
        area: Area,
        file: &FileInfo,
    ) -> Result<Option<String>>;

    /// The file of that name.
    async fn file(&self, tenant: TenantId, area: Area, name: &str) -> Result<Option<FileInfo>>;

    /// All files of an area, by name.
    async fn files(&self, tenant: TenantId, area: Area) -> Result<Vec<FileInfo>>;

    /// Removes the rows of all files of an area.
    async fn remove_files(&self, tenant: TenantId, area: Area) -> Result<()>;
}
