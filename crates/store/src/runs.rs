//! Runs.

use async_trait::async_trait;
use guise_core::ports::RunStore;
use guise_core::{
    KeyId, ModelUsage, Page, PageRequest, Result, Run, RunEnd, RunFilter, RunId, SessionId,
    TenantId,
};

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::value::Value;

const ADD: Statement = Statement::new(
    "add a run",
    "INSERT INTO runs (id, tenant_id, key_id, session_id, node, task, options, model, note, model_usage, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

const ONE: Statement = Statement::new(
    "look a run up",
    "SELECT id, tenant_id, key_id, session_id, task, options, model, note, model_usage, created_at,
            ended_at, success, answer
     FROM runs WHERE tenant_id = $1 AND id = $2",
);

const LIST: Statement = Statement::new(
    "list the runs",
    "SELECT id, tenant_id, key_id, session_id, task, options, model, note, model_usage, created_at,
            ended_at, success, answer
     FROM runs
     WHERE tenant_id = $1 AND ($2 IS NULL OR key_id = $2) AND (NOT $3 OR ended_at IS NULL)
     ORDER BY created_at DESC, id DESC LIMIT $4 + 0 OFFSET $5",
);

const USAGE: Statement = Statement::new(
    "note what a run's model took",
    "UPDATE runs SET model_usage = $2 WHERE id = $1 AND ended_at IS NULL",
);

const END: Statement = Statement::new(
    "end a run",
    "UPDATE runs SET ended_at = $2, success = $3, answer = $4
     WHERE id = $1 AND ended_at IS NULL
     RETURNING id, tenant_id, key_id, session_id, task, options, model, note, model_usage, created_at,
               ended_at, success, answer",
);

const OF_NODE: Statement = Statement::new(
    "list the runs of an earlier life",
    "SELECT id, tenant_id, key_id, session_id, task, options, model, note, model_usage, created_at,
            ended_at, success, answer
     FROM runs WHERE node = $1 AND ended_at IS NULL ORDER BY id",
);

#[async_trait]
impl RunStore for Database {
    async fn add_run(&self, run: &Run, node: &str) -> Result<()> {
        let values = [
            run.id.into(),
            run.tenant.into(),
            run.key.into(),
            run.session.into(),
            node.into(),
            run.task.as_str().into(),
            Value::json(&run.options)?,
            run.model.as_str().into(),
            run.note.as_deref().into(),
            Value::json(&run.usage)?,
            run.created_at.into(),
        ];
        self.touch(ADD, &values).await.map(drop)
    }

    async fn run(&self, tenant: TenantId, id: RunId) -> Result<Option<Run>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(run).transpose()
    }

    async fn runs(&self, filter: &RunFilter, page: PageRequest) -> Result<Page<Run>> {
        let values = [
            filter.tenant.into(),
            filter.key.into(),
            filter.only_active.into(),
            (u64::from(page.size) + 1).into(),
            page.offset().into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        let items = rows.iter().map(run).collect::<Result<_>>()?;
        Ok(Page::from_overlong(items, page))
    }

    async fn note_usage(&self, id: RunId, usage: &ModelUsage) -> Result<bool> {
        let values = [id.into(), Value::json(usage)?];
        Ok(self.touch(USAGE, &values).await? > 0)
    }

    async fn end_run(&self, id: RunId, end: &RunEnd) -> Result<Option<Run>> {
        let row = self.write(END, &ending(id.into(), end)).await?;
        row.as_ref().map(run).transpose()
    }

    async fn runs_of_node(&self, node: &str) -> Result<Vec<Run>> {
        let rows = self.rows(OF_NODE, &[node.into()]).await?;
        rows.iter().map(run).collect()
    }
}

/// The arguments of the statement that ends a run.
fn ending<'a>(whose: Value<'a>, end: &'a RunEnd) -> [Value<'a>; 4] {
    [
        whose,
        end.at.into(),
        end.success.into(),
        end.answer.as_str().into(),
    ]
}

fn run(row: &Row) -> Result<Run> {
    let end = match row.optional_time("ended_at")? {
        None => None,
        Some(at) => Some(RunEnd {
            at,
            success: row.flag("success")?,
            answer: row
                .optional_text("answer")?
                .ok_or_else(|| unreadable("answer", "it is empty"))?,
        }),
    };
    Ok(Run {
        id: RunId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        key: KeyId::from_uuid(row.id("key_id")?),
        session: SessionId::from_uuid(row.id("session_id")?),
        task: row.text("task")?,
        options: row.json("options")?,
        model: row.text("model")?,
        note: row.optional_text("note")?,
        usage: row.json("model_usage")?,
        created_at: row.time("created_at")?,
        end,
    })
}
