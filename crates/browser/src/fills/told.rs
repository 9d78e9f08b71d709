//! Secrets that sites were told, and where pictures show what a site tells back of them.
//!
//! A page may show a secret that it was never given: its site got it by wire and sends it back. To find it the page's texts
//! are looked through here, so that the page is not given it for that.

use std::sync::{Arc, Mutex, PoisonError};

use guise_cdp::{FrameId, LoaderId, TargetId};
use guise_core::{Secret, Site};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::in_page::ON_THEIR_WAY;
use crate::about::Rect;
use crate::core::Core;
use crate::fault::Result;
use crate::locate;

/// Shorter secrets also come about by chance.
const SHORTEST: usize = 4;
/// How many secrets are looked for; the ones that were told last.
const KEPT: usize = 64;

/// What sites were told.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<(Arc<Secret>, Site)>>);

#[derive(Deserialize)]
struct Texts {
    /// What the page calls this look.
    look: u64,
    texts: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Boxes {
    pub(super) boxes: Vec<Rect>,
}

impl Told {
    /// Notes that a site is told a secret.
    pub(super) fn note(&self, secret: &Secret, site: &Site) {
        if secret.expose().chars().count() < SHORTEST {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(other, of)| of != site || other.expose() != secret.expose());
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push((
            Arc::new(Secret::new(secret.expose().to_owned())),
            site.clone(),
        ));
    }

    /// Whether pictures of a tab may show something of it: a page of such a site is there, or was there a moment ago.
    pub(super) fn may_be_seen(&self, core: &Core, tab: &TargetId) -> bool {
        !self.frames(core, tab).is_empty() || self.was_left(core, tab)
    }

    fn was_left(&self, core: &Core, tab: &TargetId) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return false;
        }
        core.board.read(|state| {
            let newest_first = state.left.iter().rev();
            let mut lately = newest_first.take_while(|left| left.at.elapsed() < ON_THEIR_WAY);
            lately.any(|left| {
                let site = Site::of(&left.url);
                left.tab == *tab && site.is_ok_and(|site| known.iter().any(|(_, of)| *of == site))
            })
        })
    }

    /// The frames of a tab, with their documents, that are of sites that were told something, and what that is.
    fn frames(&self, core: &Core, tab: &TargetId) -> Vec<(FrameId, LoaderId, Vec<Arc<Secret>>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_empty() {
            return Vec::new();
        }
        core.board.read(|state| {
            let frames = state.frames.iter().filter(|(_, frame)| frame.tab == *tab);
            let told = frames.filter_map(|(id, frame)| {
                let site = Site::of(&frame.url).ok()?;
                let own = known.iter().filter(|(_, of)| *of == site);
                let own: Vec<_> = own.map(|(secret, _)| Arc::clone(secret)).collect();
                (!own.is_empty()).then(|| (id.clone(), frame.document.clone(), own))
            });
            told.collect()
        })
    }

    /// Where secrets are shown, in the coordinates of the frame that shows them.
    ///
    /// # Errors
    /// When that cannot be told of a document that is still there.
    pub(super) async fn places(
        &self,
        core: &Core,
        tab: &TargetId,
        deadline: Instant,
    ) -> Result<Vec<(FrameId, Rect)>> {
        let mut places = Vec::new();
        for (frame, document, secrets) in self.frames(core, tab) {
            match boxes(core, &frame, &secrets, deadline).await {
                Ok(found) => places.extend(found.into_iter().map(|rect| (frame.clone(), rect))),
                // It was left in between, and what it showed with it.
                Err(fault) if fault.is_stale() && !shows(core, &frame, &document) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(places)
    }
}

fn shows(core: &Core, frame: &FrameId, document: &LoaderId) -> bool {
    core.board.read(|state| {
        let frame = state.frames.get(frame);
        frame.is_some_and(|frame| frame.document == *document)
    })
}

async fn boxes(
    core: &Core,
    frame: &FrameId,
    secrets: &[Arc<Secret>],
    deadline: Instant,
) -> Result<Vec<Rect>> {
    let world = core.world(frame, deadline).await?;
    let nothing = json!({});
    let run = locate::run::<Texts>(core, frame, &world, "shownTexts", &nothing, deadline);
    let shown = run.await?;
    // Asked even for nothing: the page keeps what it told until then.
    let found = json!({ "look": shown.look, "parts": parts(&shown.texts, secrets) });
    let run = locate::run::<Boxes>(core, frame, &world, "shownBoxes", &found, deadline);
    Ok(run.await?.boxes)
}

/// Where secrets stand in texts: the text's number, and from where to where in UTF-16 code units.
fn parts(texts: &[String], secrets: &[Arc<Secret>]) -> Vec<(usize, usize, usize)> {
    let units = |text: &str| text.encode_utf16().count();
    let mut parts = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        for secret in secrets.iter().map(|secret| secret.expose()) {
            for (at, _) in text.match_indices(secret) {
                let start = units(&text[..at]);
                parts.push((number, start, start + units(secret)));
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_by_the_pages_own_count() {
        let texts = ["it is \u{1f600} hunter2, hunter2", "hunter", "ünter2"].map(str::to_owned);
        let secrets = ["hunter2", "ünter"].map(|text| Arc::new(Secret::new(text.to_owned())));
        assert_eq!(
            parts(&texts, &secrets),
            [(0, 9, 16), (0, 18, 25), (2, 0, 5)]
        );
        assert_eq!(parts(&[], &secrets), []);
    }
}
