//! Approvals in memory. Sessions and runs do not end here.

use std::sync::Mutex;

use async_trait::async_trait;
use guise_core::ports::ApprovalStore;
use guise_core::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalId, ApprovalPolicy, ApprovalState,
    ApprovalWish, Page, PageRequest, Result, TenantId, Timestamp,
};

#[derive(Default)]
pub struct MemoryApprovals {
    policy: Mutex<ApprovalPolicy>,
    rows: Mutex<Vec<Approval>>,
}

impl MemoryApprovals {
    /// All of them, as they stand at `now`, oldest first.
    pub fn all(&self, now: Timestamp) -> Vec<Approval> {
        let mut rows = self.rows.lock().unwrap();
        for row in rows.iter_mut() {
            let waited = now.since(row.created_at);
            if row.state == ApprovalState::Pending && waited >= Approval::WAITS {
                row.state = ApprovalState::Expired;
            }
        }
        rows.clone()
    }
}

#[async_trait]
impl ApprovalStore for MemoryApprovals {
    async fn approval_policy(&self, _tenant: TenantId) -> Result<ApprovalPolicy> {
        Ok(*self.policy.lock().unwrap())
    }

    async fn set_approval_policy(&self, _tenant: TenantId, policy: ApprovalPolicy) -> Result<()> {
        *self.policy.lock().unwrap() = policy;
        Ok(())
    }

    async fn ask_for_approval(
        &self,
        id: ApprovalId,
        wish: &ApprovalWish,
        now: Timestamp,
    ) -> Result<Approval> {
        let counts = |row: &Approval| match row.decided_at {
            Some(at) => now.since(at) < Approval::COUNTS,
            None => row.state == ApprovalState::Pending,
        };
        let all = self.all(now).into_iter().rev();
        if let Some(found) = all.into_iter().find(|row| row.wish == *wish && counts(row)) {
            return Ok(found);
        }
        let added = Approval {
            id,
            wish: wish.clone(),
            state: ApprovalState::Pending,
            created_at: now,
            decided_at: None,
            decided_by: None,
        };
        self.rows.lock().unwrap().push(added.clone());
        Ok(added)
    }

    async fn approval(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        now: Timestamp,
    ) -> Result<Option<Approval>> {
        let mut all = self.all(now).into_iter();
        Ok(all.find(|row| row.id == id && row.wish.tenant == tenant))
    }

    async fn approvals(
        &self,
        _filter: ApprovalFilter,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<Approval>> {
        Ok(Page::from_overlong(self.all(now), page))
    }

    async fn decide_approval(
        &self,
        _tenant: TenantId,
        id: ApprovalId,
        decision: ApprovalDecision,
    ) -> Result<Option<Approval>> {
        self.all(decision.at);
        let mut rows = self.rows.lock().unwrap();
        let mut waiting = rows.iter_mut();
        let row = waiting.find(|row| row.id == id && row.state == ApprovalState::Pending);
        Ok(row.map(|row| {
            row.state = match decision.allowed {
                true => ApprovalState::Approved,
                false => ApprovalState::Denied,
            };
            row.decided_at = Some(decision.at);
            row.decided_by = Some(decision.by);
            row.clone()
        }))
    }
}
