//! From an id or a selector to an element.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::FrameId;
use guise_core::{ElementId, NodeSelectors, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::about::Known;
use crate::act::ahead::{Ahead, Answers};
use crate::act::reach::GRACE;
use crate::core::{Core, CurrentTab};
use crate::elements::{Handle, Place, Unknown};
use crate::fault::{Fault, Result};
use crate::world::{Reply, World};

/// How often a page is asked again for an element that is not there yet.
const AGAIN: Duration = Duration::from_millis(50);
/// Frames in frames are followed to this depth.
const DEEPEST: usize = 20;

/// The element that an action is about.
pub(crate) struct Located {
    /// Where it is.
    pub(crate) place: Place,
    /// Its id, when it was named by one.
    pub(crate) id: Option<ElementId>,
    /// The id or selector as it was given, for messages.
    pub(crate) wording: String,
    /// The label of an element that was observed.
    pub(crate) label: Option<String>,
    /// What is known of it.
    pub(crate) known: Known,
    /// What was done with it in the message that found it.
    pub(crate) answers: Answers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resolved {
    #[serde(default)]
    count: u64,
    #[serde(default)]
    handles: Vec<Handle>,
    #[serde(default)]
    matches: Vec<String>,
    enter_frame: Option<EnterFrame>,
    #[serde(default)]
    then: Vec<Reply>,
}

#[derive(Deserialize)]
struct EnterFrame {
    handle: Handle,
    rest: String,
}

#[derive(Deserialize)]
struct Single {
    handle: Option<Handle>,
    tried: serde_json::Map<String, Value>,
    #[serde(default)]
    then: Vec<Reply>,
}

/// What one look for an element gave.
enum Look {
    Found(Place, Answers),
    /// Not now; the reason is for the message when time runs out.
    NotYet(String),
}

/// Finds the element of an action: by its id if it has one, else by its selectors, waiting until it is there. Beside it comes what
/// `watch` gave right before it was found: what `ahead` causes happens behind that.
///
/// # Errors
/// A message in the Notte API's words: `Action with id '…' is invalid: …`, or that the element could not be located.
/// [`Fault::TimedOut`] when the page did not answer: whether it has the element is not known, and nothing was done with it.
pub(crate) async fn locate<W>(
    core: &Core,
    tab: &CurrentTab,
    target: &Target,
    ahead: Ahead<'_>,
    deadline: Instant,
    watch: impl Fn() -> W,
) -> Result<(Located, W)> {
    if let Some(id) = target.id.as_ref().filter(|id| !id.as_str().is_empty()) {
        return Ok((by_id(core, tab, id)?, watch()));
    }
    let selectors = target
        .selectors
        .as_ref()
        .filter(|selectors| !selectors.is_empty())
        .ok_or_else(|| Fault::told("The action names no element: give an id or a selector"))?;
    let wording = wording(selectors);
    loop {
        let watch = watch();
        let look = match look(core, tab, selectors, ahead, deadline).await {
            Ok(look) => look,
            Err(fault) if fault.is_stale() => Look::NotYet("the page was being replaced".into()),
            Err(fault) => return Err(fault),
        };
        let reason = match look {
            Look::Found(place, mut answers) => {
                let known = match answers.take("describe") {
                    Ok(described) => Known::Described(Arc::new(described)),
                    Err(_) => Known::Nothing,
                };
                let located = Located {
                    place,
                    id: None,
                    wording,
                    label: None,
                    known,
                    answers,
                };
                return Ok((located, watch));
            }
            Look::NotYet(reason) => reason,
        };
        // Nothing tells when a selector would match, across frames; so it is asked again.
        let next = Instant::now() + AGAIN;
        if next >= deadline {
            return Err(Fault::told(format!(
                "The interactive element could not be located: {reason}"
            )));
        }
        sleep_until(next).await;
    }
}

/// The commands to run on an element of `frame` once it is found there. Only the tab's own process is watched by then, so in
/// another one nothing is done yet.
fn commands(
    core: &Core,
    tab: &CurrentTab,
    frame: &FrameId,
    ahead: Ahead<'_>,
    deadline: Instant,
) -> Vec<(&'static str, Value)> {
    let watched = core
        .session_of(frame)
        .is_some_and(|session| session.id() == tab.session.id());
    let ahead = if watched { ahead } else { Ahead::Nothing };
    ahead.with_description(deadline)
}

fn by_id(core: &Core, tab: &CurrentTab, id: &ElementId) -> Result<Located> {
    let found = core.board.read(|state| {
        if state.observed.as_ref() != Some(&tab.target) {
            return Err(Unknown::NotObserved);
        }
        state
            .tab(&tab.target)
            .ok_or(Unknown::NotObserved)
            .and_then(|tab| Ok((tab.elements.find(id)?, tab.elements.about(id))))
    });
    match found {
        Ok((place, about)) => Ok(Located {
            place,
            id: Some(id.clone()),
            wording: format!("'{id}'"),
            label: about.as_ref().map(|about| about.label.clone()),
            known: about.map_or(Known::Nothing, Known::About),
            answers: Answers::default(),
        }),
        Err(unknown) => Err(Fault::told(invalid(id, unknown))),
    }
}

/// The Notte API's message for an id that names nothing.
fn invalid(id: &ElementId, unknown: Unknown) -> String {
    let hint = match unknown {
        Unknown::NotObserved => {
            " The page was not observed since it was loaded or became current: observe it to get ids."
        }
        Unknown::NoSuchId => "",
    };
    format!("Action with id '{id}' is invalid: action '{id}' not found in page context.{hint}")
}

/// The message for an element whose id was valid and that is gone.
pub(crate) fn gone(located: &Located) -> Fault {
    match &located.id {
        Some(id) => Fault::told(format!(
            "Action with id '{id}' is invalid: the element is no longer on the page. Observe it again."
        )),
        None => Fault::told(format!(
            "The element {} is no longer on the page",
            located.wording
        )),
    }
}

/// How messages call what selectors mean.
pub(crate) fn wording(selectors: &NodeSelectors) -> String {
    let given = selectors.playwright_selector.as_deref().unwrap_or_default();
    let text = if !given.trim().is_empty() {
        given
    } else if !selectors.css_selector.trim().is_empty() {
        &selectors.css_selector
    } else {
        &selectors.xpath_selector
    };
    format!("'{text}'")
}

async fn look(
    core: &Core,
    tab: &CurrentTab,
    selectors: &NodeSelectors,
    ahead: Ahead<'_>,
    deadline: Instant,
) -> Result<Look> {
    let main = tab.main_frame();
    if let Some(selector) = selectors
        .playwright_selector
        .as_deref()
        .filter(|selector| !selector.trim().is_empty())
    {
        return by_selector(core, tab, main, selector, ahead, deadline).await;
    }
    let mut frame = main;
    if selectors.in_iframe {
        for outer in &selectors.iframe_parent_css_selectors {
            match single(core, &frame, outer, "", Vec::new(), deadline).await? {
                Look::Found(place, _) => frame = enter(core, &place, deadline).await?,
                not_yet @ Look::NotYet(_) => return Ok(not_yet),
            }
        }
    }
    let (css, xpath) = (&selectors.css_selector, &selectors.xpath_selector);
    let then = commands(core, tab, &frame, ahead, deadline);
    single(core, &frame, css, xpath, then, deadline).await
}

/// CSS or XPath, whichever matches exactly one element (Notte API: `NodeSelectors`).
async fn single(
    core: &Core,
    frame: &FrameId,
    css: &str,
    xpath: &str,
    then: Vec<(&'static str, Value)>,
    deadline: Instant,
) -> Result<Look> {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    let world = core.world(frame, deadline).await?;
    let arguments = json!({ "css": given(css), "xpath": given(xpath), "then": then });
    let found: Single = find(core, frame, &world, "nodeSelectors", &arguments, deadline).await?;
    Ok(match found.handle {
        Some(handle) => Look::Found(
            Place {
                frame: frame.clone(),
                world,
                handle,
            },
            Answers::new(&then, found.then),
        ),
        None => {
            let tried = found.tried.iter().map(|(by, what)| match what.as_u64() {
                Some(count) => format!(
                    "the {by} selector '{}' matches {count} elements",
                    if by == "css" { css } else { xpath }
                ),
                None => what.as_str().unwrap_or_default().to_owned(),
            });
            Look::NotYet(tried.collect::<Vec<_>>().join("; "))
        }
    })
}

/// A selector in Playwright's language; it must match exactly one element.
async fn by_selector(
    core: &Core,
    tab: &CurrentTab,
    mut frame: FrameId,
    selector: &str,
    ahead: Ahead<'_>,
    deadline: Instant,
) -> Result<Look> {
    let mut rest = selector.to_owned();
    for _ in 0..DEEPEST {
        let world = core.world(&frame, deadline).await?;
        let then = commands(core, tab, &frame, ahead, deadline);
        let arguments = json!({ "selector": rest, "then": then });
        let found: Resolved = find(core, &frame, &world, "resolve", &arguments, deadline).await?;
        if let Some(inner) = found.enter_frame {
            let place = Place {
                frame: frame.clone(),
                world,
                handle: inner.handle,
            };
            frame = enter(core, &place, deadline).await?;
            rest = inner.rest;
            continue;
        }
        return match (found.count, found.handles.first()) {
            (1, Some(&handle)) => Ok(Look::Found(
                Place {
                    frame,
                    world,
                    handle,
                },
                Answers::new(&then, found.then),
            )),
            (0, _) => Ok(Look::NotYet(format!(
                "the selector '{selector}' matches no element"
            ))),
            (count, _) => Err(Fault::told(format!(
                "The interactive element could not be located: the selector '{selector}' matches {count} elements: {}. \
                 Make it more specific, for example with ' >> nth=0'",
                found.matches.join(", ")
            ))),
        };
    }
    Err(Fault::told(format!(
        "The selector '{selector}' goes through too many frames"
    )))
}

/// The first element that a selector matches in the page, for reading; not waited for.
pub(crate) async fn first(
    core: &Core,
    tab: &CurrentTab,
    selector: &str,
    deadline: Instant,
) -> Result<Option<(FrameId, String)>> {
    let mut frame = tab.main_frame();
    let mut rest = selector.to_owned();
    for _ in 0..DEEPEST {
        let world = core.world(&frame, deadline).await?;
        let arguments = json!({ "selector": rest });
        let found: Resolved = run(core, &frame, &world, "resolve", &arguments, deadline).await?;
        match found.enter_frame {
            Some(inner) => {
                let place = Place {
                    frame: frame.clone(),
                    world,
                    handle: inner.handle,
                };
                frame = enter(core, &place, deadline).await?;
                rest = inner.rest;
            }
            None => return Ok((found.count > 0).then_some((frame, rest))),
        }
    }
    Ok(None)
}

/// The frame inside a frame element, once it is known.
pub(crate) async fn enter(core: &Core, place: &Place, deadline: Instant) -> Result<FrameId> {
    let frame = place.world.frame_in(place.handle, deadline).await?;
    let known = core.board.change(|state| {
        let inner = state.frames.get_mut(&frame)?;
        inner.owner = Some((Arc::clone(&place.world), place.handle));
        Some(())
    });
    match known {
        Some(()) => Ok(frame),
        None => Err(Fault::DocumentGone),
    }
}

/// Runs a command that finds an element and then does what comes ahead with it, which may take until `deadline`.
async fn find<T: serde::de::DeserializeOwned>(
    core: &Core,
    frame: &FrameId,
    world: &World,
    command: &str,
    arguments: &Value,
    deadline: Instant,
) -> Result<T> {
    let found = run(core, frame, world, command, arguments, deadline + GRACE).await;
    if matches!(found, Err(Fault::TimedOut)) {
        // It may have been armed for a press, at the last moment, that will not come now.
        world.release();
    }
    found
}

/// Runs a command of a frame's page script; when its context is gone it is forgotten, so that the next try gets a new one.
pub(crate) async fn run<T: serde::de::DeserializeOwned>(
    core: &Core,
    frame: &FrameId,
    world: &World,
    command: &str,
    arguments: &Value,
    deadline: Instant,
) -> Result<T> {
    let answer = world.run(command, arguments, deadline).await;
    if matches!(answer, Err(Fault::DocumentGone)) {
        core.forget_world(frame, world);
    }
    answer
}
