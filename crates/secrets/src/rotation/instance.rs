//! The instance key: what wraps the keys of tenants and the pepper.

use std::sync::Arc;

use guise_core::ports::InstanceKeyRow;
use uuid::Uuid;

use super::{Rotation, RotationError, TRIES};
use crate::key::Key;
use crate::root::RootSource;
use crate::tree::{InstanceKey, Level, unwrap, unwrap_instance, wrap, wrap_instance, wrap_pepper};

impl Rotation {
    /// Puts a new instance key in the place of the old one, wrapped by every one of `sources`: all keys of tenants and the
    /// pepper are wrapped anew, together. Returns how many keys of tenants there were.
    ///
    /// The pepper itself stays, so API keys, tokens and the audit stay valid. Running servers notice by themselves.
    ///
    /// # Errors
    /// When a source does not work, or opens the old key and is not among `sources`. Nothing is changed then.
    pub async fn instance(&self, sources: &[Arc<dyn RootSource>]) -> Result<u64, RotationError> {
        let open = self.tree.opened()?;
        self.note(None, "instance").await?;
        for _ in 0..TRIES {
            let Some(row) = self.rows.instance_key().await? else {
                break;
            };
            covered(&row, sources).await?;
            let old = match open.instance() {
                old if old.id == row.id => old,
                _ => open.reload(&*self.rows).await?,
            };
            let new = InstanceKey {
                id: Uuid::now_v7(),
                key: Key::random()?,
            };
            let mut keys = self.rows.tenant_keys().await?;
            for key in &mut keys {
                let plain = unwrap(Level::Tenant, &old.key, key)?;
                wrap(Level::Tenant, new.id, &new.key, &plain, key)?;
            }
            let new_row = InstanceKeyRow {
                id: new.id,
                check: new.key.check_value(new.id),
                pepper: wrap_pepper(&new, open.pepper())?,
                made_at: self.tree.now(),
                wraps: wrap_instance(&new, sources).await?,
            };
            // Tried before anything depends on it.
            for source in sources {
                unwrap_instance(&new_row, &**source).await?;
            }
            if self
                .rows
                .replace_instance_key(old.id, &new_row, &keys)
                .await?
            {
                open.set_instance(Arc::new(new));
                return Ok(keys.len() as u64);
            }
        }
        Err(RotationError::Busy)
    }
}

/// Whether every source that has wrapped the instance key is among `sources`.
async fn covered(
    row: &InstanceKeyRow,
    sources: &[Arc<dyn RootSource>],
) -> Result<(), RotationError> {
    let mut ids = Vec::with_capacity(sources.len());
    for source in sources {
        ids.push(source.id().await?);
    }
    match row.wraps.iter().find(|wrap| !ids.contains(&wrap.source_id)) {
        None => Ok(()),
        Some(wrap) => Err(RotationError::Uncovered {
            kind: wrap.source_kind.clone(),
            id: wrap.source_id.clone(),
        }),
    }
}
