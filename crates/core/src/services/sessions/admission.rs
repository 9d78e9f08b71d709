//! Who may start a session: a tenant's allowance, and the machine's places for browsers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::Settings;
use crate::ports::Store;
use crate::{Error, Kind, Result, TenantId};

/// What a full machine tells callers to wait.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// How many sessions each tenant has on this server, those that are just starting included.
#[derive(Default)]
struct Counts {
    table: Mutex<HashMap<TenantId, u64>>,
    /// Told whenever one of them ends.
    ended: Notify,
}

/// How long somebody waits for leave to start a session. For the tenant's allowance nobody waits here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// For a slot as long as the settings say.
    OfCaller,
    /// For a slot until then.
    Until(Instant),
    /// For a slot until there is one.
    Endless,
}

pub(super) struct Admission {
    slots: Arc<Semaphore>,
    waiting: Semaphore,
    counts: Arc<Counts>,
}

/// Leave to start one session.
pub(super) struct Place {
    /// The place among the machine's browsers: to be dropped when the browser is gone.
    pub(super) slot: OwnedSemaphorePermit,
    /// The place in the tenant's allowance: to be dropped when the session has ended.
    pub(super) counted: Counted,
}

/// Counts one session of a tenant for as long as it is kept.
pub(super) struct Counted {
    tenant: TenantId,
    counts: Arc<Counts>,
}

impl Admission {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(settings.slots)),
            waiting: Semaphore::new(settings.waiting),
            counts: Arc::default(),
        }
    }

    /// Lets nobody in any more; who waits is refused.
    pub(super) fn close(&self) {
        self.slots.close();
    }

    /// Waits for leave to start a session, within the bounds that `settings` and `patience` draw.
    pub(super) async fn admit(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        settings: &Settings,
        patience: Patience,
    ) -> Result<Place> {
        let counted = self
            .count(store, tenant, settings.sessions_per_tenant)
            .await?;
        let slot = match patience {
            Patience::OfCaller => self.slot(settings, Instant::now() + settings.wait).await?,
            Patience::Until(until) => self.slot(settings, until).await?,
            Patience::Endless => self.slot_when_free().await?,
        };
        Ok(Place { slot, counted })
    }

    /// Leave for a session that had it before the server was restarted. It waits for nothing, and no allowance stands against it.
    ///
    /// # Errors
    /// Kind `Full` when there are fewer slots than there were.
    pub(super) fn admit_again(&self, tenant: TenantId) -> Result<Place> {
        let slot = Arc::clone(&self.slots).try_acquire_owned();
        let slot = slot.map_err(|_| Error::new(Kind::Full, "No slot is free any more"))?;
        *lock(&self.counts).entry(tenant).or_default() += 1;
        let counts = Arc::clone(&self.counts);
        let counted = Counted { tenant, counts };
        Ok(Place { slot, counted })
    }

    /// Waits until a session ends here, at most for as long as those who are refused are told to wait: nobody tells of
    /// sessions that end on other servers.
    pub(super) async fn until_one_ends(&self) {
        let _ = timeout(RETRY_AFTER, self.counts.ended.notified()).await;
    }

    async fn slot_when_free(&self) -> Result<OwnedSemaphorePermit> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        slot.map_err(|_| Error::new(Kind::Full, "The server is being stopped"))
    }

    async fn count(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        allowed: Option<u64>,
    ) -> Result<Counted> {
        let kept = match allowed {
            Some(_) => store.count_active(tenant).await?,
            None => 0,
        };
        let mut counts = lock(&self.counts);
        let here = counts.entry(tenant).or_default();
        // The rows know the sessions of other servers too; the count knows those that have no row yet, so that many starts
        // at once cannot all find the last place free.
        let active = kept.max(*here);
        if let Some(allowed) = allowed
            && active >= allowed
        {
            let message = format!(
                "You exceeded the maximum of active sessions: {active} of {allowed} are active; stop one or try again later"
            );
            return Err(Error::new(Kind::Quota, message).with_retry_after(RETRY_AFTER));
        }
        *here += 1;
        drop(counts);
        Ok(Counted {
            tenant,
            counts: Arc::clone(&self.counts),
        })
    }

    async fn slot(&self, settings: &Settings, until: Instant) -> Result<OwnedSemaphorePermit> {
        let full = || {
            let message = format!(
                "No browser is free: all {} slots are in use; try again later",
                settings.slots
            );
            Error::new(Kind::Full, message).with_retry_after(RETRY_AFTER)
        };
        if let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = self.waiting.try_acquire().map_err(|_| full())?;
        match timeout_at(until, Arc::clone(&self.slots).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // Closed slots: the server is stopping.
            Ok(Err(_)) | Err(_) => Err(full()),
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        if let Some(count) = counts.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.tenant);
            }
        }
        drop(counts);
        self.counts.ended.notify_waiters();
    }
}

fn lock(counts: &Counts) -> MutexGuard<'_, HashMap<TenantId, u64>> {
    counts.table.lock().unwrap_or_else(PoisonError::into_inner)
}
