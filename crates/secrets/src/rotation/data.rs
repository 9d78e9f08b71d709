//! Data keys: what seals values.

use std::collections::HashMap;
use std::sync::Arc;

use guise_core::ports::{Resealed, SealedRow};
use guise_core::{Result, TenantId};
use uuid::Uuid;

use super::{BATCH, Progress, Rotation, RotationError, Watcher};
use crate::context::Context;
use crate::envelope;
use crate::key::Key;
use crate::tree::{Level, Open};

/// What a replacement of all data keys came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataRotated {
    /// Values that were sealed anew.
    pub values: u64,
    /// Values that do not open, which keep their old keys. The log names them.
    pub unreadable: u64,
}

/// The keys that seal new values, by tenant and owner.
type Current = HashMap<(TenantId, Uuid), (Uuid, Arc<Key>)>;

impl Rotation {
    /// Gives every owner a new data key and seals all values anew. One that was begun earlier is finished instead. Values
    /// can be read and written meanwhile.
    ///
    /// # Errors
    /// When the database fails: what is done stays, and the next call goes on.
    pub async fn data(&self, watcher: Watcher<'_>) -> Result<DataRotated, RotationError> {
        let open = self.tree.opened()?;
        self.note(None, "data").await?;
        self.replace_data_keys(&open, watcher).await?;

        let total = Some(self.rows.count_under_retired().await?);
        let mut rotated = DataRotated::default();
        let mut waited = false;
        loop {
            let pass = self
                .reseal_all(&open, rotated.values, total, watcher)
                .await?;
            rotated = DataRotated {
                values: rotated.values + pass.values,
                unreadable: pass.unreadable,
            };
            // A value may have been written with a retired key: who sealed it had asked for the key just before.
            if pass.values == 0 && waited {
                break;
            }
            tokio::time::sleep(self.grace).await;
            waited = true;
        }
        self.rows.remove_retired_data_keys().await?;
        self.rows.end_data_rotation().await?;
        Ok(rotated)
    }

    /// Retires every data key that was there when the replacement began.
    async fn replace_data_keys(
        &self,
        open: &Open,
        watcher: Watcher<'_>,
    ) -> Result<(), RotationError> {
        let began = self.rows.begin_data_rotation(self.tree.now()).await?;
        let mut done = 0;
        loop {
            let old = self.rows.data_keys_made_before(began, BATCH).await?;
            if old.is_empty() {
                return Ok(());
            }
            let mut pairs = Vec::with_capacity(old.len());
            for row in &old {
                let (parent, parent_key) = self.tree.current_tenant_key(open, row.tenant).await?;
                let (mut new, _) =
                    self.tree
                        .new_key(Level::Data, parent, &parent_key, row.tenant, row.owner)?;
                // Also where the clock was set back meanwhile: else it would be replaced again and again.
                new.made_at = new.made_at.max(began);
                pairs.push((row.id, new));
            }
            self.rows.replace_data_keys(&pairs).await?;
            done += pairs.len() as u64;
            watcher(Progress {
                what: "data keys",
                done,
                total: None,
            });
        }
    }

    /// Seals every value anew whose key is retired.
    async fn reseal_all(
        &self,
        open: &Open,
        before: u64,
        total: Option<u64>,
        watcher: Watcher<'_>,
    ) -> Result<DataRotated, RotationError> {
        let mut current = Current::new();
        let mut pass = DataRotated::default();
        let mut last: Option<SealedRow> = None;
        loop {
            let rows = self.rows.values_under_retired(last.as_ref(), BATCH).await?;
            let Some(end) = rows.last() else {
                return Ok(pass);
            };
            last = Some(end.clone());
            let mut resealed = Vec::with_capacity(rows.len());
            for row in rows {
                match self.reseal(open, &mut current, row).await? {
                    Some(value) => resealed.push(value),
                    None => pass.unreadable += 1,
                }
            }
            self.rows.reseal(&resealed).await?;
            pass.values += resealed.len() as u64;
            watcher(Progress {
                what: "values",
                done: before + pass.values,
                total,
            });
        }
    }

    /// The value under its owner's current key; none when it does not open.
    async fn reseal(
        &self,
        open: &Open,
        current: &mut Current,
        row: SealedRow,
    ) -> Result<Option<Resealed>> {
        let context = Context::value(row.tenant, row.owner, &row.kind, row.id, row.version);
        let key = self.tree.data_key(open, row.data_key).await?;
        let plain = match envelope::open(&key, row.data_key, &context, &row.envelope) {
            Ok(plain) => plain,
            Err(error) => {
                tracing::error!(tenant = %row.tenant, row = %row.id, kind = row.kind, %error, "a sealed value does not open");
                return Ok(None);
            }
        };
        let owner = (row.tenant, row.owner);
        if !current.contains_key(&owner) {
            let found = self
                .tree
                .current_data_key(open, row.tenant, row.owner)
                .await?;
            // Installations have more owners than fit: what was used for one batch is of no use for a later one.
            if current.len() as u64 >= BATCH {
                current.clear();
            }
            current.insert(owner, found);
        }
        let (data_key, key) = &current[&owner];
        let envelope = envelope::seal(key, *data_key, &context, &plain)?;
        Ok(Some(Resealed {
            data_key: *data_key,
            envelope,
            before: row,
        }))
    }
}
