//! Journeys.

use async_trait::async_trait;
use guise_core::ports::JourneyStore;
use guise_core::{
    Journey, JourneyChange, JourneyFilter, JourneyId, MailboxId, PersonaId, Priority, ProjectId,
    PromptTemplate, Result, RoleId, TenantId, Timestamp,
};
use uuid::Uuid;

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::value::edit;

const ADD: Statement = Statement::new(
    "add a journey",
    "INSERT INTO journeys
         (id, tenant_id, project_id, role_id, persona_id, name, description, prompt_template, priority,
          created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

/// A query for whole journeys; `$which` says which. What a journey names and what was closed since is null there, so that
/// nobody who closes something has to know of journeys, and nothing can come in between.
macro_rules! journeys {
    ($doing:literal, $which:literal) => {
        Statement::new(
            $doing,
            concat!(
                "SELECT j.id, j.tenant_id, j.name, j.description, j.prompt_template, j.priority,
                     j.created_at, j.updated_at,
                     (SELECT p.id FROM projects p WHERE p.id = j.project_id AND p.closed_at IS NULL) AS project_id,
                     (SELECT r.id FROM roles r WHERE r.id = j.role_id AND r.closed_at IS NULL) AS role_id,
                     (SELECT w.id FROM personas w WHERE w.id = j.persona_id AND w.closed_at IS NULL) AS persona_id,
                     (SELECT string_agg(CAST(m.id AS TEXT), ' ' ORDER BY a.place)
                      FROM journey_mailboxes a JOIN mailboxes m ON m.id = a.mailbox_id
                      WHERE a.journey_id = j.id AND m.closed_at IS NULL) AS mailboxes
                 FROM journeys j WHERE j.tenant_id = $1 AND j.closed_at IS NULL AND ",
                $which
            ),
        )
    };
}

const ONE: Statement = journeys!("look a journey up", "j.id = $2");

const ALL: Statement = journeys!("list journeys", "j.id < $2 ORDER BY j.id DESC LIMIT $3 + 0");

const OF_PROJECT: Statement = journeys!(
    "list a project's journeys",
    "j.id < $2 AND j.project_id = $4
     AND EXISTS (SELECT 1 FROM projects p WHERE p.id = $4 AND p.closed_at IS NULL)
     ORDER BY j.id DESC LIMIT $3 + 0"
);

const OF_DEFAULT: Statement = journeys!(
    "list the default project's journeys",
    "j.id < $2
     AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = j.project_id AND p.closed_at IS NULL AND p.id <> $4)
     ORDER BY j.id DESC LIMIT $3 + 0"
);

const CHANGE: Statement = Statement::new(
    "change a journey",
    "UPDATE journeys
     SET name = COALESCE($3, name), prompt_template = COALESCE($4, prompt_template),
         priority = COALESCE($5, priority), updated_at = $6,
         description = CASE WHEN $7 THEN $8 ELSE description END,
         project_id = CASE WHEN $9 THEN $10 ELSE project_id END,
         role_id = CASE WHEN $11 THEN $12 ELSE role_id END,
         persona_id = CASE WHEN $13 THEN $14 ELSE persona_id END
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const CLOSE: Statement = Statement::new(
    "remove a journey",
    "UPDATE journeys SET closed_at = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const ATTACH: Statement = Statement::new(
    "attach a mailbox to a journey",
    "INSERT INTO journey_mailboxes (journey_id, place, mailbox_id) VALUES ($1, $2, $3)",
);

const DETACH: Statement = Statement::new(
    "take a journey its mailboxes",
    "DELETE FROM journey_mailboxes WHERE journey_id = $1",
);

#[async_trait]
impl JourneyStore for Database {
    async fn add_journey(&self, journey: &Journey) -> Result<()> {
        let values = [
            journey.id.into(),
            journey.tenant.into(),
            journey.project.into(),
            journey.role.into(),
            journey.persona.into(),
            journey.name.as_str().into(),
            journey.description.as_deref().into(),
            journey.prompt.as_str().into(),
            u64::from(journey.priority.get()).into(),
            journey.created_at.into(),
            journey.updated_at.into(),
        ];
        let mut transaction = self.begin().await?;
        transaction.touch(ADD, &values).await?;
        attach(&mut transaction, journey.id, &journey.mailboxes).await?;
        transaction.commit().await
    }

    async fn journey(&self, tenant: TenantId, id: JourneyId) -> Result<Option<Journey>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(journey).transpose()
    }

    async fn journeys_after(
        &self,
        tenant: TenantId,
        filter: JourneyFilter,
        after: Option<JourneyId>,
        limit: u32,
    ) -> Result<Vec<Journey>> {
        let before = after.map_or(Uuid::max(), JourneyId::as_uuid);
        let page = [tenant.into(), before.into(), u64::from(limit).into()];
        let rows = match filter {
            JourneyFilter::All => self.rows(ALL, &page).await?,
            JourneyFilter::OfProject(project) => {
                let [tenant, before, limit] = page;
                self.rows(OF_PROJECT, &[tenant, before, limit, project.into()])
                    .await?
            }
            JourneyFilter::OfDefault(project) => {
                let [tenant, before, limit] = page;
                self.rows(OF_DEFAULT, &[tenant, before, limit, project.into()])
                    .await?
            }
        };
        rows.iter().map(journey).collect()
    }

    async fn change_journey(
        &self,
        tenant: TenantId,
        id: JourneyId,
        change: &JourneyChange,
        at: Timestamp,
    ) -> Result<Option<Journey>> {
        let [describes, description] =
            edit(&change.description, |text| text.map(String::as_str).into());
        let [moves, project] = edit(&change.project, |id| id.copied().into());
        let [recasts_role, role] = edit(&change.role, |id| id.copied().into());
        let [recasts_persona, persona] = edit(&change.persona, |id| id.copied().into());
        let priority = change.priority.map(|priority| u64::from(priority.get()));
        let values = [
            tenant.into(),
            id.into(),
            change.name.as_deref().into(),
            change.prompt.as_ref().map(PromptTemplate::as_str).into(),
            priority.into(),
            at.into(),
            describes,
            description,
            moves,
            project,
            recasts_role,
            role,
            recasts_persona,
            persona,
        ];
        let mut transaction = self.begin().await?;
        if transaction.touch(CHANGE, &values).await? == 0 {
            return Ok(None);
        }
        if let Some(mailboxes) = &change.mailboxes {
            transaction.touch(DETACH, &[id.into()]).await?;
            attach(&mut transaction, id, mailboxes).await?;
        }
        let row = transaction.row(ONE, &[tenant.into(), id.into()]).await?;
        let changed = row.as_ref().map(journey).transpose()?;
        transaction.commit().await?;
        Ok(changed)
    }

    async fn close_journey(&self, tenant: TenantId, id: JourneyId, at: Timestamp) -> Result<bool> {
        let values = [tenant.into(), id.into(), at.into()];
        Ok(self.touch(CLOSE, &values).await? == 1)
    }
}

/// Attaches mailboxes in their order.
async fn attach(
    transaction: &mut Transaction,
    journey: JourneyId,
    mailboxes: &[MailboxId],
) -> Result<()> {
    for (place, mailbox) in (0_u64..).zip(mailboxes) {
        let values = [journey.into(), place.into(), (*mailbox).into()];
        transaction.touch(ATTACH, &values).await?;
    }
    Ok(())
}

fn journey(row: &Row) -> Result<Journey> {
    let prompt = PromptTemplate::parse(row.text("prompt_template")?)
        .map_err(|error| unreadable("prompt_template", error))?;
    let priority = i64::try_from(row.count("priority")?)
        .map_err(|error| unreadable("priority", error))
        .and_then(Priority::new)
        .map_err(|error| unreadable("priority", error))?;
    let mailboxes = row.optional_text("mailboxes")?.unwrap_or_default();
    let mailboxes = mailboxes
        .split_whitespace()
        .map(str::parse)
        .collect::<std::result::Result<_, uuid::Error>>()
        .map_err(|error| unreadable("mailboxes", error))?;
    Ok(Journey {
        id: JourneyId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        project: row.optional_id("project_id")?.map(ProjectId::from_uuid),
        role: row.optional_id("role_id")?.map(RoleId::from_uuid),
        persona: row.optional_id("persona_id")?.map(PersonaId::from_uuid),
        name: row.text("name")?,
        description: row.optional_text("description")?,
        prompt,
        priority,
        mailboxes,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
