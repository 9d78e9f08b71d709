//! The action `check`.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::press;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;

#[derive(Deserialize)]
struct Checked {
    checked: bool,
    radio: bool,
    /// An option of a list of several.
    #[serde(default)]
    option: bool,
}

/// Checks or unchecks the element by clicking it, unless it is so already.
pub(crate) async fn check(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: bool,
    label: &str,
    deadline: Instant,
) -> Result<String> {
    let word = if value { "Checked" } else { "Unchecked" };
    let before = state(core, place, deadline).await?;
    if before.checked == value {
        return Ok(format!("{word} the element{label}; it was so already"));
    }
    if before.radio && !value {
        return Err(Fault::told(
            "A radio button cannot be unchecked; check another one of its group",
        ));
    }
    if before.option {
        // A press would leave it as the only one.
        let arguments = json!({ "handle": place.handle });
        let (frame, world) = (&place.frame, &place.world);
        locate::run::<Value>(core, frame, world, "toggleOption", &arguments, deadline).await?;
    } else {
        press::click(core, tab, place, deadline).await?;
    }
    match state(core, place, deadline).await {
        Ok(after) if after.checked != value => Err(Fault::told(format!(
            "The element{label} was clicked, but the page did not let it change"
        ))),
        // A click that leaves the page is the page's way of taking it.
        Err(Fault::Gone(reason)) => Err(Fault::Gone(reason)),
        _ => Ok(format!("{word} the element{label}")),
    }
}

async fn state(core: &Core, place: &Place, deadline: Instant) -> Result<Checked> {
    let arguments = json!({ "handle": place.handle });
    locate::run(
        core,
        &place.frame,
        &place.world,
        "isChecked",
        &arguments,
        deadline,
    )
    .await
}
