//! One pass over all frames of a tab: what can be acted on and what can be read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use guise_cdp::{FrameId, LoaderId};
use guise_core::{BoundingBox, Element, ElementId, NodeSelectors, Offer, SeenLine, ViewportState};
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::about::About;
use crate::act::download::{RAW, is_raw};
use crate::core::{Core, CurrentTab};
use crate::description::Description;
use crate::documents::{self, Clips, Tree};
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::locate;
use crate::view::{Framed, Item, Listed};
use crate::world::World;

/// How long a document may take to say what is still there.
const STILL: Duration = Duration::from_secs(1);

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
    pub(crate) lines: Vec<SeenLine>,
    /// What can be acted on.
    pub(crate) elements: Vec<Element>,
    /// The frames in view.
    pub(crate) clips: Clips,
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
    let tree = documents::of(core, tab, max, deadline).await?;
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
        full: false,
    };
    let title = tree.view.title.clone();
    let url = tree.view.url.clone();
    let clips = tree.clips();
    if is_raw(&tree.view.content_type) {
        listing.raw(&tree);
    }
    listing.add(tree, Shift::NONE, None);
    if listing.full {
        listing.description.note(
            "The list ends here: so many elements were asked for at most",
            None,
        );
    }
    let document = listing.document.clone();
    Ok(Seen {
        document,
        title,
        url,
        viewport,
        lines: listing.description.finish(),
        elements: listing.elements,
        clips,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "pages are far smaller than an i64, and the cast saturates"
)]
fn whole(pixels: f64) -> i64 {
    pixels.round() as i64
}

/// What a document is asked for of what was listed before.
struct Asked {
    frame: FrameId,
    world: Arc<World>,
    handles: HashSet<Handle>,
}

/// Which of the elements of a tab that a look did not list are on its page all the same: out of view, in a frame that is, or
/// behind a dialog. What does not answer in time is not known to be gone.
///
/// Asked beside the looks: how many there were since an element was listed, and of which documents, makes no difference.
pub(crate) async fn still_there(
    core: &Core,
    tab: &CurrentTab,
    unlisted: Vec<ElementId>,
    deadline: Instant,
) -> Result<HashSet<ElementId>> {
    let mut asked: HashMap<Arc<str>, Asked> = HashMap::new();
    let mut ask = |frame: &FrameId, world: &Arc<World>, handle: Handle| {
        let document = asked.entry(world.key()).or_insert_with(|| Asked {
            frame: frame.clone(),
            world: Arc::clone(world),
            handles: HashSet::new(),
        });
        document.handles.insert(handle);
        (world.key(), handle)
    };
    // Each with the elements of the frames that it is in.
    let chains = core.board.read(|state| {
        let tab = state.tab(&tab.target)?;
        let chain = |id: ElementId| {
            let place = tab.elements.find(&id).ok()?;
            let mut chain = vec![ask(&place.frame, &place.world, place.handle)];
            let mut at = state.frames.get(&place.frame)?;
            while let (Some(parent), Some((world, handle))) = (&at.parent, &at.owner) {
                chain.push(ask(parent, world, *handle));
                at = state.frames.get(parent)?;
            }
            Some((id, chain))
        };
        Some(unlisted.into_iter().filter_map(chain).collect::<Vec<_>>())
    });
    let deadline = deadline.min(Instant::now() + STILL);
    let answers = asked.into_iter().map(async |(key, asked)| {
        let arguments = json!({ "handles": asked.handles });
        let there = locate::run::<HashSet<Handle>>(
            core,
            &asked.frame,
            &asked.world,
            "stillThere",
            &arguments,
            deadline,
        );
        let there = match there.await {
            Ok(there) => there,
            Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
            Err(Fault::DocumentGone | Fault::TabClosed | Fault::Crashed) => HashSet::new(),
            Err(fault) => {
                tracing::debug!(%fault, "a document did not say what is still there");
                asked.handles
            }
        };
        Ok((key, there))
    });
    let answers = join_all(answers).await;
    let there: HashMap<Arc<str>, HashSet<Handle>> = answers.into_iter().collect::<Result<_>>()?;
    let is_there = |(key, handle): &(Arc<str>, Handle)| {
        there.get(key).is_some_and(|there| there.contains(handle))
    };
    let chains = chains.unwrap_or_default().into_iter();
    Ok(chains
        .filter(|(_, chain)| chain.iter().all(is_there))
        .map(|(id, _)| id)
        .collect())
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

fn selectors(css: &str, xpath: &str, in_shadow_root: bool, around: &[String]) -> NodeSelectors {
    NodeSelectors {
        css_selector: css.to_owned(),
        xpath_selector: xpath.to_owned(),
        in_iframe: !around.is_empty(),
        in_shadow_root,
        iframe_parent_css_selectors: around.to_vec(),
        ..Default::default()
    }
}

/// The origin of a document in a frame, where it is not that of the document around it. One without an address of its own is
/// its parent's.
fn stranger(outer: &str, inner: &str) -> Option<String> {
    let inner = Url::parse(inner).ok()?.origin();
    let outer = Url::parse(outer).ok()?.origin();
    (inner.is_tuple() && inner != outer).then(|| inner.ascii_serialization())
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
    full: bool,
}

impl Listing<'_> {
    /// A document that is a file offers itself.
    fn raw(&mut self, tree: &Tree) {
        let markup = format!(
            "<a download>{} document at {}</a>",
            tree.view.content_type, tree.view.url
        );
        self.description
            .element(&ElementId::new(RAW), &markup, "", &[], None);
    }

    fn add(&mut self, tree: Tree, shift: Shift, component: Option<usize>) {
        let dialogs: Vec<usize> = tree
            .view
            .dialogs
            .iter()
            .map(|dialog| self.description.dialog(&dialog.role, &dialog.text))
            .collect();
        let of = |d: Option<usize>| d.and_then(|d| dialogs.get(d).copied()).or(component);
        self.full |= tree.view.truncated;
        let origin = tree.view.url.clone();
        let mut inner = tree.inner.into_iter().peekable();
        for (index, item) in tree.view.items.into_iter().enumerate() {
            match item {
                Item::Text { text, d } => self.description.text(&text, of(d)),
                Item::Element(listed) => {
                    if self.elements.len() >= self.max {
                        self.full = true;
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
                        let component = of(framed.d);
                        let stranger = stranger(&origin, &tree.view.url);
                        if let Some(origin) = &stranger {
                            let note = format!("Begin of a frame of another site, {origin}");
                            self.description.note(&note, component);
                        }
                        self.add(tree, shift.into(&framed), component);
                        if let Some(origin) = &stranger {
                            self.description
                                .note(&format!("End of the frame of {origin}"), component);
                        }
                    }
                }
                Item::Unusable { html, states, d } => {
                    self.description.unusable(&html, &states, of(d));
                }
                Item::Scroller(scroller) => {
                    let place = Place {
                        frame: tree.frame.clone(),
                        world: Arc::clone(&tree.world),
                        handle: scroller.h,
                    };
                    let about = Arc::new(About {
                        label: scroller.label.clone(),
                        selectors: selectors(
                            &scroller.css,
                            &scroller.xpath,
                            scroller.in_shadow,
                            &tree.around,
                        ),
                    });
                    if let Some(id) = self.name('M', place, about) {
                        self.description
                            .scroller(&id, &scroller.markup(), of(scroller.d));
                    }
                }
            }
        }
    }

    /// The name of an element, with what is said about it; `None` when the tab is gone.
    fn name(&self, letter: char, place: Place, about: Arc<About>) -> Option<ElementId> {
        self.core.board.change_quietly(|state| {
            let tab = state.tab_mut(&self.tab.target)?;
            let elements = tab.elements.in_document(&self.document);
            let id = elements.name(letter, place);
            elements.describe(&id, about);
            Some(id)
        })
    }

    fn element(
        &mut self,
        listed: Listed,
        place: Place,
        around: &[String],
        shift: Shift,
        component: Option<usize>,
    ) {
        let selectors = selectors(&listed.css, &listed.xpath, listed.in_shadow, around);
        let about = Arc::new(About {
            label: listed.label.clone(),
            selectors: selectors.clone(),
        });
        let Some(id) = self.name(listed.letter, place, about) else {
            return;
        };
        self.description
            .element(&id, &listed.html, &listed.label, &listed.states, component);
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
