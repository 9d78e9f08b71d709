//! What an action would do, before it does anything.

use guise_cdp::{FrameId, LoaderId};
use guise_core::ports::Foreseen;
use guise_core::{Action, Interaction, Presses, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use super::ahead::Ahead;
use super::{download, keys};
use crate::core::{Core, CurrentTab};
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::locate;
use crate::world::World;

/// Frames in frames are followed to this depth.
const DEEPEST: usize = 20;

#[derive(Deserialize)]
struct Submissions {
    /// The frame that keys go to.
    frame: Option<Handle>,
    targets: Vec<String>,
    labels: Vec<String>,
}

fn arguments(presses: Presses, handle: Option<Handle>, position: Value) -> Value {
    json!({ "handle": handle, "press": presses.press, "enter": presses.enter, "position": position })
}

/// The point of its element that an interaction presses, where it names one.
fn position(interaction: &Interaction) -> Value {
    match interaction {
        Interaction::ClickAt { x, y } => json!({ "x": x, "y": y }),
        _ => Value::Null,
    }
}

/// Looks at what an action would do.
///
/// # Errors
/// When its element cannot be found, or the page does not answer.
pub(crate) async fn foresee(core: &Core, action: &Action, deadline: Instant) -> Result<Foreseen> {
    match action {
        Action::Interact {
            target,
            interaction,
        } => interaction_on(core, target, interaction, deadline).await,
        Action::PressKey { key } => match keys::chord(key) {
            Ok(chord) if chord.key.key == "Enter" => {
                let (press, enter) = (false, true);
                key_on_focus(core, Presses { press, enter }, deadline).await
            }
            Ok(chord) if chord.key.key == " " => {
                let (press, enter) = (true, false);
                key_on_focus(core, Presses { press, enter }, deadline).await
            }
            // What is no key is told when it is to be pressed.
            _ => Ok(Foreseen::default()),
        },
        _ => Ok(Foreseen::default()),
    }
}

async fn interaction_on(
    core: &Core,
    target: &Target,
    interaction: &Interaction,
    deadline: Instant,
) -> Result<Foreseen> {
    let allowed = match target.timeout() {
        Duration::ZERO => Duration::from_millis(u64::from(Target::DEFAULT_TIMEOUT_MS)),
        allowed => allowed,
    };
    let bound = deadline.min(Instant::now() + allowed);
    let tab = core.current()?;
    if let Interaction::DownloadFile = interaction
        && download::means_document(core, &tab, target, bound)
            .await?
            .is_some()
    {
        // There is no page, and no element in it.
        return Ok(Foreseen::default());
    }
    let presses = interaction.presses(target);
    loop {
        let (located, ()) =
            locate::locate(core, &tab, target, Ahead::Nothing, bound, || ()).await?;
        let Place {
            frame,
            world,
            handle,
        } = &located.place;
        let arguments = arguments(presses, Some(*handle), position(interaction));
        match asked(core, frame, world, &arguments, bound).await {
            // The page replaced the element; its selector may find the new one.
            Err(fault) if fault.is_stale() && located.id.is_none() && Instant::now() < bound => {}
            Err(fault) if fault.is_stale() => return Err(locate::gone(&located)),
            Ok(found) => return told(core, &tab, frame, world, found),
            Err(fault) => return Err(fault),
        }
    }
}

/// A key goes to whatever has the focus, in whichever frame that is.
async fn key_on_focus(core: &Core, presses: Presses, deadline: Instant) -> Result<Foreseen> {
    let tab = core.current()?;
    let mut frame = tab.main_frame();
    for _ in 0..DEEPEST {
        let world = core.world(&frame, deadline).await?;
        let arguments = arguments(presses, None, Value::Null);
        let found = asked(core, &frame, &world, &arguments, deadline).await?;
        let Some(handle) = found.frame else {
            return told(core, &tab, &frame, &world, found);
        };
        let inner = Place {
            frame,
            world,
            handle,
        };
        frame = locate::enter(core, &inner, deadline).await?;
    }
    Err(Fault::told("the key would go into too many frames"))
}

async fn asked(
    core: &Core,
    frame: &FrameId,
    world: &World,
    arguments: &Value,
    deadline: Instant,
) -> Result<Submissions> {
    locate::run(core, frame, world, "submissions", arguments, deadline).await
}

/// With the addresses that the browser tells of the documents.
fn told(
    core: &Core,
    tab: &CurrentTab,
    frame: &FrameId,
    world: &Arc<World>,
    found: Submissions,
) -> Result<Foreseen> {
    let address = |frame: &FrameId| {
        let found = core.board.read(|state| {
            let frame = state.frames.get(frame)?;
            Some((frame.document.clone(), frame.url.clone()))
        });
        found.ok_or(Fault::DocumentGone)
    };
    let (document, url): (LoaderId, String) = address(frame)?;
    // The address belongs to the document that the page script is in, or it says nothing about the element.
    if document != *world.document() {
        return Err(Fault::DocumentGone);
    }
    Ok(Foreseen {
        document: url,
        page: address(&tab.main_frame())?.1,
        sends_to: found.targets,
        presses: found.labels,
    })
}
