//! Clicking an element, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::Error as CdpError;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::reach;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input;
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
) -> Result<()> {
    loop {
        let reached = match reach::reach(core, tab, place, deadline).await {
            Ok(reached) => reached,
            Err(fault) => {
                disarm(&place.world).await;
                return Err(fault);
            }
        };
        let bound = Instant::now() + HANDLE;
        match input::click(&tab.session, reached.point, bound).await {
            // A page that is busy with the press, or that it closed, has got it.
            Ok(()) | Err(CdpError::Timeout { .. } | CdpError::TargetClosed) => {}
            Err(error) => {
                disarm(&place.world).await;
                return Err(error.into());
            }
        }
        let mut kept_from = asked(&place.world, bound).await?;
        for world in &reached.around {
            kept_from = kept_from.or(asked(world, bound).await?);
        }
        let Some(by) = kept_from else {
            return Ok(());
        };
        if Instant::now() >= deadline {
            return Err(Fault::told(format!(
                "another element came in the way of the press: {by}"
            )));
        }
    }
}

/// Which other element a document kept the press from; `None` when it landed where it was meant to.
async fn asked(world: &Arc<World>, deadline: Instant) -> Result<Option<String>> {
    match world.run::<Landed>("landed", &json!({}), deadline).await {
        Ok(Landed {
            landed: Some(false),
            by,
        }) => Ok(Some(by.unwrap_or_else(|| "the document".to_owned()))),
        // No press at all was seen: it went into a frame, or the page stopped it before our listener.
        Ok(_) => Ok(None),
        Err(Fault::Gone(reason)) => Err(Fault::Gone(reason)),
        // The press left the page, closed the tab or keeps it busy.
        Err(fault) => {
            tracing::trace!(%fault, "where a press landed cannot be told");
            Ok(None)
        }
    }
}

async fn disarm(world: &Arc<World>) {
    let released: Result<serde_json::Value> = world
        .run("release", &json!({}), Instant::now() + HANDLE)
        .await;
    if let Err(fault) = released {
        tracing::trace!(%fault, "a page that is gone needs no release");
    }
}
