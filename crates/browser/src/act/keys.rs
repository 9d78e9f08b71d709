//! Keys and chords by name, and typing.

use super::layout::{self, Key};

/// A key with those that are held while it is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chord {
    /// Pressed first, in this order, and released last.
    pub(crate) held: Vec<Key>,
    /// The key itself.
    pub(crate) key: Key,
}

impl Chord {
    /// Copies or cuts what is selected, as pages and browsers have it.
    pub(crate) fn may_copy(&self) -> bool {
        let held = |name| self.held.iter().any(|key| key.key == name);
        let command = held("Control") || held("Meta");
        match self.key.code {
            "KeyC" | "KeyX" | "Insert" => command,
            "Delete" => held("Shift"),
            "Copy" | "Cut" => true,
            _ => false,
        }
    }

    /// Pastes what was copied.
    pub(crate) fn may_paste(&self) -> bool {
        let held = |name| self.held.iter().any(|key| key.key == name);
        match self.key.code {
            "KeyV" => held("Control") || held("Meta"),
            "Insert" => held("Shift"),
            "Paste" => true,
            _ => false,
        }
    }
}

/// The bit of a modifier in CDP's `modifiers`; 0 for other keys.
pub(crate) fn modifier(key: &Key) -> i64 {
    match key.key {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => 8,
        _ => 0,
    }
}

const SHIFT: i64 = 8;

/// What a key types while `modifiers` are held: nothing while a command is given.
pub(crate) fn typed(key: &Key, modifiers: i64) -> &'static str {
    if modifiers & !SHIFT == 0 {
        key.text
    } else {
        ""
    }
}

/// Reads a chord such as `Enter`, `Control+A` or `Shift++` (Playwright's key names and UI Events' codes).
///
/// # Errors
/// A sentence that names the key that is none.
pub(crate) fn chord(text: &str) -> Result<Chord, String> {
    let parts = split(text);
    let Some((last, modifiers)) = parts.split_last() else {
        return Err(unknown(text, text));
    };
    let mut held = Vec::with_capacity(modifiers.len());
    let mut shift = false;
    for name in modifiers {
        let key = layout::find(name, shift).ok_or_else(|| unknown(name, text))?;
        shift |= key.key == "Shift";
        held.push(key);
    }
    let key = layout::find(last, shift)
        .or_else(|| by_case(last, shift))
        .ok_or_else(|| unknown(last, text))?;
    Ok(Chord { held, key })
}

/// `enter` or `ENTER` for `Enter`: models write keys in any case.
fn by_case(name: &str, shift: bool) -> Option<Key> {
    let mut letters = name.chars();
    let first = letters.next()?;
    let rest = letters.as_str();
    if rest.is_empty() {
        return None;
    }
    let title: String = first
        .to_uppercase()
        .chain(rest.to_lowercase().chars())
        .collect();
    layout::find(&title, shift)
}

/// Splits at `+`, where a plus sign at the end is the key itself.
fn split(text: &str) -> Vec<&str> {
    let text = if text.trim().is_empty() {
        text
    } else {
        text.trim()
    };
    if text.is_empty() {
        return Vec::new();
    }
    if text == "+" {
        return vec!["+"];
    }
    match text.strip_suffix("++") {
        Some(modifiers) => modifiers.split('+').chain(["+"]).collect(),
        None => text.split('+').collect(),
    }
}

fn unknown(name: &str, text: &str) -> String {
    format!(
        "Unknown key '{name}' in '{text}'. Use names such as Enter, Tab, Escape, ArrowDown, a or Control+A"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_hold_their_modifiers() {
        let chord = super::chord("Control+Shift+KeyA").unwrap();
        assert_eq!(
            chord.held.iter().map(|key| key.key).collect::<Vec<_>>(),
            ["Control", "Shift"]
        );
        assert_eq!(chord.key.key, "A");
        let modifiers: i64 = chord.held.iter().map(modifier).sum();
        assert_eq!(modifiers, 10);
        assert_eq!(typed(&chord.key, modifiers), "");
        assert_eq!(typed(&chord.key, SHIFT), "A");
    }

    #[test]
    fn chords_that_copy_are_known() {
        for (text, copies) in [
            ("Control+C", true),
            ("Control+Shift+c", true),
            ("Meta+x", true),
            ("Control+Insert", true),
            ("Shift+Delete", true),
            ("c", false),
            ("Control+V", false),
            ("Delete", false),
            ("Enter", false),
        ] {
            assert_eq!(chord(text).unwrap().may_copy(), copies, "{text}");
        }
    }

    #[test]
    fn chords_that_paste_are_known() {
        for (text, pastes) in [
            ("Control+V", true),
            ("Control+Shift+v", true),
            ("Meta+v", true),
            ("Shift+Insert", true),
            ("v", false),
            ("Insert", false),
            ("Control+C", false),
        ] {
            assert_eq!(chord(text).unwrap().may_paste(), pastes, "{text}");
        }
    }

    #[test]
    fn plus_is_a_key() {
        assert_eq!(chord("+").unwrap().key.code, "Equal");
        let chord = chord("Shift++").unwrap();
        assert_eq!((chord.held.len(), chord.key.key), (1, "+"));
    }

    #[test]
    fn unknown_keys_are_named() {
        assert!(chord("Control+Nope").unwrap_err().contains("'Nope'"));
        assert!(chord("").is_err());
        assert!(chord("Control+").is_err());
        assert_eq!(chord("enter").unwrap().key.key, "Enter");
        assert_eq!(chord(" ").unwrap().key.code, "Space");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = chord(&text);
        }
    }
}
