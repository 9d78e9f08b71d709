//! Projects, and what each tenant has from the beginning.

use async_trait::async_trait;
use guise_core::ports::{Added, Changed, Defaults, ProjectStore};
use guise_core::{
    MailboxId, Persona, Project, ProjectChange, ProjectId, Result, TenantId, Timestamp,
};

use crate::row::Row;
use crate::statement::{Statement, is_taken};
use crate::value::{Value, hash};
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
    "INSERT INTO projects (id, tenant_id, name, name_hash, description, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING",
);

const ONE: Statement = Statement::new(
    "look a project up",
    "SELECT id, tenant_id, name, description, created_at, updated_at
     FROM projects WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const ALL: Statement = Statement::new(
    "list the projects",
    "SELECT id, tenant_id, name, description, created_at, updated_at
     FROM projects WHERE tenant_id = $1 AND closed_at IS NULL ORDER BY id",
);

const CHANGE: Statement = Statement::new(
    "change a project",
    "UPDATE projects
     SET name = COALESCE($3, name), name_hash = COALESCE($4, name_hash),
         description = COALESCE($5, description), updated_at = $6
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL
     RETURNING id, tenant_id, name, description, created_at, updated_at",
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

    async fn change_project(
        &self,
        tenant: TenantId,
        id: ProjectId,
        change: &ProjectChange,
        at: Timestamp,
    ) -> Result<Changed<Project>> {
        let hash = change.name.as_deref().map(hash);
        let values = [
            tenant.into(),
            id.into(),
            change.name.as_deref().into(),
            Value::from(hash.as_ref().map(<[u8; 32]>::as_slice)),
            facet::text(change.description.as_deref())?,
            at.into(),
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

fn row_of<'a>(project: &'a Project, hash: &'a [u8; 32]) -> Result<[Value<'a>; 7]> {
    Ok([
        project.id.into(),
        project.tenant.into(),
        project.name.as_str().into(),
        hash.as_slice().into(),
        facet::value(&project.description)?,
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
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
