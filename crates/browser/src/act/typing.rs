//! Typing text key by key.

use std::time::Duration;

use guise_cdp::Session;
use tokio::time::{Instant, sleep_until};

use super::keys::{self, Chord};
use crate::fault::{Fault, Result};
use crate::input;

/// The pace of typing (Notte API: `multi_factor_fill`, `fallback_fill`).
const PACE: Duration = Duration::from_millis(100);

/// Types a text as a person would, one character every 100 ms. What no key types is put in as text.
///
/// # Errors
/// When `deadline` passes before the end.
pub(crate) async fn type_text(session: &Session, text: &str, deadline: Instant) -> Result<()> {
    let mut at = Instant::now();
    for (index, character) in text.chars().enumerate() {
        if index > 0 {
            at += PACE;
            if at >= deadline {
                return Err(Fault::TimedOut);
            }
            // The pace is what is asked for.
            sleep_until(at).await;
        }
        let mut bytes = [0; 4];
        let character = character.encode_utf8(&mut bytes);
        match key(character) {
            Some(chord) => input::press(session, &chord, deadline).await?,
            None => input::insert(session, character, deadline).await?,
        }
    }
    Ok(())
}

/// The stroke that types a character, with Shift where it needs it.
fn key(character: &str) -> Option<Chord> {
    let plain = super::layout::find(character, false)?;
    let unshifted = super::layout::find(plain.code, false)?;
    if plain.key == unshifted.key {
        return Some(Chord {
            held: Vec::new(),
            key: plain,
        });
    }
    keys::chord(&format!("Shift+{}", plain.code)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_typed_with_shift() {
        let chord = key("A").unwrap();
        assert_eq!((chord.held.len(), chord.key.key), (1, "A"));
        let chord = key("a").unwrap();
        assert_eq!((chord.held.len(), chord.key.key), (0, "a"));
        assert_eq!(key("?").unwrap().held.len(), 1);
        assert!(key("ü").is_none());
        assert_eq!(key("\n").unwrap().key.key, "Enter");
    }
}
