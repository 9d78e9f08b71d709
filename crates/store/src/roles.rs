//! Roles.

use async_trait::async_trait;
use guise_core::ports::{Added, Changed, RoleStore};
use guise_core::{BuiltinRole, Result, Role, RoleChange, RoleId, TenantId, Timestamp};
use uuid::Uuid;

use crate::Database;
use crate::row::Row;
use crate::statement::{Statement, is_taken};
use crate::value::Value;

const ADD: Statement = Statement::new(
    "add a role",
    "INSERT INTO roles (id, tenant_id, builtin, name, description, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING",
);

const BUILTIN: Statement = Statement::new(
    "look a default role up",
    "SELECT id, tenant_id, builtin, name, description, created_at, updated_at
     FROM roles WHERE tenant_id = $1 AND builtin = $2",
);

const ONE: Statement = Statement::new(
    "look a role up",
    "SELECT id, tenant_id, builtin, name, description, created_at, updated_at
     FROM roles WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL",
);

const LIST: Statement = Statement::new(
    "list roles",
    "SELECT id, tenant_id, builtin, name, description, created_at, updated_at
     FROM roles WHERE tenant_id = $1 AND id < $2 AND closed_at IS NULL ORDER BY id DESC LIMIT $3 + 0",
);

const CHANGE: Statement = Statement::new(
    "change a role",
    "UPDATE roles
     SET name = COALESCE($3, name), description = COALESCE($4, description), updated_at = $5
     WHERE tenant_id = $1 AND id = $2 AND closed_at IS NULL
     RETURNING id, tenant_id, builtin, name, description, created_at, updated_at",
);

const CLOSE: Statement = Statement::new(
    "remove a role",
    "UPDATE roles SET closed_at = $3
     WHERE tenant_id = $1 AND id = $2 AND builtin IS NULL AND closed_at IS NULL",
);

#[async_trait]
impl RoleStore for Database {
    async fn seed_roles(&self, roles: &[Role]) -> Result<()> {
        let mut transaction = self.begin().await?;
        // Of several who do this at once, the others wait at the first row of the one who is ahead.
        for role in roles {
            transaction.touch(ADD, &row_of(role)).await?;
        }
        transaction.commit().await
    }

    async fn builtin_role(&self, tenant: TenantId, builtin: BuiltinRole) -> Result<Option<Role>> {
        let values = [tenant.into(), builtin.as_str().into()];
        let row = self.row(BUILTIN, &values).await?;
        row.as_ref().map(role).transpose()
    }

    async fn add_role(&self, role: &Role) -> Result<Added> {
        let added = self.touch(ADD, &row_of(role)).await?;
        Ok(if added == 1 {
            Added::Added
        } else {
            Added::NameTaken
        })
    }

    async fn role(&self, tenant: TenantId, id: RoleId) -> Result<Option<Role>> {
        let row = self.row(ONE, &[tenant.into(), id.into()]).await?;
        row.as_ref().map(role).transpose()
    }

    async fn roles_after(
        &self,
        tenant: TenantId,
        after: Option<RoleId>,
        limit: u32,
    ) -> Result<Vec<Role>> {
        let before = after.map_or(Uuid::max(), RoleId::as_uuid);
        let values = [tenant.into(), before.into(), u64::from(limit).into()];
        self.rows(LIST, &values).await?.iter().map(role).collect()
    }

    async fn change_role(
        &self,
        tenant: TenantId,
        id: RoleId,
        change: &RoleChange,
        at: Timestamp,
    ) -> Result<Changed<Role>> {
        let values = [
            tenant.into(),
            id.into(),
            change.name.as_deref().into(),
            change.description.as_deref().into(),
            at.into(),
        ];
        match self.write(CHANGE, &values).await {
            Ok(Some(row)) => Ok(Changed::Changed(role(&row)?)),
            Ok(None) => Ok(Changed::NotFound),
            Err(error) if is_taken(&error) => Ok(Changed::NameTaken),
            Err(error) => Err(error),
        }
    }

    async fn close_role(&self, tenant: TenantId, id: RoleId, at: Timestamp) -> Result<bool> {
        let values = [tenant.into(), id.into(), at.into()];
        Ok(self.touch(CLOSE, &values).await? == 1)
    }
}

fn row_of(role: &Role) -> [Value<'_>; 7] {
    [
        role.id.into(),
        role.tenant.into(),
        role.builtin.map(BuiltinRole::as_str).into(),
        role.name.as_str().into(),
        role.description.as_str().into(),
        role.created_at.into(),
        role.updated_at.into(),
    ]
}

fn role(row: &Row) -> Result<Role> {
    Ok(Role {
        id: RoleId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        builtin: row.named("builtin", BuiltinRole::from_name)?,
        name: row.text("name")?,
        description: row.text("description")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}
