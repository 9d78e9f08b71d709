//! Tenants.

use async_trait::async_trait;
use guise_core::ports::TenantStore;
use guise_core::{Result, Tenant, TenantId};

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;

const ADD: Statement = Statement::new(
    "add a tenant",
    "INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
);

const BY_NAME: Statement = Statement::new(
    "look a tenant up",
    "SELECT id, name, created_at FROM tenants WHERE name = $1",
);

const ALL: Statement = Statement::new(
    "list the tenants",
    "SELECT id, name, created_at FROM tenants ORDER BY created_at, id",
);

#[async_trait]
impl TenantStore for Database {
    async fn add_tenant(&self, tenant: &Tenant) -> Result<bool> {
        let values = [
            tenant.id.into(),
            tenant.name.as_str().into(),
            tenant.created_at.into(),
        ];
        Ok(self.touch(ADD, &values).await? == 1)
    }

    async fn tenant_by_name(&self, name: &str) -> Result<Option<Tenant>> {
        let row = self.row(BY_NAME, &[name.into()]).await?;
        row.as_ref().map(tenant).transpose()
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.rows(ALL, &[]).await?.iter().map(tenant).collect()
    }
}

fn tenant(row: &Row) -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId::from_uuid(row.id("id")?),
        name: row.text("name")?,
        created_at: row.time("created_at")?,
    })
}
