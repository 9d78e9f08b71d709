//! What can be done in a browser session (Notte API: the action types of `page/execute`).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ElementId, NodeSelectors, ScrapeOptions};

/// One action, checked in form but not yet tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// Navigates the current tab.
    Goto {
        /// Where to; `https://` is assumed when no scheme is given.
        url: String,
    },
    /// Opens a tab, makes it current and navigates it.
    GotoNewTab {
        /// Where to, as in [`Action::Goto`].
        url: String,
    },
    /// Closes the current tab; the most recently opened remaining one becomes current.
    CloseTab,
    /// Makes another tab current.
    SwitchTab {
        /// Its place in the list of tabs; `-1` is the last one.
        tab_index: i64,
    },
    /// One step back in the tab's history.
    GoBack,
    /// One step forward in the tab's history.
    GoForward,
    /// Loads the current page again.
    Reload,
    /// Waits.
    Wait {
        /// How long, 0 to 30,000 milliseconds.
        time_ms: u32,
    },
    /// Presses a key or chord, such as `Enter` or `Control+A`.
    PressKey {
        /// Key names as Playwright knows them.
        key: String,
    },
    /// Turns the mouse wheel upwards.
    ScrollUp {
        /// CSS pixels; 70 % of the height of what is scrolled when absent.
        amount: Option<u32>,
        /// What is scrolled; the page, or what fills its window, when absent.
        of: Option<ElementId>,
    },
    /// Turns the mouse wheel downwards.
    ScrollDown {
        /// CSS pixels; 70 % of the height of what is scrolled when absent.
        amount: Option<u32>,
        /// What is scrolled; the page, or what fills its window, when absent.
        of: Option<ElementId>,
    },
    /// Solves a captcha.
    CaptchaSolve {
        /// The kind, when the caller knows it.
        captcha_type: Option<String>,
    },
    /// Says that the task needs clarification; never successful.
    Help {
        /// What is unclear.
        reason: String,
    },
    /// Records the outcome of a task; nothing happens in the browser.
    Completion {
        /// Whether the task was done.
        success: bool,
        /// The answer, text or JSON text.
        answer: String,
    },
    /// Reads the page's content.
    Scrape(ScrapeOptions),
    /// Evaluates JavaScript in the page.
    EvaluateJs {
        /// An expression, a function or a body with `return`.
        code: String,
    },
    /// Fills a form by what its fields mean.
    FormFill {
        /// What to put where; never empty.
        value: BTreeMap<FormField, String>,
    },
    /// Reads the inbox of the session's persona.
    EmailRead {
        /// At most so many.
        limit: u32,
        /// Not older than this, as an ISO 8601 duration.
        timedelta: Option<String>,
        /// Only mails that were not read before.
        only_unread: bool,
    },
    /// Waits for a mail with a code or a sign-in link to the session's persona, and reads these.
    EmailVerificationRead {
        /// The mailbox, where it must be a certain one of the persona's.
        mailbox_id: Option<String>,
        /// Only mails from this domain, or from below it.
        sender_domain: Option<String>,
        /// Not older than this, 30 to 900 seconds.
        max_age_seconds: u32,
    },
    /// Reads the text messages of the session's persona.
    SmsRead {
        /// At most so many.
        limit: u32,
        /// Not older than this, as an ISO 8601 duration.
        timedelta: Option<String>,
        /// Only messages that were not read before.
        only_unread: bool,
    },
    /// Calls a tool that whoever started the run offers beside all of these.
    Tool {
        /// Its name.
        name: String,
        /// Its arguments, an object.
        arguments: serde_json::Value,
    },
    /// Does something to one element.
    Interact {
        /// Which element, and how.
        #[serde(flatten)]
        target: Target,
        /// What to do to it.
        interaction: Interaction,
    },
}

/// Which element an interaction is about. At least one of `id` and `selectors` is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its name in the last observation.
    pub id: Option<ElementId>,
    /// Where it is, when it is not named by id.
    pub selectors: Option<NodeSelectors>,
    /// Press Enter afterwards.
    pub press_enter: Option<bool>,
    /// A label for messages.
    pub text_label: Option<String>,
    /// Time for the whole interaction, in milliseconds.
    pub timeout_ms: u32,
}

impl Target {
    /// What an interaction may take when the caller does not say (15 s).
    pub const DEFAULT_TIMEOUT_MS: u32 = 15_000;

    /// Time for the whole interaction.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(u64::from(self.timeout_ms))
    }
}

/// What to do to an element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Interaction {
    /// Clicks it.
    Click,
    /// Sets its text.
    Fill {
        /// The text.
        value: String,
        /// Empty it first.
        clear_before_fill: bool,
        /// How the text gets in.
        style: FillStyle,
    },
    /// Checks or unchecks it.
    Check {
        /// Checked afterwards.
        value: bool,
    },
    /// Selects an option by value or label; clicks the element when it is no `<select>`.
    SelectDropdownOption {
        /// The option's value or label.
        value: String,
    },
    /// Attaches a file.
    UploadFile {
        /// The name of an uploaded file.
        file_path: String,
    },
    /// Clicks it and keeps what is downloaded.
    DownloadFile,
    /// Moves the mouse over it, and leaves it there.
    Hover,
    /// Clicks it twice.
    DoubleClick,
    /// Clicks it with the right button.
    RightClick,
    /// Clicks a point of it.
    ClickAt {
        /// CSS pixels to the right of its left edge.
        x: u32,
        /// CSS pixels below its top edge.
        y: u32,
    },
    /// Presses it and holds the button down.
    PressAndHold {
        /// How long, 0 to 10,000 milliseconds.
        time_ms: u32,
    },
    /// Drags it and lets it go.
    DragAndDrop {
        /// Where to.
        to: Box<Drop>,
    },
    /// Turns the mouse wheel over it.
    Wheel {
        /// CSS pixels to the right; negative to the left.
        delta_x: i32,
        /// CSS pixels down; negative upwards.
        delta_y: i32,
    },
}

/// Where something that is dragged is let go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// Over an element.
    Element {
        /// Its name in the last observation.
        id: Option<ElementId>,
        /// Where it is, when it is not named by id.
        selectors: Option<NodeSelectors>,
    },
    /// Some way off from where it was taken.
    By {
        /// CSS pixels to the right; negative to the left.
        x: i32,
        /// CSS pixels down; negative upwards.
        y: i32,
    },
}

/// How text gets into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillStyle {
    /// At once (action `fill`).
    AtOnce,
    /// Click, then one character every 100 ms, for one-time codes in split fields (action `multi_factor_fill`).
    OneByOne,
    /// Click, then type with a delay of 100 ms a key (action `fallback_fill`).
    Typed,
}

macro_rules! form_fields {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// What a form field is for (Notte API: keys of `form_fill`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each is its own name on the wire")]
        pub enum FormField {
            $(#[serde(rename = $name)] $variant,)*
        }

        impl FormField {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

form_fields! {
    Title = "title",
    FirstName = "first_name",
    MiddleName = "middle_name",
    LastName = "last_name",
    FullName = "full_name",
    Email = "email",
    Company = "company",
    Address1 = "address1",
    Address2 = "address2",
    Address3 = "address3",
    City = "city",
    State = "state",
    PostalCode = "postal_code",
    Country = "country",
    Phone = "phone",
    CardName = "cc_name",
    CardNumber = "cc_number",
    CardExpiryMonth = "cc_exp_month",
    CardExpiryYear = "cc_exp_year",
    CardExpiry = "cc_exp",
    CardCode = "cc_cvv",
    Username = "username",
    CurrentPassword = "current_password",
    NewPassword = "new_password",
    Totp = "totp",
}

impl FormField {
    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.as_str() == name)
    }
}

impl Action {
    /// It changes nothing on anybody's site, so that it may be done without being known of after a crash of the machine: asking
    /// for what is at an address is safe (RFC 9110, 9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(
            self,
            Self::Goto { .. } | Self::GotoNewTab { .. } | Self::Wait { .. } | Self::Scrape(_)
        )
    }

    /// It reads what arrived for a persona.
    pub fn reads_messages(&self) -> bool {
        matches!(
            self,
            Self::EmailRead { .. } | Self::EmailVerificationRead { .. } | Self::SmsRead { .. }
        )
    }

    /// The name of its type on the wire, such as `goto` or `click`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Goto { .. } => "goto",
            Self::GotoNewTab { .. } => "goto_new_tab",
            Self::CloseTab => "close_tab",
            Self::SwitchTab { .. } => "switch_tab",
            Self::GoBack => "go_back",
            Self::GoForward => "go_forward",
            Self::Reload => "reload",
            Self::Wait { .. } => "wait",
            Self::PressKey { .. } => "press_key",
            Self::ScrollUp { .. } => "scroll_up",
            Self::ScrollDown { .. } => "scroll_down",
            Self::CaptchaSolve { .. } => "captcha_solve",
            Self::Help { .. } => "help",
            Self::Completion { .. } => "completion",
            Self::Scrape(_) => "scrape",
            Self::EvaluateJs { .. } => "evaluate_js",
            Self::FormFill { .. } => "form_fill",
            Self::EmailRead { .. } => "email_read",
            Self::EmailVerificationRead { .. } => "email_verification_read",
            Self::SmsRead { .. } => "sms_read",
            Self::Tool { .. } => "tool",
            Self::Interact { interaction, .. } => interaction.name(),
        }
    }
}

/// By what an interaction may set off more than it is for, such as the sending of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presses {
    /// By a press on its element.
    pub press: bool,
    /// By the Enter key in it.
    pub enter: bool,
}

impl Presses {
    /// Whether there is anything.
    pub fn any(self) -> bool {
        self.press || self.enter
    }
}

impl Interaction {
    /// What it may set off on `target`.
    pub fn presses(&self, target: &Target) -> Presses {
        let (press, typed_enter) = match self {
            Self::Fill { value, style, .. } => {
                let typed = *style != FillStyle::AtOnce;
                (false, typed && value.contains(['\n', '\r']))
            }
            // Neither presses a button of the mouse.
            Self::Hover | Self::Wheel { .. } => (false, false),
            _ => (true, false),
        };
        Presses {
            press,
            enter: typed_enter || target.press_enter == Some(true),
        }
    }

    /// What it takes by itself, beside the time in which the element is waited for.
    pub fn lasts(&self) -> Duration {
        match self {
            Self::PressAndHold { time_ms } => Duration::from_millis(u64::from(*time_ms)),
            _ => Duration::ZERO,
        }
    }

    /// The name of its action type on the wire, such as `click`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Fill {
                style: FillStyle::AtOnce,
                ..
            } => "fill",
            Self::Fill {
                style: FillStyle::OneByOne,
                ..
            } => "multi_factor_fill",
            Self::Fill {
                style: FillStyle::Typed,
                ..
            } => "fallback_fill",
            Self::Check { .. } => "check",
            Self::SelectDropdownOption { .. } => "select_dropdown_option",
            Self::UploadFile { .. } => "upload_file",
            Self::DownloadFile => "download_file",
            Self::Hover => "hover",
            Self::DoubleClick => "double_click",
            Self::RightClick => "right_click",
            Self::ClickAt { .. } => "click_at",
            Self::PressAndHold { .. } => "press_and_hold",
            Self::DragAndDrop { .. } => "drag_and_drop",
            Self::Wheel { .. } => "wheel",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_presses_a_button_of_the_mouse_may_set_something_off() {
        let to = Box::new(Drop::By { x: 1, y: 1 });
        for (interaction, press) in [
            (Interaction::Click, true),
            (Interaction::DoubleClick, true),
            (Interaction::RightClick, true),
            (Interaction::ClickAt { x: 1, y: 1 }, true),
            (Interaction::PressAndHold { time_ms: 1 }, true),
            (Interaction::DragAndDrop { to }, true),
            (Interaction::Hover, false),
            (
                Interaction::Wheel {
                    delta_x: 0,
                    delta_y: 1,
                },
                false,
            ),
        ] {
            let presses = interaction.presses(&Target::default());
            assert_eq!(presses.press, press, "{interaction:?}");
            assert!(!presses.enter, "{interaction:?}");
        }
    }
}
