//! The keys of a US keyboard and the names that callers give them (the names of Playwright and of UI Events).

/// What a key event says about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// What it means, such as `a`, `A` or `Enter`.
    pub(crate) key: &'static str,
    /// Where it sits, such as `KeyA`.
    pub(crate) code: &'static str,
    /// The Windows virtual-key code that pages read as `keyCode`.
    pub(crate) key_code: i64,
    /// What it types; empty when it types nothing.
    pub(crate) text: &'static str,
    /// 0 standard, 1 left, 2 right, 3 keypad (UI Events: `KeyboardEvent.location`).
    pub(crate) location: i64,
}

/// One physical key: code, key, key with Shift (empty: the same), virtual-key code.
type Printable = (&'static str, &'static str, &'static str, i64);

#[rustfmt::skip]
const PRINTABLE: &[Printable] = &[
    ("Digit0", "0", ")", 48), ("Digit1", "1", "!", 49), ("Digit2", "2", "@", 50), ("Digit3", "3", "#", 51),
    ("Digit4", "4", "$", 52), ("Digit5", "5", "%", 53), ("Digit6", "6", "^", 54), ("Digit7", "7", "&", 55),
    ("Digit8", "8", "*", 56), ("Digit9", "9", "(", 57),
    ("KeyA", "a", "A", 65), ("KeyB", "b", "B", 66), ("KeyC", "c", "C", 67), ("KeyD", "d", "D", 68),
    ("KeyE", "e", "E", 69), ("KeyF", "f", "F", 70), ("KeyG", "g", "G", 71), ("KeyH", "h", "H", 72),
    ("KeyI", "i", "I", 73), ("KeyJ", "j", "J", 74), ("KeyK", "k", "K", 75), ("KeyL", "l", "L", 76),
    ("KeyM", "m", "M", 77), ("KeyN", "n", "N", 78), ("KeyO", "o", "O", 79), ("KeyP", "p", "P", 80),
    ("KeyQ", "q", "Q", 81), ("KeyR", "r", "R", 82), ("KeyS", "s", "S", 83), ("KeyT", "t", "T", 84),
    ("KeyU", "u", "U", 85), ("KeyV", "v", "V", 86), ("KeyW", "w", "W", 87), ("KeyX", "x", "X", 88),
    ("KeyY", "y", "Y", 89), ("KeyZ", "z", "Z", 90),
    ("Space", " ", " ", 32), ("Backquote", "`", "~", 192), ("Minus", "-", "_", 189), ("Equal", "=", "+", 187),
    ("BracketLeft", "[", "{", 219), ("BracketRight", "]", "}", 221), ("Backslash", "\\", "|", 220),
    ("Semicolon", ";", ":", 186), ("Quote", "'", "\"", 222), ("Comma", ",", "<", 188), ("Period", ".", ">", 190),
    ("Slash", "/", "?", 191),
];

/// One key that types nothing of its own: code, key, virtual-key code, text, location.
type Named = (&'static str, &'static str, i64, &'static str, i64);

#[rustfmt::skip]
const NAMED: &[Named] = &[
    ("Escape", "Escape", 27, "", 0), ("Enter", "Enter", 13, "\r", 0), ("Tab", "Tab", 9, "", 0),
    ("Backspace", "Backspace", 8, "", 0), ("Delete", "Delete", 46, "", 0), ("Insert", "Insert", 45, "", 0),
    ("ShiftLeft", "Shift", 16, "", 1), ("ShiftRight", "Shift", 16, "", 2),
    ("ControlLeft", "Control", 17, "", 1), ("ControlRight", "Control", 17, "", 2),
    ("AltLeft", "Alt", 18, "", 1), ("AltRight", "Alt", 18, "", 2),
    ("MetaLeft", "Meta", 91, "", 1), ("MetaRight", "Meta", 92, "", 2), ("AltGraph", "AltGraph", 225, "", 0),
    ("CapsLock", "CapsLock", 20, "", 0), ("NumLock", "NumLock", 144, "", 0), ("ScrollLock", "ScrollLock", 145, "", 0),
    ("Pause", "Pause", 19, "", 0), ("PrintScreen", "PrintScreen", 44, "", 0), ("ContextMenu", "ContextMenu", 93, "", 0),
    ("ArrowLeft", "ArrowLeft", 37, "", 0), ("ArrowUp", "ArrowUp", 38, "", 0),
    ("ArrowRight", "ArrowRight", 39, "", 0), ("ArrowDown", "ArrowDown", 40, "", 0),
    ("PageUp", "PageUp", 33, "", 0), ("PageDown", "PageDown", 34, "", 0), ("End", "End", 35, "", 0),
    ("Home", "Home", 36, "", 0),
    ("F1", "F1", 112, "", 0), ("F2", "F2", 113, "", 0), ("F3", "F3", 114, "", 0), ("F4", "F4", 115, "", 0),
    ("F5", "F5", 116, "", 0), ("F6", "F6", 117, "", 0), ("F7", "F7", 118, "", 0), ("F8", "F8", 119, "", 0),
    ("F9", "F9", 120, "", 0), ("F10", "F10", 121, "", 0), ("F11", "F11", 122, "", 0), ("F12", "F12", 123, "", 0),
    ("Numpad0", "0", 96, "0", 3), ("Numpad1", "1", 97, "1", 3), ("Numpad2", "2", 98, "2", 3),
    ("Numpad3", "3", 99, "3", 3), ("Numpad4", "4", 100, "4", 3), ("Numpad5", "5", 101, "5", 3),
    ("Numpad6", "6", 102, "6", 3), ("Numpad7", "7", 103, "7", 3), ("Numpad8", "8", 104, "8", 3),
    ("Numpad9", "9", 105, "9", 3), ("NumpadMultiply", "*", 106, "*", 3), ("NumpadAdd", "+", 107, "+", 3),
    ("NumpadSubtract", "-", 109, "-", 3), ("NumpadDecimal", ".", 110, ".", 3), ("NumpadDivide", "/", 111, "/", 3),
    ("NumpadEnter", "Enter", 13, "\r", 3),
];

/// Shorter names for keys, as callers write them.
const ALIASES: &[(&str, &str)] = &[
    ("Shift", "ShiftLeft"),
    ("Control", "ControlLeft"),
    ("Ctrl", "ControlLeft"),
    ("ControlOrMeta", "ControlLeft"),
    ("Alt", "AltLeft"),
    ("Option", "AltLeft"),
    ("Meta", "MetaLeft"),
    ("Command", "MetaLeft"),
    ("Cmd", "MetaLeft"),
    ("Esc", "Escape"),
    ("Return", "Enter"),
    ("\n", "Enter"),
    ("\r", "Enter"),
    ("\t", "Tab"),
    ("Del", "Delete"),
    ("Left", "ArrowLeft"),
    ("Up", "ArrowUp"),
    ("Right", "ArrowRight"),
    ("Down", "ArrowDown"),
    ("Spacebar", "Space"),
];

/// The key called `name`: a code (`KeyA`), a key (`Enter`), a character (`a`, `A`, `?`) or a common short name (`Esc`).
///
/// `shift` is whether Shift is held: `KeyA` then means `A`.
pub(crate) fn find(name: &str, shift: bool) -> Option<Key> {
    let alias = ALIASES.iter().find(|(short, _)| *short == name);
    let name = alias.map_or(name, |(_, code)| code);
    for &(code, plain, shifted, key_code) in PRINTABLE {
        let key = if name == shifted && name != plain {
            shifted
        } else if name == plain || name == code {
            if shift { shifted } else { plain }
        } else {
            continue;
        };
        return Some(Key {
            key,
            code,
            key_code,
            text: key,
            location: 0,
        });
    }
    NAMED
        .iter()
        .find(|(code, ..)| *code == name)
        .map(|&(code, key, key_code, text, location)| Key {
            key,
            code,
            key_code,
            text,
            location,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_characters_find_the_same_key() {
        for name in ["a", "KeyA"] {
            assert_eq!(find(name, false).unwrap().key, "a");
            assert_eq!(find(name, true).unwrap().key, "A");
        }
        assert_eq!(find("A", false).unwrap().code, "KeyA");
        assert_eq!(find("A", false).unwrap().text, "A");
        assert_eq!(find("?", false).unwrap().code, "Slash");
        assert_eq!(find("Esc", false).unwrap().code, "Escape");
        assert_eq!(find("Space", false).unwrap().text, " ");
        assert_eq!(find("Enter", false).unwrap().text, "\r");
        assert_eq!(find("é", false), None);
        assert_eq!(find("", false), None);
        assert_eq!(find("Control", false).unwrap().key_code, 17);
    }
}
