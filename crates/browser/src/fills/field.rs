//! Finding out what a field is, without asking the page.

use std::time::Duration;

use guise_cdp::{FrameId, LoaderId};
use guise_core::{Control, Field, FieldForm, FormField, Sight};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::act::reach::{self, Purpose};
use crate::core::Core;
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;

/// How long something may lie over a field, as loading pages have it, before that counts.
const COVERED: Duration = Duration::from_secs(1);
/// What must be left of the caller's time for deciding.
const DECIDE: Duration = Duration::from_millis(200);
/// How often it is looked at again.
const AGAIN: Duration = Duration::from_millis(50);

/// What is known of a field.
pub(crate) struct Known {
    /// For who decides.
    pub(crate) field: Field,
    /// What it is called.
    pub(crate) names: Vec<String>,
    /// What the boxes are called that begin with it and take a character each.
    pub(crate) boxes: Vec<String>,
    /// The document that it is in.
    pub(crate) document: LoaderId,
    /// What the page script tells of it, for asking whether that has changed.
    pub(crate) as_told: Value,
}

#[derive(Deserialize)]
struct Answer {
    facts: Facts,
    sight: Seen,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    tag: String,
    r#type: Option<String>,
    names: Vec<String>,
    autocomplete: Vec<String>,
    purpose: Option<String>,
    boxes: Vec<String>,
    max_length: Option<u32>,
    form: Option<Form>,
    disabled: Option<String>,
    sandboxed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    targets: Vec<String>,
    by_get: bool,
}

#[derive(Clone, Copy, Deserialize)]
struct Seen {
    width: f64,
    height: f64,
    opacity: f64,
    hit: bool,
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
struct Around {
    r#box: Corner,
    scale: Corner,
    visible: Area,
    opacity: f64,
    hits: Vec<bool>,
}

#[derive(Deserialize)]
struct Corner {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// A document in a frame, with its address, as the browser tells it.
struct Document {
    id: LoaderId,
    url: String,
    parent: Option<FrameId>,
}

/// Waits until the field can be used, and looks at it.
///
/// # Errors
/// Why it cannot be used, or that it or its document went away.
pub(crate) async fn look(core: &Core, place: &Place, deadline: Instant) -> Result<Known> {
    reach::ready(core, place, Purpose::Fill, deadline).await?;
    let patience = (deadline - DECIDE).min(Instant::now() + COVERED);
    loop {
        let known = once(core, place, deadline).await?;
        let seen = known.field.sight;
        if seen.hit && seen.width > 0.0 || Instant::now() >= patience {
            return Ok(known);
        }
        sleep(AGAIN).await;
    }
}

async fn once(core: &Core, place: &Place, deadline: Instant) -> Result<Known> {
    let arguments = json!({ "handle": place.handle });
    let told: Value = locate::run(
        core,
        &place.frame,
        &place.world,
        "fieldFacts",
        &arguments,
        deadline,
    )
    .await?;
    let answer = Answer::deserialize(&told).map_err(|error| Fault::told(error.to_string()))?;
    let facts = answer.facts;
    let owner = document(core, &place.frame)?;
    // The address belongs to the document that the page script is in, or it says nothing about the field.
    if owner.id != *place.world.document() {
        return Err(Fault::DocumentGone);
    }
    let mut around = Vec::new();
    let mut next = owner.parent;
    while let Some(frame) = next {
        let outer = document(core, &frame)?;
        around.push(outer.url);
        next = outer.parent;
    }
    let sight = through_frames(core, &place.frame, answer.sight, deadline).await?;
    let control = match facts.r#type {
        Some(kind) => Control::Input(kind),
        None => Control::Other(facts.tag),
    };
    Ok(Known {
        field: Field {
            document: owner.url,
            around,
            sandboxed: facts.sandboxed,
            control,
            autocomplete: facts.autocomplete,
            purpose: facts.purpose.as_deref().and_then(FormField::from_name),
            max_length: facts.max_length,
            form: facts.form.map(|form| FieldForm {
                targets: form.targets,
                by_get: form.by_get,
            }),
            sight,
            disabled: facts.disabled,
        },
        names: facts.names,
        boxes: facts.boxes,
        document: owner.id,
        as_told: told,
    })
}

fn document(core: &Core, frame: &FrameId) -> Result<Document> {
    core.board
        .read(|state| {
            let frame = state.frames.get(frame)?;
            Some(Document {
                id: frame.document.clone(),
                url: frame.url.clone(),
                parent: frame.parent.clone(),
            })
        })
        .ok_or(Fault::DocumentGone)
}

/// What is seen of an element in a frame from outside of all frames.
async fn through_frames(
    core: &Core,
    frame: &FrameId,
    mut seen: Seen,
    deadline: Instant,
) -> Result<Sight> {
    let mut frame = frame.clone();
    while let Some((world, handle)) = reach::owner(core, &frame, deadline).await? {
        let nowhere = json!({ "handle": handle, "points": [] });
        let around: Around = world.run("frameBox", &nowhere, deadline).await?;
        let visible = &around.visible;
        // Its box lies around its middle; what of it the frame shows is seen.
        let (left, right) = (seen.x - seen.width / 2.0, seen.x + seen.width / 2.0);
        let (top, bottom) = (seen.y - seen.height / 2.0, seen.y + seen.height / 2.0);
        let (left, right) = (left.max(visible.x), right.min(visible.x + visible.width));
        let (top, bottom) = (top.max(visible.y), bottom.min(visible.y + visible.height));
        let inside = (visible.x..visible.x + visible.width).contains(&seen.x)
            && (visible.y..visible.y + visible.height).contains(&seen.y);
        seen.x = seen.x.mul_add(around.scale.x, around.r#box.x);
        seen.y = seen.y.mul_add(around.scale.y, around.r#box.y);
        seen.width = (right - left).max(0.0) * around.scale.x;
        seen.height = (bottom - top).max(0.0) * around.scale.y;
        seen.opacity *= around.opacity;
        let there = json!({ "handle": handle, "points": [{ "x": seen.x, "y": seen.y }] });
        let around: Around = world.run("frameBox", &there, deadline).await?;
        seen.hit &= inside && around.hits.first() == Some(&true);
        frame = reach::parent(core, &frame)?;
    }
    Ok(Sight {
        width: seen.width,
        height: seen.height,
        opacity: seen.opacity,
        hit: seen.hit,
    })
}
