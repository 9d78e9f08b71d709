//! Actions on one element.

use guise_core::{Action, Drop, ElementId, Error, Interaction, NodeSelectors, Result, Target};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::action::yes;

/// What clients show as the kind of actions on one element.
const CATEGORY: &str = "Interaction Actions";

/// The member `category`, always the same for actions on one element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<String>")]
pub struct InteractionCategory;

impl From<Option<String>> for InteractionCategory {
    fn from(_: Option<String>) -> Self {
        Self
    }
}

impl Serialize for InteractionCategory {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(CATEGORY)
    }
}

/// Where an element is: a selector as text, or several spellings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Selector {
    /// One selector; what comes first in it tells its language.
    Text(String),
    /// Several spellings.
    Spellings(Box<NodeSelectorsBody>),
}

/// Several spellings of an element's place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NodeSelectors)]
pub struct NodeSelectorsBody {
    /// Within its document or shadow root.
    #[serde(default)]
    pub css_selector: String,
    /// Within its document.
    #[serde(default)]
    pub xpath_selector: String,
    /// In the reference's own scheme.
    pub notte_selector: Option<String>,
    /// Inside a frame.
    #[serde(default)]
    pub in_iframe: bool,
    /// Inside an open shadow root.
    #[serde(default)]
    pub in_shadow_root: bool,
    /// The frame elements that lead to it, outermost first.
    #[serde(default)]
    pub iframe_parent_css_selectors: Vec<String>,
    /// In Playwright's language; wins over the others.
    pub playwright_selector: Option<String>,
    /// A Python expression; kept, never evaluated.
    pub python_selector: Option<String>,
}

impl From<NodeSelectorsBody> for NodeSelectors {
    fn from(body: NodeSelectorsBody) -> Self {
        Self {
            css_selector: body.css_selector,
            xpath_selector: body.xpath_selector,
            notte_selector: body.notte_selector,
            in_iframe: body.in_iframe,
            in_shadow_root: body.in_shadow_root,
            iframe_parent_css_selectors: body.iframe_parent_css_selectors,
            playwright_selector: body.playwright_selector,
            python_selector: body.python_selector,
        }
    }
}

impl From<NodeSelectors> for NodeSelectorsBody {
    fn from(selectors: NodeSelectors) -> Self {
        Self {
            css_selector: selectors.css_selector,
            xpath_selector: selectors.xpath_selector,
            notte_selector: selectors.notte_selector,
            in_iframe: selectors.in_iframe,
            in_shadow_root: selectors.in_shadow_root,
            iframe_parent_css_selectors: selectors.iframe_parent_css_selectors,
            playwright_selector: selectors.playwright_selector,
            python_selector: selectors.python_selector,
        }
    }
}

impl Selector {
    fn into_domain(self) -> Option<NodeSelectors> {
        let selectors = match self {
            Self::Text(text) => NodeSelectors::from_text(&text),
            Self::Spellings(body) => (*body).into(),
        };
        (!selectors.is_empty()).then_some(selectors)
    }

    /// The wire form; an object without any spelling breaks clients, so it becomes null.
    pub fn from_domain(selectors: NodeSelectors) -> Option<Self> {
        (!selectors.is_empty()).then(|| Self::Spellings(Box::new(selectors.into())))
    }
}

macro_rules! interactions {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
        pub struct $name {
            /// For showing.
            #[serde(default)]
            #[schema(value_type = String)]
            pub category: InteractionCategory,
            /// The element's name in an observation; blank when a selector is used.
            #[serde(default)]
            pub id: Option<String>,
            /// Where the element is.
            #[serde(default)]
            pub selector: Option<Selector>,
            /// Press Enter afterwards.
            #[serde(default)]
            pub press_enter: Option<bool>,
            /// A label for messages.
            #[serde(default)]
            pub text_label: Option<String>,
            /// Milliseconds for the whole; 0 means 15,000.
            #[serde(default)]
            pub timeout: Option<u32>,
            $($(#[$member_doc])* pub $member: $type,)*
        }

        impl $name {
            /// The action in the domain.
            ///
            /// # Errors
            /// Kind `Invalid` without an id and a selector.
            pub fn into_domain(self, interaction: Interaction) -> Result<Action> {
                let target = target(self.id, self.selector, self.press_enter, self.text_label, self.timeout)?;
                Ok(Action::Interact { target, interaction })
            }
        }
    )*};
}

interactions! {
    /// Clicks an element.
    ClickAction {}
    /// Sets the text of a field.
    FillAction {
        /// The text.
        value: String,
        /// Empty it first.
        #[serde(default = "yes")]
        clear_before_fill: bool,
    }
    /// Types a one-time code, one character at a time.
    MultiFactorFillAction {
        /// The code.
        value: String,
        /// Empty it first.
        #[serde(default = "yes")]
        clear_before_fill: bool,
    }
    /// Types slowly, for fields that refuse to be filled at once.
    FallbackFillAction {
        /// The text.
        value: String,
        /// Empty it first.
        #[serde(default = "yes")]
        clear_before_fill: bool,
    }
    /// Checks or unchecks.
    CheckAction {
        /// Checked afterwards.
        value: bool,
    }
    /// Selects an option.
    SelectDropdownOptionAction {
        /// The option's value or label.
        value: String,
    }
    /// Attaches a file.
    UploadFileAction {
        /// The name of an uploaded file.
        file_path: String,
    }
    /// Clicks and keeps what is downloaded.
    DownloadFileAction {}
    /// Moves the mouse over an element.
    HoverAction {}
    /// Clicks an element twice.
    DoubleClickAction {}
    /// Clicks an element with the right button.
    RightClickAction {}
    /// Clicks a point of an element, as of a canvas.
    ClickAtAction {
        /// CSS pixels to the right of its left edge.
        x: u32,
        /// CSS pixels below its top edge.
        y: u32,
    }
    /// Holds the mouse button down on an element.
    PressAndHoldAction {
        /// Milliseconds.
        #[schema(minimum = 0, maximum = 10000)]
        time_ms: u32,
    }
    /// Drags an element onto another one, or some way off.
    DragAndDropAction {
        /// The other element's name in an observation.
        #[serde(default)]
        to_id: Option<String>,
        /// Or where it is.
        #[serde(default)]
        to_selector: Option<Selector>,
        /// Or so many CSS pixels to the right; negative to the left.
        #[serde(default)]
        by_x: Option<i32>,
        /// And so many down; negative upwards.
        #[serde(default)]
        by_y: Option<i32>,
    }
    /// Turns the mouse wheel over an element: scrolls a list, zooms a map.
    WheelAction {
        /// CSS pixels to the right; negative to the left.
        #[serde(default)]
        delta_x: i32,
        /// CSS pixels down; negative upwards.
        #[serde(default)]
        delta_y: i32,
    }
}

impl DragAndDropAction {
    /// Where the element is let go.
    ///
    /// # Errors
    /// Kind `Invalid` without a place, and with more than one.
    pub fn drop(&mut self) -> Result<Drop> {
        let id = self.to_id.take().map(|id| ElementId::new(&id));
        let id = id.filter(|id| !id.as_str().is_empty());
        let selectors = self.to_selector.take().and_then(Selector::into_domain);
        let onto = id.is_some() || selectors.is_some();
        match (onto, self.by_x.is_some() || self.by_y.is_some()) {
            (true, false) => Ok(Drop::Element { id, selectors }),
            (false, true) => Ok(Drop::By {
                x: self.by_x.unwrap_or_default(),
                y: self.by_y.unwrap_or_default(),
            }),
            (onto, _) => {
                let (code, what) = match onto {
                    true => ("exclusive", "Two places to drop it"),
                    false => ("missing", "Missing place to drop it"),
                };
                Err(Error::invalid_member(
                    &["to_id"],
                    code,
                    format!("{what}: expected either to_id or to_selector, or by_x and by_y"),
                ))
            }
        }
    }
}

fn target(
    id: Option<String>,
    selector: Option<Selector>,
    press_enter: Option<bool>,
    text_label: Option<String>,
    timeout: Option<u32>,
) -> Result<Target> {
    let id = id
        .map(|id| ElementId::new(&id))
        .filter(|id| !id.as_str().is_empty());
    let selectors = selector.and_then(Selector::into_domain);
    if id.is_none() && selectors.is_none() {
        return Err(Error::invalid_member(
            &["id"],
            "missing",
            "Missing element: expected an id from an observation, or a selector",
        ));
    }
    let timeout_ms = timeout
        .filter(|ms| *ms > 0)
        .unwrap_or(Target::DEFAULT_TIMEOUT_MS);
    Ok(Target {
        id,
        selectors,
        press_enter,
        text_label,
        timeout_ms,
    })
}
