//! Wrapped keys, for opening and sealing.

use async_trait::async_trait;
use guise_core::ports::{InstanceKeyRow, KeyRows, RootWrap, WrappedKey};
use guise_core::{Result, TenantId};
use uuid::Uuid;

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;

const INSTANCE: Statement = Statement::new(
    "read the instance key",
    "SELECT id, check_value, pepper, created_at FROM instance_keys",
);

const ROOT_WRAPS: Statement = Statement::new(
    "read the wraps of the instance key",
    "SELECT source_kind, source_id, wrapped FROM root_wraps WHERE instance_key_id = $1
     ORDER BY source_kind, source_id",
);

const HAS_KEYED_DATA: Statement = Statement::new(
    "tell whether the database is new",
    "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM api_keys)
     OR EXISTS (SELECT 1 FROM sealed_values) OR EXISTS (SELECT 1 FROM data_keys)
     OR EXISTS (SELECT 1 FROM audit_heads)",
);

// Of several processes that make the first key at once, one gets this row, and the others wait for it.
const CLAIM: Statement = Statement::new(
    "make the first instance key",
    "INSERT INTO meta (key, value) VALUES ('keyring', $1) ON CONFLICT (key) DO NOTHING",
);

const ADD_INSTANCE: Statement = Statement::new(
    "keep the instance key",
    "INSERT INTO instance_keys (id, check_value, pepper, created_at) VALUES ($1, $2, $3, $4)",
);

const ADD_ROOT_WRAP: Statement = Statement::new(
    "keep a wrap of the instance key",
    "INSERT INTO root_wraps (source_kind, source_id, instance_key_id, wrapped)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (source_kind, source_id) DO UPDATE
     SET instance_key_id = excluded.instance_key_id, wrapped = excluded.wrapped",
);

const TENANT_KEY: Statement = Statement::new(
    "read a tenant's key",
    "SELECT id, instance_key_id AS parent, tenant_id, wrapped, check_value, created_at
     FROM tenant_keys WHERE id = $1",
);

const CURRENT_TENANT_KEY: Statement = Statement::new(
    "read a tenant's key",
    "SELECT id, instance_key_id AS parent, tenant_id, wrapped, check_value, created_at
     FROM tenant_keys WHERE tenant_id = $1 AND retired_at IS NULL",
);

// The conflict is with another current key.
pub(crate) const ADD_TENANT_KEY: Statement = Statement::new(
    "keep a tenant's key",
    "INSERT INTO tenant_keys
         (id, tenant_id, version, instance_key_id, wrapped, check_value, created_at)
     SELECT $1, $2, (SELECT COALESCE(MAX(version), 0) + 1 FROM tenant_keys WHERE tenant_id = $2),
            instance_keys.id, $4, $5, $6
     FROM instance_keys WHERE instance_keys.id = $3
     ON CONFLICT DO NOTHING",
);

const DATA_KEY: Statement = Statement::new(
    "read a data key",
    "SELECT id, tenant_key_id AS parent, tenant_id, owner_id, wrapped, check_value, created_at
     FROM data_keys WHERE id = $1",
);

const CURRENT_DATA_KEY: Statement = Statement::new(
    "read a data key",
    "SELECT id, tenant_key_id AS parent, tenant_id, owner_id, wrapped, check_value, created_at
     FROM data_keys WHERE tenant_id = $1 AND owner_id = $2 AND retired_at IS NULL",
);

pub(crate) const ADD_DATA_KEY: Statement = Statement::new(
    "keep a data key",
    "INSERT INTO data_keys
         (id, tenant_id, owner_id, version, tenant_key_id, wrapped, check_value, created_at)
     SELECT $1, $2, $3,
            (SELECT COALESCE(MAX(version), 0) + 1 FROM data_keys WHERE tenant_id = $2 AND owner_id = $3),
            tenant_keys.id, $5, $6, $7
     FROM tenant_keys WHERE tenant_keys.id = $4
     ON CONFLICT DO NOTHING",
);

#[async_trait]
impl KeyRows for Database {
    async fn instance_key(&self) -> Result<Option<InstanceKeyRow>> {
        // While the instance key is being replaced, its row may be gone before its wraps are read.
        for _ in 0..3 {
            let Some(row) = self.row(INSTANCE, &[]).await? else {
                return Ok(None);
            };
            let id = row.id("id")?;
            let wraps = self.rows(ROOT_WRAPS, &[id.into()]).await?;
            if !wraps.is_empty() {
                return Ok(Some(InstanceKeyRow {
                    id,
                    check: row.array("check_value")?,
                    pepper: row.bytes("pepper")?,
                    made_at: row.time("created_at")?,
                    wraps: wraps.iter().map(root_wrap).collect::<Result<_>>()?,
                }));
            }
        }
        Err(ROOT_WRAPS.failed("no root source has wrapped the instance key"))
    }

    async fn has_keyed_data(&self) -> Result<bool> {
        Ok(self.row(HAS_KEYED_DATA, &[]).await?.is_some())
    }

    async fn found(&self, row: &InstanceKeyRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let id = row.id.to_string();
        if transaction.touch(CLAIM, &[id.as_str().into()]).await? == 0 {
            return Ok(false);
        }
        add_instance_key(&mut transaction, row).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn tenant_key(&self, id: Uuid) -> Result<Option<WrappedKey>> {
        let row = self.row(TENANT_KEY, &[id.into()]).await?;
        row.as_ref().map(tenant_key).transpose()
    }

    async fn current_tenant_key(&self, tenant: TenantId) -> Result<Option<WrappedKey>> {
        let row = self.row(CURRENT_TENANT_KEY, &[tenant.into()]).await?;
        row.as_ref().map(tenant_key).transpose()
    }

    async fn add_tenant_key(&self, key: &WrappedKey) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let added = add_tenant_key(&mut transaction, key).await?;
        transaction.commit().await?;
        Ok(added)
    }

    async fn data_key(&self, id: Uuid) -> Result<Option<WrappedKey>> {
        let row = self.row(DATA_KEY, &[id.into()]).await?;
        row.as_ref().map(data_key).transpose()
    }

    async fn current_data_key(&self, tenant: TenantId, owner: Uuid) -> Result<Option<WrappedKey>> {
        let row = self
            .row(CURRENT_DATA_KEY, &[tenant.into(), owner.into()])
            .await?;
        row.as_ref().map(data_key).transpose()
    }

    async fn add_data_key(&self, key: &WrappedKey) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let added = add_data_key(&mut transaction, key).await?;
        transaction.commit().await?;
        Ok(added)
    }
}

/// Adds the row of an instance key with its wraps.
pub(crate) async fn add_instance_key(
    transaction: &mut Transaction,
    row: &InstanceKeyRow,
) -> Result<()> {
    let values = [
        row.id.into(),
        row.check.as_slice().into(),
        row.pepper.as_slice().into(),
        row.made_at.into(),
    ];
    transaction.touch(ADD_INSTANCE, &values).await?;
    add_root_wraps(transaction, row.id, &row.wraps).await
}

/// Keeps wraps of an instance key, replacing those of the same sources.
pub(crate) async fn add_root_wraps(
    transaction: &mut Transaction,
    instance: Uuid,
    wraps: &[RootWrap],
) -> Result<()> {
    for wrap in wraps {
        let values = [
            wrap.source_kind.as_str().into(),
            wrap.source_id.as_str().into(),
            instance.into(),
            wrap.wrapped.as_slice().into(),
        ];
        transaction.touch(ADD_ROOT_WRAP, &values).await?;
    }
    Ok(())
}

/// Adds a tenant's key as the current one. `false` when there is one, or the instance key is another.
pub(crate) async fn add_tenant_key(
    transaction: &mut Transaction,
    key: &WrappedKey,
) -> Result<bool> {
    let values = [
        key.id.into(),
        key.tenant.into(),
        key.parent.into(),
        key.wrapped.as_slice().into(),
        key.check.as_slice().into(),
        key.made_at.into(),
    ];
    Ok(transaction.touch(ADD_TENANT_KEY, &values).await? == 1)
}

/// Adds a data key as its owner's current one. `false` when there is one, or the tenant's key is gone.
pub(crate) async fn add_data_key(transaction: &mut Transaction, key: &WrappedKey) -> Result<bool> {
    let values = [
        key.id.into(),
        key.tenant.into(),
        key.owner.into(),
        key.parent.into(),
        key.wrapped.as_slice().into(),
        key.check.as_slice().into(),
        key.made_at.into(),
    ];
    Ok(transaction.touch(ADD_DATA_KEY, &values).await? == 1)
}

fn root_wrap(row: &Row) -> Result<RootWrap> {
    Ok(RootWrap {
        source_kind: row.text("source_kind")?,
        source_id: row.text("source_id")?,
        wrapped: row.bytes("wrapped")?,
    })
}

/// A row of `tenant_keys`.
pub(crate) fn tenant_key(row: &Row) -> Result<WrappedKey> {
    wrapped(row, Uuid::nil())
}

/// A row of `data_keys`.
pub(crate) fn data_key(row: &Row) -> Result<WrappedKey> {
    wrapped(row, row.id("owner_id")?)
}

fn wrapped(row: &Row, owner: Uuid) -> Result<WrappedKey> {
    Ok(WrappedKey {
        id: row.id("id")?,
        parent: row.id("parent")?,
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        owner,
        wrapped: row.bytes("wrapped")?,
        check: row.array("check_value")?,
        made_at: row.time("created_at")?,
    })
}
