//! The flat union of actions: one object, its type named by `type` (Notte API: `page/execute`).

use std::collections::BTreeMap;

use guise_core::{Action, ElementId, Error, FillStyle, FormField, Interaction, Result, Violation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{PartialSchema, ToSchema};

use super::super::body::read;
use super::interaction::{
    CheckAction, ClickAction, ClickAtAction, DoubleClickAction, DownloadFileAction,
    DragAndDropAction, FallbackFillAction, FillAction, HoverAction, MultiFactorFillAction,
    PressAndHoldAction, RightClickAction, SelectDropdownOptionAction, UploadFileAction,
    WheelAction,
};
use super::scrape::ScrapeAction;

macro_rules! actions {
    ($($variant:ident($body:ty) = $name:tt),* $(,)?) => {
        /// Any action, told by its `type` (Notte API: `PageExecuteRequest`). Members that it does not have are ignored.
        #[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
        #[serde(tag = "type")]
        #[schema(as = PageExecuteRequest)]
        pub enum AnyAction {
            $(#[serde(rename = $name)] #[allow(missing_docs)] $variant($body),)*
        }

        impl AnyAction {
            /// The names of all types.
            pub const TYPES: &[&str] = &[$($name),*];

            /// The schema of each type's members, without references, with its name.
            pub fn described() -> Vec<(&'static str, Value)> {
                vec![$(($name, serde_json::to_value(<$body as PartialSchema>::schema()).unwrap_or_default())),*]
            }

            /// Reads an action object, chosen by its `type`.
            ///
            /// # Errors
            /// Kind `Invalid` for an unknown type, and for a member that is missing or wrong.
            pub fn parse(value: Value, prefix: &[&str]) -> Result<Self> {
                let name = value.get("type").cloned();
                match name.as_ref().and_then(Value::as_str) {
                    $(Some($name) => Ok(Self::$variant(read(value, prefix)?)),)*
                    _ => Err(unknown_type(name, prefix)),
                }
            }
        }
    };
}

actions! {
    Goto(GotoAction) = "goto",
    GotoNewTab(GotoNewTabAction) = "goto_new_tab",
    CloseTab(CloseTabAction) = "close_tab",
    SwitchTab(SwitchTabAction) = "switch_tab",
    GoBack(GoBackAction) = "go_back",
    GoForward(GoForwardAction) = "go_forward",
    Reload(ReloadAction) = "reload",
    Wait(WaitAction) = "wait",
    PressKey(PressKeyAction) = "press_key",
    ScrollUp(ScrollUpAction) = "scroll_up",
    ScrollDown(ScrollDownAction) = "scroll_down",
    CaptchaSolve(CaptchaSolveAction) = "captcha_solve",
    Help(HelpAction) = "help",
    Completion(CompletionAction) = "completion",
    Scrape(ScrapeAction) = "scrape",
    EvaluateJs(EvaluateJsAction) = "evaluate_js",
    FormFill(FormFillAction) = "form_fill",
    EmailRead(EmailReadAction) = "email_read",
    EmailVerificationRead(EmailVerificationReadAction) = "email_verification_read",
    SmsRead(SmsReadAction) = "sms_read",
    Click(ClickAction) = "click",
    Fill(FillAction) = "fill",
    MultiFactorFill(MultiFactorFillAction) = "multi_factor_fill",
    FallbackFill(FallbackFillAction) = "fallback_fill",
    Check(CheckAction) = "check",
    SelectDropdownOption(SelectDropdownOptionAction) = "select_dropdown_option",
    UploadFile(UploadFileAction) = "upload_file",
    DownloadFile(DownloadFileAction) = "download_file",
    Hover(HoverAction) = "hover",
    DoubleClick(DoubleClickAction) = "double_click",
    RightClick(RightClickAction) = "right_click",
    ClickAt(ClickAtAction) = "click_at",
    PressAndHold(PressAndHoldAction) = "press_and_hold",
    DragAndDrop(DragAndDropAction) = "drag_and_drop",
    Wheel(WheelAction) = "wheel",
}

/// What clients show as the kind of actions on the browser as a whole.
const CATEGORY: &str = "Special Browser Actions";

/// The member `category`, always the same for actions on the browser as a whole: any text that is sent counts as it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Option<String>")]
pub struct BrowserCategory;

impl From<Option<String>> for BrowserCategory {
    fn from(_: Option<String>) -> Self {
        Self
    }
}

impl Serialize for BrowserCategory {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(CATEGORY)
    }
}

/// What is scrolled: nothing in particular when the id is empty.
fn scrolled(id: Option<String>) -> Option<ElementId> {
    id.filter(|id| !id.is_empty()).map(|id| ElementId::new(&id))
}

macro_rules! browser_actions {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
        pub struct $name {
            /// For showing.
            #[serde(default)]
            #[schema(value_type = String)]
            pub category: BrowserCategory,
            $($(#[$member_doc])* pub $member: $type,)*
        }
    )*};
}

browser_actions! {
    /// Navigates the current tab.
    GotoAction {
        /// Where to; `https://` is assumed when no scheme is given.
        url: String,
    }
    /// Opens a tab and navigates it.
    GotoNewTabAction {
        /// Where to; `https://` is assumed when no scheme is given.
        url: String,
    }
    /// Closes the current tab.
    CloseTabAction {}
    /// Makes another tab current.
    SwitchTabAction {
        /// Its index; -1 is the last one.
        tab_index: i64,
    }
    /// One step back in history.
    GoBackAction {}
    /// One step forward in history.
    GoForwardAction {}
    /// Loads the page again.
    ReloadAction {}
    /// Waits.
    WaitAction {
        /// Milliseconds.
        #[schema(minimum = 0, maximum = 30000)]
        time_ms: u32,
    }
    /// Presses a key or chord.
    PressKeyAction {
        /// Key names as Playwright knows them, such as `Enter` or `Control+A`.
        key: String,
    }
    /// Turns the mouse wheel upwards.
    ScrollUpAction {
        /// CSS pixels; 70 % of the height of what is scrolled when absent.
        amount: Option<u32>,
        /// The id of what is scrolled, as the page's description names it; the page itself when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    }
    /// Turns the mouse wheel downwards.
    ScrollDownAction {
        /// CSS pixels; 70 % of the height of what is scrolled when absent.
        amount: Option<u32>,
        /// The id of what is scrolled, as the page's description names it; the page itself when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    }
    /// Solves a captcha.
    CaptchaSolveAction {
        /// The kind, when it is known.
        captcha_type: Option<CaptchaType>,
    }
    /// Asks for clarification; never successful.
    HelpAction {
        /// What is unclear.
        reason: String,
    }
    /// Records the outcome of a task.
    CompletionAction {
        /// Whether the task was done.
        success: bool,
        /// The answer; an object is kept as its JSON text.
        #[serde(deserialize_with = "text_or_json")]
        answer: String,
    }
    /// Evaluates JavaScript in the page.
    EvaluateJsAction {
        /// An expression, a function or a body with `return`.
        code: String,
    }
    /// Fills a form by what its fields mean.
    FormFillAction {
        /// What to put where.
        value: BTreeMap<String, Option<String>>,
    }
    /// Reads the inbox of the session's persona.
    EmailReadAction {
        /// At most so many.
        #[serde(default = "ten")]
        limit: u32,
        /// Not older than this, as an ISO 8601 duration.
        timedelta: Option<String>,
        /// Only unread ones.
        #[serde(default = "yes")]
        only_unread: bool,
    }
    /// Waits for a mail with a code or a sign-in link, and reads these.
    EmailVerificationReadAction {
        /// The mailbox; the persona's own one when absent.
        mailbox_id: Option<String>,
        /// Only mails from this domain, or from below it.
        sender_domain: Option<String>,
        /// Not older than this.
        #[serde(default = "five_minutes")]
        #[schema(minimum = 30, maximum = 900)]
        max_age_seconds: u32,
    }
    /// Reads the text messages of the session's persona.
    SmsReadAction {
        /// At most so many.
        #[serde(default = "ten")]
        limit: u32,
        /// Not older than this, as an ISO 8601 duration.
        timedelta: Option<String>,
        /// Only unread ones.
        #[serde(default = "yes")]
        only_unread: bool,
    }
}

/// The kinds of captcha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CaptchaType {
    Recaptcha,
    Hcaptcha,
    Image,
    Text,
    Auth0,
    Cloudflare,
    Datadome,
    #[serde(rename = "arkose labs")]
    ArkoseLabs,
    Geetest,
    #[serde(rename = "press&hold")]
    PressAndHold,
    Unknown,
}

pub(super) fn ten() -> u32 {
    10
}

fn five_minutes() -> u32 {
    300
}

pub(super) fn yes() -> bool {
    true
}

fn text_or_json<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        value @ (Value::Object(_) | Value::Array(_)) => Ok(value.to_string()),
        _ => Err(serde::de::Error::custom("expected a string or an object")),
    }
}

fn unknown_type(given: Option<Value>, prefix: &[&str]) -> Error {
    let expected = AnyAction::TYPES.join(", ");
    let message = match &given {
        None => format!("Missing member 'type': expected one of {expected}"),
        Some(value) => format!("Invalid value {value} for type: expected one of {expected}"),
    };
    let mut path: Vec<String> = prefix.iter().map(|part| (*part).to_owned()).collect();
    path.push("type".to_owned());
    Error::invalid(vec![Violation {
        path,
        code: "union_tag_invalid",
        message,
        input: given,
    }])
}

impl AnyAction {
    /// The action in the domain.
    ///
    /// # Errors
    /// Kind `Invalid` for members out of bounds, unknown form fields, and an interaction without id and selector.
    pub fn into_domain(self) -> Result<Action> {
        Ok(match self {
            Self::Goto(it) => Action::Goto { url: it.url },
            Self::GotoNewTab(it) => Action::GotoNewTab { url: it.url },
            Self::CloseTab(_) => Action::CloseTab,
            Self::SwitchTab(it) => Action::SwitchTab {
                tab_index: it.tab_index,
            },
            Self::GoBack(_) => Action::GoBack,
            Self::GoForward(_) => Action::GoForward,
            Self::Reload(_) => Action::Reload,
            Self::Wait(it) if it.time_ms > 30_000 => {
                return Err(Error::invalid_member(
                    &["time_ms"],
                    "less_than_equal",
                    format!("Invalid time_ms {}: expected 0 to 30000", it.time_ms),
                ));
            }
            Self::Wait(it) => Action::Wait {
                time_ms: it.time_ms,
            },
            Self::PressKey(it) => Action::PressKey { key: it.key },
            Self::ScrollUp(it) => Action::ScrollUp {
                amount: it.amount,
                of: scrolled(it.id),
            },
            Self::ScrollDown(it) => Action::ScrollDown {
                amount: it.amount,
                of: scrolled(it.id),
            },
            Self::CaptchaSolve(it) => Action::CaptchaSolve {
                captcha_type: it
                    .captcha_type
                    .and_then(|kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned)),
            },
            Self::Help(it) => Action::Help { reason: it.reason },
            Self::Completion(it) => Action::Completion {
                success: it.success,
                answer: it.answer,
            },
            Self::Scrape(it) => Action::Scrape(it.into_domain()?),
            Self::EvaluateJs(it) => Action::EvaluateJs { code: it.code },
            Self::FormFill(it) => Action::FormFill {
                value: form_values(it.value)?,
            },
            Self::EmailRead(it) => Action::EmailRead {
                limit: it.limit,
                timedelta: it.timedelta,
                only_unread: it.only_unread,
            },
            Self::EmailVerificationRead(it) if !(30..=900).contains(&it.max_age_seconds) => {
                return Err(Error::invalid_member(
                    &["max_age_seconds"],
                    "range",
                    format!(
                        "Invalid max_age_seconds {}: expected 30 to 900",
                        it.max_age_seconds
                    ),
                ));
            }
            Self::EmailVerificationRead(it) => Action::EmailVerificationRead {
                mailbox_id: it.mailbox_id,
                sender_domain: it.sender_domain,
                max_age_seconds: it.max_age_seconds,
            },
            Self::SmsRead(it) => Action::SmsRead {
                limit: it.limit,
                timedelta: it.timedelta,
                only_unread: it.only_unread,
            },
            Self::Click(it) => it.into_domain(Interaction::Click)?,
            Self::Fill(it) => {
                let interaction = fill(&it.value, it.clear_before_fill, FillStyle::AtOnce);
                it.into_domain(interaction)?
            }
            Self::MultiFactorFill(it) => {
                let interaction = fill(&it.value, it.clear_before_fill, FillStyle::OneByOne);
                it.into_domain(interaction)?
            }
            Self::FallbackFill(it) => {
                let interaction = fill(&it.value, it.clear_before_fill, FillStyle::Typed);
                it.into_domain(interaction)?
            }
            Self::Check(it) => {
                let interaction = Interaction::Check { value: it.value };
                it.into_domain(interaction)?
            }
            Self::SelectDropdownOption(it) => {
                let interaction = Interaction::SelectDropdownOption {
                    value: it.value.clone(),
                };
                it.into_domain(interaction)?
            }
            Self::UploadFile(it) => {
                let interaction = Interaction::UploadFile {
                    file_path: it.file_path.clone(),
                };
                it.into_domain(interaction)?
            }
            Self::DownloadFile(it) => it.into_domain(Interaction::DownloadFile)?,
            Self::Hover(it) => it.into_domain(Interaction::Hover)?,
            Self::DoubleClick(it) => it.into_domain(Interaction::DoubleClick)?,
            Self::RightClick(it) => it.into_domain(Interaction::RightClick)?,
            Self::ClickAt(it) => {
                let interaction = Interaction::ClickAt { x: it.x, y: it.y };
                it.into_domain(interaction)?
            }
            Self::PressAndHold(it) if it.time_ms > 10_000 => {
                return Err(Error::invalid_member(
                    &["time_ms"],
                    "less_than_equal",
                    format!("Invalid time_ms {}: expected 0 to 10000", it.time_ms),
                ));
            }
            Self::PressAndHold(it) => {
                let interaction = Interaction::PressAndHold {
                    time_ms: it.time_ms,
                };
                it.into_domain(interaction)?
            }
            Self::DragAndDrop(mut it) => {
                let to = Box::new(it.drop()?);
                let interaction = Interaction::DragAndDrop { to };
                it.into_domain(interaction)?
            }
            Self::Wheel(it) => {
                let interaction = Interaction::Wheel {
                    delta_x: it.delta_x,
                    delta_y: it.delta_y,
                };
                it.into_domain(interaction)?
            }
        })
    }
}

fn fill(value: &str, clear_before_fill: bool, style: FillStyle) -> Interaction {
    Interaction::Fill {
        value: value.to_owned(),
        clear_before_fill,
        style,
    }
}

/// `password` is another name of `current_password`; members that are null are as good as absent.
fn form_values(given: BTreeMap<String, Option<String>>) -> Result<BTreeMap<FormField, String>> {
    let wrong = |code, message: String| Err(Error::invalid_member(&["value"], code, message));
    if given.contains_key("password") && given.contains_key("current_password") {
        return wrong(
            "exclusive",
            "Invalid value: expected either password or current_password, not both".to_owned(),
        );
    }
    let mut values = BTreeMap::new();
    for (name, value) in given {
        let known = if name == "password" {
            "current_password"
        } else {
            &name
        };
        let Some(field) = FormField::from_name(known) else {
            let known: Vec<_> = FormField::ALL.iter().map(|field| field.as_str()).collect();
            return wrong(
                "literal_error",
                format!(
                    "Invalid form field '{name}' in value: expected one of {}, password",
                    known.join(", ")
                ),
            );
        };
        if let Some(value) = value {
            values.insert(field, value);
        }
    }
    if values.is_empty() {
        return wrong(
            "too_short",
            "Invalid value: expected at least one form field that is not null".to_owned(),
        );
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    fn parse(value: Value) -> Result<Action> {
        AnyAction::parse(value, &[])?.into_domain()
    }

    #[rstest]
    #[case::unknown_type(json!({"type": "dance"}), "type")]
    #[case::no_type(json!({}), "type")]
    #[case::missing_member(json!({"type": "goto"}), "url")]
    #[case::wrong_type(json!({"type": "goto", "url": 5}), "url")]
    #[case::too_long_wait(json!({"type": "wait", "time_ms": 30001}), "time_ms")]
    #[case::too_much_to_ignore(json!({"type": "scrape", "ignored_tags": vec!["b"; 101]}), "ignored_tags")]
    #[case::no_element(json!({"type": "click"}), "id")]
    #[case::blank_element(json!({"type": "click", "id": "", "selector": null}), "id")]
    #[case::too_long_hold(json!({"type": "press_and_hold", "id": "B1", "time_ms": 10001}), "time_ms")]
    #[case::no_point(json!({"type": "click_at", "id": "B1", "x": 3}), "y")]
    #[case::nowhere_to_drop(json!({"type": "drag_and_drop", "id": "B1"}), "to_id")]
    #[case::two_places_to_drop(json!({"type": "drag_and_drop", "id": "B1", "to_id": "B2", "by_x": 3}), "to_id")]
    #[case::both_passwords(json!({"type": "form_fill", "value": {"password": "a", "current_password": "b"}}), "value")]
    #[case::nothing_to_fill(json!({"type": "form_fill", "value": {"email": null}}), "value")]
    #[case::unknown_field(json!({"type": "form_fill", "value": {"shoe_size": "42"}}), "value")]
    fn a_wrong_member_is_named(#[case] value: Value, #[case] member: &str) {
        let error = parse(value).unwrap_err();
        assert_eq!(error.violations()[0].path, [member], "{error}");
    }

    #[rstest]
    #[case::unknown_members_of_actions_are_ignored(json!({"type": "fill", "id": "I1", "value": "x", "clear": true}))]
    #[case::string_selector(json!({"type": "click", "selector": "#btn"}))]
    #[case::object_selector(json!({"type": "click", "id": "", "selector": {"css_selector": "a", "xpath_selector": "", "in_iframe": false, "in_shadow_root": false, "iframe_parent_css_selectors": []}}))]
    #[case::explicit_nulls(json!({"type": "scroll_down", "amount": null, "category": null}))]
    #[case::object_answer(json!({"type": "completion", "success": true, "answer": {"a": 1}}))]
    fn what_clients_send_is_accepted(#[case] value: Value) {
        parse(value).unwrap();
    }

    #[test]
    fn every_type_is_known_by_its_name() {
        for name in AnyAction::TYPES {
            let error = AnyAction::parse(json!({"type": name, "value": [], "url": []}), &[]).err();
            assert!(
                error.is_none_or(|error| error.violations()[0].path != ["type"]),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_as_type_panics(name in ".{0,20}", value in ".{0,20}") {
            let _ = parse(json!({"type": name, "value": value, "id": value}));
        }
    }
}
