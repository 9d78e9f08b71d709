//! Browser sessions.

use async_trait::async_trait;
use guise_core::ports::{SessionEnd, SessionStore};
use guise_core::{
    CloseReason, KeyId, Page, PageRequest, Result, Session, SessionFilter, SessionId, Status,
    TenantId, Traffic,
};

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::value::Value;

const ADD: Statement = Statement::new(
    "add a session",
    "INSERT INTO sessions
         (id, tenant_id, key_id, node, options, status, close_reason, error,
          created_at, last_accessed_at, closed_at, request_bytes, response_bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);

const ONE: Statement = Statement::new(
    "look a session up",
    "SELECT id, tenant_id, key_id, options, status, close_reason, error,
            created_at, last_accessed_at, closed_at, request_bytes, response_bytes
     FROM sessions WHERE tenant_id = $1 AND id = $2",
);

const LIST: Statement = Statement::new(
    "list the sessions",
    "SELECT id, tenant_id, key_id, options, status, close_reason, error,
            created_at, last_accessed_at, closed_at, request_bytes, response_bytes
     FROM sessions
     WHERE tenant_id = $1 AND ($2 IS NULL OR key_id = $2) AND (NOT $3 OR status = 'active')
     ORDER BY created_at DESC, id DESC LIMIT $4 + 0 OFFSET $5",
);

const COUNT_ACTIVE: Statement = Statement::new(
    "count the active sessions",
    "SELECT COUNT(*) AS active FROM sessions WHERE tenant_id = $1 AND status = 'active'",
);

// While a session runs, its last use is known to the server that runs it; after a crash its last step tells.
const END: Statement = Statement::new(
    "end a session",
    "UPDATE sessions
     SET status = $2, close_reason = $3, error = $4, closed_at = $5,
         last_accessed_at = COALESCE($6,
             (SELECT MAX(steps.started_at) FROM steps WHERE steps.session_id = sessions.id), last_accessed_at),
         request_bytes = COALESCE($7, request_bytes), response_bytes = COALESCE($8, response_bytes)
     WHERE id = $1 AND status = 'active'
     RETURNING id, tenant_id, key_id, options, status, close_reason, error,
               created_at, last_accessed_at, closed_at, request_bytes, response_bytes",
);

const ACTIVE_OF_NODE: Statement = Statement::new(
    "list the sessions of an earlier run",
    "SELECT id, tenant_id, key_id, options, status, close_reason, error,
            created_at, last_accessed_at, closed_at, request_bytes, response_bytes
     FROM sessions WHERE node = $1 AND status = 'active' ORDER BY id",
);

#[async_trait]
impl SessionStore for Database {
    async fn add_session(&self, session: &Session, node: &str) -> Result<()> {
        let values = [
            session.id.into(),
            session.tenant.into(),
            session.key.into(),
            node.into(),
            Value::json(&session.options)?,
            session.status.as_str().into(),
            session.close_reason.map(CloseReason::as_str).into(),
            session.error.as_deref().into(),
            session.created_at.into(),
            session.last_accessed_at.into(),
            session.closed_at.into(),
            session.traffic.request_bytes.into(),
            session.traffic.response_bytes.into(),
        ];
        self.touch(ADD, &values).await.map(drop)
    }

    async fn session(&self, tenant: TenantId, id: SessionId) -> Result<Option<Session>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(session).transpose()
    }

    async fn sessions(&self, filter: &SessionFilter, page: PageRequest) -> Result<Page<Session>> {
        let values = [
            filter.tenant.into(),
            filter.key.into(),
            filter.only_active.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        let items = rows.iter().map(session).collect::<Result<_>>()?;
        Ok(Page::from_overlong(items, page))
    }

    async fn count_active(&self, tenant: TenantId) -> Result<u64> {
        let row = self.row(COUNT_ACTIVE, &[tenant.into()]).await?;
        row.map_or(Ok(0), |row| row.count("active"))
    }

    async fn end_session(&self, id: SessionId, end: &SessionEnd) -> Result<Option<Session>> {
        let row = self.write(END, &ending(id.into(), end)).await?;
        row.as_ref().map(session).transpose()
    }

    async fn active_sessions_of(&self, node: &str) -> Result<Vec<Session>> {
        let rows = self.rows(ACTIVE_OF_NODE, &[node.into()]).await?;
        rows.iter().map(session).collect()
    }
}

/// The arguments of the statement that ends a session.
fn ending<'a>(whose: Value<'a>, end: &'a SessionEnd) -> [Value<'a>; 8] {
    [
        whose,
        end.status.as_str().into(),
        end.reason.as_str().into(),
        end.error.as_deref().into(),
        end.at.into(),
        end.usage.map(|usage| usage.last_accessed_at).into(),
        end.usage.map(|usage| usage.traffic.request_bytes).into(),
        end.usage.map(|usage| usage.traffic.response_bytes).into(),
    ]
}

fn session(row: &Row) -> Result<Session> {
    let status = row.named("status", Status::from_name)?;
    Ok(Session {
        id: SessionId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        key: KeyId::from_uuid(row.id("key_id")?),
        options: row.json("options")?,
        status: status.ok_or_else(|| unreadable("status", "it is empty"))?,
        close_reason: row.named("close_reason", CloseReason::from_name)?,
        error: row.optional_text("error")?,
        created_at: row.time("created_at")?,
        last_accessed_at: row.time("last_accessed_at")?,
        closed_at: row.optional_time("closed_at")?,
        traffic: Traffic {
            request_bytes: row.count("request_bytes")?,
            response_bytes: row.count("response_bytes")?,
        },
    })
}
