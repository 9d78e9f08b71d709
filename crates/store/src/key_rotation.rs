//! Wrapped keys and sealed values, for replacing keys.

use async_trait::async_trait;
use guise_core::ports::{InstanceKeyRow, Resealed, RootWrap, RotationRows, SealedRow, WrappedKey};
use guise_core::{Result, TenantId, Timestamp};
use uuid::Uuid;

use crate::Database;
use crate::keyring::{
    add_data_key, add_instance_key, add_root_wraps, add_tenant_key, data_key, tenant_key,
};
use crate::row::{Row, unreadable};
use crate::statement::Statement;

/// Values that are read at once are not larger together, in bytes, unless there is only one.
const AT_ONCE: u64 = 16 * 1024 * 1024;

/// The fact that tells when the replacement of all data keys began.
const DATA_ROTATION: &str = "data_rotation";

const HAS_INSTANCE: Statement = Statement::new(
    "find the instance key",
    "SELECT id FROM instance_keys WHERE id = $1",
);

const FORGET_SOURCE: Statement = Statement::new(
    "forget a root source",
    "DELETE FROM root_wraps WHERE source_kind = $1 AND source_id = $2",
);

const FORGET_SOURCES: Statement = Statement::new(
    "forget the wraps of the old instance key",
    "DELETE FROM root_wraps WHERE instance_key_id = $1",
);

const REMOVE_INSTANCE: Statement = Statement::new(
    "remove the old instance key",
    "DELETE FROM instance_keys WHERE id = $1",
);

const TENANT_KEYS: Statement = Statement::new(
    "list the tenants' keys",
    "SELECT id, instance_key_id AS parent, tenant_id, wrapped, check_value, created_at
     FROM tenant_keys ORDER BY id",
);

const REWRAP_TENANT_KEY: Statement = Statement::new(
    "wrap a tenant's key anew",
    "UPDATE tenant_keys SET instance_key_id = $2, wrapped = $3 WHERE id = $1",
);

const UNDER_INSTANCE: Statement = Statement::new(
    "find keys below the old instance key",
    "SELECT id FROM tenant_keys WHERE instance_key_id = $1 LIMIT 1",
);

const RETIRE_TENANT_KEY: Statement = Statement::new(
    "retire a tenant's key",
    "UPDATE tenant_keys SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL",
);

const DATA_KEYS_UNDER_RETIRED: Statement = Statement::new(
    "list data keys below retired keys",
    "SELECT data_keys.id, tenant_key_id AS parent, data_keys.tenant_id, owner_id,
            data_keys.wrapped, data_keys.check_value, data_keys.created_at
     FROM data_keys JOIN tenant_keys ON tenant_keys.id = data_keys.tenant_key_id
     WHERE tenant_keys.tenant_id = $1 AND tenant_keys.retired_at IS NOT NULL
     ORDER BY data_keys.id LIMIT $2",
);

const REWRAP_DATA_KEY: Statement = Statement::new(
    "wrap a data key anew",
    "UPDATE data_keys SET tenant_key_id = $2, wrapped = $3 WHERE id = $1",
);

const REMOVE_RETIRED_TENANT_KEYS: Statement = Statement::new(
    "remove retired keys of a tenant",
    "DELETE FROM tenant_keys WHERE tenant_id = $1 AND retired_at IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM data_keys WHERE tenant_key_id = tenant_keys.id)",
);

const COUNT_RETIRED_TENANT_KEYS: Statement = Statement::new(
    "count retired keys of a tenant",
    "SELECT COUNT(*) AS retired FROM tenant_keys WHERE tenant_id = $1 AND retired_at IS NOT NULL",
);

const END_DATA_ROTATION: Statement = Statement::new(
    "note the end of a rotation",
    "DELETE FROM meta WHERE key = $1",
);

const DATA_KEYS_MADE_BEFORE: Statement = Statement::new(
    "list data keys by age",
    "SELECT id, tenant_key_id AS parent, tenant_id, owner_id, wrapped, check_value, created_at
     FROM data_keys WHERE retired_at IS NULL AND created_at < $1 ORDER BY id LIMIT $2",
);

const RETIRE_DATA_KEY: Statement = Statement::new(
    "retire a data key",
    "UPDATE data_keys SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL",
);

const COUNT_UNDER_RETIRED: Statement = Statement::new(
    "count values below retired keys",
    "SELECT COUNT(*) AS found FROM sealed_values
     WHERE data_key_id IN (SELECT id FROM data_keys WHERE retired_at IS NOT NULL)",
);

const SIZES_UNDER_RETIRED: Statement = Statement::new(
    "list values below retired keys",
    "SELECT CAST(length(envelope) AS BIGINT) AS size FROM sealed_values
     WHERE data_key_id IN (SELECT id FROM data_keys WHERE retired_at IS NOT NULL)
     AND (tenant_id, id, kind) > ($1, $2, $3)
     ORDER BY tenant_id, id, kind LIMIT $4",
);

const VALUES_UNDER_RETIRED: Statement = Statement::new(
    "list values below retired keys",
    "SELECT tenant_id, owner_id, id, kind, version, data_key_id, envelope FROM sealed_values
     WHERE data_key_id IN (SELECT id FROM data_keys WHERE retired_at IS NOT NULL)
     AND (tenant_id, id, kind) > ($1, $2, $3)
     ORDER BY tenant_id, id, kind LIMIT $4",
);

const RESEAL: Statement = Statement::new(
    "keep a value with its new data key",
    "UPDATE sealed_values SET data_key_id = $6, envelope = $7
     WHERE tenant_id = $1 AND id = $2 AND kind = $3 AND version = $4 AND data_key_id = $5",
);

const REMOVE_RETIRED_DATA_KEYS: Statement = Statement::new(
    "remove retired data keys",
    "DELETE FROM data_keys WHERE retired_at IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM sealed_values WHERE data_key_id = data_keys.id)",
);

const COUNT_RETIRED_DATA_KEYS: Statement = Statement::new(
    "count retired data keys",
    "SELECT COUNT(*) AS retired FROM data_keys WHERE retired_at IS NOT NULL",
);

#[async_trait]
impl RotationRows for Database {
    async fn rewrap_root(
        &self,
        instance: Uuid,
        wraps: &[RootWrap],
        forgotten: &[(String, String)],
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        if transaction
            .row(HAS_INSTANCE, &[instance.into()])
            .await?
            .is_none()
        {
            return Ok(false);
        }
        add_root_wraps(&mut transaction, instance, wraps).await?;
        for (kind, id) in forgotten {
            let values = [kind.as_str().into(), id.as_str().into()];
            transaction.touch(FORGET_SOURCE, &values).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn tenant_keys(&self) -> Result<Vec<WrappedKey>> {
        let rows = self.rows(TENANT_KEYS, &[]).await?;
        rows.iter().map(tenant_key).collect()
    }

    async fn replace_instance_key(
        &self,
        old: Uuid,
        new: &InstanceKeyRow,
        tenant_keys: &[WrappedKey],
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        transaction.touch(FORGET_SOURCES, &[old.into()]).await?;
        add_instance_key(&mut transaction, new).await?;
        for key in tenant_keys {
            let values = [
                key.id.into(),
                key.parent.into(),
                key.wrapped.as_slice().into(),
            ];
            transaction.touch(REWRAP_TENANT_KEY, &values).await?;
        }
        let left = transaction.row(UNDER_INSTANCE, &[old.into()]).await?;
        if left.is_some() || transaction.touch(REMOVE_INSTANCE, &[old.into()]).await? == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn replace_tenant_key(&self, old: Uuid, new: &WrappedKey) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let values = [old.into(), new.made_at.into()];
        if transaction.touch(RETIRE_TENANT_KEY, &values).await? == 0
            || !add_tenant_key(&mut transaction, new).await?
        {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn data_keys_under_retired(
        &self,
        tenant: TenantId,
        limit: u64,
    ) -> Result<Vec<WrappedKey>> {
        let values = [tenant.into(), limit.into()];
        let rows = self.rows(DATA_KEYS_UNDER_RETIRED, &values).await?;
        rows.iter().map(data_key).collect()
    }

    async fn rewrap_data_keys(&self, keys: &[WrappedKey]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for key in keys {
            let values = [
                key.id.into(),
                key.parent.into(),
                key.wrapped.as_slice().into(),
            ];
            transaction.touch(REWRAP_DATA_KEY, &values).await?;
        }
        transaction.commit().await
    }

    async fn remove_retired_tenant_keys(&self, tenant: TenantId) -> Result<u64> {
        self.touch(REMOVE_RETIRED_TENANT_KEYS, &[tenant.into()])
            .await?;
        let row = self
            .row(COUNT_RETIRED_TENANT_KEYS, &[tenant.into()])
            .await?;
        row.map_or(Ok(0), |row| row.count("retired"))
    }

    async fn begin_data_rotation(&self, at: Timestamp) -> Result<Timestamp> {
        let kept = self
            .put_meta_if_absent(DATA_ROTATION, &at.as_micros().to_string())
            .await?;
        let micros = kept
            .parse()
            .map_err(|error| unreadable(DATA_ROTATION, error))?;
        Ok(Timestamp::from_micros(micros))
    }

    async fn end_data_rotation(&self) -> Result<()> {
        self.touch(END_DATA_ROTATION, &[DATA_ROTATION.into()])
            .await
            .map(drop)
    }

    async fn data_keys_made_before(
        &self,
        before: Timestamp,
        limit: u64,
    ) -> Result<Vec<WrappedKey>> {
        let values = [before.into(), limit.into()];
        let rows = self.rows(DATA_KEYS_MADE_BEFORE, &values).await?;
        rows.iter().map(data_key).collect()
    }

    async fn replace_data_keys(&self, keys: &[(Uuid, WrappedKey)]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for (old, new) in keys {
            let values = [(*old).into(), new.made_at.into()];
            if transaction.touch(RETIRE_DATA_KEY, &values).await? == 1
                && !add_data_key(&mut transaction, new).await?
            {
                return Err(RETIRE_DATA_KEY.failed("the tenant's key is gone"));
            }
        }
        transaction.commit().await
    }

    async fn count_under_retired(&self) -> Result<u64> {
        let row = self.row(COUNT_UNDER_RETIRED, &[]).await?;
        row.map_or(Ok(0), |row| row.count("found"))
    }

    async fn values_under_retired(
        &self,
        after: Option<&SealedRow>,
        limit: u64,
    ) -> Result<Vec<SealedRow>> {
        let mut values = [
            after.map_or(Uuid::nil(), |row| row.tenant.as_uuid()).into(),
            after.map_or(Uuid::nil(), |row| row.id).into(),
            after.map_or("", |row| row.kind.as_str()).into(),
            limit.into(),
        ];
        // A value can be a whole mail. What changes in between makes the count a little wrong, and nothing else.
        let (mut size, mut count) = (0, 0_u64);
        for row in self.rows(SIZES_UNDER_RETIRED, &values).await? {
            size += row.count("size")?;
            if count > 0 && size > AT_ONCE {
                break;
            }
            count += 1;
        }
        values[3] = count.into();
        let rows = self.rows(VALUES_UNDER_RETIRED, &values).await?;
        rows.iter().map(sealed_row).collect()
    }

    async fn reseal(&self, values: &[Resealed]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for value in values {
            let before = &value.before;
            let values = [
                before.tenant.into(),
                before.id.into(),
                before.kind.as_str().into(),
                before.version.into(),
                before.data_key.into(),
                value.data_key.into(),
                value.envelope.as_slice().into(),
            ];
            transaction.touch(RESEAL, &values).await?;
        }
        transaction.commit().await
    }

    async fn remove_retired_data_keys(&self) -> Result<u64> {
        self.touch(REMOVE_RETIRED_DATA_KEYS, &[]).await?;
        let row = self.row(COUNT_RETIRED_DATA_KEYS, &[]).await?;
        row.map_or(Ok(0), |row| row.count("retired"))
    }
}

fn sealed_row(row: &Row) -> Result<SealedRow> {
    Ok(SealedRow {
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        owner: row.id("owner_id")?,
        id: row.id("id")?,
        kind: row.text("kind")?,
        version: row.count("version")?,
        data_key: row.id("data_key_id")?,
        envelope: row.bytes("envelope")?,
    })
}
