//! The actions `fill`, `multi_factor_fill` and `fallback_fill`.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ahead::{Ahead, Answers};
use super::reach::{self, Purpose, ready};
use super::{keys, press, typing};
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input;
use crate::locate;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prepared {
    needs_text: bool,
    needs_delete: bool,
}

/// The arguments of the page script's `fill`, without the element.
pub(crate) fn wanted(value: &str, clear: bool) -> Value {
    json!({ "value": value, "clear": clear })
}

/// Types a text into the element, key by key, after a click on it.
pub(crate) async fn typed(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: &str,
    clear: bool,
    deadline: Instant,
) -> Result<()> {
    ready(core, place, Purpose::Fill, deadline).await?;
    press::click(core, tab, place, deadline).await?;
    // The click has waited for all that there is to wait for; a field that it changed has the caret by now.
    let mut arguments = wanted("", clear);
    arguments["handle"] = place.handle.into();
    let prepared: Prepared = locate::run(
        core,
        &place.frame,
        &place.world,
        "fill",
        &arguments,
        deadline,
    )
    .await?;
    put(tab, "", &prepared, deadline).await?;
    typing::type_text(&tab.session, value, deadline).await
}

/// Waits until the element can be filled, and sets its text. `answers` is what the page script said when it found the
/// element, if it was asked then.
pub(crate) async fn at_once(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    value: &str,
    clear: bool,
    mut answers: Answers,
    deadline: Instant,
) -> Result<()> {
    if answers.is_empty() {
        answers = Ahead::Fill { value, clear }
            .run(core, place, deadline)
            .await?;
    }
    answers
        .take::<reach::Answer>("actionable")?
        .point(core, place)?;
    let prepared: Prepared = answers.take("fill")?;
    put(tab, value, &prepared, deadline).await
}

/// Puts a text into the element that was made ready for it.
async fn put(tab: &CurrentTab, value: &str, prepared: &Prepared, deadline: Instant) -> Result<()> {
    if prepared.needs_text {
        input::insert(&tab.session, value, deadline).await?;
    } else if prepared.needs_delete {
        let delete = keys::chord("Delete").map_err(Fault::Told)?;
        input::press(&tab.session, &delete, deadline).await?;
    }
    Ok(())
}
