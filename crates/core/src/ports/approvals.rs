//! Where approvals are kept.

use async_trait::async_trait;

use crate::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalId, ApprovalPolicy, ApprovalWish, Page,
    PageRequest, Result, TenantId, Timestamp,
};

/// Keeps approvals, and what tenants want to be asked about.
///
/// One that waits is [`Expired`](crate::ApprovalState::Expired) to every reader once [`Approval::WAITS`] is over at `now`, or its session or its run has
/// ended: nothing has to happen for that, so that no crash leaves one that waits for ever.
#[async_trait]
pub trait ApprovalStore: Send + Sync {
    /// What a tenant wants to be asked about; the default where it never said.
    async fn approval_policy(&self, tenant: TenantId) -> Result<ApprovalPolicy>;

    /// Keeps what a tenant wants to be asked about.
    async fn set_approval_policy(&self, tenant: TenantId, policy: ApprovalPolicy) -> Result<()>;

    /// The approval of a deed that waits, or was decided and still counts; where there is none, one that waits is added under `id`.
    async fn ask_for_approval(
        &self,
        id: ApprovalId,
        wish: &ApprovalWish,
        now: Timestamp,
    ) -> Result<Approval>;

    /// A tenant's approval.
    async fn approval(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        now: Timestamp,
    ) -> Result<Option<Approval>>;

    /// A tenant's approvals, newest first.
    async fn approvals(
        &self,
        filter: ApprovalFilter,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<Approval>>;

    /// Decides one that waits, and gives it as it is then; `None` when it does not wait.
    async fn decide_approval(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        decision: ApprovalDecision,
    ) -> Result<Option<Approval>>;
}
