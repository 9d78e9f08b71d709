//! Who waits for their turn, and who is at work.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use guise_core::{AssignmentId, TenantId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The assignments of this server that have not ended. The database has the truth: this is who is next.
#[derive(Default)]
pub(super) struct Queue {
    table: Mutex<Table>,
    more: Notify,
}

#[derive(Default)]
struct Table {
    /// In the order of their creation, which is that of their ids. As many as the database lets wait.
    waiting: BTreeSet<(AssignmentId, TenantId)>,
    at_work: HashMap<AssignmentId, CancellationToken>,
    /// Whose assignments are passed over, so that others do not wait for them.
    held: HashSet<TenantId>,
}

impl Queue {
    /// Adds one that waits.
    pub(super) fn push(&self, tenant: TenantId, id: AssignmentId) {
        self.table().waiting.insert((id, tenant));
        self.more.notify_one();
    }

    /// The one that has waited longest, once there is one of a tenant that is not held; from now on it is at work, until it is cancelled by what comes
    /// with it.
    pub(super) async fn next(
        &self,
        stopping: &CancellationToken,
    ) -> (TenantId, AssignmentId, CancellationToken) {
        loop {
            // Listening first: what is added after the look is heard.
            let more = self.more.notified();
            {
                let mut table = self.table();
                let mut waiting = table.waiting.iter().copied();
                let first = waiting.find(|(_, tenant)| !table.held.contains(tenant));
                if let Some((id, tenant)) = first {
                    table.waiting.remove(&(id, tenant));
                    let stop = stopping.child_token();
                    table.at_work.insert(id, stop.clone());
                    return (tenant, id, stop);
                }
            }
            more.await;
        }
    }

    /// Takes one out that waits, or cancels the work on it.
    pub(super) fn cancel(&self, tenant: TenantId, id: AssignmentId) {
        let mut table = self.table();
        table.waiting.remove(&(id, tenant));
        if let Some(stop) = table.at_work.get(&id) {
            stop.cancel();
        }
    }

    /// Puts one back that could not begin, unless it was cancelled, and holds its tenant. `false` when that is held already.
    pub(super) fn put_back(&self, tenant: TenantId, id: AssignmentId) -> bool {
        let mut table = self.table();
        let stop = table.at_work.remove(&id);
        if stop.is_some_and(|stop| !stop.is_cancelled()) {
            table.waiting.insert((id, tenant));
        }
        table.held.insert(tenant)
    }

    /// Lets a tenant's assignments have their turn again.
    pub(super) fn release(&self, tenant: TenantId) {
        self.table().held.remove(&tenant);
        self.more.notify_one();
    }

    /// The work on one has ended.
    pub(super) fn done(&self, id: AssignmentId) {
        self.table().at_work.remove(&id);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_was_made_first_is_first() {
        let queue = Queue::default();
        let tenant = TenantId::new();
        let ids: Vec<_> = (0..3).map(|_| AssignmentId::new()).collect();
        for id in [ids[2], ids[0], ids[1]] {
            queue.push(tenant, id);
        }
        queue.cancel(tenant, ids[1]);
        let stopping = CancellationToken::new();
        let (_, first, stop) = queue.next(&stopping).await;
        let (_, second, other) = queue.next(&stopping).await;
        assert_eq!([first, second], [ids[0], ids[2]]);
        queue.cancel(tenant, first);
        assert!(stop.is_cancelled() && !other.is_cancelled());
    }

    #[tokio::test]
    async fn who_is_held_is_passed_over_and_comes_first_again_later() {
        let queue = Queue::default();
        let (held, other) = (TenantId::new(), TenantId::new());
        let ids: Vec<_> = (0..4).map(|_| AssignmentId::new()).collect();
        for (tenant, id) in [held, held, other, held].into_iter().zip(&ids) {
            queue.push(tenant, *id);
        }
        let stopping = CancellationToken::new();
        let next = async || queue.next(&stopping).await.1;
        assert_eq!([next().await, next().await], [ids[0], ids[1]]);
        queue.cancel(held, ids[1]);
        assert!(queue.put_back(held, ids[0]));
        assert!(!queue.put_back(held, ids[1]), "it is held already");
        assert_eq!(next().await, ids[2]);
        queue.release(held);
        // The one that was cancelled meanwhile does not come again.
        assert_eq!([next().await, next().await], [ids[0], ids[3]]);
    }
}
