//! The actions `scroll_up` and `scroll_down`.

use guise_cdp::protocol::page::GetLayoutMetrics;
use guise_core::{ElementId, Target};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::ahead::Ahead;
use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::locate;

/// How much of the viewport is scrolled when nothing is said (Notte API: `scroll_down`).
const SHARE: f64 = 0.7;

#[derive(Deserialize)]
struct Scrolled {
    before: Position,
    after: Position,
}

#[derive(Deserialize)]
struct Position {
    y: f64,
}

/// Scrolls an element, or else the page or what fills its window, by so many pixels, upwards when `up`.
pub(crate) async fn scroll(
    core: &Core,
    tab: &CurrentTab,
    amount: Option<u32>,
    of: Option<&ElementId>,
    up: bool,
    deadline: Instant,
) -> Result<String> {
    let scrolled: Scrolled = match of {
        Some(id) => {
            let target = Target {
                id: Some(id.clone()),
                ..Target::default()
            };
            let (located, ()) =
                locate::locate(core, tab, &target, Ahead::Nothing, deadline, || ()).await?;
            let place = &located.place;
            let dy = amount
                .map(f64::from)
                .map(|pixels| if up { -pixels } else { pixels });
            let share = if up { -SHARE } else { SHARE };
            let distance = json!({ "handle": place.handle, "dy": dy, "share": share });
            let (frame, world) = (&place.frame, &place.world);
            locate::run(core, frame, world, "scrollBy", &distance, deadline).await?
        }
        None => page(core, tab, amount, up, deadline).await?,
    };
    let way = if up { "up" } else { "down" };
    #[expect(
        clippy::float_cmp,
        reason = "the page says the very same number when it did not move"
    )]
    if scrolled.before.y == scrolled.after.y {
        let end = if up { "top" } else { "bottom" };
        let what = of.map_or_else(|| "the page".to_owned(), |id| format!("'{id}'"));
        return Err(Fault::told(format!(
            "Scrolling {way} had no effect: {what} is at its {end} or does not scroll"
        )));
    }
    Ok(match amount {
        Some(pixels) => format!("Scrolled {way} by {pixels} pixels"),
        None => format!("Scrolled {way} by one page"),
    })
}

/// Scrolls the page, or what fills its window.
async fn page(
    core: &Core,
    tab: &CurrentTab,
    amount: Option<u32>,
    up: bool,
    deadline: Instant,
) -> Result<Scrolled> {
    let pixels = match amount {
        Some(pixels) => f64::from(pixels),
        None => {
            let metrics = tab.session.call(&GetLayoutMetrics {}, deadline).await?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "a viewport is a few thousand pixels high"
            )]
            let height = metrics.css_layout_viewport.client_height as f64;
            (height * SHARE).round()
        }
    };
    let frame = tab.main_frame();
    let world = core.world(&frame, deadline).await?;
    let distance = json!({ "dy": if up { -pixels } else { pixels } });
    let nothing = json!({});
    // A field that has the focus would pull the page back to itself.
    let (blurred, scrolled) = tokio::join!(
        locate::run::<serde_json::Value>(core, &frame, &world, "blurActive", &nothing, deadline),
        locate::run::<Scrolled>(core, &frame, &world, "scrollBy", &distance, deadline)
    );
    blurred?;
    scrolled
}
