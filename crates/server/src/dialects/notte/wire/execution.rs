//! What became of an action.

use guise_core::{Action, Drop, Execution, FillStyle, Interaction, Outcome, ScrapeOptions, Target};
use serde::Serialize;
use utoipa::ToSchema;

use super::action::{
    AnyAction, BrowserCategory, CaptchaSolveAction, CloseTabAction, CompletionAction,
    EmailReadAction, EmailVerificationReadAction, EvaluateJsAction, FormFillAction, GoBackAction,
    GoForwardAction, GotoAction, GotoNewTabAction, HelpAction, PressKeyAction, ReloadAction,
    ScrollDownAction, ScrollUpAction, SmsReadAction, SwitchTabAction, WaitAction,
};
use super::interaction::{
    CheckAction, ClickAction, ClickAtAction, DoubleClickAction, DownloadFileAction,
    DragAndDropAction, FallbackFillAction, FillAction, HoverAction, InteractionCategory,
    MultiFactorFillAction, PressAndHoldAction, RightClickAction, SelectDropdownOptionAction,
    Selector, UploadFileAction, WheelAction,
};
use super::scrape::DataSpaceBody;

/// What became of an action (Notte API: `ApiExecutionResponse`). An action that failed is answered like this, too.
///
/// `session_id` is for clients of the older form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiExecutionResponse {
    /// The session.
    pub session_id: String,
    /// When it began, RFC 3339.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended, RFC 3339.
    #[schema(format = DateTime)]
    pub ended_at: String,
    /// What was done: the action with the element that was found.
    pub action: AnyAction,
    /// It had its effect.
    pub success: bool,
    /// One sentence about it.
    pub message: String,
    /// What it read.
    pub data: Option<DataSpaceBody>,
    /// The failure as clients raise it; null on success.
    pub exception: Option<String>,
}

impl ApiExecutionResponse {
    /// The wire form.
    pub fn new(session_id: String, execution: Execution) -> Self {
        let Execution {
            action,
            outcome,
            started_at,
            ended_at,
        } = execution;
        Self {
            session_id,
            started_at: started_at.to_string(),
            ended_at: ended_at.to_string(),
            action: resolved(action, &outcome),
            success: outcome.success,
            message: outcome.message,
            data: outcome.data.map(DataSpaceBody::from),
            exception: outcome.exception,
        }
    }
}

/// The action as it was carried out.
pub fn resolved(action: Action, outcome: &Outcome) -> AnyAction {
    let category = BrowserCategory;
    match action {
        Action::Goto { url } => AnyAction::Goto(GotoAction { category, url }),
        Action::GotoNewTab { url } => AnyAction::GotoNewTab(GotoNewTabAction { category, url }),
        Action::CloseTab => AnyAction::CloseTab(CloseTabAction { category }),
        Action::SwitchTab { tab_index } => AnyAction::SwitchTab(SwitchTabAction {
            category,
            tab_index,
        }),
        Action::GoBack => AnyAction::GoBack(GoBackAction { category }),
        Action::GoForward => AnyAction::GoForward(GoForwardAction { category }),
        Action::Reload => AnyAction::Reload(ReloadAction { category }),
        Action::Wait { time_ms } => AnyAction::Wait(WaitAction { category, time_ms }),
        Action::PressKey { key } => AnyAction::PressKey(PressKeyAction { category, key }),
        Action::ScrollUp { amount, of } => AnyAction::ScrollUp(ScrollUpAction {
            category,
            amount,
            id: of.map(|id| id.to_string()),
        }),
        Action::ScrollDown { amount, of } => AnyAction::ScrollDown(ScrollDownAction {
            category,
            amount,
            id: of.map(|id| id.to_string()),
        }),
        Action::CaptchaSolve { captcha_type } => {
            let captcha_type = captcha_type
                .and_then(|name| serde_json::from_value(serde_json::Value::String(name)).ok());
            AnyAction::CaptchaSolve(CaptchaSolveAction {
                category,
                captcha_type,
            })
        }
        Action::Help { reason } => AnyAction::Help(HelpAction { category, reason }),
        Action::Completion { success, answer } => AnyAction::Completion(CompletionAction {
            category,
            success,
            answer,
        }),
        Action::Scrape(options) => AnyAction::Scrape(options.into()),
        Action::EvaluateJs { code } => AnyAction::EvaluateJs(EvaluateJsAction { category, code }),
        Action::FormFill { value } => {
            let value = value
                .into_iter()
                .map(|(field, text)| (field.as_str().to_owned(), Some(text)))
                .collect();
            AnyAction::FormFill(FormFillAction { category, value })
        }
        Action::EmailRead {
            limit,
            timedelta,
            only_unread,
        } => AnyAction::EmailRead(EmailReadAction {
            category,
            limit,
            timedelta,
            only_unread,
        }),
        Action::EmailVerificationRead {
            mailbox_id,
            sender_domain,
            max_age_seconds,
        } => AnyAction::EmailVerificationRead(EmailVerificationReadAction {
            category,
            mailbox_id,
            sender_domain,
            max_age_seconds,
        }),
        Action::SmsRead {
            limit,
            timedelta,
            only_unread,
        } => AnyAction::SmsRead(SmsReadAction {
            category,
            limit,
            timedelta,
            only_unread,
        }),
        // This API has no tools beside its actions: a tool that reads something is nearest to this one.
        Action::Tool { name, arguments } => AnyAction::Scrape(
            ScrapeOptions {
                instructions: Some(format!("{name} {arguments}")),
                ..ScrapeOptions::default()
            }
            .into(),
        ),
        Action::Interact {
            target,
            interaction,
        } => interacted(target, interaction, outcome),
    }
}

fn interacted(target: Target, interaction: Interaction, outcome: &Outcome) -> AnyAction {
    let category = InteractionCategory;
    let id = Some(target.id.map_or_else(String::new, |id| id.to_string()));
    let selector = outcome
        .selectors
        .clone()
        .or(target.selectors)
        .and_then(Selector::from_domain);
    let text_label = outcome.text_label.clone().or(target.text_label);
    let press_enter = target.press_enter;
    let timeout = Some(target.timeout_ms);
    macro_rules! with {
        ($name:ident { $($member:ident),* }) => {
            $name { category, id, selector, press_enter, text_label, timeout, $($member),* }
        };
    }
    match interaction {
        Interaction::Click => AnyAction::Click(with!(ClickAction {})),
        Interaction::Fill {
            value,
            clear_before_fill,
            style,
        } => match style {
            FillStyle::AtOnce => AnyAction::Fill(with!(FillAction {
                value,
                clear_before_fill
            })),
            FillStyle::OneByOne => AnyAction::MultiFactorFill(with!(MultiFactorFillAction {
                value,
                clear_before_fill
            })),
            FillStyle::Typed => AnyAction::FallbackFill(with!(FallbackFillAction {
                value,
                clear_before_fill
            })),
        },
        Interaction::Check { value } => AnyAction::Check(with!(CheckAction { value })),
        Interaction::SelectDropdownOption { value } => {
            AnyAction::SelectDropdownOption(with!(SelectDropdownOptionAction { value }))
        }
        Interaction::UploadFile { file_path } => {
            AnyAction::UploadFile(with!(UploadFileAction { file_path }))
        }
        Interaction::DownloadFile => AnyAction::DownloadFile(with!(DownloadFileAction {})),
        Interaction::Hover => AnyAction::Hover(with!(HoverAction {})),
        Interaction::DoubleClick => AnyAction::DoubleClick(with!(DoubleClickAction {})),
        Interaction::RightClick => AnyAction::RightClick(with!(RightClickAction {})),
        Interaction::ClickAt { x, y } => AnyAction::ClickAt(with!(ClickAtAction { x, y })),
        Interaction::PressAndHold { time_ms } => {
            AnyAction::PressAndHold(with!(PressAndHoldAction { time_ms }))
        }
        Interaction::DragAndDrop { to } => {
            let (to_id, to_selector, by_x, by_y) = match *to {
                Drop::Element { id, selectors } => (
                    id.map(|id| id.to_string()),
                    selectors.and_then(Selector::from_domain),
                    None,
                    None,
                ),
                Drop::By { x, y } => (None, None, Some(x), Some(y)),
            };
            AnyAction::DragAndDrop(with!(DragAndDropAction {
                to_id,
                to_selector,
                by_x,
                by_y
            }))
        }
        Interaction::Wheel { delta_x, delta_y } => {
            AnyAction::Wheel(with!(WheelAction { delta_x, delta_y }))
        }
    }
}
