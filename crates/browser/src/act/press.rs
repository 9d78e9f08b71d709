//! Clicking an element, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::Error as CdpError;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::ahead::Answers;
use super::reach::{self, Purpose};
use super::settle::Heard;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input::{self, Press};
use crate::world::World;

/// How long a page may take to handle a press before it is left alone with it.
const HANDLE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Landed {
    landed: Option<bool>,
    by: Option<String>,
}

/// Waits until the element can be clicked, and clicks it.
///
/// While the press is under way the page script keeps it from every other element; where that happened, because the page
/// moved meanwhile, it is tried again.
///
/// # Errors
/// The reason why it could not be clicked, once `deadline` has passed; nothing was clicked then.
pub(crate) async fn click(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    deadline: Instant,
) -> Result<Heard> {
    click_found(core, tab, place, Answers::default(), deadline).await
}

/// The same for another way of pressing, and for a point of the element.
///
/// # Errors
/// As [`click`].
pub(crate) async fn press(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    purpose: Purpose,
    press: Press,
    deadline: Instant,
) -> Result<Heard> {
    let how = (purpose, press);
    pressed(core, tab, place, how, Answers::default(), deadline).await
}

/// The same with `answers`: what the page script said when it found the element, if it was asked then.
///
/// # Errors
/// As [`click`].
pub(crate) async fn click_found(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    answers: Answers,
    deadline: Instant,
) -> Result<Heard> {
    let how = (Purpose::Click, Press::Single);
    pressed(core, tab, place, how, answers, deadline).await
}

async fn pressed(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    (purpose, press): (Purpose, Press),
    mut answers: Answers,
    deadline: Instant,
) -> Result<Heard> {
    let lasts = match press {
        Press::Held(time) => time,
        _ => Duration::ZERO,
    };
    loop {
        let answers = std::mem::take(&mut answers);
        let reached = match reach::reach(core, tab, place, purpose, answers, deadline).await {
            Ok(reached) => reached,
            Err(fault) => {
                place.world.release();
                return Err(fault);
            }
        };
        // Before whoever waits for the whole gives up: a press that was sent is done.
        let bound = (Instant::now() + HANDLE).min(deadline + reach::GRACE / 2);
        match input::click(&tab.session, reached.point, press, bound).await {
            // A page that is busy with the press, or that it closed, has got it.
            Ok(()) | Err(CdpError::Timeout { .. } | CdpError::TargetClosed) => {}
            Err(error) => {
                place.world.release();
                return Err(error.into());
            }
        }
        let bound = bound + lasts;
        let mut landed = asked(&place.world, bound).await?;
        let heard = landed != Landing::Untold && place.world.is_of(&tab.session);
        for world in &reached.around {
            // Each one is asked: that is what ends its guard.
            let outer = asked(world, bound).await?;
            if !matches!(landed, Landing::KeptBy(_)) {
                landed = outer;
            }
        }
        let Landing::KeptBy(by) = landed else {
            return Ok(Heard(heard));
        };
        if Instant::now() >= deadline {
            return Err(Fault::told(format!(
                "another element came in the way of the press: {by}"
            )));
        }
    }
}

/// What a document says of a press.
#[derive(PartialEq, Eq)]
pub(super) enum Landing {
    /// It went where it was meant to, or was not seen: it went into a frame, or the page stopped it before our listener.
    Meant,
    /// It was kept from another element.
    KeptBy(String),
    /// The press left the page, closed the tab or keeps it busy.
    Untold,
}

/// Asks a document, and ends its guard.
pub(super) async fn asked(world: &Arc<World>, deadline: Instant) -> Result<Landing> {
    match world.run::<Landed>("landed", &json!({}), deadline).await {
        Ok(Landed {
            landed: Some(false),
            by,
        }) => Ok(Landing::KeptBy(
            by.unwrap_or_else(|| "the document".to_owned()),
        )),
        Ok(_) => Ok(Landing::Meant),
        Err(Fault::Gone(reason)) => Err(Fault::Gone(reason)),
        Err(fault) => {
            tracing::trace!(%fault, "where a press landed cannot be told");
            Ok(Landing::Untold)
        }
    }
}
