//! Waiting until an element can be acted on, and the point at which to press it, through all frames around it.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::FrameId;
use guise_cdp::protocol::dom::{GetFrameOwner, ScrollIntoViewIfNeeded};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::ahead::Answers;
use crate::about::{self, Described};
use crate::core::{Core, CurrentTab};
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::input::Point;
use crate::locate;
use crate::world::{World, page_time};

/// How much later than asked the page's own wait may answer.
pub(crate) const GRACE: Duration = Duration::from_millis(500);
/// How often frames around an element are looked at again while they move.
const AGAIN: Duration = Duration::from_millis(30);

/// What an element is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Pressing it with the mouse.
    Click,
    /// Pressing a point of it, in CSS pixels from its left upper corner.
    ClickAt(u32, u32),
    /// Having the mouse over it.
    Hover,
    /// Putting text into it.
    Fill,
    /// Choosing an option.
    Select,
    /// Attaching a file.
    Upload,
}

impl Purpose {
    /// Whether the press guard is armed for it.
    fn presses(self) -> bool {
        matches!(self, Self::Click | Self::ClickAt(..))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Click | Self::ClickAt(..) => "click",
            Self::Hover => "hover",
            Self::Fill => "fill",
            Self::Select => "select",
            Self::Upload => "upload",
        }
    }
}

/// A point to press, with the documents that keep a press from anything else until they are asked where it landed.
pub(crate) struct Reached {
    /// Where, in the main frame's viewport.
    pub(crate) point: Point,
    /// The documents of the frames around the element, innermost first.
    pub(crate) around: Vec<Arc<World>>,
}

/// What the page script says of an element that it waited for.
#[derive(Deserialize)]
pub(crate) struct Answer {
    ok: bool,
    #[serde(default)]
    x: f64,
    #[serde(default)]
    y: f64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    reason: String,
    found: Option<Described>,
}

#[derive(Deserialize)]
struct FrameBox {
    r#box: Corner,
    scale: Corner,
    visible: Area,
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

impl FrameBox {
    /// A point of the frame's own viewport in the one around it.
    fn outwards(&self, point: Point) -> Point {
        Point {
            x: point.x.mul_add(self.scale.x, self.r#box.x),
            y: point.y.mul_add(self.scale.y, self.r#box.y),
        }
    }
}

impl Area {
    fn holds(&self, point: Point) -> bool {
        (self.x..self.x + self.width).contains(&point.x)
            && (self.y..self.y + self.height).contains(&point.y)
    }
}

impl Answer {
    /// The point to press, in the frame's own viewport. An element that was rendered anew and found again is noted.
    ///
    /// # Errors
    /// The reason why there is none.
    pub(crate) fn point(self, core: &Core, place: &Place) -> Result<Point> {
        if let Some(found) = &self.found {
            about::found_again(core, place, found);
        }
        if self.ok {
            Ok(Point {
                x: self.x,
                y: self.y,
            })
        } else if self.reason == "detached" {
            Err(Fault::Script {
                kind: "stale".to_owned(),
                message: self.message,
            })
        } else {
            Err(Fault::Told(self.message))
        }
    }
}

/// The arguments of the page script's `actionable`, without the element.
pub(crate) fn wanted(purpose: Purpose, deadline: Instant) -> Value {
    let position = match purpose {
        Purpose::ClickAt(x, y) => json!({ "x": x, "y": y }),
        _ => Value::Null,
    };
    json!({
        "for": purpose.as_str(),
        "position": position,
        "until": page_time(deadline),
        "arm": purpose.presses(),
    })
}

/// Waits until the element can be used for `purpose`; answers a point in its own frame's viewport.
///
/// # Errors
/// The reason why it could not, once `deadline` has passed.
pub(crate) async fn ready(
    core: &Core,
    place: &Place,
    purpose: Purpose,
    deadline: Instant,
) -> Result<Point> {
    let mut arguments = wanted(purpose, deadline);
    arguments["handle"] = place.handle.into();
    let answer: Answer = locate::run(
        core,
        &place.frame,
        &place.world,
        "actionable",
        &arguments,
        deadline + GRACE,
    )
    .await?;
    answer.point(core, place)
}

/// Waits until the element can be pressed, or hovered over, and finds the point in the main frame's viewport. `answers` is what the page script
/// said when it found the element, if it was asked then.
///
/// # Errors
/// The reason why it could not, once `deadline` has passed.
pub(crate) async fn reach(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    purpose: Purpose,
    mut answers: Answers,
    deadline: Instant,
) -> Result<Reached> {
    let mut last = None;
    loop {
        let asked = (!answers.is_empty()).then(|| answers.take::<Answer>("actionable"));
        match attempt(core, tab, place, purpose, asked, deadline).await {
            Ok(Ok(reached)) => return Ok(reached),
            Ok(Err(reason)) if Instant::now() + AGAIN < deadline => last = Some(reason),
            Ok(Err(reason)) => return Err(Fault::Told(reason)),
            // What the end of the time cuts short says less than the attempt before it.
            Err(Fault::TimedOut) => return Err(last.map_or(Fault::TimedOut, Fault::Told)),
            Err(fault) => return Err(fault),
        }
        sleep_until(Instant::now() + AGAIN).await;
    }
}

/// Finds the point once; the inner error is why it may be found later.
async fn attempt(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    purpose: Purpose,
    asked: Option<Result<Answer>>,
    deadline: Instant,
) -> Result<Result<Reached, String>> {
    let inner = match asked {
        Some(answer) => answer?.point(core, place)?,
        None => ready(core, place, purpose, deadline).await?,
    };
    if place.frame == tab.main_frame() {
        return Ok(Ok(Reached {
            point: inner,
            around: Vec::new(),
        }));
    }
    match outwards(core, place.frame.clone(), inner, deadline).await {
        Ok(reached) => Ok(Ok(reached)),
        Err(Fault::Told(reason)) => {
            // In its own frame it is in view; the frames around it are to follow.
            if let Err(fault) = scroll_into_view(core, place, deadline).await
                && fault != Fault::TimedOut
            {
                return Err(fault);
            }
            Ok(Err(reason))
        }
        Err(fault) => Err(fault),
    }
}

/// Scrolls an element into view through all frames around it, also those of other processes.
async fn scroll_into_view(core: &Core, place: &Place, deadline: Instant) -> Result<()> {
    let session = core.session_of(&place.frame).ok_or(Fault::DocumentGone)?;
    let command = ScrollIntoViewIfNeeded {
        object_id: Some(place.world.element(place.handle, deadline).await?),
        ..Default::default()
    };
    session.call(&command, deadline).await?;
    Ok(())
}

/// Takes a point of a frame's viewport out to the main frame's, and checks at every step that a press gets in.
async fn outwards(
    core: &Core,
    mut frame: FrameId,
    mut point: Point,
    deadline: Instant,
) -> Result<Reached> {
    let mut around = Vec::new();
    while let Some((world, handle)) = owner(core, &frame, deadline).await? {
        let arguments = json!({ "handle": handle, "points": [] });
        let place: FrameBox = world.run("frameBox", &arguments, deadline).await?;
        if !place.visible.holds(point) {
            return Err(Fault::told(
                "the element is in a frame of which that part cannot be scrolled into the viewport",
            ));
        }
        point = place.outwards(point);
        let arguments = json!({
            "handle": handle,
            "points": [{ "x": point.x, "y": point.y }],
            "arm": true,
        });
        let place: FrameBox = world.run("frameBox", &arguments, deadline).await?;
        around.push(Arc::clone(&world));
        if place.hits.first() != Some(&true) {
            return Err(Fault::told(
                "another element lies over the frame that the element is in",
            ));
        }
        frame = parent(core, &frame)?;
    }
    Ok(Reached { point, around })
}

/// A point of a frame's viewport in the main frame's, whether a press would get there or not.
pub(crate) async fn shift(
    core: &Core,
    frame: &FrameId,
    mut point: Point,
    deadline: Instant,
) -> Result<Point> {
    let mut frame = frame.clone();
    while let Some((world, handle)) = owner(core, &frame, deadline).await? {
        let arguments = json!({ "handle": handle, "points": [] });
        let place: FrameBox = world.run("frameBox", &arguments, deadline).await?;
        point = place.outwards(point);
        frame = parent(core, &frame)?;
    }
    Ok(point)
}

/// The frame around a frame.
pub(crate) fn parent(core: &Core, frame: &FrameId) -> Result<FrameId> {
    core.board
        .read(|state| {
            state
                .frames
                .get(frame)
                .and_then(|frame| frame.parent.clone())
        })
        .ok_or(Fault::DocumentGone)
}

/// The frame element that a frame is in, as its parent's page script knows it; `None` for a main frame.
pub(crate) async fn owner(
    core: &Core,
    frame: &FrameId,
    deadline: Instant,
) -> Result<Option<(Arc<World>, Handle)>> {
    let (parent, known) = core
        .board
        .read(|state| {
            let frame = state.frames.get(frame)?;
            Some((frame.parent.clone(), frame.owner.clone()))
        })
        .ok_or(Fault::DocumentGone)?;
    let Some(parent) = parent else {
        return Ok(None);
    };
    if known.is_some() {
        return Ok(known);
    }
    let world = core.world(&parent, deadline).await?;
    let session = core.session_of(&parent).ok_or(Fault::DocumentGone)?;
    let command = GetFrameOwner {
        frame_id: frame.clone(),
    };
    let node = session.call(&command, deadline).await?.backend_node_id;
    let owner = (Arc::clone(&world), world.handle(node, deadline).await?);
    core.board.change(|state| {
        if let Some(frame) = state.frames.get_mut(frame) {
            frame.owner = Some(owner.clone());
        }
    });
    Ok(Some(owner))
}
