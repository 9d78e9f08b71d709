//! Projects, and what each tenant has from the beginning.

use async_trait::async_trait;
use guise_core::ports::{Added, Changed, Defaults, ProjectStore};
use guise_core::{
    MailboxId, Persona, PersonaId, Project, ProjectChange, ProjectId, Result, RoleId, TenantId,
    Timestamp,
};
use uuid::Uuid;

use crate::row::Row;
use crate::statement::{Statement, is_taken};
use crate::value::{Value, edit, hash};
use crate::{Database, facet, personas};

const DEFAULTS: Statement = Statement::new(
    "look up what a tenant has from the beginning",
    "SELECT project_id FROM tenant_defaults WHERE tenant_id = $1",
);

const SEED: Statement = Statement::new(
    "give a tenant its defaults",
    "INSERT INTO tenant_defaults (tenant_id, project_id, persona_id) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING",
);

const ADD: Statement = Statement::new(
    "add a project",
    "INSERT INTO projects
         (id, tenant_id, name, name_hash, description, entry_url, role_id, persona_id, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT DO NOTHING",
);

/// What a project is read from. A role or a persona that was closed since is null, so that nobody who closes one has to know
/// of projects, and nothing can come in between.
macro_rules! members {
    () => {
        "id, tenant_id, name, description, entry_url, created_at, updated_at,
         (SELECT r.id FROM roles r WHERE r.id = projects.role_id AND r.closed_at IS NULL) AS role_id,
         (SELECT w.id FROM personas w WHERE w.id = projects.persona_id AND w.closed_at IS NULL) AS persona_id"
    };
}

/// A query for whole projects; `$which` says which.
macro_rules! projects {
    ($doing:literal, $which:literal) => {
        Statement::new(
            $doing,
            concat!(
                "SELECT ",
                members!(),
                " FROM projects WHERE tenant_id = $1 AND closed_at IS NULL",
                $which
            ),
        )
    };
}

const ONE: Statement = projects!("look a project up", " AND id = $2");

const ALL: Statement = projects!("list the projects", " ORDER BY id");

const AFTER: Statement = projects!(
    "list older projects",
    " AND id < $2 ORDER BY id DESC LIMIT $3 + 0"
);

const CHANGE: Statement = Statement::new(
    "change a project",
    concat!(
        "UPDATE projects
         SET name = COALESCE($3, name), name_hash = COALESCE($4, name_hash), updated_at = $5,
             description = CASE WHEN $6 THEN $7 ELSE description END,
             entry_url = CASE WHEN $8 THEN $9 ELSE entry_url END,
             role_id = CASE WHEN $10 THEN $11 ELSE role_id END,
             persona_id = CASE WHEN $12 THEN $13 ELSE persona_id END
         WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL
         RETURNING ",
        members!()
    ),
);

const CLOSE: Statement = Statement::new(
    "remove a project",
    "UPDATE projects SET closed_at = $3 WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

#[async_trait]
impl ProjectStore for Database {
    async fn defaults(&self, tenant: TenantId) -> Result<Option<Defaults>> {
        let row = self.row(DEFAULTS, &[tenant.into()]).await?;
        row.map(|row| {
            Ok(Defaults {
                project: ProjectId::from_uuid(row.id("project_id")?),
            })
        })
        .transpose()
    }

    async fn seed(&self, project: &Project, persona: &Persona, mailbox: MailboxId) -> Result<()> {
        let mut transaction = self.begin().await?;
        let values = [project.tenant.into(), project.id.into(), persona.id.into()];
        if transaction.touch(SEED, &values).await? == 0 {
            return Ok(());
        }
        let hash = hash(&project.name);
        transaction.touch(ADD, &row_of(project, &hash)?).await?;
        match personas::add(&mut transaction, persona, mailbox).await? {
            Added::Added => transaction.commit().await,
            other => Err(SEED.failed(format!("the default persona cannot be added: {other:?}"))),
        }
    }

    async fn add_project(&self, project: &Project) -> Result<Added> {
        let hash = hash(&project.name);
        let added = self.touch(ADD, &row_of(project, &hash)?).await?;
        Ok(if added == 1 {
            Added::Added
        } else {
            Added::NameTaken
        })
    }

    async fn project(&self, tenant: TenantId, id: ProjectId) -> Result<Option<Project>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(project).transpose()
    }

    async fn projects(&self, tenant: TenantId) -> Result<Vec<Project>> {
        let rows = self.rows(ALL, &[tenant.into()]).await?;
        rows.iter().map(project).collect()
    }

    async fn projects_after(
        &self,
        tenant: TenantId,
        after: Option<ProjectId>,
        limit: u32,
    ) -> Result<Vec<Project>> {
        let before = after.map_or(Uuid::max(), ProjectId::as_uuid);
        let values = [tenant.into(), before.into(), u64::from(limit).into()];
        let rows = self.rows(AFTER, &values).await?;
        rows.iter().map(project).collect()
    }

    async fn change_project(
        &self,
        tenant: TenantId,
        id: ProjectId,
        change: &ProjectChange,
        at: Timestamp,
    ) -> Result<Changed<Project>> {
        let hash = change.name.as_deref().map(hash);
        let text = facet::text(change.description.value().map(String::as_str))?;
        let [describes, description] = edit(&change.description, |_| text);
        let [begins, entry_url] = edit(&change.entry_url, |url| url.map(String::as_str).into());
        let [recasts_role, role] = edit(&change.default_role, |id| id.copied().into());
        let [recasts_persona, persona] = edit(&change.default_persona, |id| id.copied().into());
        let values = [
            tenant.into(),
            id.into(),
            change.name.as_deref().into(),
            Value::from(hash.as_ref().map(<[u8; 32]>::as_slice)),
            at.into(),
            describes,
            description,
            begins,
            entry_url,
            recasts_role,
            role,
            recasts_persona,
            persona,
        ];
        match self.write(CHANGE, &values).await {
            Ok(Some(row)) => Ok(Changed::Changed(project(&row)?)),
            Ok(None) => Ok(Changed::NotFound),
            Err(error) if is_taken(&error) => Ok(Changed::NameTaken),
            Err(error) => Err(error),
        }
    }

    async fn close_project(&self, tenant: TenantId, id: ProjectId, at: Timestamp) -> Result<bool> {
        let values = [tenant.into(), id.into(), at.into()];
        Ok(self.touch(CLOSE, &values).await? == 1)
    }
}

fn row_of<'a>(project: &'a Project, hash: &'a [u8; 32]) -> Result<[Value<'a>; 10]> {
    Ok([
        project.id.into(),
        project.tenant.into(),
        project.name.as_str().into(),
        hash.as_slice().into(),
        facet::value(&project.description)?,
        project.entry_url.as_deref().into(),
        project.default_role.into(),
        project.default_persona.into(),
        project.created_at.into(),
        project.updated_at.into(),
    ])
}

fn project(row: &Row) -> Result<Project> {
    Ok(Project {
        id: ProjectId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        name: row.text("name")?,
        description: facet::read(row, "description")?,
        entry_url: row.optional_text("entry_url")?,
        default_role: row.optional_id("role_id")?.map(RoleId::from_uuid),
        default_persona: row.optional_id("persona_id")?.map(PersonaId::from_uuid),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
