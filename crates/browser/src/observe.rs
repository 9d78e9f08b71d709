//! One pass over all frames of a tab: what can be acted on and what can be read.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use guise_cdp::{FrameId, LoaderId};
use guise_core::{BoundingBox, Element, NodeSelectors, Offer, ViewportState};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::about::{About, Rect};
use crate::act::download::{RAW, is_raw};
use crate::core::{Core, CurrentTab};
use crate::description::Description;
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::locate;
use crate::world::World;

/// Frames in frames are looked into to this depth.
const DEEPEST: usize = 20;

/// What one pass saw.
pub(crate) struct Seen {
    /// The document that it was about.
    pub(crate) document: LoaderId,
    /// The document's title.
    pub(crate) title: String,
    /// Its address.
    pub(crate) url: String,
    /// What part of it is in view.
    pub(crate) viewport: ViewportState,
    /// The page as lines of text.
    pub(crate) description: String,
    /// What can be acted on.
    pub(crate) elements: Vec<Element>,
}

/// What the page script tells of one document.
#[derive(Deserialize)]
struct View {
    title: String,
    url: String,
    viewport: Viewport,
    role: String,
    dialogs: Vec<Dialog>,
    items: Vec<Item>,
    #[serde(default)]
    content_type: String,
}

#[derive(Deserialize)]
struct Viewport {
    scroll_x: f64,
    scroll_y: f64,
    viewport_width: f64,
    viewport_height: f64,
    total_width: f64,
    total_height: f64,
}

#[derive(Deserialize)]
struct Dialog {
    role: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(tag = "k")]
enum Item {
    #[serde(rename = "e")]
    Element(Listed),
    #[serde(rename = "t")]
    Text {
        text: String,
        #[serde(default)]
        d: Option<usize>,
    },
    #[serde(rename = "f")]
    Frame(Framed),
}

#[derive(Deserialize)]
struct Listed {
    h: Handle,
    letter: char,
    role: String,
    #[serde(default)]
    label: String,
    html: String,
    full: Option<String>,
    #[serde(default)]
    states: Vec<String>,
    #[serde(default)]
    action: String,
    r#box: Rect,
    #[serde(default)]
    css: String,
    #[serde(default)]
    xpath: String,
    #[serde(default, rename = "inShadow")]
    in_shadow: bool,
    #[serde(default)]
    d: Option<usize>,
}

#[derive(Deserialize)]
struct Framed {
    h: Handle,
    r#box: Rect,
    scale: Scale,
    visible: serde_json::Value,
    #[serde(default, rename = "inView")]
    in_view: bool,
    #[serde(default)]
    d: Option<usize>,
}

#[derive(Clone, Copy, Deserialize)]
struct Scale {
    x: f64,
    y: f64,
}

/// A document with those in its frames, by the place of the frame among its items.
struct Tree {
    frame: FrameId,
    world: Arc<World>,
    view: View,
    inner: Vec<(usize, Tree)>,
    around: Vec<String>,
}

/// Where a frame's viewport lies in the main frame's.
#[derive(Clone, Copy)]
struct Shift {
    x: f64,
    y: f64,
    scale_x: f64,
    scale_y: f64,
}

/// Looks at a tab: all documents in view, outermost first, frames of one document at the same time.
pub(crate) async fn look(
    core: &Core,
    tab: &CurrentTab,
    max: Option<usize>,
    deadline: Instant,
) -> Result<Seen> {
    let tree = document(
        core,
        tab.main_frame(),
        serde_json::Value::Null,
        Vec::new(),
        max,
        deadline,
    )
    .await?;
    let viewport = &tree.view.viewport;
    let viewport = ViewportState {
        scroll_x: whole(viewport.scroll_x),
        scroll_y: whole(viewport.scroll_y),
        viewport_width: whole(viewport.viewport_width),
        viewport_height: whole(viewport.viewport_height),
        total_width: whole(viewport.total_width),
        total_height: whole(viewport.total_height),
    };
    let mut listing = Listing {
        core,
        tab,
        viewport,
        max: max.unwrap_or(usize::MAX),
        document: tree.world.document().clone(),
        description: Description::new(&tree.view.role, &tree.view.title),
        elements: Vec::new(),
    };
    let title = tree.view.title.clone();
    let url = tree.view.url.clone();
    if is_raw(&tree.view.content_type) {
        listing.raw(&tree);
    }
    listing.add(tree, Shift::NONE, None);
    let document = listing.document.clone();
    Ok(Seen {
        document,
        title,
        url,
        viewport,
        description: listing.description.finish(),
        elements: listing.elements,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pages are far smaller than an i64, and the cast saturates"
)]
fn whole(pixels: f64) -> i64 {
    pixels.round() as i64
}

fn document<'a>(
    core: &'a Core,
    frame: FrameId,
    clip: serde_json::Value,
    around: Vec<String>,
    max: Option<usize>,
    deadline: Instant,
) -> BoxFuture<'a, Result<Tree>> {
    Box::pin(async move {
        let (world, view) = view(core, &frame, &clip, max, deadline).await?;
        let inner = if around.len() >= DEEPEST {
            Vec::new()
        } else {
            frames(core, &frame, &world, &view, &around, max, deadline).await?
        };
        Ok(Tree {
            frame,
            world,
            view,
            inner,
            around,
        })
    })
}

/// Asks one document what is in view. A document that was just replaced is asked once more.
async fn view(
    core: &Core,
    frame: &FrameId,
    clip: &serde_json::Value,
    max: Option<usize>,
    deadline: Instant,
) -> Result<(Arc<World>, View)> {
    let arguments = json!({ "viewportOnly": true, "clip": clip, "max": max });
    let mut tries = 3;
    loop {
        let answer = async {
            let world = core.world(frame, deadline).await?;
            let view = locate::run(core, frame, &world, "observe", &arguments, deadline).await?;
            Ok::<_, Fault>((world, view))
        };
        match answer.await {
            Err(Fault::DocumentGone) if tries > 0 => tries -= 1,
            other => return other,
        }
    }
}

/// The documents in the frames of a document. A frame that cannot be looked into is left out.
async fn frames(
    core: &Core,
    frame: &FrameId,
    world: &Arc<World>,
    view: &View,
    around: &[String],
    max: Option<usize>,
    deadline: Instant,
) -> Result<Vec<(usize, Tree)>> {
    let looks = view.items.iter().enumerate().filter_map(|(index, item)| {
        let Item::Frame(framed) = item else {
            return None;
        };
        framed.in_view.then_some(async move {
            let place = Place {
                frame: frame.clone(),
                world: Arc::clone(world),
                handle: framed.h,
            };
            let (inner, selector) = inside(core, &place, deadline).await?;
            let mut around = around.to_vec();
            around.push(selector);
            let tree = document(core, inner, framed.visible.clone(), around, max, deadline).await?;
            Ok::<_, Fault>((index, tree))
        })
    });
    let mut trees = Vec::new();
    for looked in join_all(looks).await {
        match looked {
            Ok(tree) => trees.push(tree),
            Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
            Err(fault) => tracing::debug!(%fault, "a frame could not be looked into"),
        }
    }
    Ok(trees)
}

/// The frame inside a frame element, and the CSS selector of that element; asked once per frame.
async fn inside(core: &Core, place: &Place, deadline: Instant) -> Result<(FrameId, String)> {
    if let Some(known) = core.board.read(|state| {
        state.frames.iter().find_map(|(id, frame)| {
            let (world, handle) = frame.owner.as_ref()?;
            let selector = frame.owner_selector.clone()?;
            (*handle == place.handle && world.key() == place.world.key())
                .then(|| (id.clone(), selector))
        })
    }) {
        return Ok(known);
    }
    let frame = locate::enter(core, place, deadline).await?;
    let selector = crate::about::css(core, place, deadline).await?;
    core.board.change(|state| {
        if let Some(frame) = state.frames.get_mut(&frame) {
            frame.owner_selector = Some(selector.clone());
        }
    });
    Ok((frame, selector))
}

impl Shift {
    const NONE: Self = Self {
        x: 0.0,
        y: 0.0,
        scale_x: 1.0,
        scale_y: 1.0,
    };

    fn into(self, framed: &Framed) -> Self {
        Self {
            x: framed.r#box.x.mul_add(self.scale_x, self.x),
            y: framed.r#box.y.mul_add(self.scale_y, self.y),
            scale_x: self.scale_x * framed.scale.x,
            scale_y: self.scale_y * framed.scale.y,
        }
    }
}

/// Puts the documents together.
struct Listing<'a> {
    core: &'a Core,
    tab: &'a CurrentTab,
    viewport: ViewportState,
    max: usize,
    document: LoaderId,
    description: Description,
    elements: Vec<Element>,
}

impl Listing<'_> {
    /// A document that is a file offers itself.
    fn raw(&mut self, tree: &Tree) {
        let markup = format!(
            "<a download>{} document at {}</a>",
            tree.view.content_type, tree.view.url
        );
        self.description.element(RAW, &markup, None);
    }

    fn add(&mut self, tree: Tree, shift: Shift, component: Option<usize>) {
        let dialogs: Vec<usize> = tree
            .view
            .dialogs
            .iter()
            .map(|dialog| self.description.dialog(&dialog.role, &dialog.text))
            .collect();
        let of = |d: Option<usize>| d.and_then(|d| dialogs.get(d).copied()).or(component);
        let mut inner = tree.inner.into_iter().peekable();
        for (index, item) in tree.view.items.into_iter().enumerate() {
            match item {
                Item::Text { text, d } => self.description.text(&text, of(d)),
                Item::Element(listed) => {
                    if self.elements.len() >= self.max {
                        continue;
                    }
                    let place = Place {
                        frame: tree.frame.clone(),
                        world: Arc::clone(&tree.world),
                        handle: listed.h,
                    };
                    let component = of(listed.d);
                    self.element(listed, place, &tree.around, shift, component);
                }
                Item::Frame(framed) => {
                    if let Some((_, tree)) = inner.next_if(|(at, _)| *at == index) {
                        self.add(tree, shift.into(&framed), of(framed.d));
                    }
                }
            }
        }
    }

    fn element(
        &mut self,
        listed: Listed,
        place: Place,
        around: &[String],
        shift: Shift,
        component: Option<usize>,
    ) {
        let selectors = NodeSelectors {
            css_selector: listed.css,
            xpath_selector: listed.xpath,
            in_iframe: !around.is_empty(),
            in_shadow_root: listed.in_shadow,
            iframe_parent_css_selectors: around.to_vec(),
            ..Default::default()
        };
        let about = Arc::new(About {
            label: listed.label.clone(),
            selectors: selectors.clone(),
        });
        let id = self.core.board.change_quietly(|state| {
            let tab = state.tab_mut(&self.tab.target)?;
            let elements = tab.elements.in_document(&self.document);
            let id = elements.name(listed.letter, place);
            elements.describe(&id, about);
            Some(id)
        });
        let Some(id) = id else {
            return;
        };
        self.description
            .element(id.as_str(), &listed.html, component);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a viewport is a few thousand pixels"
        )]
        let bbox = BoundingBox {
            x: listed.r#box.x.mul_add(shift.scale_x, shift.x),
            y: listed.r#box.y.mul_add(shift.scale_y, shift.y),
            width: listed.r#box.width * shift.scale_x,
            height: listed.r#box.height * shift.scale_y,
            scroll_x: self.viewport.scroll_x as f64,
            scroll_y: self.viewport.scroll_y as f64,
            viewport_width: self.viewport.viewport_width as f64,
            viewport_height: self.viewport.viewport_height as f64,
            iframe_offset_x: shift.x,
            iframe_offset_y: shift.y,
        };
        let offer = match (listed.action.as_str(), listed.letter) {
            ("fill", _) => Offer::Fill,
            ("select", 'O') => Offer::Select {
                value: Some(id.as_str().to_owned()),
            },
            ("select", _) => Offer::Select { value: None },
            _ => Offer::Click,
        };
        self.elements.push(Element {
            id,
            role: listed.role,
            label: listed.label,
            states: listed.states,
            markup: listed.full.unwrap_or(listed.html),
            offer,
            selectors,
            bbox,
        });
    }
}
