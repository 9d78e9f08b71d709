//! The root: what wraps the instance key. Nothing below it changes.

use std::sync::Arc;

use guise_core::Error;
use guise_core::ports::RootWrap;

use super::{Rotation, RotationError};
use crate::root::{RootSource, Successor};
use crate::tree::wrap_instance;

impl Rotation {
    /// Has the instance key wrapped anew by every one of `sources`, and by no other source from then on. A source that can
    /// make a new secret by itself, such as a key file, gets one. Returns the names of the sources.
    ///
    /// Stopped in between, the old secrets and the new ones open; called again, it is finished.
    ///
    /// # Errors
    /// When a source does not work: then the old wraps stay.
    pub async fn root(
        &self,
        sources: &[Arc<dyn RootSource>],
    ) -> Result<Vec<String>, RotationError> {
        let instance = self.tree.opened()?.instance();
        self.note(None, "root").await?;
        let mut successors: Vec<Arc<dyn Successor>> = Vec::new();
        let mut wrapping: Vec<Arc<dyn RootSource>> = Vec::new();
        for source in sources {
            match source.successor().await? {
                Some(successor) => {
                    wrapping.push(Arc::clone(&successor) as Arc<dyn RootSource>);
                    successors.push(successor);
                }
                None => wrapping.push(Arc::clone(source)),
            }
        }
        let wraps = wrap_instance(&instance, &wrapping).await?;
        self.rewrap(instance.id, &wraps, &[]).await?;
        // From here on the new secrets open, so they may take the place of the old ones.
        for successor in successors {
            successor.take_over().await?;
        }
        let row = self.rows.instance_key().await?;
        let kept = row.map(|row| row.wraps).unwrap_or_default();
        let forgotten: Vec<_> = kept
            .into_iter()
            .map(|wrap| (wrap.source_kind, wrap.source_id))
            .filter(|(kind, id)| {
                !wraps
                    .iter()
                    .any(|wrap| (&wrap.source_kind, &wrap.source_id) == (kind, id))
            })
            .collect();
        self.rewrap(instance.id, &[], &forgotten).await?;
        Ok(sources.iter().map(|source| source.name()).collect())
    }

    async fn rewrap(
        &self,
        instance: uuid::Uuid,
        wraps: &[RootWrap],
        forgotten: &[(String, String)],
    ) -> Result<(), RotationError> {
        match self.rows.rewrap_root(instance, wraps, forgotten).await? {
            true => Ok(()),
            false => Err(RotationError::Failed(Error::internal(
                "cannot wrap the instance key anew",
                "it was replaced by somebody else meanwhile: try again",
            ))),
        }
    }
}
