//! The actions `hover`, `double_click`, `right_click`, `click_at`, `press_and_hold` and `wheel`.

use std::time::Duration;

use guise_core::Interaction;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ahead::Answers;
use super::press;
use super::reach::{self, Purpose, Reached};
use super::settle::Heard;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input::{self, Press};
use crate::locate;

/// Does what is done with the mouse beside a plain click; the message for the caller. `None` for other interactions.
pub(crate) async fn act(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    interaction: &Interaction,
    label: &str,
    deadline: Instant,
) -> Result<Option<(String, Heard)>> {
    let pressed = async |purpose, how| press::press(core, tab, place, purpose, how, deadline).await;
    let click = Purpose::Click;
    Ok(Some(match *interaction {
        Interaction::DoubleClick => (
            format!("Double-clicked on the element{label}"),
            pressed(click, Press::Double).await?,
        ),
        Interaction::RightClick => (
            format!("Clicked with the right button on the element{label}"),
            pressed(click, Press::Right).await?,
        ),
        Interaction::ClickAt { x, y } => (
            format!("Clicked at {x}, {y} of the element{label}"),
            pressed(Purpose::ClickAt(x, y), Press::Single).await?,
        ),
        Interaction::PressAndHold { time_ms } => {
            let time = Duration::from_millis(u64::from(time_ms));
            (
                format!("Held the mouse button down for {time_ms} ms on the element{label}"),
                pressed(click, Press::Held(time)).await?,
            )
        }
        Interaction::Hover => {
            hover(core, tab, place, deadline).await?;
            (
                format!("Moved the mouse over the element{label}"),
                Heard(false),
            )
        }
        Interaction::Wheel { delta_x, delta_y } => {
            let reached = over(core, tab, place, deadline).await?;
            let by = (f64::from(delta_x), f64::from(delta_y));
            input::wheel(&tab.session, reached.point, by, deadline).await?;
            scrolled(core, place, deadline).await?;
            (
                format!("Turned the mouse wheel by {delta_x}, {delta_y} over the element{label}"),
                Heard(false),
            )
        }
        _ => return Ok(None),
    }))
}

/// Moves the mouse to the element, from beside it where it is there already: a page hears of a mouse that moves only.
async fn hover(core: &Core, tab: &CurrentTab, place: &Place, deadline: Instant) -> Result<()> {
    let reached = over(core, tab, place, deadline).await?;
    let beside = input::Point {
        x: reached.point.x + 1.0,
        ..reached.point
    };
    input::move_to(&tab.session, beside, false, deadline).await?;
    input::move_to(&tab.session, reached.point, false, deadline).await?;
    Ok(())
}

/// A point at which the mouse is over the element. No press is kept from anything.
pub(super) async fn over(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    deadline: Instant,
) -> Result<Reached> {
    let none = Answers::default();
    let reached = reach::reach(core, tab, place, Purpose::Hover, none, deadline).await?;
    for world in &reached.around {
        world.release();
    }
    Ok(reached)
}

/// Waits until what the wheel set in motion has come to rest.
async fn scrolled(core: &Core, place: &Place, deadline: Instant) -> Result<()> {
    let (frame, world) = (&place.frame, &place.world);
    match locate::run::<Value>(core, frame, world, "calm", &json!({}), deadline).await {
        // It may have left the page, or taken the element away.
        Err(fault) if fault.is_stale() => Ok(()),
        Err(Fault::TimedOut) => Ok(()),
        other => other.map(drop),
    }
}
