//! JSON for reading.

use serde_json::Value;

use super::{MAX_TEXT, block, plain};
use crate::Page;
use crate::markdown::fenced;

/// How much longer JSON may get by being laid out.
const GROWTH: usize = 4;

/// The value of a JSON text; none where it is none, is nested too deeply, or is longer than what is shown of a text.
pub(crate) fn parsed(text: &str) -> Option<Value> {
    let text = (text.len() <= MAX_TEXT).then(|| text.trim_start_matches('\u{feff}'))?;
    serde_json::from_str(text).ok()
}

/// JSON laid out in lines; as it is where it is none, is nested too deeply for that, or would grow too long.
pub(super) fn page(text: &str) -> Page {
    let laid_out = parsed(text)
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .filter(|laid_out| laid_out.len() <= GROWTH * text.len() + 4_096);
    match laid_out {
        Some(laid_out) if laid_out.len() <= MAX_TEXT => plain(fenced(&laid_out, "json"), false),
        _ => block(text, "json"),
    }
}
