//! `guise config`

use anyhow::Result;

use crate::config::Layers;

/// Shows every setting with where it comes from.
pub(super) fn show(layers: &Layers) -> Result<()> {
    super::print(layers.render().trim_end())
}
