//! Dialogs of pages. An outside client may answer first, as Playwright's and Puppeteer's listeners do; where there is none,
//! or none that listens, they are answered here, so that nothing ever waits for a person.

use std::sync::Arc;
use std::time::Duration;

use guise_cdp::protocol::page::{
    HandleJavaScriptDialog, JavascriptDialogClosed, JavascriptDialogOpening,
};
use guise_cdp::{Session, TargetId};
use tokio::time::Instant;

use crate::core::Core;
use crate::fault::Fault;

/// How long outside clients have for an answer of their own.
const OUTSIDE: Duration = Duration::from_secs(2);
/// How long our answer may take to be taken.
const ANSWER: Duration = Duration::from_secs(10);
/// How much of a dialog's text is repeated.
const SHOWN: usize = 200;

/// Whether a dialog of that type is answered with OK: leaving a page and taking note of a message is, a question is not
/// (what Playwright does with dialogs that nobody listens for, except that a message is read).
fn accepts(r#type: &str) -> bool {
    matches!(r#type, "beforeunload" | "alert")
}

/// A dialog opens on a tab: sees to it that it is answered.
pub(crate) fn opened(
    core: &Arc<Core>,
    session: &Session,
    dialog: &JavascriptDialogOpening,
    tab: &TargetId,
) {
    let number = core.board.change(|state| state.dialog_opened(tab));
    let accept = accepts(&dialog.r#type);
    let (core_of_task, session, tab) = (Arc::clone(core), session.clone(), tab.clone());
    core.tasks.spawn(async move {
        if left_open(&core_of_task, &tab, number).await {
            answer(&session, accept).await;
        }
    });
}

/// The dialog of a tab was answered, whoever did it.
pub(crate) fn closed(core: &Core, tab: &TargetId) {
    core.board.change(|state| state.dialogs.remove(tab));
}

/// Waits for the outside clients. True once none of them can or will answer that dialog.
async fn left_open(core: &Core, tab: &TargetId, number: u64) -> bool {
    let mut clients = core.outside.subscribe();
    let answered = core.board.until(Instant::now() + OUTSIDE, |state| {
        (state.dialogs.get(tab) != Some(&number)).then_some(())
    });
    tokio::select! {
        biased;
        answered = answered => matches!(answered, Err(Fault::TimedOut)),
        _ = clients.wait_for(|clients| *clients == 0) => true,
    }
}

async fn answer(session: &Session, accept: bool) {
    let command = HandleJavaScriptDialog {
        accept,
        ..Default::default()
    };
    if let Err(error) = session.call(&command, Instant::now() + ANSWER).await {
        // Somebody else was quicker, or the page is gone.
        tracing::debug!(%error, "a dialog could not be answered");
    }
}

/// A dialog as callers are told of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    what: String,
    /// What was done with it; `None` while it is open.
    answer: Option<String>,
}

impl Told {
    /// A dialog that opens.
    pub(crate) fn opening(dialog: &JavascriptDialogOpening) -> Self {
        let kind = match dialog.r#type.as_str() {
            "alert" => "an alert",
            "confirm" => "a confirmation",
            "prompt" => "a prompt",
            _ => "a question whether to leave the page",
        };
        let what = match shortened(&dialog.message) {
            text if text.is_empty() => format!("{kind} opened"),
            text => format!("{kind} opened saying \"{text}\""),
        };
        Self { what, answer: None }
    }

    /// It was answered.
    pub(crate) fn closes(&mut self, closed: &JavascriptDialogClosed) {
        let answer = match (closed.result, shortened(&closed.user_input)) {
            (false, _) => "was dismissed".to_owned(),
            (true, text) if text.is_empty() => "was accepted".to_owned(),
            (true, text) => format!("was accepted with \"{text}\""),
        };
        self.answer.get_or_insert(answer);
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// What an outcome's message says about dialogs that opened meanwhile; empty when none did.
pub(crate) fn sentence(dialogs: &[Told]) -> String {
    let told: Vec<String> = dialogs
        .iter()
        .map(|dialog| {
            let answer = dialog.answer.as_deref().unwrap_or("is still open");
            format!("{} and {answer}", dialog.what)
        })
        .collect();
    if told.is_empty() {
        return String::new();
    }
    format!(". Meanwhile {}", told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(r#type: &str, message: &str) -> Told {
        Told::opening(&JavascriptDialogOpening {
            r#type: r#type.to_owned(),
            message: message.to_owned(),
            url: String::new(),
            has_browser_handler: false,
            default_prompt: None,
        })
    }

    #[test]
    fn tells_what_a_dialog_said() {
        let mut confirmation = told("confirm", "Sure?");
        assert_eq!(
            sentence(std::slice::from_ref(&confirmation)),
            ". Meanwhile a confirmation opened saying \"Sure?\" and is still open"
        );
        confirmation.closes(&JavascriptDialogClosed {
            result: false,
            user_input: String::new(),
        });
        let mut prompt = told("prompt", "");
        prompt.closes(&JavascriptDialogClosed {
            result: true,
            user_input: "Ines".to_owned(),
        });
        assert_eq!(
            sentence(&[confirmation, prompt]),
            ". Meanwhile a confirmation opened saying \"Sure?\" and was dismissed; \
             a prompt opened and was accepted with \"Ines\""
        );
        assert!(told("alert", &"é".repeat(300)).what.contains('…'));
        assert_eq!(sentence(&[]), "");
    }
}
