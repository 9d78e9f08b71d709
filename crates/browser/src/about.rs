//! What is told about an element beside its place: its label and the selectors that find it again.

use std::sync::Arc;

use guise_cdp::FrameId;
use guise_core::NodeSelectors;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::act::reach;
use crate::core::{Core, CurrentTab};
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate::{self, Located};

/// An element's description.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Its accessible name.
    pub(crate) label: String,
    /// How to find it again.
    pub(crate) selectors: NodeSelectors,
}

/// What the page script says of an element.
#[derive(Deserialize)]
pub(crate) struct Described {
    css_selector: String,
    xpath_selector: String,
    in_shadow_root: bool,
    text_label: String,
    #[serde(default)]
    r#box: Option<Rect>,
}

/// A rectangle in a frame's viewport, in CSS pixels.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Rect {
    /// Left.
    pub(crate) x: f64,
    /// Top.
    pub(crate) y: f64,
    /// Width.
    pub(crate) width: f64,
    /// Height.
    pub(crate) height: f64,
}

/// What is known of an element when it is found.
pub(crate) enum Known {
    /// Nothing: the page must be asked.
    Nothing,
    /// What the last observation said.
    About(Arc<About>),
    /// What the page script said in the message that found it.
    Described(Arc<Described>),
}

/// Describes an element, by asking the page where nothing is known of it.
pub(crate) async fn about(
    core: &Core,
    tab: &CurrentTab,
    located: &Located,
    deadline: Instant,
) -> Result<Arc<About>> {
    let described = match &located.known {
        Known::About(about) => return Ok(Arc::clone(about)),
        Known::Described(described) => Arc::clone(described),
        Known::Nothing => Arc::new(describe(core, &located.place, deadline).await?),
    };
    let around = if located.place.frame == tab.main_frame() {
        Vec::new()
    } else {
        around(core, &located.place.frame, deadline).await?
    };
    Ok(Arc::new(About {
        label: described.text_label.clone(),
        selectors: NodeSelectors {
            css_selector: described.css_selector.clone(),
            xpath_selector: described.xpath_selector.clone(),
            in_iframe: !around.is_empty(),
            in_shadow_root: described.in_shadow_root,
            iframe_parent_css_selectors: around,
            ..Default::default()
        },
    }))
}

/// Notes that an element was rendered anew and that another one stands for it, which is described.
pub(crate) fn found_again(core: &Core, place: &Place, described: &Described) {
    core.board.change_quietly(|state| {
        let tab = state.frames.get(&place.frame)?.tab.clone();
        let elements = &mut state.tab_mut(&tab)?.elements;
        elements.found_again(place, |before| About {
            label: described.text_label.clone(),
            selectors: NodeSelectors {
                css_selector: described.css_selector.clone(),
                xpath_selector: described.xpath_selector.clone(),
                in_shadow_root: described.in_shadow_root,
                ..before.map_or_else(NodeSelectors::default, |about| about.selectors.clone())
            },
        });
        Some(())
    });
}

async fn describe(core: &Core, place: &Place, deadline: Instant) -> Result<Described> {
    let arguments = json!({ "handle": place.handle });
    locate::run(
        core,
        &place.frame,
        &place.world,
        "describe",
        &arguments,
        deadline,
    )
    .await
}

/// The CSS selector of an element.
pub(crate) async fn css(core: &Core, place: &Place, deadline: Instant) -> Result<String> {
    Ok(describe(core, place, deadline).await?.css_selector)
}

/// Where an element is in its frame's viewport; `None` when it is nowhere.
pub(crate) async fn rect(core: &Core, place: &Place, deadline: Instant) -> Result<Option<Rect>> {
    Ok(describe(core, place, deadline).await?.r#box)
}

/// CSS selectors of the frame elements that lead to a frame, outermost first.
pub(crate) async fn around(core: &Core, frame: &FrameId, deadline: Instant) -> Result<Vec<String>> {
    let mut selectors = Vec::new();
    let mut frame = frame.clone();
    while let Some((world, handle)) = reach::owner(core, &frame, deadline).await? {
        let parent = core
            .board
            .read(|state| {
                state
                    .frames
                    .get(&frame)
                    .and_then(|frame| frame.parent.clone())
            })
            .ok_or(Fault::DocumentGone)?;
        let place = Place {
            frame: parent.clone(),
            world,
            handle,
        };
        selectors.push(css(core, &place, deadline).await?);
        frame = parent;
    }
    selectors.reverse();
    Ok(selectors)
}
