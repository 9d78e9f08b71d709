//! API keys.

use async_trait::async_trait;
use guise_core::ports::KeyStore;
use guise_core::{ApiKey, KeyDigest, KeyId, Result, TenantId, Timestamp};

use crate::Database;
use crate::row::{Row, unreadable};
use crate::statement::Statement;

const ADD: Statement = Statement::new(
    "add a key",
    "INSERT INTO api_keys
         (id, tenant_id, hint, digest, scopes, created_at, expires_at, last_used_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (digest) DO NOTHING",
);

const BY_DIGEST: Statement = Statement::new(
    "look a key up",
    "SELECT id, tenant_id, hint, digest, scopes, created_at, expires_at, last_used_at, revoked_at
     FROM api_keys WHERE digest = $1",
);

const BY_ID: Statement = Statement::new(
    "look a key up",
    "SELECT id, tenant_id, hint, digest, scopes, created_at, expires_at, last_used_at, revoked_at
     FROM api_keys WHERE id = $1",
);

const OF_TENANT: Statement = Statement::new(
    "list the keys",
    "SELECT id, tenant_id, hint, digest, scopes, created_at, expires_at, last_used_at, revoked_at
     FROM api_keys WHERE tenant_id = $1 ORDER BY created_at, id",
);

const REVOKE: Statement = Statement::new(
    "revoke a key",
    "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
);

const TOUCH: Statement = Statement::new(
    "note the use of a key",
    "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
);

#[async_trait]
impl KeyStore for Database {
    async fn add_key(&self, key: &ApiKey) -> Result<bool> {
        let scopes = key.scopes.to_string();
        let values = [
            key.id.into(),
            key.tenant.into(),
            key.hint.as_str().into(),
            key.digest.0.as_slice().into(),
            scopes.as_str().into(),
            key.created_at.into(),
            key.expires_at.into(),
            key.last_used_at.into(),
            key.revoked_at.into(),
        ];
        Ok(self.touch(ADD, &values).await? == 1)
    }

    async fn key(&self, id: KeyId) -> Result<Option<ApiKey>> {
        let row = self.row(BY_ID, &[id.into()]).await?;
        row.as_ref().map(key).transpose()
    }

    async fn key_by_digest(&self, digest: &KeyDigest) -> Result<Option<ApiKey>> {
        let row = self.row(BY_DIGEST, &[digest.0.as_slice().into()]).await?;
        row.as_ref().map(key).transpose()
    }

    async fn keys(&self, tenant: TenantId) -> Result<Vec<ApiKey>> {
        self.rows(OF_TENANT, &[tenant.into()])
            .await?
            .iter()
            .map(key)
            .collect()
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Result<bool> {
        Ok(self.touch(REVOKE, &[key.into(), at.into()]).await? == 1)
    }

    async fn touch_key(&self, key: KeyId, at: Timestamp) -> Result<()> {
        self.touch(TOUCH, &[key.into(), at.into()]).await.map(drop)
    }
}

fn key(row: &Row) -> Result<ApiKey> {
    let digest = row.bytes("digest")?;
    let scopes = row.text("scopes")?;
    Ok(ApiKey {
        id: KeyId::from_uuid(row.id("id")?),
        tenant: TenantId::from_uuid(row.id("tenant_id")?),
        hint: row.text("hint")?,
        digest: KeyDigest(
            digest
                .as_slice()
                .try_into()
                .map_err(|error| unreadable("digest", error))?,
        ),
        scopes: scopes
            .parse()
            .map_err(|error| unreadable("scopes", error))?,
        created_at: row.time("created_at")?,
        expires_at: row.optional_time("expires_at")?,
        last_used_at: row.optional_time("last_used_at")?,
        revoked_at: row.optional_time("revoked_at")?,
    })
}
