//! The action `click`.

use tokio::time::Instant;

use super::press;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::Result;

/// Clicks the element.
pub(crate) async fn click(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    label: &str,
    deadline: Instant,
) -> Result<String> {
    press::click(core, tab, place, deadline).await?;
    Ok(format!("Clicked on the element{label}"))
}
