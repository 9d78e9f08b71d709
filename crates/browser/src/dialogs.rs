//! Dialogs of pages: answered at once, so that nothing ever waits for a person.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::protocol::page::{HandleJavaScriptDialog, JavascriptDialogOpening};
use guise_cdp::{Session, TargetId};
use tokio::time::Instant;

use crate::core::Core;

/// How long an answer may take to be taken.
const ANSWER: Duration = Duration::from_secs(10);
/// How much of a dialog's text is repeated.
const SHOWN: usize = 200;
/// How many dialogs are told of.
const REMEMBERED: usize = 5;

/// Whether a dialog of that type is answered with OK: leaving a page and taking note of a message is, a question is not
/// (what Playwright does with dialogs that nobody listens for, except that a message is read).
fn accepts(r#type: &str) -> bool {
    matches!(r#type, "beforeunload" | "alert")
}

/// Answers a dialog and notes what it said for whoever acts on the tab.
pub(crate) fn answer(
    core: &Arc<Core>,
    session: &Session,
    dialog: &JavascriptDialogOpening,
    tab: &TargetId,
) {
    let accept = accepts(&dialog.r#type);
    let told = describe(&dialog.r#type, &dialog.message, accept);
    core.board.change(|state| {
        if let Some(tab) = state.tab_mut(tab)
            && tab.dialogs.len() < REMEMBERED
        {
            tab.dialogs.push(told);
        }
    });
    let session = session.clone();
    core.tasks.spawn(async move {
        let command = HandleJavaScriptDialog {
            accept,
            ..Default::default()
        };
        if let Err(error) = session.call(&command, Instant::now() + ANSWER).await {
            // Somebody else was quicker, or the page is gone.
            tracing::debug!(%error, "a dialog could not be answered");
        }
    });
}

fn describe(r#type: &str, message: &str, accept: bool) -> String {
    let kind = match r#type {
        "alert" => "an alert",
        "confirm" => "a confirmation",
        "prompt" => "a prompt",
        _ => "a question whether to leave the page",
    };
    let answered = if accept { "accepted" } else { "dismissed" };
    let mut text: String = message.chars().take(SHOWN).collect();
    if text.len() < message.len() {
        text.push('…');
    }
    if text.is_empty() {
        format!("{kind} opened and was {answered}")
    } else {
        format!("{kind} opened saying \"{text}\" and was {answered}")
    }
}

/// What an outcome's message says about dialogs that opened meanwhile; empty when none did.
pub(crate) fn sentence(dialogs: &[String]) -> String {
    match dialogs {
        [] => String::new(),
        dialogs => format!(". Meanwhile {}", dialogs.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_a_dialog_said() {
        assert_eq!(
            describe("confirm", "Sure?", accepts("confirm")),
            "a confirmation opened saying \"Sure?\" and was dismissed"
        );
        assert!(describe("alert", &"é".repeat(300), true).contains('…'));
        assert_eq!(sentence(&[]), "");
    }
}
