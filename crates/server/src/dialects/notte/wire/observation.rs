//! What a page looks like to somebody who wants to act on it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guise_core::{
    Changes, Element, ElementId, Error, Observation, ObserveRequest, Offer, Result, Tab, Target,
    ViewportState,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::interaction::Selector;

/// What is asked of an observation (Notte API: `ObserveRequest`).
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObserveRequest)]
pub struct ObserveBody {
    /// List at most so many elements; 100 when absent.
    pub max_nb_actions: Option<i64>,
    /// Where a language model chooses among the elements: at least so many, as far as there are.
    pub min_nb_actions: Option<i64>,
    /// What to look for, in words: a language model chooses the elements that fit.
    pub instructions: Option<String>,
    /// `fast` looks without a language model; with `deep` one describes the page and what can be done there.
    pub perception_type: Option<PerceptionType>,
    /// So many tokens for `space.description`, at four characters each; 2000 when absent, 300 with `since`. What matters least is
    /// left out, and the last line says how much.
    pub max_tokens: Option<i64>,
    /// Only what is different from the observation before, where that was of the same document; the whole page otherwise.
    pub since: Option<Since>,
}

/// From when on differences are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Since {
    /// From the session's last observation on.
    Last,
}

/// Tokens for a description, and for one of differences.
const TOKENS: i64 = 2_000;
const TOKENS_SINCE: i64 = 300;

/// How thoroughly to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PerceptionType {
    /// Without a language model.
    Fast,
    /// With one.
    Deep,
}

impl ObserveBody {
    /// The request in the domain.
    ///
    /// # Errors
    /// Kind `Invalid` for a negative number.
    pub fn into_domain(self) -> Result<ObserveRequest> {
        let since_last = self.since.is_some();
        let tokens = if since_last { TOKENS_SINCE } else { TOKENS };
        Ok(ObserveRequest {
            max_actions: Some(count("max_nb_actions", self.max_nb_actions.unwrap_or(100))?),
            min_actions: self
                .min_nb_actions
                .map(|value| count("min_nb_actions", value))
                .transpose()?,
            max_tokens: Some(count("max_tokens", self.max_tokens.unwrap_or(tokens))?),
            since_last,
            instructions: self.instructions.filter(|text| !text.trim().is_empty()),
            deep: self.perception_type == Some(PerceptionType::Deep),
        })
    }
}

/// A number that is none too small.
fn count(name: &str, value: i64) -> Result<usize> {
    if value < 0 {
        return Err(Error::invalid_member(
            &[name],
            "greater_than_equal",
            format!("Invalid {name} {value}: expected 0 or more"),
        ));
    }
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

/// A page at one moment (Notte API: `Observation`).
///
/// `session_id`, `title` and `url` at this level are for clients of the older form.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Observation)]
pub struct ObservationBody {
    /// The session.
    pub session_id: String,
    /// The page's title.
    pub title: String,
    /// The page's address.
    pub url: String,
    /// When the look began, RFC 3339.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended, RFC 3339.
    #[schema(format = DateTime)]
    pub ended_at: String,
    /// The page as a whole.
    pub metadata: SnapshotMetadata,
    /// The picture of this very state.
    pub screenshot: ScreenshotBody,
    /// What can be done.
    pub space: ActionSpace,
}

/// The page as a whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotMetadata {
    /// Its title.
    pub title: String,
    /// Its address; empty before the first navigation.
    pub url: String,
    /// What is in view.
    pub viewport: ViewportData,
    /// The session's tabs.
    pub tabs: Vec<TabsData>,
    /// When the state was taken, RFC 3339.
    #[schema(format = DateTime)]
    pub timestamp: String,
}

/// What is in view, in whole CSS pixels.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ViewportData {
    pub scroll_x: i64,
    pub scroll_y: i64,
    pub viewport_width: i64,
    pub viewport_height: i64,
    pub total_width: i64,
    pub total_height: i64,
}

/// One tab.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TabsData {
    /// Its place.
    pub tab_id: i64,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A picture with the boxes of what can be acted on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Screenshot)]
pub struct ScreenshotBody {
    /// JPEG in base64.
    pub raw: String,
    /// Where the elements are.
    pub bboxes: Vec<BoundingBoxBody>,
    /// The element that the last action was about.
    pub last_action_id: Option<String>,
}

/// Where an element is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BoundingBox)]
pub struct BoundingBoxBody {
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
    pub notte_id: Option<String>,
}

/// What can be done on the page (Notte API: `ActionSpace`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionSpace {
    /// The page as lines of text that name the elements.
    pub description: String,
    /// What can be done to elements.
    pub interaction_actions: Vec<InteractionOffer>,
    /// What can be done to the browser as a whole, with example values.
    #[schema(value_type = Vec<Object>)]
    pub browser_actions: Vec<Value>,
    /// Both of them, elements first.
    #[schema(value_type = Vec<Object>)]
    pub actions: Vec<Value>,
    /// Both of them as a list in Markdown.
    pub markdown: String,
    /// The kind of page; null without a language model.
    pub category: Option<String>,
    /// Which elements are different, where only differences were asked for: `description` and the actions hold no more then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<ChangesBody>,
}

/// Which elements are different from those of the observation before, by id.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChangesBody {
    /// When that observation was, RFC 3339.
    #[schema(format = DateTime)]
    pub since: String,
    /// New ones.
    pub added: Vec<String>,
    /// Those that are written or stand differently.
    pub changed: Vec<String>,
    /// Those that are not on the page any more.
    pub gone: Vec<String>,
    /// Those that are there as before and not in view.
    pub out_of_view: Vec<String>,
}

impl From<Changes> for ChangesBody {
    fn from(changes: Changes) -> Self {
        let names = |ids: Vec<ElementId>| ids.iter().map(ElementId::to_string).collect();
        Self {
            since: changes.since.to_string(),
            added: names(changes.added),
            changed: names(changes.changed),
            gone: names(changes.gone),
            out_of_view: names(changes.out_of_view),
        }
    }
}

/// An action that an element offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InteractionOffer {
    /// `click`, `fill` or `select_dropdown_option`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The element's name, for as long as its document lives, also when the page renders it anew.
    pub id: String,
    /// For showing.
    pub category: &'static str,
    /// The element as it is written.
    pub description: String,
    /// Where it is.
    pub selector: Option<Selector>,
    /// Its accessible name.
    pub text_label: String,
    /// Press Enter afterwards; not decided here.
    pub press_enter: Option<bool>,
    /// Milliseconds for the whole.
    pub timeout: u32,
    /// A sample of what to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Stands for a text that the caller makes up.
const SAMPLE: &str = "<sample_value>";

impl From<&Element> for InteractionOffer {
    fn from(element: &Element) -> Self {
        let (kind, value) = match &element.offer {
            Offer::Click => ("click", None),
            Offer::Fill => ("fill", Some(SAMPLE.to_owned())),
            Offer::Select { value } => (
                "select_dropdown_option",
                Some(value.clone().unwrap_or_else(|| SAMPLE.to_owned())),
            ),
        };
        Self {
            kind,
            id: element.id.to_string(),
            category: "Interaction action",
            description: element.markup.clone(),
            selector: Selector::from_domain(element.selectors.clone()),
            text_label: element.label.clone(),
            press_enter: None,
            timeout: Target::DEFAULT_TIMEOUT_MS,
            value,
        }
    }
}

impl ObservationBody {
    /// The wire form.
    pub fn new(session_id: String, observation: Observation) -> Self {
        let Observation {
            title,
            url,
            viewport,
            tabs,
            description,
            elements,
            changes,
            category,
            screenshot,
            ..
        } = observation;
        let bboxes = elements
            .iter()
            .map(|element| BoundingBoxBody {
                x: element.bbox.x,
                y: element.bbox.y,
                width: element.bbox.width,
                height: element.bbox.height,
                scroll_x: element.bbox.scroll_x,
                scroll_y: element.bbox.scroll_y,
                viewport_width: element.bbox.viewport_width,
                viewport_height: element.bbox.viewport_height,
                iframe_offset_x: element.bbox.iframe_offset_x,
                iframe_offset_y: element.bbox.iframe_offset_y,
                notte_id: Some(element.id.to_string()),
            })
            .collect();
        // A page that was never navigated has no moment: the API says the year 1 then.
        let timestamp = observation.timestamp.map_or_else(
            || "0001-01-01T00:00:00Z".to_owned(),
            |timestamp| timestamp.to_string(),
        );
        Self {
            session_id,
            title: title.clone(),
            url: url.clone(),
            started_at: observation.started_at.to_string(),
            ended_at: observation.ended_at.to_string(),
            metadata: SnapshotMetadata {
                title,
                url,
                viewport: viewport.into(),
                tabs: tabs.into_iter().map(TabsData::from).collect(),
                timestamp,
            },
            screenshot: ScreenshotBody {
                raw: STANDARD.encode(&screenshot.jpeg),
                bboxes,
                last_action_id: screenshot.last_action_id.map(|id| id.to_string()),
            },
            space: ActionSpace {
                category,
                changes: changes.map(ChangesBody::from),
                ..ActionSpace::new(description, &elements)
            },
        }
    }
}

impl ActionSpace {
    fn new(description: String, elements: &[Element]) -> Self {
        let interaction_actions: Vec<_> = elements.iter().map(InteractionOffer::from).collect();
        let browser_actions = browser_actions();
        let mut markdown = String::new();
        if !interaction_actions.is_empty() {
            markdown.push_str("# Interaction actions\n");
            for offer in &interaction_actions {
                markdown.push_str(&format!("* {}: {}\n", offer.id, offer.description));
            }
            markdown.push('\n');
        }
        markdown.push_str("# Special Browser Actions\n");
        for action in &browser_actions {
            markdown.push_str(&format!(
                "* {}\n",
                action["type"].as_str().unwrap_or_default()
            ));
        }
        let actions = interaction_actions
            .iter()
            .filter_map(|offer| serde_json::to_value(offer).ok())
            .chain(browser_actions.iter().cloned())
            .collect();
        Self {
            description,
            interaction_actions,
            browser_actions,
            actions,
            markdown,
            category: None,
            changes: None,
        }
    }
}

/// The actions on the browser as a whole, with values that show their form.
fn browser_actions() -> Vec<Value> {
    let url = "https://example.com";
    let mut actions = vec![
        json!({"type": "form_fill", "value": {"email": SAMPLE}}),
        json!({"type": "goto", "url": url}),
        json!({"type": "goto_new_tab", "url": url}),
        json!({"type": "close_tab"}),
        json!({"type": "switch_tab", "tab_index": 0}),
        json!({"type": "go_back"}),
        json!({"type": "go_forward"}),
        json!({"type": "reload"}),
        json!({"type": "wait", "time_ms": 1000}),
        json!({"type": "press_key", "key": "Enter"}),
        json!({"type": "scroll_up", "amount": null}),
        json!({"type": "scroll_down", "amount": null}),
        json!({"type": "captcha_solve", "captcha_type": null}),
        json!({"type": "help", "reason": SAMPLE}),
        json!({"type": "completion", "success": true, "answer": SAMPLE}),
        json!({"type": "scrape", "instructions": null}),
        json!({"type": "email_read", "limit": 10, "timedelta": "PT5M", "only_unread": true}),
        json!({"type": "sms_read", "limit": 10, "timedelta": "PT5M", "only_unread": true}),
        json!({"type": "evaluate_js", "code": "document.title"}),
    ];
    for action in &mut actions {
        action["category"] = json!("Special Browser Actions");
    }
    actions
}

impl From<ViewportState> for ViewportData {
    fn from(viewport: ViewportState) -> Self {
        Self {
            scroll_x: viewport.scroll_x,
            scroll_y: viewport.scroll_y,
            viewport_width: viewport.viewport_width,
            viewport_height: viewport.viewport_height,
            total_width: viewport.total_width,
            total_height: viewport.total_height,
        }
    }
}

impl From<Tab> for TabsData {
    fn from(tab: Tab) -> Self {
        Self {
            tab_id: tab.index,
            title: tab.title,
            url: tab.url,
        }
    }
}
