//! A tenant's key: what wraps the tenant's data keys.

use guise_core::TenantId;
use uuid::Uuid;

use super::{BATCH, Progress, Rotation, RotationError, TRIES, Watcher};
use crate::tree::{Level, wrap};

impl Rotation {
    /// Puts a new key in the place of a tenant's, and wraps the tenant's data keys anew. One that was begun earlier is
    /// finished instead. A tenant without a key has nothing to replace.
    ///
    /// # Errors
    /// When the database fails: what is done stays, and the next call goes on.
    pub async fn tenant(
        &self,
        tenant: TenantId,
        watcher: Watcher<'_>,
    ) -> Result<(), RotationError> {
        let open = self.tree.opened()?;
        self.note(Some(tenant), "tenant").await?;
        if self.rows.remove_retired_tenant_keys(tenant).await? == 0 {
            let Some(old) = self.rows.current_tenant_key(tenant).await? else {
                return Ok(());
            };
            let instance = open.reload(&*self.rows).await?;
            let (row, _) = self.tree.new_key(
                Level::Tenant,
                instance.id,
                &instance.key,
                tenant,
                Uuid::nil(),
            )?;
            if !self.rows.replace_tenant_key(old.id, &row).await? {
                return Err(RotationError::Busy);
            }
        }
        let mut done = 0;
        for _ in 0..TRIES {
            loop {
                let (parent, parent_key) = self.tree.current_tenant_key(&open, tenant).await?;
                let mut keys = self.rows.data_keys_under_retired(tenant, BATCH).await?;
                if keys.is_empty() {
                    break;
                }
                for row in &mut keys {
                    let key = self.tree.unwrapped_data_key(&open, row).await?;
                    wrap(Level::Data, parent, &parent_key, &key, row)?;
                }
                self.rows.rewrap_data_keys(&keys).await?;
                done += keys.len() as u64;
                watcher(Progress {
                    what: "data keys",
                    done,
                    total: None,
                });
            }
            // A server may have used the old key until now.
            if self.rows.remove_retired_tenant_keys(tenant).await? == 0 {
                return Ok(());
            }
        }
        Err(RotationError::Busy)
    }
}
