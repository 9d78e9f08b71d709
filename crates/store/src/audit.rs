//! Rows of the audit.

use async_trait::async_trait;
use guise_core::Result;
use guise_core::ports::{AuditHead, AuditRow, AuditRows, NextRow};
use uuid::Uuid;

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;

/// What the first row of a chain follows.
const NOTHING: [u8; 32] = [0; 32];

// The update changes nothing; it makes the row that is there come back, and keeps others who append to this chain
// waiting until the transaction ends.
const HEAD: Statement = Statement::new(
    "find the end of the audit",
    "INSERT INTO audit_heads (chain, sequence, hash) VALUES ($1, 0, $2)
     ON CONFLICT (chain) DO UPDATE SET sequence = audit_heads.sequence
     RETURNING chain, sequence, hash",
);

const ADD: Statement = Statement::new(
    "write the audit",
    "INSERT INTO audit (chain, sequence, at, actor, deed, subject, details, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);

const MOVE_HEAD: Statement = Statement::new(
    "note the end of the audit",
    "UPDATE audit_heads SET sequence = $2, hash = $3 WHERE chain = $1",
);

const HEADS: Statement = Statement::new(
    "list the ends of the audit",
    "SELECT chain, sequence, hash FROM audit_heads
     UNION ALL
     SELECT DISTINCT audit.chain, 0, $1 FROM audit
     WHERE NOT EXISTS (SELECT 1 FROM audit_heads WHERE audit_heads.chain = audit.chain)
     ORDER BY 1",
);

const ROWS: Statement = Statement::new(
    "read the audit",
    "SELECT chain, sequence, at, actor, deed, subject, details, hash FROM audit
     WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
);

#[async_trait]
impl AuditRows for Database {
    async fn append(&self, chain: Uuid, next: NextRow<'_>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let values = [chain.into(), NOTHING.as_slice().into()];
        let found = transaction.row(HEAD, &values).await?;
        let found = found.ok_or_else(|| HEAD.failed("no row came back"))?;
        let row = next(&head(&found)?);
        let values = [
            row.chain.into(),
            row.sequence.into(),
            row.at.into(),
            row.actor.as_str().into(),
            row.deed.as_str().into(),
            row.subject.as_str().into(),
            row.details.as_str().into(),
            row.hash.as_slice().into(),
        ];
        transaction.touch(ADD, &values).await?;
        let values = [
            row.chain.into(),
            row.sequence.into(),
            row.hash.as_slice().into(),
        ];
        transaction.touch(MOVE_HEAD, &values).await?;
        transaction.commit().await
    }

    async fn heads(&self) -> Result<Vec<AuditHead>> {
        let rows = Database::rows(self, HEADS, &[NOTHING.as_slice().into()]).await?;
        rows.iter().map(head).collect()
    }

    async fn rows(&self, chain: Uuid, after: u64, limit: u64) -> Result<Vec<AuditRow>> {
        let values = [chain.into(), after.into(), limit.into()];
        let rows = Database::rows(self, ROWS, &values).await?;
        rows.iter().map(audit_row).collect()
    }
}

fn head(row: &Row) -> Result<AuditHead> {
    Ok(AuditHead {
        chain: row.id("chain")?,
        sequence: row.count("sequence")?,
        hash: row.array("hash")?,
    })
}

fn audit_row(row: &Row) -> Result<AuditRow> {
    Ok(AuditRow {
        chain: row.id("chain")?,
        sequence: row.count("sequence")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        deed: row.text("deed")?,
        subject: row.text("subject")?,
        details: row.text("details")?,
        hash: row.array("hash")?,
    })
}
