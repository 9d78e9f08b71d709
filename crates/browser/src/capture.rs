//! Pictures of a tab, alone or together with what is on it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use guise_cdp::Session;
use guise_cdp::protocol::page::{CaptureScreenshot, ImageFormat};
use guise_core::{
    BoundingBox, ElementId, Observation, ObserveRequest, PageLine, Screenshot, ScreenshotType,
    SeenLine, Tab, Timestamp, Timing, ViewportState, Weight, fit_told,
};
use guise_picture as picture;
use tokio::time::Instant;

use crate::act::reach;
use crate::changes::{self, LastLook};
use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::fills::mask;
use crate::input::Point;
use crate::observe;
use crate::{about, tabs};

/// How often a page that is being replaced is looked at again.
const TRIES: usize = 3;

/// How long the next page may take to come, once the browser says that the one before is no more.
const REPLACED: Duration = Duration::from_secs(1);

/// A JPEG of what is in view, without what shows a secret. Of a page that is just being replaced, it is one of the next.
///
/// # Errors
/// When it cannot be taken, or cannot be told what of it shows a secret.
pub(crate) async fn capture(core: &Core, tab: &CurrentTab, deadline: Instant) -> Result<Vec<u8>> {
    let mut tries = TRIES;
    loop {
        let document = core.document(tab);
        tries -= 1;
        match covered(core, tab, deadline).await {
            Err(Fault::DocumentGone) if tries > 0 => {}
            taken => return taken,
        }
        let bound = deadline.min(Instant::now() + REPLACED);
        let next = core.board.until(bound, |state| {
            let now = state.tab(&tab.target).map(|tab| &tab.document);
            (now != document.as_ref()).then_some(())
        });
        match next.await {
            // A page that stays after all is tried as it is.
            Ok(()) | Err(Fault::TimedOut) => {}
            Err(fault) => return Err(fault),
        }
    }
}

async fn covered(core: &Core, tab: &CurrentTab, deadline: Instant) -> Result<Vec<u8>> {
    if !mask::may_be_seen(core, &tab.target) {
        let jpeg = plain(&tab.session, deadline).await?;
        // Its site may have been told a secret meanwhile, and have shown it.
        if !mask::may_be_seen(core, &tab.target) {
            return Ok(jpeg);
        }
    }
    let before = mask::places(core, &tab.target, deadline).await?;
    let jpeg = plain(&tab.session, deadline).await?;
    let after = mask::places(core, &tab.target, deadline).await?;
    mask::paint(jpeg, before, after).await
}

/// A JPEG of what is in view as it is.
async fn plain(session: &Session, deadline: Instant) -> Result<Vec<u8>> {
    let command = CaptureScreenshot {
        format: Some(ImageFormat::Jpeg),
        quality: Some(i64::from(picture::QUALITY)),
        ..Default::default()
    };
    let data = session.call(&command, deadline).await?.data;
    let jpeg = STANDARD
        .decode(data)
        .map_err(|error| Fault::told(format!("the screenshot cannot be read: {error}")))?;
    Ok(picture::even(jpeg)?)
}

fn now() -> Timestamp {
    Timestamp::from_jiff(jiff::Timestamp::now())
}

/// Looks at the current tab: elements, text and a picture of one and the same document.
pub(crate) async fn observe(
    core: &Core,
    request: &ObserveRequest,
    deadline: Instant,
) -> Result<Observation> {
    let started_at = now();
    let tab = core.current()?;
    if core.shows_nothing(&tab) {
        return empty(started_at);
    }
    let mut tries = TRIES;
    let (seen, timestamp, jpeg, tabs, timing) = loop {
        let timestamp = now();
        tries -= 1;
        let look = observe::look(core, &tab, request.max_actions, deadline);
        let (seen, perception) = timed(look).await;
        let seen = match seen {
            Err(_) if tries > 0 => continue,
            seen => seen?,
        };
        // Asked for as soon as the pass is over. Side by side they would hold each other up: the answer is there no sooner, and
        // the pass takes half as long again.
        let ((jpeg, screenshot), tabs) = tokio::join!(
            timed(capture(core, &tab, deadline)),
            tabs::list(core, deadline)
        );
        let timing = Timing {
            perception,
            screenshot,
        };
        if tries == 0 || core.document(&tab).as_ref() == Some(&seen.document) {
            break (seen, timestamp, jpeg?, tabs?.0, timing);
        }
    };
    let before = core
        .board
        .read(|state| state.tab(&tab.target)?.last_look.clone());
    let look = Arc::new(LastLook {
        document: seen.document.clone(),
        at: timestamp,
        lines: seen.lines,
        clips: seen.clips,
    });
    core.board.change(|state| {
        state.observed = Some(tab.target.clone());
        if let Some(tab) = state.tab_mut(&tab.target) {
            tab.last_look = Some(Arc::clone(&look));
        }
    });
    let before = before.filter(|before| before.document == look.document);
    let mut elements = seen.elements;
    let (lines, changes) = match &before {
        Some(before) if request.since_last => {
            let unlisted = changes::unlisted(before, &look.lines);
            let still = observe::still_there(core, &tab, unlisted, deadline).await?;
            let (lines, changes) = changes::between(before, &look.lines, &still);
            elements.retain(|element| {
                changes.added.contains(&element.id) || changes.changed.contains(&element.id)
            });
            (lines, Some(changes))
        }
        before => (weighed(&look, before.as_deref(), request), None),
    };
    let texts: Vec<PageLine> = lines.iter().map(|it| it.line.clone()).collect();
    let lines = if request.needs_model() {
        lines
    } else {
        Vec::new()
    };
    Ok(Observation {
        started_at,
        ended_at: now(),
        timestamp: Some(timestamp),
        title: seen.title,
        url: seen.url,
        viewport: seen.viewport,
        tabs,
        description: fit_told(&texts, request.max_tokens).text,
        lines,
        elements,
        changes,
        category: None,
        screenshot: Screenshot {
            jpeg: jpeg.into(),
            last_action_id: core.last_action(&tab),
        },
        timing,
    })
}

/// The lines of a look by how much they matter to whoever asks: what was asked for, and what is new to them, comes first.
fn weighed(look: &LastLook, before: Option<&LastLook>, request: &ObserveRequest) -> Vec<SeenLine> {
    let known: Option<HashSet<&str>> = before.map(|before| {
        let lines = before.lines.iter();
        lines.map(|it| it.line.text.as_str()).collect()
    });
    let instructions = request.instructions.as_deref().unwrap_or_default();
    let wanted: Vec<String> = instructions
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 3)
        .map(str::to_lowercase)
        .collect();
    let weight = |it: &SeenLine| {
        let text = it.line.text.to_lowercase();
        if it.id.is_none() {
            it.line.weight
        } else if wanted.iter().any(|word| text.contains(word)) {
            Weight::Wanted
        } else if known
            .as_ref()
            .is_some_and(|known| !known.contains(&*it.line.text))
        {
            it.line.weight.max(Weight::Changed)
        } else {
            it.line.weight
        }
    };
    let lines = look.lines.iter();
    lines
        .map(|it| SeenLine {
            id: it.id.clone(),
            line: PageLine {
                text: it.line.text.clone(),
                weight: weight(it),
            },
        })
        .collect()
}

/// What `work` gives, and what it took.
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    (work.await, began.elapsed())
}

/// What is observed before the first navigation (Notte API: observe, `about:blank`).
fn empty(started_at: Timestamp) -> Result<Observation> {
    Ok(Observation {
        started_at,
        ended_at: now(),
        timestamp: None,
        title: String::new(),
        url: String::new(),
        viewport: ViewportState::default(),
        tabs: Vec::<Tab>::new(),
        description: String::new(),
        lines: Vec::new(),
        elements: Vec::new(),
        changes: None,
        category: None,
        screenshot: Screenshot {
            jpeg: Bytes::from(picture::blank()?),
            last_action_id: None,
        },
        timing: Timing::default(),
    })
}

/// A picture of the current tab with boxes on it.
pub(crate) async fn screenshot(
    core: &Core,
    kind: ScreenshotType,
    deadline: Instant,
) -> Result<Screenshot> {
    let tab = core.current()?;
    let last_action_id = core.last_action(&tab);
    let (jpeg, boxes) = match kind {
        ScreenshotType::Raw => (capture(core, &tab, deadline).await?, Vec::new()),
        ScreenshotType::Full => {
            let (seen, jpeg) = tokio::join!(
                observe::look(core, &tab, None, deadline),
                capture(core, &tab, deadline)
            );
            let elements = seen?.elements;
            (jpeg?, elements.iter().map(|element| element.bbox).collect())
        }
        ScreenshotType::LastAction => {
            let (found, jpeg) = tokio::join!(
                last_box(core, &tab, last_action_id.as_ref(), deadline),
                capture(core, &tab, deadline)
            );
            (jpeg?, found?.into_iter().collect())
        }
    };
    let jpeg = if boxes.is_empty() {
        jpeg
    } else {
        let drawn = tokio::task::spawn_blocking(move || picture::with_boxes(&jpeg, &boxes));
        drawn
            .await
            .map_err(|error| Fault::told(format!("the boxes could not be drawn: {error}")))??
    };
    Ok(Screenshot {
        jpeg: jpeg.into(),
        last_action_id,
    })
}

/// Where the element is now that the last action was about; `None` when it is gone or there was none.
async fn last_box(
    core: &Core,
    tab: &CurrentTab,
    id: Option<&ElementId>,
    deadline: Instant,
) -> Result<Option<BoundingBox>> {
    let Some(place) = id.and_then(|id| {
        core.board
            .read(|state| state.tab(&tab.target)?.elements.find(id).ok())
    }) else {
        return Ok(None);
    };
    let found = async {
        let Some(rect) = about::rect(core, &place, deadline).await? else {
            return Ok(None);
        };
        let corner = Point {
            x: rect.x,
            y: rect.y,
        };
        let corner = reach::shift(core, &place.frame, corner, deadline).await?;
        Ok::<_, Fault>(Some(BoundingBox {
            x: corner.x,
            y: corner.y,
            width: rect.width,
            height: rect.height,
            ..Default::default()
        }))
    };
    match found.await {
        Err(fault) if fault.is_stale() => Ok(None),
        other => other,
    }
}
