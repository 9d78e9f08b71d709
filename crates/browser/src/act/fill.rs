//! The actions `fill`, `multi_factor_fill` and `fallback_fill`.

use guise_core::FillStyle;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::reach::{Purpose, ready};
use super::{keys, press, typing};
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::{input, locate};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prepared {
    needs_text: bool,
    needs_delete: bool,
}

/// Sets the element's text.
pub(crate) async fn fill(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: &str,
    clear: bool,
    style: FillStyle,
    deadline: Instant,
) -> Result<()> {
    if style == FillStyle::AtOnce {
        ready(core, place, Purpose::Fill, deadline).await?;
        return at_once(core, tab, place, value, clear, deadline).await;
    }
    ready(core, place, Purpose::Fill, deadline).await?;
    press::click(core, tab, place, deadline).await?;
    at_once(core, tab, place, "", clear, deadline).await?;
    typing::type_text(&tab.session, value, deadline).await
}

/// Sets the text of an element that is ready for it.
pub(crate) async fn at_once(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: &str,
    clear: bool,
    deadline: Instant,
) -> Result<()> {
    let arguments = json!({ "handle": place.handle, "value": value, "clear": clear });
    let prepared: Prepared = locate::run(
        core,
        &place.frame,
        &place.world,
        "fill",
        &arguments,
        deadline,
    )
    .await?;
    if prepared.needs_text {
        input::insert(&tab.session, value, deadline).await?;
    } else if prepared.needs_delete {
        let delete = keys::chord("Delete").map_err(Fault::Told)?;
        input::press(&tab.session, &delete, deadline).await?;
    }
    Ok(())
}
