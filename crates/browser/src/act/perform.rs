//! Which action is done how.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{DownloadedFile, Performed, SecretSource, StagedFile};
use guise_core::{
    Action, ElementId, Error, FillStyle, Interaction, NodeSelectors, Outcome, Target,
};
use tokio::time::Instant;

use super::ahead::{Ahead, Answers};
use super::reach::GRACE;
use super::settle::{Heard, Watch};
use super::wanted::{Wanted, with_value};
use super::{
    check, click, download, drag, evaluate, fill, form_fill, keys, pointer, scroll, select, tabs,
    upload,
};
use crate::about::{self, About};
use crate::core::{Core, CurrentTab};
use crate::fault::{Fault, Result};
use crate::fills::{self, COPIED, Choice, HELD, PageFill};
use crate::locate::{self, Located};
use crate::{input, navigation};

/// What callers are told of an element that the page had replaced.
const FOUND_AGAIN: &str = "; the page had rendered the element anew, and it was found again";

/// Does one action and waits for what it causes.
///
/// # Errors
/// Only when the browser is gone; everything else is an outcome.
pub(crate) async fn perform(
    core: &Arc<Core>,
    action: &Action,
    upload: Option<&StagedFile>,
    secrets: Option<&dyn SecretSource>,
    deadline: Instant,
) -> Result<Performed, Error> {
    let performed = match action {
        Action::Interact {
            target,
            interaction,
        } => interact(core, target, interaction, upload, secrets, deadline).await,
        other => browser_action(core, other, secrets, deadline)
            .await
            .map(Performed::from_outcome),
    };
    performed.or_else(|fault| {
        Ok(Performed {
            outcome: fault.into_outcome()?,
            download: None,
        })
    })
}

/// A performed action without a file.
trait FromOutcome {
    fn from_outcome(outcome: Outcome) -> Self;
}

impl FromOutcome for Performed {
    fn from_outcome(outcome: Outcome) -> Self {
        Self {
            outcome,
            download: None,
        }
    }
}

async fn browser_action(
    core: &Arc<Core>,
    action: &Action,
    secrets: Option<&dyn SecretSource>,
    deadline: Instant,
) -> Result<Outcome> {
    match action {
        Action::Goto { url } => navigation::goto(core, url, deadline).await,
        Action::GotoNewTab { url } => navigation::goto_new_tab(core, url, deadline).await,
        Action::GoBack => navigation::travel(core, -1, deadline).await,
        Action::GoForward => navigation::travel(core, 1, deadline).await,
        Action::Reload => navigation::reload(core, deadline).await,
        Action::CloseTab => tabs::close(core, deadline).await.map(Outcome::done),
        Action::SwitchTab { tab_index } => tabs::switch(core, *tab_index, deadline)
            .await
            .map(Outcome::done),
        Action::PressKey { key } => {
            let chord = keys::chord(key).map_err(Fault::Told)?;
            let reveals = secrets.is_none_or(|source| source.reveals());
            if !reveals && chord.may_copy() && core.in_page.is_live(core) {
                return Ok(Outcome::failed(format!(
                    "The key '{key}' was not pressed, for it could copy: {HELD}"
                )));
            }
            if !reveals && chord.may_paste() && core.in_page.has_held() {
                return Ok(Outcome::failed(format!(
                    "The key '{key}' was not pressed, for it could paste a secret: {COPIED}"
                )));
            }
            let tab = core.current()?;
            let watch = Watch::begin(core, &tab);
            core.wire.goes_on();
            input::press(&tab.session, &chord, deadline).await?;
            let settled = watch.settle(Heard(false), deadline).await?;
            Ok(Outcome::done(format!(
                "Pressed the key '{key}'{}",
                settled.remark
            )))
        }
        Action::ScrollUp { amount, of } => {
            scrolled(core, *amount, of.as_ref(), true, deadline).await
        }
        Action::ScrollDown { amount, of } => {
            scrolled(core, *amount, of.as_ref(), false, deadline).await
        }
        Action::EvaluateJs { code } => {
            if secrets.is_some_and(|source| !source.reveals()) {
                if core.in_page.is_live(core) {
                    return Ok(Outcome::failed(format!("No script can be run: {HELD}")));
                }
                core.in_page.touch(core);
            }
            core.wire.goes_on();
            core.board.change_quietly(|state| state.scripted = true);
            let tab = core.current()?;
            let watch = Watch::begin(core, &tab);
            let mut outcome = evaluate::evaluate(&tab, code, deadline).await?;
            outcome.message += &watch.settle(Heard(false), deadline).await?.remark;
            Ok(outcome)
        }
        Action::FormFill { value } => {
            let tab = core.current()?;
            let watch = Watch::begin(core, &tab);
            let mut outcome = form_fill::form_fill(core, &tab, value, secrets, deadline).await?;
            outcome.message += &watch.settle(Heard(false), deadline).await?.remark;
            if let Some(exception) = &mut outcome.exception {
                exception.clone_from(&outcome.message);
            }
            Ok(outcome)
        }
        Action::CaptchaSolve { .. } => Ok(Outcome::failed(
            "Captchas cannot be solved: no captcha service is set up",
        )),
        Action::Wait { .. }
        | Action::Help { .. }
        | Action::Completion { .. }
        | Action::Scrape(_)
        | Action::EmailRead { .. }
        | Action::EmailVerificationRead { .. }
        | Action::SmsRead { .. }
        | Action::Tool { .. }
        | Action::Interact { .. } => Err(Fault::told(format!(
            "The action '{}' has no part in the browser",
            action.name()
        ))),
    }
}

async fn scrolled(
    core: &Core,
    amount: Option<u32>,
    of: Option<&ElementId>,
    up: bool,
    deadline: Instant,
) -> Result<Outcome> {
    let tab = core.current()?;
    scroll::scroll(core, &tab, amount, of, up, deadline)
        .await
        .map(Outcome::done)
}

/// What an interaction did.
struct Done {
    message: String,
    download: Option<DownloadedFile>,
    heard: Heard,
}

impl From<String> for Done {
    fn from(message: String) -> Self {
        Self {
            message,
            download: None,
            heard: Heard(false),
        }
    }
}

async fn interact(
    core: &Arc<Core>,
    target: &Target,
    interaction: &Interaction,
    file: Option<&StagedFile>,
    secrets: Option<&dyn SecretSource>,
    deadline: Instant,
) -> Result<Performed> {
    let allowed = match target.timeout() {
        Duration::ZERO => Duration::from_millis(u64::from(Target::DEFAULT_TIMEOUT_MS)),
        allowed => allowed,
    } + interaction.lasts();
    let bound = deadline.min(Instant::now() + allowed);
    let tab = core.current()?;
    if let Interaction::DownloadFile = interaction
        && let Some(whole) = download::means_document(core, &tab, target, bound).await?
    {
        let file = download::document(core, &tab, whole, bound).await?;
        return Ok(Performed {
            outcome: Outcome::done(format!("Downloaded the file '{}'", file.name)),
            download: Some(file),
        });
    }
    let reveals = secrets.is_none_or(|source| source.reveals());
    if let Interaction::DragAndDrop { .. } = interaction
        && !reveals
        && core.in_page.is_live(core)
    {
        return Ok(Performed::from_outcome(Outcome::failed(format!(
            "Nothing was dragged, for a text that is dragged is a copy: {HELD}"
        ))));
    }
    let wanted = Wanted::of(interaction, secrets);
    // What is to go in for a placeholder is known only once the field is.
    let ahead = match wanted {
        Some(_) => Ahead::Nothing,
        None => Ahead::of(interaction),
    };
    loop {
        let watch = || Watch::begin(core, &tab);
        let found = locate::locate(core, &tab, target, ahead, bound, watch).await;
        let (mut located, watch) = found.map_err(|fault| match (fault, &target.selectors) {
            // The message that finds it begins the action, too.
            (Fault::TimedOut, Some(selectors)) => Fault::Told(timed_out(
                interaction,
                &locate::wording(selectors),
                allowed,
                "the page did not answer in time",
            )),
            (fault, _) => fault,
        })?;
        core.board.change(|state| {
            if let Some(tab) = state.tab_mut(&tab.target) {
                tab.last_action.clone_from(&located.id);
            }
        });
        let answers = std::mem::take(&mut located.answers);
        let attempt = Attempt {
            core,
            tab: &tab,
            located: &located,
            interaction,
            target,
            file,
            in_page: None,
            bound,
            deadline,
        };
        let acting = async {
            match &wanted {
                None => attempt.act(answers, watch).await,
                Some(wanted) => attempt.fill_in(wanted, watch).await,
            }
        };
        let (about, acted) = tokio::join!(attempt.about(), acting);
        let found_again = located.id.as_ref().and_then(|id| {
            core.board
                .change_quietly(|state| state.tab_mut(&tab.target)?.elements.take_found_again(id))
        });
        match acted {
            // The page replaced the element; its selector may find the new one.
            Err(fault) if fault.is_stale() && located.id.is_none() && Instant::now() < bound => {}
            acted => {
                let remark = if found_again.is_some() {
                    FOUND_AGAIN
                } else {
                    ""
                };
                let about = found_again.or(about);
                let mut performed =
                    told(&located, interaction, target, about, acted, allowed, bound)?;
                if performed.outcome.success {
                    performed.outcome.message += remark;
                }
                return Ok(performed);
            }
        }
    }
}

/// One try of an interaction on an element that was found.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    core: &'a Arc<Core>,
    tab: &'a CurrentTab,
    located: &'a Located,
    interaction: &'a Interaction,
    target: &'a Target,
    file: Option<&'a StagedFile>,
    /// A secret that goes into the page itself.
    in_page: Option<&'a PageFill>,
    bound: Instant,
    deadline: Instant,
}

/// What a caller is told of an interaction whose time was up.
fn timed_out(
    interaction: &Interaction,
    wording: &str,
    allowed: Duration,
    reason: impl Display,
) -> String {
    let what = interaction.name();
    let allowed = allowed.as_millis();
    format!("Action '{what}' on the element {wording} timed out after {allowed} ms: {reason}")
}

/// What a caller is told of an interaction.
fn told(
    located: &Located,
    interaction: &Interaction,
    target: &Target,
    about: Option<Arc<About>>,
    acted: Result<Done>,
    allowed: Duration,
    bound: Instant,
) -> Result<Performed> {
    let mut performed = match acted {
        Ok(done) => Performed {
            outcome: Outcome::done(done.message),
            download: done.download,
        },
        Err(Fault::Gone(reason)) => return Err(Fault::Gone(reason)),
        Err(Fault::Refused(reason)) => Performed::from_outcome(Outcome::failed(reason)),
        Err(fault) if fault.is_stale() => {
            Performed::from_outcome(Outcome::failed(locate::gone(located).to_string()))
        }
        Err(fault) => {
            let wording = &located.wording;
            let message = if Instant::now() >= bound {
                timed_out(interaction, wording, allowed, fault)
            } else {
                let what = interaction.name();
                format!("Action '{what}' on the element {wording} failed: {fault}")
            };
            Performed::from_outcome(Outcome::failed(message))
        }
    };
    if let Some(About {
        label, selectors, ..
    }) = about.as_deref()
    {
        let outcome = &mut performed.outcome;
        outcome.selectors = Some(selectors.clone());
        outcome.text_label = target
            .text_label
            .clone()
            .or_else(|| Some(label.clone()).filter(|label| !label.is_empty()));
    } else {
        performed.outcome.text_label.clone_from(&target.text_label);
        performed.outcome.selectors = target
            .selectors
            .clone()
            .filter(|selectors: &NodeSelectors| !selectors.is_empty());
    }
    Ok(performed)
}

impl Attempt<'_> {
    /// What the answer tells of the element. It only serves the answer; what is wrong with the element the action will tell.
    async fn about(&self) -> Option<Arc<About>> {
        match about::about(self.core, self.tab, self.located, self.bound).await {
            Ok(about) => Some(about),
            Err(fault) => {
                tracing::debug!(%fault, "an element could not be described");
                None
            }
        }
    }

    /// Does the same with what goes into the field in the place of a placeholder.
    async fn fill_in(&self, wanted: &Wanted<'_>, watch: Watch<'_>) -> Result<Done> {
        let place = &self.located.place;
        let (placeholder, source) = (&wanted.placeholder, wanted.source);
        let choice = fills::choose(self.core, place, placeholder, source, self.bound).await?;
        let (value, armed) = match choice {
            Choice::Unchanged => return self.act(Answers::default(), watch).await,
            Choice::Text(text) => (text, None),
            Choice::Refused(reason) => return Err(Fault::Refused(reason)),
            Choice::StandIn(armed) => (armed.dummy.clone(), Some(armed)),
            Choice::InPage(fill) => {
                let attempt = Attempt {
                    in_page: Some(&fill),
                    ..*self
                };
                let mut done = attempt.act(Answers::default(), watch).await?;
                done.message += &fill.note;
                return Ok(done);
            }
        };
        let interaction = with_value(self.interaction, placeholder.part, value);
        let attempt = Attempt {
            interaction: &interaction,
            ..*self
        };
        let mut done = attempt.act(Answers::default(), watch).await?;
        if let Some(armed) = armed {
            done.message += &armed.note;
            armed.keep();
        }
        Ok(done)
    }

    /// Acts, and waits for what it causes.
    async fn act(&self, answers: Answers, mut watch: Watch<'_>) -> Result<Done> {
        watch.also(self.core.session_of(&self.located.place.frame));
        // The page itself keeps to the bound where it waits; this is for a page that does not answer at all.
        let longest = match self.interaction {
            Interaction::DownloadFile => self.deadline,
            _ => self.bound + GRACE,
        };
        let mut done = match tokio::time::timeout_at(longest, self.doing(answers)).await {
            Ok(done) => done?,
            Err(_) => {
                // It may have been armed for a press that does not come any more.
                self.located.place.world.release();
                return Err(Fault::TimedOut);
            }
        };
        if self.target.press_enter == Some(true) {
            self.core.wire.goes_on();
            let enter = keys::chord("Enter").map_err(Fault::Told)?;
            input::press(&self.tab.session, &enter, self.deadline).await?;
            done.message.push_str(" and pressed Enter");
            done.heard = Heard(false);
        }
        let settled = watch.settle(done.heard, self.deadline).await?;
        done.message += &settled.remark;
        Ok(done)
    }

    async fn doing(&self, answers: Answers) -> Result<Done> {
        let Self {
            core,
            tab,
            located,
            bound,
            ..
        } = *self;
        let place = &located.place;
        let label = match self
            .target
            .text_label
            .as_deref()
            .or(located.label.as_deref())
        {
            Some(label) if !label.is_empty() => format!(" with text label: {label}"),
            _ => format!(" {}", located.wording),
        };
        if let Some(fill) = self.in_page {
            fill.put(core, place, bound).await?;
            return Ok(format!("Filled the input field{label}").into());
        }
        Ok(match self.interaction {
            Interaction::Click => {
                core.wire.goes_on();
                let (message, heard) =
                    click::click(core, tab, place, &label, answers, bound).await?;
                Done {
                    heard,
                    ..message.into()
                }
            }
            Interaction::Fill {
                value,
                clear_before_fill: clear,
                style: FillStyle::AtOnce,
            } => {
                fill::at_once(core, tab, place, value, *clear, answers, bound).await?;
                format!("Filled the input field{label}").into()
            }
            Interaction::Fill {
                value,
                clear_before_fill: clear,
                style: FillStyle::OneByOne | FillStyle::Typed,
            } => {
                fill::typed(core, tab, place, value, *clear, bound).await?;
                format!("Typed into the input field{label}").into()
            }
            Interaction::Check { value } => check::check(core, tab, place, *value, &label, bound)
                .await?
                .into(),
            Interaction::SelectDropdownOption { value } => {
                select::select(core, tab, place, value, &label, bound)
                    .await?
                    .into()
            }
            Interaction::UploadFile { file_path } => {
                let file = self.file.ok_or_else(|| {
                    Fault::told(format!("The file '{file_path}' is not among the uploads"))
                })?;
                upload::upload(core, tab, place, file, bound).await?;
                format!("Uploaded the file '{file_path}' to the element{label}").into()
            }
            Interaction::DragAndDrop { to } => {
                core.wire.goes_on();
                drag::drag(core, tab, place, to, bound).await?;
                format!("Dragged the element{label}").into()
            }
            Interaction::Hover
            | Interaction::DoubleClick
            | Interaction::RightClick
            | Interaction::ClickAt { .. }
            | Interaction::PressAndHold { .. }
            | Interaction::Wheel { .. } => {
                core.wire.goes_on();
                let acted = pointer::act(core, tab, place, self.interaction, &label, bound).await?;
                let (message, heard) = acted.ok_or_else(|| Fault::told("it is no press"))?;
                Done {
                    heard,
                    ..message.into()
                }
            }
            Interaction::DownloadFile => {
                let file = download::by_click(core, tab, place, self.deadline).await?;
                Done {
                    download: Some(file.clone()),
                    ..format!("Downloaded the file '{}'", file.name).into()
                }
            }
        })
    }
}
