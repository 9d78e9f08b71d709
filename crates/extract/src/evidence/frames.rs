//! Frames, and whether a page can be read without what is in them.

use url::Url;

use super::look::Look;

/// A page that says this much beside a frame of another site's can be read without it, in characters of its own.
const ENOUGH_BESIDE: usize = 500;

/// The largest side of a frame that nobody is to see, in CSS pixels.
const INVISIBLE: f64 = 3.0;

/// A frame that is seen.
#[derive(Debug)]
pub(super) struct Frame {
    /// It is from the page's own host, or has its content in an attribute: then it is a part of the page.
    pub own: bool,
}

impl Frame {
    /// The frame with these attributes; `None` for one that nobody sees, or that has nothing in it.
    pub(super) fn of<'a>(
        attribute: &impl Fn(&str) -> Option<&'a str>,
        is_hidden: bool,
        base: &Url,
    ) -> Option<Self> {
        let small = |side: &str| {
            let side = attribute(side)?.trim().trim_end_matches("px");
            side.parse::<f64>().ok().filter(|side| *side <= INVISIBLE)
        };
        let invisible = is_hidden || small("width").is_some() || small("height").is_some();
        if invisible || attribute("aria-hidden").is_some_and(|it| it.trim() == "true") {
            return None;
        }
        if attribute("srcdoc").is_some_and(|it| !it.trim().is_empty()) {
            return Some(Self { own: true });
        }
        // What stands by for being shown later is often kept in `data-src`.
        let source = attribute("src").or_else(|| attribute("data-src"))?.trim();
        let url = base.join(source).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| Self {
            own: url.host_str() == base.host_str(),
        })
    }
}

/// Whether something would be missing without what is in frames.
pub(super) fn are_needed(look: &Look) -> bool {
    look.frames.iter().any(|frame| frame.own)
        || (!look.frames.is_empty() && look.own_text < ENOUGH_BESIDE)
}
