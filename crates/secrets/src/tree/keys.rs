//! Keys of tenants and of owners: found, or made when they are first needed.

use std::sync::Arc;

use guise_core::ports::WrappedKey;
use guise_core::{Error, Result, TenantId};
use uuid::Uuid;

use super::wrapping::{Level, unwrap, wrap};
use super::{KeyTree, Open};
use crate::key::Key;

/// How often it is tried to make a key that others may make or replace at the same moment.
const TRIES: usize = 4;

impl KeyTree {
    /// The data key called `id`.
    pub(crate) async fn data_key(&self, open: &Open, id: Uuid) -> Result<Arc<Key>> {
        if let Some(key) = open.data_keys.get(id) {
            return Ok(key);
        }
        let row = self.rows.data_key(id).await?;
        let row = row.ok_or_else(|| gone(Level::Data, id))?;
        self.unwrapped_data_key(open, &row).await
    }

    /// The data key that seals an owner's new values: its id and itself.
    ///
    /// Which one that is is always asked for, because another process may have replaced it.
    pub(crate) async fn current_data_key(
        &self,
        open: &Open,
        tenant: TenantId,
        owner: Uuid,
    ) -> Result<(Uuid, Arc<Key>)> {
        for _ in 0..TRIES {
            if let Some(row) = self.rows.current_data_key(tenant, owner).await? {
                return Ok((row.id, self.unwrapped_data_key(open, &row).await?));
            }
            let (parent, parent_key) = self.current_tenant_key(open, tenant).await?;
            let (row, key) = self.new_key(Level::Data, parent, &parent_key, tenant, owner)?;
            if self.rows.add_data_key(&row).await? {
                let key = Arc::new(key);
                open.data_keys.put(row.id, &key);
                return Ok((row.id, key));
            }
        }
        Err(busy(Level::Data, owner))
    }

    /// The key that wraps a tenant's new data keys: its id and itself.
    pub(crate) async fn current_tenant_key(
        &self,
        open: &Open,
        tenant: TenantId,
    ) -> Result<(Uuid, Arc<Key>)> {
        for _ in 0..TRIES {
            if let Some(row) = self.rows.current_tenant_key(tenant).await? {
                return Ok((row.id, self.unwrapped_tenant_key(open, &row).await?));
            }
            let instance = open.instance();
            let (row, key) = self.new_key(
                Level::Tenant,
                instance.id,
                &instance.key,
                tenant,
                Uuid::nil(),
            )?;
            if self.rows.add_tenant_key(&row).await? {
                let key = Arc::new(key);
                open.tenant_keys.put(row.id, &key);
                return Ok((row.id, key));
            }
            // Another process made one, or has replaced the instance key.
            open.reload(&*self.rows).await?;
        }
        Err(busy(Level::Tenant, tenant.as_uuid()))
    }

    /// A new key with its row.
    pub(crate) fn new_key(
        &self,
        level: Level,
        parent: Uuid,
        parent_key: &Key,
        tenant: TenantId,
        owner: Uuid,
    ) -> Result<(WrappedKey, Key)> {
        let key = Key::random()?;
        let mut row = WrappedKey {
            id: Uuid::now_v7(),
            parent,
            tenant,
            owner,
            wrapped: Vec::new(),
            check: [0; 16],
            made_at: self.now(),
        };
        wrap(level, parent, parent_key, &key, &mut row)?;
        Ok((row, key))
    }

    /// The key in a row of a data key.
    pub(crate) async fn unwrapped_data_key(
        &self,
        open: &Open,
        row: &WrappedKey,
    ) -> Result<Arc<Key>> {
        if let Some(key) = open.data_keys.get(row.id) {
            return Ok(key);
        }
        let key = match self.unwrap_data_key(open, row).await {
            Ok(key) => key,
            Err(error) => {
                // Just now it may have been wrapped anew, and the key that wrapped it before removed.
                let newer = self.rows.data_key(row.id).await?;
                let newer = newer.filter(|newer| newer.parent != row.parent);
                self.unwrap_data_key(open, &newer.ok_or(error)?).await?
            }
        };
        let key = Arc::new(key);
        open.data_keys.put(row.id, &key);
        Ok(key)
    }

    async fn unwrap_data_key(&self, open: &Open, row: &WrappedKey) -> Result<Key> {
        let parent_key = self.tenant_key(open, row.parent).await?;
        unwrap(Level::Data, &parent_key, row)
    }

    async fn tenant_key(&self, open: &Open, id: Uuid) -> Result<Arc<Key>> {
        if let Some(key) = open.tenant_keys.get(id) {
            return Ok(key);
        }
        let row = self.rows.tenant_key(id).await?;
        let row = row.ok_or_else(|| gone(Level::Tenant, id))?;
        self.unwrapped_tenant_key(open, &row).await
    }

    /// The key in a row of a tenant's key.
    pub(crate) async fn unwrapped_tenant_key(
        &self,
        open: &Open,
        row: &WrappedKey,
    ) -> Result<Arc<Key>> {
        if let Some(key) = open.tenant_keys.get(row.id) {
            return Ok(key);
        }
        let mut instance = open.instance();
        if instance.id != row.parent {
            instance = open.reload(&*self.rows).await?;
        }
        // Between row and reload the instance key may have been replaced once more: then the row is old.
        let newer = match instance.id == row.parent {
            true => None,
            false => self.rows.tenant_key(row.id).await?,
        };
        let key = Arc::new(unwrap(
            Level::Tenant,
            &instance.key,
            newer.as_ref().unwrap_or(row),
        )?);
        open.tenant_keys.put(row.id, &key);
        Ok(key)
    }
}

fn gone(level: Level, id: Uuid) -> Error {
    Error::internal(
        format!("the {} {id} is gone", level.noun()),
        "its row was removed",
    )
}

fn busy(level: Level, owner: Uuid) -> Error {
    Error::internal(
        format!("cannot make a {} for {owner}", level.noun()),
        "others make or replace it again and again",
    )
}
