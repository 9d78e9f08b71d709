//! Pictures without secrets: whatever shows one is painted over.

use guise_cdp::TargetId;
use guise_core::BoundingBox;
use guise_picture as picture;
use serde_json::json;
use tokio::time::Instant;

use super::told::Boxes;
use crate::act::reach;
use crate::core::Core;
use crate::fault::Result;
use crate::input::Point;
use crate::locate;

/// How far around it what shows a secret is painted over, in CSS pixels: outlines, and what moved meanwhile.
const MARGIN: f64 = 6.0;

/// Whether pictures of a tab may show a secret.
pub(crate) fn may_be_seen(core: &Core, tab: &TargetId) -> bool {
    core.in_page.may_be_seen(core, tab) || core.told.may_be_seen(core, tab)
}

/// Where secrets may be seen in a tab now.
///
/// # Errors
/// When that cannot be told: then there must be no picture.
pub(crate) async fn places(
    core: &Core,
    tab: &TargetId,
    deadline: Instant,
) -> Result<Vec<BoundingBox>> {
    let mut found = core.told.places(core, tab, deadline).await?;
    for (frame, world) in core.in_page.live(core, Some(tab)) {
        let nothing = json!({});
        let run = locate::run::<Boxes>(core, &frame, &world, "secretBoxes", &nothing, deadline);
        match run.await {
            Ok(boxes) => found.extend(boxes.boxes.into_iter().map(|rect| (frame.clone(), rect))),
            // It was left in between, and what it showed with it.
            Err(fault) if fault.is_stale() && !shows(core, tab, &frame) => {}
            Err(fault) => return Err(fault),
        }
    }
    let mut places = Vec::new();
    for (frame, rect) in found {
        let corner = Point {
            x: rect.x,
            y: rect.y,
        };
        let corner = reach::shift(core, &frame, corner, deadline).await?;
        places.push(BoundingBox {
            x: corner.x,
            y: corner.y,
            width: rect.width,
            height: rect.height,
            ..Default::default()
        });
    }
    Ok(places)
}

fn shows(core: &Core, tab: &TargetId, frame: &guise_cdp::FrameId) -> bool {
    let live = core.in_page.live(core, Some(tab));
    live.iter().any(|(live, _)| live == frame)
}

/// A picture without what lay at these places before it was taken, lies there now, or moved from the ones to the others.
///
/// # Errors
/// When the picture cannot be read.
pub(crate) async fn paint(
    jpeg: Vec<u8>,
    before: Vec<BoundingBox>,
    after: Vec<BoundingBox>,
) -> Result<Vec<u8>> {
    let moved = before.len() == after.len();
    let between = before.iter().zip(&after).filter(|_| moved);
    let mut boxes: Vec<_> = between.map(|(from, to)| around(from, to)).collect();
    boxes.extend(
        before
            .iter()
            .chain(&after)
            .map(|found| around(found, found)),
    );
    if boxes.is_empty() {
        return Ok(jpeg);
    }
    let painting = move || picture::painted_over(&jpeg, &boxes);
    tokio::task::spawn_blocking(painting)
        .await
        .map_err(|error| {
            crate::fault::Fault::told(format!("a picture could not be painted: {error}"))
        })?
        .map_err(Into::into)
}

/// The box around two, with a margin.
fn around(one: &BoundingBox, other: &BoundingBox) -> BoundingBox {
    let left = one.x.min(other.x) - MARGIN;
    let top = one.y.min(other.y) - MARGIN;
    let right = (one.x + one.width).max(other.x + other.width) + MARGIN;
    let bottom = (one.y + one.height).max(other.y + other.height) + MARGIN;
    BoundingBox {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
        ..Default::default()
    }
}
