//! A store in memory that fails where it is told to.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use guise_core::ports::{FileStore, KeyStore, SessionEnd, SessionStore, StepStore, TenantStore};
use guise_core::{
    ApiKey, Area, FileInfo, KeyDigest, KeyId, Page, PageRequest, Result, RunId, Session,
    SessionFilter, SessionId, Status, Step, StepPlace, StepRecord, Tenant, TenantId, Timestamp,
};

use super::broken;

#[derive(Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
    failing: Mutex<HashSet<&'static str>>,
    slow: AtomicBool,
}

#[derive(Default)]
pub struct Rows {
    tenants: Vec<Tenant>,
    keys: Vec<ApiKey>,
    pub touched_keys: usize,
    sessions: Vec<(Session, String)>,
    steps: Vec<(SessionId, StepRecord)>,
    files: BTreeMap<(TenantId, String, String), FileInfo>,
}

impl MemoryStore {
    /// Lets an operation fail until [`MemoryStore::heals`].
    pub fn fails(&self, operation: &'static str) {
        self.failing.lock().unwrap().insert(operation);
    }

    pub fn heals(&self) {
        self.failing.lock().unwrap().clear();
    }

    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    /// Lets every operation take two seconds from now on.
    pub fn slows(&self) {
        self.slow.store(true, Ordering::Relaxed);
    }

    /// All sessions as they are kept.
    pub fn sessions(&self) -> Vec<Session> {
        let rows = self.rows();
        rows.sessions.iter().map(|row| row.0.clone()).collect()
    }

    /// How many steps were begun, finished or not.
    pub fn begun(&self) -> usize {
        self.rows().steps.len()
    }

    /// Every operation takes a moment, as a real one does.
    async fn reach(&self, operation: &'static str) -> Result<MutexGuard<'_, Rows>> {
        tokio::task::yield_now().await;
        if self.slow.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        if self.failing.lock().unwrap().contains(operation) {
            return Err(broken(operation));
        }
        Ok(self.rows())
    }
}

#[async_trait]
impl TenantStore for MemoryStore {
    async fn add_tenant(&self, tenant: &Tenant) -> Result<bool> {
        let mut rows = self.reach("add_tenant").await?;
        let free = rows.tenants.iter().all(|row| row.name != tenant.name);
        if free {
            rows.tenants.push(tenant.clone());
        }
        Ok(free)
    }

    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>> {
        let rows = self.reach("tenant_by_name").await?;
        Ok(rows.tenants.iter().find(|row| row.name == name).cloned())
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        Ok(self.reach("tenants").await?.tenants.clone())
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn add_key(&self, key: &ApiKey) -> Result<bool> {
        let mut rows = self.reach("add_key").await?;
        let free = rows.keys.iter().all(|row| row.digest != key.digest);
        if free {
            rows.keys.push(key.clone());
        }
        Ok(free)
    }

    async fn key(&self, id: KeyId) -> Result<Option<ApiKey>> {
        let rows = self.reach("key").await?;
        Ok(rows.keys.iter().find(|row| row.id == id).cloned())
    }

    async fn key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>> {
        let rows = self.reach("key_by_digest").await?;
        Ok(rows.keys.iter().find(|row| row.digest == *digest).cloned())
    }

    async fn keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        let rows = self.reach("keys").await?;
        let keys = rows.keys.iter().filter(|row| row.tenant == tenant);
        Ok(keys.cloned().collect())
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Result<bool> {
        let mut rows = self.reach("revoke_key").await?;
        let found = rows.keys.iter_mut().find(|row| row.id == key);
        Ok(match found {
            Some(row) if row.revoked_at.is_none() => {
                row.revoked_at = Some(at);
                true
            }
            _ => false,
        })
    }

    async fn touch_key(&self, key: KeyId, at: Timestamp) -> Result<()> {
        let mut rows = self.reach("touch_key").await?;
        rows.touched_keys += 1;
        for row in rows.keys.iter_mut().filter(|row| row.id == key) {
            row.last_used_at = Some(at);
        }
        Ok(())
    }
}

fn end_row(row: &mut Session, end: &SessionEnd) -> bool {
    if row.status != Status::Active {
        return false;
    }
    row.status = end.status;
    row.close_reason = Some(end.reason);
    row.error = end.error.clone();
    row.closed_at = Some(end.at);
    if let Some(usage) = end.usage {
        row.last_accessed_at = usage.last_accessed_at;
        row.traffic = usage.traffic;
    }
    true
}

impl Rows {
    fn append(&mut self, session: SessionId, record: StepRecord) {
        let mut places = self.steps.iter();
        let taken = places.any(|row| row.0 == session && row.1.sequence == record.sequence);
        assert!(!taken, "place {} was taken", record.sequence);
        self.steps.push((session, record));
    }

    fn begin(&mut self, place: StepPlace, at: Timestamp) {
        let record = StepRecord {
            sequence: place.sequence,
            started_at: at,
            step: None,
            picture: None,
        };
        self.append(place.session, record);
    }

    fn finished(&self, session: SessionId) -> impl Iterator<Item = &StepRecord> {
        self.steps
            .iter()
            .filter(move |row| row.0 == session && row.1.step.is_some())
            .map(|row| &row.1)
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn add_session(&self, session: &Session, node: &str) -> Result<()> {
        let mut rows = self.reach("add_session").await?;
        rows.sessions.push((session.clone(), node.to_owned()));
        Ok(())
    }

    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<Session>> {
        let rows = self.reach("session").await?;
        let mut sessions = rows.sessions.iter().map(|row| &row.0);
        Ok(sessions
            .find(|row| row.id == id && row.tenant == tenant)
            .cloned())
    }

    async fn sessions(&self, filter: &SessionFilter, page: PageRequest) -> Result<Page<Session>> {
        let rows = self.reach("sessions").await?;
        let fitting = rows.sessions.iter().rev().map(|row| &row.0).filter(|row| {
            row.tenant == filter.tenant
                && filter.key.is_none_or(|key| row.key == key)
                && (!filter.only_active || row.status == Status::Active)
        });
        let skipped = usize::try_from(page.offset()).unwrap();
        let items = fitting.skip(skipped).take(page.size as usize + 1).cloned();
        Ok(Page::from_overlong(items.collect(), page))
    }

    async fn count_active(&self, tenant: TenantId) -> Result<u64> {
        let rows = self.reach("count_active").await?;
        let active = rows.sessions.iter().map(|row| &row.0);
        Ok(active
            .filter(|row| row.tenant == tenant && row.status == Status::Active)
            .count() as u64)
    }

    async fn end_session(&self, id: SessionId, end: &SessionEnd) -> Result<Option<Session>> {
        let mut rows = self.reach("end_session").await?;
        let mut found = rows.sessions.iter_mut().map(|row| &mut row.0);
        let row = found.find(|row| row.id == id);
        Ok(row.and_then(|row| end_row(row, end).then(|| row.clone())))
    }

    async fn active_sessions_of(&self, node: &str) -> Result<Vec<Session>> {
        let rows = self.reach("active_sessions_of").await?;
        let here = rows.sessions.iter().filter(|row| row.1 == node);
        let active = here.filter(|row| row.0.status == Status::Active);
        Ok(active.map(|row| row.0.clone()).collect())
    }
}

#[async_trait]
impl StepStore for MemoryStore {
    async fn begin_step(&self, place: StepPlace, _intent: &Step, at: Timestamp) -> Result<()> {
        self.reach("begin_step").await?.begin(place, at);
        Ok(())
    }

    async fn begin_step_in_haste(
        &self,
        place: StepPlace,
        _intent: &Step,
        at: Timestamp,
    ) -> Result<()> {
        self.reach("begin_step_in_haste").await?.begin(place, at);
        Ok(())
    }

    async fn finish_step(
        &self,
        session: SessionId,
        sequence: u64,
        step: &Step,
        picture: Option<&str>,
    ) -> Result<()> {
        let mut rows = self.reach("finish_step").await?;
        let mut found = rows.steps.iter_mut();
        let (_, record) = found
            .find(|row| row.0 == session && row.1.sequence == sequence)
            .ok_or_else(|| broken("a step that was never begun"))?;
        assert_eq!(record.step, None, "a step was finished twice");
        record.step = Some(step.clone());
        record.picture = picture.map(str::to_owned);
        Ok(())
    }

    async fn add_step(
        &self,
        place: StepPlace,
        step: &Step,
        picture: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        let mut rows = self.reach("add_step").await?;
        rows.append(
            place.session,
            StepRecord {
                sequence: place.sequence,
                started_at: at,
                step: Some(step.clone()),
                picture: picture.map(str::to_owned),
            },
        );
        Ok(())
    }

    async fn steps_of_run(&self, _run: RunId) -> Result<Vec<StepRecord>> {
        Ok(Vec::new())
    }

    async fn steps(&self, session: SessionId, offset: u64) -> Result<Vec<StepRecord>> {
        let rows = self.reach("steps").await?;
        let skipped = usize::try_from(offset).unwrap();
        Ok(rows.finished(session).skip(skipped).cloned().collect())
    }

    async fn next_sequence(&self, session: SessionId) -> Result<u64> {
        let rows = self.reach("next_sequence").await?;
        let there = rows.steps.iter().filter(|row| row.0 == session);
        Ok(there.map(|row| row.1.sequence + 1).max().unwrap_or(0))
    }

    async fn unfinished_step_of_run(&self, _run: RunId) -> Result<Option<Step>> {
        Ok(None)
    }

    async fn count_steps(&self, session: SessionId) -> Result<u64> {
        let rows = self.reach("count_steps").await?;
        Ok(rows.finished(session).count() as u64)
    }
}

fn file_key(tenant: TenantId, area: Area, name: &str) -> (TenantId, String, String) {
    (tenant, format!("{area:?}"), name.to_owned())
}

#[async_trait]
impl FileStore for MemoryStore {
    async fn put_file(
        &self,
        tenant: TenantId,
        area: Area,
        file: &FileInfo,
    ) -> Result<Option<String>> {
        let mut rows = self.reach("put_file").await?;
        let key = file_key(tenant, area, &file.name);
        let replaced = rows.files.insert(key, file.clone());
        Ok(replaced.map(|replaced| replaced.blob))
    }

    async fn file(&self, tenant: TenantId, area: Area, name: &str) -> Result<Option<FileInfo>> {
        let rows = self.reach("file").await?;
        Ok(rows.files.get(&file_key(tenant, area, name)).cloned())
    }

    async fn files(&self, tenant: TenantId, area: Area) -> Result<Vec<FileInfo>> {
        let rows = self.reach("files").await?;
        let area = format!("{area:?}");
        let files = rows.files.iter();
        Ok(files
            .filter(|(key, _)| key.0 == tenant && key.1 == area)
            .map(|(_, file)| file.clone())
            .collect())
    }

    async fn remove_files(&self, tenant: TenantId, area: Area) -> Result<()> {
        let mut rows = self.reach("remove_files").await?;
        let area = format!("{area:?}");
        rows.files.retain(|key, _| key.0 != tenant || key.1 != area);
        Ok(())
    }
}
