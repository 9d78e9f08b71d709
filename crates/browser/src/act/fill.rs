//! The actions `fill`, `multi_factor_fill` and `fallback_fill`.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ahead::{Ahead, Answers};
use super::reach::{self, Purpose, ready};
use super::settle::Heard;
use super::{keys, press, typing};
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prepared {
    needs_text: bool,
    needs_delete: bool,
    held: bool,
}

#[derive(Deserialize)]
struct Holds {
    holds: bool,
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
    press::click(core, tab, place, Answers::default(), deadline).await?;
    at_once(core, tab, place, "", clear, Answers::default(), deadline).await?;
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
) -> Result<Heard> {
    if answers.is_empty() {
        answers = Ahead::Fill { value, clear }
            .run(core, place, deadline)
            .await?;
    }
    answers.take::<reach::Answer>("actionable")?.point()?;
    let prepared: Prepared = answers.take("fill")?;
    if prepared.needs_text {
        // Asked right behind the text, not after it: mostly the page has it by then, and a round trip is spared.
        let arguments = json!({ "handle": place.handle, "value": value });
        let (inserted, holds) = tokio::join!(
            input::insert(&tab.session, value, deadline),
            place.world.run::<Holds>("holds", &arguments, deadline)
        );
        inserted?;
        let handled = !prepared.held && holds.is_ok_and(|holds| holds.holds);
        return Ok(Heard(handled && place.world.is_of(&tab.session)));
    }
    if prepared.needs_delete {
        let delete = keys::chord("Delete").map_err(Fault::Told)?;
        input::press(&tab.session, &delete, deadline).await?;
    }
    Ok(Heard(false))
}
