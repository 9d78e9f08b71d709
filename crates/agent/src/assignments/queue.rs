//! Who waits for their turn, and who is at work.

use std::collections::{BTreeSet, HashMap};
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
}

impl Queue {
    /// Adds one that waits.
    pub(super) fn push(&self, tenant: TenantId, id: AssignmentId) {
        self.table().waiting.insert((id, tenant));
        self.more.notify_one();
    }

    /// The one that has waited longest, once there is one; from now on it is at work, until it is cancelled by what comes
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
                if let Some((id, tenant)) = table.waiting.pop_first() {
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
}
