//! Mouse and keyboard.

use super::Empty;
use super::macros::{commands, events, words};

words! {
    /// What the mouse does.
    MouseEventType {
        /// Moves.
        Moved = "mouseMoved",
        /// Presses a button.
        Pressed = "mousePressed",
        /// Releases a button.
        Released = "mouseReleased",
        /// Turns the wheel.
        Wheel = "mouseWheel",
    }

    /// A mouse button.
    MouseButton {
        /// None, for moving.
        None = "none",
        /// Left.
        Left = "left",
        /// Middle.
        Middle = "middle",
        /// Right.
        Right = "right",
        /// Back.
        Back = "back",
        /// Forward.
        Forward = "forward",
    }

    /// What something does that is dragged.
    DragEventType {
        /// Comes over something.
        Enter = "dragEnter",
        /// Is over something.
        Over = "dragOver",
        /// Is let go.
        Drop = "drop",
        /// Is not dragged any more.
        Cancel = "dragCancel",
    }

    /// What a key does.
    KeyEventType {
        /// Goes down and types its text.
        Down = "keyDown",
        /// Goes up.
        Up = "keyUp",
        /// Goes down without typing.
        RawDown = "rawKeyDown",
        /// Types.
        Char = "char",
    }
}

commands! {
    /// Sends a mouse event; answers when the page has handled it.
    DispatchMouseEvent = "Input.dispatchMouseEvent" {
        /// What happens.
        r#type: MouseEventType,
        /// CSS pixels of the main frame's viewport.
        x: f64,
        /// CSS pixels of the main frame's viewport.
        y: f64,
    } optional {
        /// Alt 1, Ctrl 2, Meta 4, Shift 8.
        modifiers: i64,
        /// The button that changes.
        button: MouseButton,
        /// The buttons that are down: left 1, right 2, middle 4.
        buttons: i64,
        /// 2 for a double click.
        click_count: i64,
        /// CSS pixels to the right.
        delta_x: f64,
        /// CSS pixels down.
        delta_y: f64,
    } -> Empty;

    /// Sends a key event; answers when the page has handled it.
    DispatchKeyEvent = "Input.dispatchKeyEvent" {
        /// What happens.
        r#type: KeyEventType,
    } optional {
        /// Alt 1, Ctrl 2, Meta 4, Shift 8.
        modifiers: i64,
        /// What it types.
        text: String,
        /// What it would type without modifiers.
        unmodified_text: String,
        /// The key as `KeyboardEvent.code` names it.
        code: String,
        /// The key as `KeyboardEvent.key` names it.
        key: String,
        /// Windows' number of the key, which pages see as `keyCode`.
        windows_virtual_key_code: i64,
        /// The same for the platform.
        native_virtual_key_code: i64,
        /// Whether it repeats.
        auto_repeat: bool,
        /// Whether it is on the number pad.
        is_keypad: bool,
        /// 1 left, 2 right.
        location: i64,
        /// Editing commands that go with it, for example `selectAll`.
        commands: Vec<String>,
    } -> Empty;

    /// Says whether a drag that a page begins is told of in [`DragIntercepted`] in place of being done.
    SetInterceptDrags = "Input.setInterceptDrags" {
        /// Whether it is.
        enabled: bool,
    } -> Empty;

    /// Sends an event of a drag; answers when the page has handled it.
    DispatchDragEvent = "Input.dispatchDragEvent" {
        /// What happens.
        r#type: DragEventType,
        /// CSS pixels of the main frame's viewport.
        x: f64,
        /// CSS pixels of the main frame's viewport.
        y: f64,
        /// What is dragged, as it was told of.
        data: serde_json::Value,
    } optional {
        /// Alt 1, Ctrl 2, Meta 4, Shift 8.
        modifiers: i64,
    } -> Empty;

    /// Types text as an input method would, without key events.
    InsertText = "Input.insertText" {
        /// The text.
        text: String,
    } -> Empty;
}

events! {
    /// A page began a drag.
    DragIntercepted = "Input.dragIntercepted" {
        /// What is dragged.
        data: serde_json::Value,
    };
}
