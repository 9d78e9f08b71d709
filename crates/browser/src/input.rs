//! Mouse and keyboard, as a person's would arrive.

use std::time::Duration;

use guise_cdp::protocol::input::{
    DispatchKeyEvent, DispatchMouseEvent, InsertText, KeyEventType, MouseButton, MouseEventType,
};
use guise_cdp::{Error, Session};
use tokio::time::{Instant, sleep};

use crate::act::keys::{Chord, modifier, typed};
use crate::act::layout::Key;

/// A point in the main frame's viewport, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// To the right.
    pub(crate) x: f64,
    /// Down.
    pub(crate) y: f64,
}

/// How a button of the mouse is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// The left one, once.
    Single,
    /// The left one, twice.
    Double,
    /// The right one, once.
    Right,
    /// The left one, for so long.
    Held(Duration),
}

fn mouse(r#type: MouseEventType, at: Point, button: MouseButton, down: bool) -> DispatchMouseEvent {
    let bit = match button {
        MouseButton::Left => 1,
        MouseButton::Right => 2,
        _ => 0,
    };
    DispatchMouseEvent {
        r#type,
        x: at.x,
        y: at.y,
        button: Some(button),
        buttons: Some(if down { bit } else { 0 }),
        ..Default::default()
    }
}

fn pressed(at: Point, button: MouseButton, count: i64) -> DispatchMouseEvent {
    DispatchMouseEvent {
        click_count: Some(count),
        ..mouse(MouseEventType::Pressed, at, button, true)
    }
}

fn released(at: Point, button: MouseButton, count: i64) -> DispatchMouseEvent {
    DispatchMouseEvent {
        click_count: Some(count),
        ..mouse(MouseEventType::Released, at, button, false)
    }
}

/// Moves the mouse to a point, presses and releases. What needs no pause is sent without waiting.
pub(crate) async fn click(
    session: &Session,
    at: Point,
    press: Press,
    deadline: Instant,
) -> Result<(), Error> {
    let mut events = vec![mouse(MouseEventType::Moved, at, MouseButton::None, false)];
    let button = match press {
        Press::Right => MouseButton::Right,
        _ => MouseButton::Left,
    };
    events.push(pressed(at, button, 1));
    if let Press::Held(time) = press {
        send(session, &events, deadline).await?;
        sleep(time).await;
        return send(session, &[released(at, button, 1)], deadline + time).await;
    }
    events.push(released(at, button, 1));
    if press == Press::Double {
        events.push(pressed(at, button, 2));
        events.push(released(at, button, 2));
    }
    send(session, &events, deadline).await
}

async fn send(
    session: &Session,
    events: &[DispatchMouseEvent],
    deadline: Instant,
) -> Result<(), Error> {
    let calls = events.iter().map(|event| session.call(event, deadline));
    futures_util::future::join_all(calls)
        .await
        .into_iter()
        .try_for_each(|answer| answer.map(drop))
}

/// Moves the mouse to a point, with its left button down when `held`.
pub(crate) async fn move_to(
    session: &Session,
    to: Point,
    held: bool,
    deadline: Instant,
) -> Result<(), Error> {
    let button = if held {
        MouseButton::Left
    } else {
        MouseButton::None
    };
    let event = mouse(MouseEventType::Moved, to, button, held);
    session.call(&event, deadline).await.map(drop)
}

/// Presses the left button at a point.
pub(crate) async fn press_down(
    session: &Session,
    at: Point,
    deadline: Instant,
) -> Result<(), Error> {
    let events = [
        mouse(MouseEventType::Moved, at, MouseButton::None, false),
        pressed(at, MouseButton::Left, 1),
    ];
    send(session, &events, deadline).await
}

/// Releases the left button at a point.
pub(crate) async fn let_go(session: &Session, at: Point, deadline: Instant) -> Result<(), Error> {
    send(session, &[released(at, MouseButton::Left, 1)], deadline).await
}

/// Turns the wheel at a point, by CSS pixels to the right and down.
pub(crate) async fn wheel(
    session: &Session,
    at: Point,
    (right, down): (f64, f64),
    deadline: Instant,
) -> Result<(), Error> {
    let event = DispatchMouseEvent {
        delta_x: Some(right),
        delta_y: Some(down),
        ..mouse(MouseEventType::Wheel, at, MouseButton::None, false)
    };
    let moved = mouse(MouseEventType::Moved, at, MouseButton::None, false);
    send(session, &[moved, event], deadline).await
}

/// Presses a chord: what is held goes down in order, then the key, then all come up.
pub(crate) async fn press(
    session: &Session,
    chord: &Chord,
    deadline: Instant,
) -> Result<(), Error> {
    let mut events = Vec::with_capacity(2 * chord.held.len() + 2);
    let mut modifiers = 0;
    for key in &chord.held {
        modifiers |= modifier(key);
        events.push(key_event(key, modifiers, Stroke::Down));
    }
    let with_own = modifiers | modifier(&chord.key);
    events.push(key_event(&chord.key, with_own, Stroke::Down));
    events.push(key_event(&chord.key, modifiers, Stroke::Up));
    for key in chord.held.iter().rev() {
        modifiers &= !modifier(key);
        events.push(key_event(key, modifiers, Stroke::Up));
    }
    let calls = events.iter().map(|event| session.call(event, deadline));
    futures_util::future::join_all(calls)
        .await
        .into_iter()
        .try_for_each(|answer| answer.map(drop))
}

/// Puts a text where the caret is, at once.
pub(crate) async fn insert(session: &Session, text: &str, deadline: Instant) -> Result<(), Error> {
    let command = InsertText {
        text: text.to_owned(),
    };
    session.call(&command, deadline).await.map(drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stroke {
    Down,
    Up,
}

fn key_event(key: &Key, modifiers: i64, stroke: Stroke) -> DispatchKeyEvent {
    let text = typed(key, modifiers);
    let r#type = match stroke {
        Stroke::Up => KeyEventType::Up,
        Stroke::Down if text.is_empty() => KeyEventType::RawDown,
        Stroke::Down => KeyEventType::Down,
    };
    let text = (stroke == Stroke::Down && !text.is_empty()).then(|| text.to_owned());
    DispatchKeyEvent {
        r#type,
        modifiers: Some(modifiers),
        unmodified_text: text.clone(),
        text,
        code: Some(key.code.to_owned()),
        key: Some(key.key.to_owned()),
        windows_virtual_key_code: Some(key.key_code),
        is_keypad: Some(key.location == 3),
        location: Some(key.location),
        ..Default::default()
    }
}
