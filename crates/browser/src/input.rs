//! Mouse and keyboard, as a person's would arrive.

use guise_cdp::protocol::input::{
    DispatchKeyEvent, DispatchMouseEvent, InsertText, KeyEventType, MouseButton, MouseEventType,
};
use guise_cdp::{Error, Session};
use tokio::time::Instant;

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

/// Moves the mouse to a point, presses and releases. The three are sent without waiting between them.
pub(crate) async fn click(session: &Session, at: Point, deadline: Instant) -> Result<(), Error> {
    let event = |r#type, button, buttons, click_count| DispatchMouseEvent {
        r#type,
        x: at.x,
        y: at.y,
        button: Some(button),
        buttons: Some(buttons),
        click_count: Some(click_count),
        ..Default::default()
    };
    let moved = event(MouseEventType::Moved, MouseButton::None, 0, 0);
    let pressed = event(MouseEventType::Pressed, MouseButton::Left, 1, 1);
    let released = event(MouseEventType::Released, MouseButton::Left, 0, 1);
    let (moved, pressed, released) = tokio::join!(
        session.call(&moved, deadline),
        session.call(&pressed, deadline),
        session.call(&released, deadline)
    );
    moved.and(pressed).and(released).map(drop)
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
