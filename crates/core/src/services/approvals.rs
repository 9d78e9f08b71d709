//! Approvals: asking for them, deciding them, waiting for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::ports::{Actor, ApprovalStore, Audit, AuditEvent, Clock, Deed};
use crate::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalId, ApprovalKind, ApprovalPolicy,
    ApprovalState, ApprovalWish, Caller, Error, Kind, Page, PageRequest, Result, Scope, TenantId,
};

/// How often somebody who waits looks whether it was decided on another server, which nothing tells here.
const LOOK: Duration = Duration::from_secs(1);

/// The service.
pub struct Approvals {
    store: Arc<dyn ApprovalStore>,
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
    /// Tells those who wait that something was decided here.
    decided: watch::Sender<()>,
}

impl Approvals {
    /// A service whose decisions are kept by `audit`.
    pub fn new(
        store: Arc<dyn ApprovalStore>,
        audit: Arc<dyn Audit>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            audit,
            clock,
            decided: watch::Sender::new(()),
        }
    }

    /// What the tenant wants to be asked about.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn policy(&self, caller: &Caller) -> Result<ApprovalPolicy> {
        self.store.approval_policy(caller.tenant).await
    }

    /// Sets what the tenant wants to be asked about. It holds from the next deed on, in sessions that run, too. The audit has it
    /// before.
    ///
    /// # Errors
    /// Kind `Denied` for a key without the scope `approve`; when the audit or the store cannot be written.
    pub async fn set_policy(
        &self,
        caller: &Caller,
        policy: ApprovalPolicy,
    ) -> Result<ApprovalPolicy> {
        check_scope(caller)?;
        let names = ApprovalKind::ALL.into_iter();
        let asked = names.filter(|kind| policy.asks_for(*kind));
        let details = asked.map(|kind| ("asks_for", kind.as_str().to_owned()));
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed: Deed::ApprovalPolicy,
                subject: "approval policy".to_owned(),
                details: details.collect(),
            })
            .await?;
        self.store
            .set_approval_policy(caller.tenant, policy)
            .await?;
        Ok(policy)
    }

    /// The tenant's approvals, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_pending: bool,
        page: PageRequest,
    ) -> Result<Page<Approval>> {
        let filter = ApprovalFilter {
            tenant: caller.tenant,
            only_pending,
        };
        self.store.approvals(filter, self.clock.now(), page).await
    }

    /// An approval of the caller's tenant.
    ///
    /// # Errors
    /// Kind `NotFound` for an id that is none, unknown, or another tenant's.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Approval> {
        let not_found = || Error::not_found("Approval", id);
        let id = id.parse().map_err(|_| not_found())?;
        self.find(caller.tenant, id).await?.ok_or_else(not_found)
    }

    /// Allows or refuses what an approval is for. Deciding the same twice is fine. The audit has it before.
    ///
    /// # Errors
    /// Kind `Denied` for a key without the scope `approve`; `NotFound`; `Conflict` when it was decided the other way or given up;
    /// when the audit cannot be written.
    pub async fn decide(&self, caller: &Caller, id: &str, allowed: bool) -> Result<Approval> {
        check_scope(caller)?;
        let approval = self.get(caller, id).await?;
        if is_decided(&approval, allowed)? {
            return Ok(approval);
        }
        let wish = &approval.wish;
        self.audit
            .record(&AuditEvent {
                tenant: Some(caller.tenant),
                actor: Actor::Key(caller.key),
                deed: match allowed {
                    true => Deed::Approved,
                    false => Deed::Denied,
                },
                subject: format!("approval {}", approval.id),
                details: vec![
                    ("kind", wish.kind.as_str().to_owned()),
                    ("subject", wish.subject.clone()),
                    ("site", wish.site.clone()),
                    ("session", wish.session.to_string()),
                ],
            })
            .await?;
        let decision = ApprovalDecision {
            allowed,
            by: caller.key,
            at: self.clock.now(),
        };
        let decided = self
            .store
            .decide_approval(caller.tenant, approval.id, decision)
            .await?;
        match decided {
            Some(approval) => {
                self.decided.send_replace(());
                Ok(approval)
            }
            // Somebody else was faster, or its time is up since.
            None => {
                let approval = self.get(caller, id).await?;
                is_decided(&approval, allowed)?;
                Ok(approval)
            }
        }
    }

    /// What a tenant wants to be asked about.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn policy_of(&self, tenant: TenantId) -> Result<ApprovalPolicy> {
        self.store.approval_policy(tenant).await
    }

    /// What was decided about a deed and still counts; where nothing was, it waits for a decision from now on.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn ask(&self, wish: &ApprovalWish) -> Result<Approval> {
        let now = self.clock.now();
        self.store
            .ask_for_approval(ApprovalId::new(), wish, now)
            .await
    }

    /// Waits until an approval does not wait any more, and gives it as it is then. `looked` is called before every look.
    ///
    /// # Errors
    /// Kind `NotFound`; when the store fails.
    pub(super) async fn until_decided(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        looked: impl Fn(),
    ) -> Result<Approval> {
        let mut decided = self.decided.subscribe();
        loop {
            looked();
            decided.mark_unchanged();
            let found = self.find(tenant, id).await?;
            let approval = found.ok_or_else(|| Error::not_found("Approval", id))?;
            if approval.state != ApprovalState::Pending {
                return Ok(approval);
            }
            // Which of both it was does not matter.
            let _ = timeout(LOOK, decided.changed()).await;
        }
    }

    async fn find(&self, tenant: TenantId, id: ApprovalId) -> Result<Option<Approval>> {
        self.store.approval(tenant, id, self.clock.now()).await
    }
}

fn check_scope(caller: &Caller) -> Result<()> {
    if caller.scopes.contains(Scope::Approve) {
        return Ok(());
    }
    let message = format!(
        "This API key may not decide about approvals: it lacks the scope '{}'",
        Scope::Approve.as_str()
    );
    Err(Error::new(Kind::Denied, message))
}

/// Whether an approval is decided that way already.
fn is_decided(approval: &Approval, allowed: bool) -> Result<bool> {
    let conflict = |what: &str| {
        let message = format!(
            "Approval {} {what}: do the action again to be asked again",
            approval.id
        );
        Err(Error::new(Kind::Conflict, message))
    };
    match (approval.state, allowed) {
        (ApprovalState::Pending, _) => Ok(false),
        (ApprovalState::Approved, true) | (ApprovalState::Denied, false) => Ok(true),
        (ApprovalState::Approved, false) => conflict("was approved already"),
        (ApprovalState::Denied, true) => conflict("was denied already"),
        (ApprovalState::Expired, _) => conflict("has expired"),
    }
}
