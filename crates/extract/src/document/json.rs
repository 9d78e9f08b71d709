//! JSON for reading.

use serde_json::Value;

use super::{MAX_TEXT, block, plain};
use crate::Page;
use crate::markdown::fenced;

/// How much longer JSON may get by being laid out.
const GROWTH: usize = 4;

/// JSON laid out in lines; as it is where it is none, is nested too deeply for that, or would grow too long.
pub(super) fn page(text: &str) -> Page {
    let laid_out = (text.len() <= MAX_TEXT)
        .then(|| serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).ok())
        .flatten()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .filter(|laid_out| laid_out.len() <= GROWTH * text.len() + 4_096);
    match laid_out {
        Some(laid_out) if laid_out.len() <= MAX_TEXT => plain(fenced(&laid_out, "json"), false),
        _ => block(text, "json"),
    }
}
