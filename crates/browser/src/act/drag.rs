//! The action `drag_and_drop`.
//!
//! Pages drag in two ways. Some follow the mouse themselves. Others have the browser do it (HTML: "Drag and drop"); without a
//! window that drag begins nowhere, so the browser hands it over and it is gone on with by its own events.

use std::time::Duration;

use guise_cdp::protocol::input::{
    DispatchDragEvent, DragEventType, DragIntercepted, SetInterceptDrags,
};
use guise_cdp::{Events, Session};
use guise_core::{Drop, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::ahead::{Ahead, Answers};
use super::pointer;
use super::press::{Landing, asked};
use super::reach::{self, Purpose, Reached};
use crate::about;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::input::{self, Point};
use crate::locate;

/// In so many moves: pages notice a drag by its way.
const MOVES: u32 = 12;
/// After so many it has gone far enough for the browser to begin a drag.
const BEGUN: u32 = 3;
/// How long the browser may take to hand a drag over.
const HAND_OVER: Duration = Duration::from_secs(3);
/// For what must happen in any case.
const TIDY: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Begun {
    begun: bool,
}

/// Drags the element to another one, or some way off.
///
/// # Errors
/// The reason why it could not be taken, or the other one not be reached; nothing was moved then.
pub(crate) async fn drag(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    to: &Drop,
    deadline: Instant,
) -> Result<()> {
    let (from, end) = match way(core, tab, place, to, deadline).await {
        Ok(way) => way,
        Err(fault) => {
            place.world.release();
            return Err(fault);
        }
    };
    let mut events = tab.session.subscribe(&["Input.dragIntercepted"]);
    intercept(&tab.session, true, deadline).await?;
    let dragged = moves(core, tab, place, (from.point, end), &mut events, deadline).await;
    let tidy = Instant::now() + TIDY;
    if dragged.is_err() {
        // The button must not stay down.
        if let Err(error) = input::let_go(&tab.session, from.point, tidy).await {
            tracing::debug!(%error, "the button of the mouse could not be released");
        }
    }
    match intercept(&tab.session, false, tidy).await {
        Ok(()) => {}
        Err(fault @ Fault::Gone(_)) => return Err(fault),
        Err(fault) => tracing::debug!(%fault, "drags stay intercepted"),
    }
    let mut landed = asked(&place.world, tidy).await?;
    for world in &from.around {
        let outer = asked(world, tidy).await?;
        if !matches!(landed, Landing::KeptBy(_)) {
            landed = outer;
        }
    }
    dragged?;
    match landed {
        Landing::KeptBy(by) => Err(Fault::told(format!(
            "another element came in the way of the press: {by}"
        ))),
        _ => Ok(()),
    }
}

/// From where to where, with both in view at the same time.
async fn way(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    to: &Drop,
    deadline: Instant,
) -> Result<(Reached, Point)> {
    let take = async || {
        let none = Answers::default();
        reach::reach(core, tab, place, Purpose::Click, none, deadline).await
    };
    match to {
        Drop::By { x, y } => {
            let from = take().await?;
            let end = Point {
                x: from.point.x + f64::from(*x),
                y: from.point.y + f64::from(*y),
            };
            Ok((from, end))
        }
        Drop::Element { id, selectors } => {
            let target = Target {
                id: id.clone(),
                selectors: selectors.clone(),
                ..Target::default()
            };
            let (onto, ()) =
                locate::locate(core, tab, &target, Ahead::Nothing, deadline, || ()).await?;
            // Each is scrolled into view if it is not. Then the one may not have moved by that of the other.
            pointer::over(core, tab, &onto.place, deadline).await?;
            take().await?;
            let before = corner(core, place, deadline).await?;
            let end = pointer::over(core, tab, &onto.place, deadline).await?;
            if corner(core, place, deadline).await? != before {
                return Err(Fault::told(
                    "the element and the one to drop it on cannot be in view at the same time",
                ));
            }
            Ok((take().await?, end.point))
        }
    }
}

/// Where the element lies now, without any scrolling.
async fn corner(core: &Core, place: &Place, deadline: Instant) -> Result<Option<Point>> {
    let Some(rect) = about::rect(core, place, deadline).await? else {
        return Ok(None);
    };
    let corner = Point {
        x: rect.x,
        y: rect.y,
    };
    reach::shift(core, &place.frame, corner, deadline)
        .await
        .map(Some)
}

async fn moves(
    core: &Core,
    tab: &CurrentTab,
    place: &Place,
    (from, to): (Point, Point),
    events: &mut Events,
    deadline: Instant,
) -> Result<()> {
    run(core, place, "watchDrag", deadline).await?;
    input::press_down(&tab.session, from, deadline).await?;
    let mut carried = None;
    for step in 1..=MOVES {
        let part = f64::from(step) / f64::from(MOVES);
        let at = Point {
            x: (to.x - from.x).mul_add(part, from.x),
            y: (to.y - from.y).mul_add(part, from.y),
        };
        match &carried {
            None => input::move_to(&tab.session, at, true, deadline).await?,
            Some(data) => {
                dispatch(&tab.session, DragEventType::Over, at, data, deadline).await?;
            }
        }
        if carried.is_none() && step >= BEGUN && begun(core, place, deadline).await? {
            let data = handed_over(events, deadline).await?;
            dispatch(&tab.session, DragEventType::Enter, at, &data, deadline).await?;
            carried = Some(data);
        }
    }
    if let Some(data) = &carried {
        // A page says at the first of two whether it takes it.
        dispatch(&tab.session, DragEventType::Over, to, data, deadline).await?;
        dispatch(&tab.session, DragEventType::Over, to, data, deadline).await?;
        return dispatch(&tab.session, DragEventType::Drop, to, data, deadline).await;
    }
    // What moves along is under the mouse by the next frame only.
    run(core, place, "calm", deadline).await?;
    input::move_to(&tab.session, to, true, deadline).await?;
    run(core, place, "calm", deadline).await?;
    input::let_go(&tab.session, to, deadline).await?;
    Ok(())
}

async fn run(core: &Core, place: &Place, command: &str, deadline: Instant) -> Result<Value> {
    let (frame, world) = (&place.frame, &place.world);
    locate::run(core, frame, world, command, &json!({}), deadline).await
}

/// Whether the page had the browser begin a drag.
async fn begun(core: &Core, place: &Place, deadline: Instant) -> Result<bool> {
    let (frame, world) = (&place.frame, &place.world);
    let answer: Begun = locate::run(core, frame, world, "dragBegun", &json!({}), deadline).await?;
    Ok(answer.begun)
}

async fn handed_over(events: &mut Events, deadline: Instant) -> Result<Value> {
    let bound = deadline.min(Instant::now() + HAND_OVER);
    match timeout_at(bound, events.next_of::<DragIntercepted>()).await {
        Ok(begun) => {
            let mut data = begun?.data;
            // Only uploads give files to pages.
            if let Some(members) = data.as_object_mut() {
                members.remove("files");
            }
            Ok(data)
        }
        Err(_) => Err(Fault::told("the browser did not begin the drag in time")),
    }
}

async fn dispatch(
    session: &Session,
    r#type: DragEventType,
    at: Point,
    data: &Value,
    deadline: Instant,
) -> Result<()> {
    let command = DispatchDragEvent {
        r#type,
        x: at.x,
        y: at.y,
        data: data.clone(),
        modifiers: None,
    };
    session.call(&command, deadline).await?;
    Ok(())
}

async fn intercept(session: &Session, enabled: bool, deadline: Instant) -> Result<()> {
    session
        .call(&SetInterceptDrags { enabled }, deadline)
        .await?;
    Ok(())
}
