//! The action `select_dropdown_option`.

use guise_core::ElementId;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::press;
use super::reach::{Purpose, ready};
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selected {
    click_instead: bool,
    #[serde(default)]
    label: String,
}

/// Selects an option by value, label or its own id; clicks the element when it is no list.
pub(crate) async fn select(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: &str,
    label: &str,
    deadline: Instant,
) -> Result<String> {
    let selected = match choose(core, place, value, deadline).await {
        Err(Fault::Script { kind, message }) if kind == "no_option" => {
            match option_called(core, tab, value) {
                Some(option) => choose(core, &option, value, deadline).await?,
                None => return Err(Fault::Script { kind, message }),
            }
        }
        other => other?,
    };
    if selected.click_instead {
        press::click(core, tab, place, deadline).await?;
        return Ok(format!("Clicked on the element{label}, which is no list"));
    }
    Ok(format!(
        "Selected the option '{}' of the element{label}",
        selected.label
    ))
}

async fn choose(core: &Core, place: &Place, value: &str, deadline: Instant) -> Result<Selected> {
    ready(core, place, Purpose::Select, deadline).await?;
    let arguments = json!({ "handle": place.handle, "value": value });
    locate::run(
        core,
        &place.frame,
        &place.world,
        "selectOption",
        &arguments,
        deadline,
    )
    .await
}

/// Options have ids of their own, which observations offer as the value to send.
fn option_called(core: &Core, tab: &CurrentTab, value: &str) -> Option<Place> {
    let id = ElementId::new(value);
    core.board
        .read(|state| state.tab(&tab.target)?.elements.find(&id).ok())
}
