//! The documents of a tab: that of its main frame, and those in the frames in view.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use guise_cdp::FrameId;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::core::{Core, CurrentTab};
use crate::elements::{Handle, Place};
use crate::fault::{Fault, Result};
use crate::locate;
use crate::view::{Item, View};
use crate::world::World;

/// Frames in frames are looked into to this depth.
const DEEPEST: usize = 20;

/// A document with those in its frames, by the place of the frame among its items.
pub(crate) struct Tree {
    pub(crate) frame: FrameId,
    pub(crate) world: Arc<World>,
    pub(crate) view: View,
    pub(crate) inner: Vec<(usize, Tree)>,
    /// The CSS selectors of the frame elements around it, outermost first.
    pub(crate) around: Vec<String>,
    /// What of it was in view.
    clip: Value,
}

/// The part of each frame that was in view, in its own viewport's coordinates, as its parent's document tells it.
pub(crate) type Clips = HashMap<FrameId, Value>;

impl Tree {
    /// The frames in it and what of them is in view.
    pub(crate) fn clips(&self) -> Clips {
        let mut clips = Clips::new();
        self.gather(&mut clips);
        clips
    }

    fn gather(&self, clips: &mut Clips) {
        for (_, inner) in &self.inner {
            clips.insert(inner.frame.clone(), inner.clip.clone());
            inner.gather(clips);
        }
    }
}

/// Looks at all documents in view, outermost first, frames of one document at the same time.
pub(crate) async fn of(
    core: &Core,
    tab: &CurrentTab,
    max: Option<usize>,
    deadline: Instant,
) -> Result<Tree> {
    let look = Look {
        core,
        max,
        deadline,
        begun: Mutex::default(),
    };
    let mut whole = look.document(tab.main_frame(), Value::Null, Vec::new());
    // What is polled has been sent: the main document is asked first.
    if let Some(whole) = (&mut whole).now_or_never() {
        return whole;
    }
    look.begin(tab);
    whole.await
}

type Viewed = Result<(Arc<World>, View)>;

/// One look at a tab.
struct Look<'a> {
    core: &'a Core,
    max: Option<usize>,
    deadline: Instant,
    /// Frames that were in view at the last look, and will be at this one as a rule: they are asked along with the documents
    /// around them, which say too late where they are. What comes of it is used if it was for the same part of the frame.
    begun: Mutex<HashMap<FrameId, (Value, BoxFuture<'a, Viewed>)>>,
}

impl<'a> Look<'a> {
    fn document(
        &self,
        frame: FrameId,
        clip: Value,
        around: Vec<String>,
    ) -> BoxFuture<'_, Result<Tree>> {
        Box::pin(async move {
            let (world, view) = match self.taken(&frame, &clip) {
                Some(begun) => begun.await?,
                None => self.view(frame.clone(), clip.clone()).await?,
            };
            let inner = if around.len() >= DEEPEST {
                Vec::new()
            } else {
                self.frames(&frame, &world, &view, &around).await?
            };
            Ok(Tree {
                frame,
                world,
                view,
                inner,
                around,
                clip,
            })
        })
    }

    /// Asks the frames that were in view at the last look, if that was at the same document.
    fn begin(&self, tab: &CurrentTab) {
        let Some(document) = self.core.document(tab) else {
            return;
        };
        let last = self
            .core
            .board
            .read(|state| state.tab(&tab.target)?.last_look.clone());
        let Some(last) = last.filter(|last| last.document == document) else {
            return;
        };
        let asked = last.clips.iter().filter_map(|(frame, clip)| {
            let mut view = self.view(frame.clone(), clip.clone());
            // One that is done at the first poll has failed, and is asked when its turn comes.
            match (&mut view).now_or_never() {
                Some(_) => None,
                None => Some((frame.clone(), (clip.clone(), view))),
            }
        });
        let asked: HashMap<_, _> = asked.collect();
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = asked;
    }

    /// A look at a frame that has begun, if it is at the same part of it.
    fn taken(&self, frame: &FrameId, clip: &Value) -> Option<BoxFuture<'a, Viewed>> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, view) = begun.remove(frame)?;
        (of == *clip).then_some(view)
    }

    /// Asks one document what is in view. A document that was just replaced is asked once more.
    fn view(&self, frame: FrameId, clip: Value) -> BoxFuture<'a, Viewed> {
        let Self {
            core,
            max,
            deadline,
            ..
        } = *self;
        Box::pin(async move {
            let arguments = json!({ "viewportOnly": true, "clip": clip, "max": max });
            let mut tries = 3;
            loop {
                let answer = async {
                    let world = core.world(&frame, deadline).await?;
                    let look =
                        || locate::run(core, &frame, &world, "observe", &arguments, deadline);
                    let mut view: View = look().await?;
                    if opened(&world, &view.closed, deadline).await? {
                        view = look().await?;
                    }
                    Ok::<_, Fault>((world, view))
                };
                match answer.await {
                    Err(Fault::DocumentGone) if tries > 0 => tries -= 1,
                    other => return other,
                }
            }
        })
    }

    /// The documents in the frames of a document. A frame that cannot be looked into is left out.
    async fn frames(
        &self,
        frame: &FrameId,
        world: &Arc<World>,
        view: &View,
        around: &[String],
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
                let (inner, selector) = inside(self.core, &place, self.deadline).await?;
                let mut around = around.to_vec();
                around.push(selector);
                let tree = self.document(inner, framed.visible.clone(), around).await?;
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
}

/// Opens the closed shadow roots that elements have; whether one of them has. Each element is asked for once in its life.
async fn opened(world: &World, hosts: &[Handle], deadline: Instant) -> Result<bool> {
    let asked = hosts.iter().map(|host| world.open_root(*host, deadline));
    let mut any = false;
    for opened in join_all(asked).await {
        match opened {
            Ok(opened) => any |= opened,
            Err(fault)
                if matches!(
                    fault,
                    Fault::Gone(_) | Fault::TimedOut | Fault::DocumentGone
                ) =>
            {
                return Err(fault);
            }
            Err(fault) => {
                tracing::debug!(%fault, "an element could not be asked for its shadow root")
            }
        }
    }
    Ok(any)
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
