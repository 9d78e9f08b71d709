//! Assignments.

use async_trait::async_trait;
use guise_core::ports::AssignmentStore;
use guise_core::{
    Assignment, AssignmentEnd, AssignmentFilter, AssignmentId, AssignmentState, JourneyId, KeyId,
    PersonaId, ProjectId, Result, RoleId, RunId, SessionId, Summary, TenantId, Timestamp, Verdict,
};
use uuid::Uuid;

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::value::Value;

/// The columns of a whole assignment.
macro_rules! columns {
    () => {
        "id, tenant_id, key_id, name, prompt, project_id, journey_id, persona_id, role_id, options, state, session_id, run_id,
         result, created_at, started_at, ended_at, summary, verdict"
    };
}

const ADD: Statement = Statement::new(
    "add an assignment",
    "INSERT INTO assignments
         (id, tenant_id, key_id, node, name, prompt, project_id, journey_id, persona_id, role_id, options, state, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12)",
);

const ONE: Statement = Statement::new(
    "look an assignment up",
    concat!(
        "SELECT ",
        columns!(),
        " FROM assignments WHERE tenant_id = $1 AND id = $2"
    ),
);

const LIST: Statement = Statement::new(
    "list assignments",
    concat!(
        "SELECT ",
        columns!(),
        " FROM assignments
         WHERE tenant_id = $1 AND id < $2 AND ($3 IS NULL OR project_id = $3) AND ($4 IS NULL OR journey_id = $4)
             AND ($5 IS NULL OR state = $5)
         ORDER BY id DESC LIMIT $6 + 0"
    ),
);

const COUNT_PENDING: Statement = Statement::new(
    "count the assignments that wait",
    "SELECT COUNT(*) AS number FROM assignments WHERE tenant_id = $1 AND state = 'pending'",
);

const OF_NODE: Statement = Statement::new(
    "list the assignments of a server",
    "SELECT tenant_id, id FROM assignments
     WHERE node = $1 AND state = $2 AND ended_at IS NULL ORDER BY id",
);

const BEGIN: Statement = Statement::new(
    "begin an assignment",
    "UPDATE assignments SET state = 'running', session_id = $2, started_at = $3
     WHERE id = $1 AND state = 'pending'",
);

const NOTE_RUN: Statement = Statement::new(
    "note the run of an assignment",
    "UPDATE assignments SET run_id = $2 WHERE id = $1",
);

const END: Statement = Statement::new(
    "end an assignment",
    concat!(
        "UPDATE assignments SET state = $2, result = $3, ended_at = $4
         WHERE id = $1 AND ended_at IS NULL RETURNING ",
        columns!()
    ),
);

const KEEP_SUMMARY: Statement = Statement::new(
    "keep the summary of an assignment",
    "UPDATE assignments SET summary = $2 WHERE id = $1",
);

const KEEP_VERDICT: Statement = Statement::new(
    "keep the verdict on an assignment",
    "UPDATE assignments SET verdict = $2 WHERE id = $1",
);

const DELETE: Statement = Statement::new(
    "delete an assignment",
    "DELETE FROM assignments WHERE tenant_id = $1 AND id = $2",
);

#[async_trait]
impl AssignmentStore for Database {
    async fn add_assignment(&self, assignment: &Assignment, node: &str) -> Result<()> {
        let values = [
            assignment.id.into(),
            assignment.tenant.into(),
            assignment.key.into(),
            node.into(),
            assignment.name.as_str().into(),
            assignment.prompt.as_str().into(),
            assignment.project.into(),
            assignment.journey.into(),
            assignment.persona.into(),
            assignment.role.into(),
            Value::json(&assignment.options)?,
            assignment.created_at.into(),
        ];
        self.touch(ADD, &values).await.map(drop)
    }

    async fn assignment(&self, tenant: TenantId, id: AssignmentId) -> Result<Option<Assignment>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(assignment).transpose()
    }

    async fn assignments_after(
        &self,
        tenant: TenantId,
        filter: AssignmentFilter,
        after: Option<AssignmentId>,
        limit: u32,
    ) -> Result<Vec<Assignment>> {
        let values = [
            tenant.into(),
            after.map_or(Uuid::max(), AssignmentId::as_uuid).into(),
            filter.project.into(),
            filter.journey.into(),
            filter.state.map(AssignmentState::as_str).into(),
            u64::from(limit).into(),
        ];
        let rows = self.rows(LIST, &values).await?;
        rows.iter().map(assignment).collect()
    }

    async fn count_pending(&self, tenant: TenantId) -> Result<u64> {
        let row = self.row(COUNT_PENDING, &[tenant.into()]).await?;
        row.map_or(Ok(0), |row| row.count("number"))
    }

    async fn assignments_of(
        &self,
        node: &str,
        state: AssignmentState,
    ) -> Result<Vec<(TenantId, AssignmentId)>> {
        let values = [node.into(), state.as_str().into()];
        let rows = self.rows(OF_NODE, &values).await?;
        let pairs = rows.iter().map(|row| {
            let tenant = TenantId::from_uuid(row.id("tenant_id")?);
            Ok((tenant, AssignmentId::from_uuid(row.id("id")?)))
        });
        pairs.collect()
    }

    async fn begin_assignment(
        &self,
        id: AssignmentId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<bool> {
        let values = [id.into(), session.into(), at.into()];
        Ok(self.touch(BEGIN, &values).await? == 1)
    }

    async fn note_run(&self, id: AssignmentId, run: RunId) -> Result<()> {
        let values = [id.into(), run.into()];
        self.touch(NOTE_RUN, &values).await.map(drop)
    }

    async fn end_assignment(
        &self,
        id: AssignmentId,
        end: &AssignmentEnd,
    ) -> Result<Option<Assignment>> {
        let row = self.write(END, &ending(id, end)).await?;
        row.as_ref().map(assignment).transpose()
    }

    async fn keep_summary(&self, id: AssignmentId, summary: &Summary) -> Result<()> {
        let values = [id.into(), Value::json(summary)?];
        self.touch(KEEP_SUMMARY, &values).await.map(drop)
    }

    async fn keep_verdict(&self, id: AssignmentId, verdict: &Verdict) -> Result<()> {
        let values = [id.into(), Value::json(verdict)?];
        self.touch(KEEP_VERDICT, &values).await.map(drop)
    }

    async fn delete_assignment(&self, tenant: TenantId, id: AssignmentId) -> Result<bool> {
        let values = [tenant.into(), id.into()];
        Ok(self.touch(DELETE, &values).await? == 1)
    }
}

fn ending(id: AssignmentId, end: &AssignmentEnd) -> [Value<'_>; 4] {
    let state = match end.completed {
        true => AssignmentState::Completed,
        false => AssignmentState::Failed,
    };
    [
        id.into(),
        state.as_str().into(),
        end.result.as_str().into(),
        end.at.into(),
    ]
}

fn assignment(row: &Row) -> Result<Assignment> {
    Ok(Assignment {
        id: AssignmentId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        key: KeyId::from_uuid(row.id("key_id")?),
        name: row.text("name")?,
        prompt: row.text("prompt")?,
        project: ProjectId::from_uuid(row.id("project_id")?),
        journey: row.optional_id("journey_id")?.map(JourneyId::from_uuid),
        persona: PersonaId::from_uuid(row.id("persona_id")?),
        role: RoleId::from_uuid(row.id("role_id")?),
        options: row.json("options")?,
        state: row
            .named("state", AssignmentState::from_name)?
            .ok_or_else(|| unreadable("state", "it is empty"))?,
        session: row.optional_id("session_id")?.map(SessionId::from_uuid),
        run: row.optional_id("run_id")?.map(RunId::from_uuid),
        result: row.optional_text("result")?,
        created_at: row.time("created_at")?,
        started_at: row.optional_time("started_at")?,
        ended_at: row.optional_time("ended_at")?,
        summary: row.optional_json("summary")?,
        verdict: row.optional_json("verdict")?,
    })
}
