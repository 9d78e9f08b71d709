//! Approvals.

use async_trait::async_trait;
use guise_core::ports::ApprovalStore;
use guise_core::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalId, ApprovalKind, ApprovalPolicy,
    ApprovalState, ApprovalWish, KeyId, Page, PageRequest, Result, RunId, SessionId, TenantId,
    Timestamp,
};

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;

const POLICY: Statement = Statement::new(
    "look up what needs an approval",
    "SELECT purchases, posts_elsewhere, uploads FROM approval_policies WHERE tenant_id = $1",
);

const SET_POLICY: Statement = Statement::new(
    "keep what needs an approval",
    "INSERT INTO approval_policies (tenant_id, purchases, posts_elsewhere, uploads) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id) DO UPDATE
     SET purchases = excluded.purchases, posts_elsewhere = excluded.posts_elsewhere, uploads = excluded.uploads",
);

/// Whether an approval waits. `$1` is the time such that what was asked for before is given up.
macro_rules! waits {
    () => {
        "state = 'pending' AND created_at > $1
         AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = approvals.session_id AND sessions.status = 'active')
         AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = approvals.run_id AND runs.ended_at IS NOT NULL)"
    };
}

/// The columns of a whole approval, as it stands.
macro_rules! columns {
    () => {
        concat!(
            "id, tenant_id, session_id, run_id, kind, subject, site, created_at, decided_at, decided_by,
             CASE WHEN state = 'pending' AND NOT (",
            waits!(),
            ") THEN 'expired' ELSE state END AS state"
        )
    };
}

/// Which approvals are for one deed.
macro_rules! of_deed {
    () => {
        "session_id = $2 AND kind = $3 AND site = $4 AND subject = $5"
    };
}

const ONE: Statement = Statement::new(
    "look an approval up",
    concat!(
        "SELECT ",
        columns!(),
        " FROM approvals WHERE tenant_id = $2 AND id = $3"
    ),
);

const LIST: Statement = Statement::new(
    "list the approvals",
    concat!(
        "SELECT ",
        columns!(),
        " FROM approvals WHERE tenant_id = $2 AND (NOT $3 OR (",
        waits!(),
        ")) ORDER BY id DESC LIMIT $4 + 0 OFFSET $5"
    ),
);

const COUNTING: Statement = Statement::new(
    "look up what was decided about a deed",
    concat!(
        "SELECT ",
        columns!(),
        " FROM approvals WHERE ",
        of_deed!(),
        " AND (decided_at > $6 OR (",
        waits!(),
        ")) ORDER BY id DESC LIMIT 1"
    ),
);

const EXPIRE: Statement = Statement::new(
    "give an approval up",
    concat!(
        "UPDATE approvals SET state = 'expired' WHERE ",
        of_deed!(),
        " AND state = 'pending' AND NOT (",
        waits!(),
        ")"
    ),
);

const ADD: Statement = Statement::new(
    "ask for an approval",
    "INSERT INTO approvals (id, tenant_id, session_id, run_id, kind, subject, site, state, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8)
     ON CONFLICT DO NOTHING",
);

const DECIDE: Statement = Statement::new(
    "decide about an approval",
    concat!(
        "UPDATE approvals SET state = $4, decided_at = $5, decided_by = $6
         WHERE tenant_id = $2 AND id = $3 AND ",
        waits!(),
        " RETURNING id, tenant_id, session_id, run_id, kind, subject, site, created_at, decided_at, decided_by, state"
    ),
);

#[async_trait]
impl ApprovalStore for Database {
    async fn approval_policy(&self, tenant: TenantId) -> Result<ApprovalPolicy> {
        let row = self.row(POLICY, &[tenant.into()]).await?;
        row.map_or(Ok(ApprovalPolicy::default()), |row| {
            Ok(ApprovalPolicy {
                purchases: row.flag("purchases")?,
                posts_elsewhere: row.flag("posts_elsewhere")?,
                uploads: row.flag("uploads")?,
            })
        })
    }

    async fn set_approval_policy(&self, tenant: TenantId, policy: ApprovalPolicy) -> Result<()> {
        let values = [
            tenant.into(),
            policy.purchases.into(),
            policy.posts_elsewhere.into(),
            policy.uploads.into(),
        ];
        self.touch(SET_POLICY, &values).await.map(drop)
    }

    async fn ask_for_approval(
        &self,
        id: ApprovalId,
        wish: &ApprovalWish,
        now: Timestamp,
    ) -> Result<Approval> {
        let of_deed = [
            given_up_before(now).into(),
            wish.session.into(),
            wish.kind.as_str().into(),
            wish.site.as_str().into(),
            wish.subject.as_str().into(),
            now.minus(Approval::COUNTS).into(),
        ];
        if let Some(row) = self.row(COUNTING, &of_deed).await? {
            return approval(&row);
        }
        self.touch(EXPIRE, &of_deed[..5]).await?;
        let values = [
            id.into(),
            wish.tenant.into(),
            wish.session.into(),
            wish.run.into(),
            wish.kind.as_str().into(),
            wish.subject.as_str().into(),
            wish.site.as_str().into(),
            now.into(),
        ];
        self.touch(ADD, &values).await?;
        // This one, or that of somebody who asked for the same at the same time.
        match self.row(COUNTING, &of_deed).await? {
            Some(row) => approval(&row),
            // The session has ended meanwhile.
            None => {
                let added = self.approval(wish.tenant, id, now).await?;
                added.ok_or_else(|| ADD.failed("it is neither added nor there"))
            }
        }
    }

    async fn approval(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        now: Timestamp,
    ) -> Result<Option<Approval>> {
        let values = [given_up_before(now).into(), tenant.into(), id.into()];
        let row = self.row(ONE, &values).await?;
        row.as_ref().map(approval).transpose()
    }

    async fn approvals(
        &self,
        filter: ApprovalFilter,
        now: Timestamp,
        page: PageRequest,
    ) -> Result<Page<Approval>> {
        let values = [
            given_up_before(now).into(),
            filter.tenant.into(),
            filter.only_pending.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        let items = rows.iter().map(approval).collect::<Result<_>>()?;
        Ok(Page::from_overlong(items, page))
    }

    async fn decide_approval(
        &self,
        tenant: TenantId,
        id: ApprovalId,
        decision: ApprovalDecision,
    ) -> Result<Option<Approval>> {
        let state = match decision.allowed {
            true => ApprovalState::Approved,
            false => ApprovalState::Denied,
        };
        let values = [
            given_up_before(decision.at).into(),
            tenant.into(),
            id.into(),
            state.as_str().into(),
            decision.at.into(),
            decision.by.into(),
        ];
        let row = self.write(DECIDE, &values).await?;
        row.as_ref().map(approval).transpose()
    }
}

/// What was asked for before that time, and not decided, is given up.
fn given_up_before(now: Timestamp) -> Timestamp {
    now.minus(Approval::WAITS)
}

fn approval(row: &Row) -> Result<Approval> {
    let empty = |column| unreadable(column, "it is empty");
    Ok(Approval {
        id: ApprovalId::from_uuid(row.id("id")?),
        wish: ApprovalWish {
            tenant: TenantId::from_uuid(row.id("tenant_id")?),
            session: SessionId::from_uuid(row.id("session_id")?),
            run: row.optional_id("run_id")?.map(RunId::from_uuid),
            kind: row
                .named("kind", ApprovalKind::from_name)?
                .ok_or_else(|| empty("kind"))?,
            subject: row.text("subject")?,
            site: row.text("site")?,
        },
        state: row
            .named("state", ApprovalState::from_name)?
            .ok_or_else(|| empty("state"))?,
        created_at: row.time("created_at")?,
        decided_at: row.optional_time("decided_at")?,
        decided_by: row.optional_id("decided_by")?.map(KeyId::from_uuid),
    })
}
