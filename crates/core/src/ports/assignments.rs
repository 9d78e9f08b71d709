//! Where assignments are kept.

use async_trait::async_trait;

use crate::{
    Assignment, AssignmentEnd, AssignmentFilter, AssignmentId, AssignmentState, Result, RunId,
    SessionId, Summary, TenantId, Timestamp, Verdict,
};

/// Keeps assignments. The work on them is kept as runs and sessions.
#[async_trait]
pub trait AssignmentStore: Send + Sync {
    /// Adds an assignment that waits; `node` names the server that will work on it.
    async fn add_assignment(&self, assignment: &Assignment, node: &str) -> Result<()>;

    /// A tenant's assignment.
    async fn assignment(&self, tenant: TenantId, id: AssignmentId) -> Result<Option<Assignment>>;

    /// Up to `limit` assignments that are older than `after`, newest first.
    async fn assignments_after(
        &self,
        tenant: TenantId,
        filter: AssignmentFilter,
        after: Option<AssignmentId>,
        limit: u32,
    ) -> Result<Vec<Assignment>>;

    /// How many of a tenant's assignments wait.
    async fn count_pending(&self, tenant: TenantId) -> Result<u64>;

    /// All of `node` that stand like that and have not ended, oldest first.
    async fn assignments_of(
        &self,
        node: &str,
        state: AssignmentState,
    ) -> Result<Vec<(TenantId, AssignmentId)>>;

    /// Notes that one that waits is worked on in `session` from now on. `false` when it does not wait any more.
    async fn begin_assignment(
        &self,
        id: AssignmentId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<bool>;

    /// Notes the run that works on it.
    async fn note_run(&self, id: AssignmentId, run: RunId) -> Result<()>;

    /// Ends one that waits or is worked on, and gives it as it is then; `None` when it had ended or is not there.
    async fn end_assignment(
        &self,
        id: AssignmentId,
        end: &AssignmentEnd,
    ) -> Result<Option<Assignment>>;

    /// Keeps a summary in place of one that was there.
    async fn keep_summary(&self, id: AssignmentId, summary: &Summary) -> Result<()>;

    /// Keeps a verdict in place of one that was there.
    async fn keep_verdict(&self, id: AssignmentId, verdict: &Verdict) -> Result<()>;

    /// Removes one. `false` when there is none.
    async fn delete_assignment(&self, tenant: TenantId, id: AssignmentId) -> Result<bool>;
}
