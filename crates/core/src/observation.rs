//! What a page looks like to somebody who wants to act on it.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{ElementId, NodeSelectors, SeenLine, Timestamp};

/// What is asked of an observation (Notte API: `ObserveRequest`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObserveRequest {
    /// List at most so many elements.
    pub max_actions: Option<usize>,
    /// Where a model chooses among them, at least so many.
    pub min_actions: Option<usize>,
    /// So many tokens for the description; as many as it takes when absent.
    pub max_tokens: Option<usize>,
    /// Only what changed since the observation before, where that was of the same document.
    pub since_last: bool,
    /// What is looked for, in words: a model chooses among the elements.
    pub instructions: Option<String>,
    /// A model describes the page and what can be done there.
    pub deep: bool,
}

impl ObserveRequest {
    /// What a model is wanted for, if it is wanted.
    pub fn needs_model(&self) -> bool {
        self.deep || self.instructions.is_some()
    }
}

/// A page at one moment (Notte API: `Observation`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// When the look began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// When the state it shows was taken; absent for a page that was never navigated.
    pub timestamp: Option<Timestamp>,
    /// The page's title.
    pub title: String,
    /// The page's address; empty before the first navigation.
    pub url: String,
    /// What part of the page is in view.
    pub viewport: ViewportState,
    /// The session's tabs.
    pub tabs: Vec<Tab>,
    /// The page as lines of text that name the elements by id.
    pub description: String,
    /// The lines that the description is cut from, for a model to choose from; none where no model was wished for. They are
    /// not kept.
    #[serde(skip)]
    pub lines: Vec<SeenLine>,
    /// What can be acted on, in document order.
    pub elements: Vec<Element>,
    /// What is different from the observation before, where only that was asked for: description and elements hold no more.
    #[serde(default)]
    pub changes: Option<Changes>,
    /// The kind of page, as a model says (Notte API: `ActionSpace.category`).
    #[serde(default)]
    pub category: Option<String>,
    /// The picture of this very state.
    pub screenshot: Screenshot,
    /// What the look took; not kept in the record.
    #[serde(skip)]
    pub timing: Timing,
}

impl Observation {
    /// A look at which nothing was seen.
    pub fn unseen(at: Timestamp) -> Self {
        Self {
            started_at: at,
            ended_at: at,
            timestamp: None,
            title: String::new(),
            url: String::new(),
            viewport: ViewportState::default(),
            tabs: Vec::new(),
            description: String::new(),
            lines: Vec::new(),
            elements: Vec::new(),
            changes: None,
            category: None,
            screenshot: Screenshot::default(),
            timing: Timing::default(),
        }
    }
}

/// Which elements are different from those of the observation before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// When that observation was.
    pub since: Timestamp,
    /// New ones.
    pub added: Vec<ElementId>,
    /// Those that are written or stand differently.
    pub changed: Vec<ElementId>,
    /// Those that are not on the page any more.
    pub gone: Vec<ElementId>,
    /// Those that are on the page and not told of now: out of view, or behind a dialog.
    pub out_of_view: Vec<ElementId>,
}

/// How long the parts of a look took. They run side by side, so their sum is more than the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Finding out what is on the page, in all its frames.
    pub perception: Duration,
    /// Taking the picture.
    pub screenshot: Duration,
}

/// What part of a page is in view, in whole CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as on the wire; nothing to add")]
pub struct ViewportState {
    pub scroll_x: i64,
    pub scroll_y: i64,
    pub viewport_width: i64,
    pub viewport_height: i64,
    pub total_width: i64,
    pub total_height: i64,
}

/// One tab of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tab {
    /// Its place, in the order of opening.
    pub index: i64,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// An element that can be acted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Its name for as long as its document lives, also when the page renders it anew.
    pub id: ElementId,
    /// Its ARIA role, or the one its tag implies.
    pub role: String,
    /// Its accessible name.
    pub label: String,
    /// How it stands, such as `checked`, `expanded` or `value "Ada"`; what a secret field holds is never told.
    #[serde(default)]
    pub states: Vec<String>,
    /// Its markup with uncut attribute values, never the value of a secret field.
    pub markup: String,
    /// What it offers.
    pub offer: Offer,
    /// Where it is.
    pub selectors: NodeSelectors,
    /// Where it is in the main frame's viewport.
    pub bbox: BoundingBox,
}

/// What an element offers to whoever observes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Offer {
    /// A click.
    Click,
    /// Taking text.
    Fill,
    /// Choosing an option; `value` is what to send, when it is known.
    Select {
        /// The option's own id, for an option.
        value: Option<String>,
    },
}

/// A rectangle in CSS pixels with the viewport it was measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as on the wire; nothing to add")]
pub struct BoundingBox {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub scroll_x: f64,
    pub scroll_y: f64,
    pub viewport_width: f64,
    pub viewport_height: f64,
    pub iframe_offset_x: f64,
    pub iframe_offset_y: f64,
}

/// A picture of the viewport.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Screenshot {
    /// JPEG with even width and height. Kept as a blob of its own, not in the record.
    #[serde(skip)]
    pub jpeg: Bytes,
    /// The element that the last action was about.
    pub last_action_id: Option<ElementId>,
}

/// What is drawn on a screenshot (Notte API: `screenshot_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenshotType {
    /// Nothing.
    Raw,
    /// The boxes of all elements that can be acted on.
    Full,
    /// The box of the element that the last action was about.
    #[default]
    LastAction,
}
