//! Steps as they are kept: every text in what was done and decided, so that none is forgotten. A model may put together what no
//! page showed as a whole.

use std::borrow::Cow;

use serde_json::Value;

use super::leaves::Leaves;
use crate::ports::{Scrub, ScrubChunks};
use crate::{
    Action, AskedInVain, Decision, Drop, ElementId, Execution, Goal, Interaction, Placeholders,
    Relevant, ScrapeOptions, Secret, Step, StepEnd, Target,
};

/// Puts words that stand for a secret at any time in the places of those that do in one run, and labels in the places of secrets.
pub(super) struct Lasting<'a> {
    pub(super) words: &'a Placeholders,
    pub(super) scrub: &'a dyn Scrub,
}

impl Scrub for Lasting<'_> {
    fn add(&self, secret: &Secret, label: &str) {
        self.scrub.add(secret, label);
    }

    fn remove(&self, label: &str) {
        self.scrub.remove(label);
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.words.lasting(text) {
            Some(lasting) => Cow::Owned(lasting.to_owned()),
            None => self.scrub.text(text),
        }
    }

    fn json(&self, value: &mut Value) {
        self.scrub.json(value);
    }

    fn chunks(&self) -> Box<dyn ScrubChunks> {
        self.scrub.chunks()
    }
}

impl Leaves for Step {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        match self {
            Self::Execution(execution) => execution.scrub(scrub),
            Self::Observation(observation) => observation.scrub(scrub),
            Self::Decision(decision) => decision.scrub(scrub),
            Self::RunStepBegan(_) => {}
            Self::RunStepEnded(end) => {
                let StepEnd { mark: _, in_vain } = &mut **end;
                if let Some(AskedInVain {
                    started_at: _,
                    asked,
                    why,
                }) = in_vain
                {
                    asked.scrub(scrub);
                    why.scrub(scrub);
                }
            }
        }
    }
}

impl Leaves for Execution {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            action,
            outcome,
            started_at: _,
            ended_at: _,
        } = self;
        action.scrub(scrub);
        outcome.scrub(scrub);
    }
}

impl Leaves for Decision {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            goal,
            action,
            started_at: _,
            ended_at: _,
            asked,
        } = self;
        goal.scrub(scrub);
        action.scrub(scrub);
        asked.scrub(scrub);
    }
}

impl Leaves for Goal {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            previous_goal_status: _,
            previous_goal_eval,
            page_summary,
            relevant_interactions,
            memory,
            next_goal,
        } = self;
        previous_goal_eval.scrub(scrub);
        page_summary.scrub(scrub);
        for Relevant { id, reason } in relevant_interactions {
            id.scrub(scrub);
            reason.scrub(scrub);
        }
        memory.scrub(scrub);
        next_goal.scrub(scrub);
    }
}

impl Leaves for Action {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        match self {
            Self::Goto { url } | Self::GotoNewTab { url } => url.scrub(scrub),
            Self::PressKey { key } => key.scrub(scrub),
            Self::ScrollUp { amount: _, of } | Self::ScrollDown { amount: _, of } => {
                of.scrub(scrub)
            }
            Self::EmailRead { timedelta, .. } | Self::SmsRead { timedelta, .. } => {
                timedelta.scrub(scrub)
            }
            Self::CaptchaSolve { captcha_type } => captcha_type.scrub(scrub),
            Self::Help { reason } => reason.scrub(scrub),
            Self::Completion { success: _, answer } => answer.scrub(scrub),
            Self::Scrape(options) => options.scrub(scrub),
            Self::EvaluateJs { code } => code.scrub(scrub),
            Self::FormFill { value } => value.values_mut().for_each(|it| it.scrub(scrub)),
            Self::EmailVerificationRead {
                mailbox_id,
                sender_domain,
                max_age_seconds: _,
            } => {
                mailbox_id.scrub(scrub);
                sender_domain.scrub(scrub);
            }
            Self::Tool { name, arguments } => {
                name.scrub(scrub);
                arguments.scrub(scrub);
            }
            Self::Interact {
                target,
                interaction,
            } => {
                target.scrub(scrub);
                interaction.scrub(scrub);
            }
            Self::CloseTab
            | Self::SwitchTab { .. }
            | Self::GoBack
            | Self::GoForward
            | Self::Reload
            | Self::Wait { .. } => {}
        }
    }
}

/// A model may call an element by any name.
impl Leaves for ElementId {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        if let Cow::Owned(clean) = scrub.text(self.as_str()) {
            *self = Self::new(&clean);
        }
    }
}

impl Leaves for ScrapeOptions {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            selector,
            scrape_links: _,
            scrape_images: _,
            ignored_tags,
            only_main_content: _,
            only_images: _,
            response_format,
            instructions,
            use_link_placeholders: _,
            all_links: _,
            model,
        } = self;
        selector.scrub(scrub);
        ignored_tags.scrub(scrub);
        response_format.scrub(scrub);
        instructions.scrub(scrub);
        model.scrub(scrub);
    }
}

impl Leaves for Target {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        let Self {
            id,
            selectors,
            press_enter: _,
            text_label,
            timeout_ms: _,
        } = self;
        id.scrub(scrub);
        selectors.scrub(scrub);
        text_label.scrub(scrub);
    }
}

impl Leaves for Interaction {
    fn scrub(&mut self, scrub: &dyn Scrub) {
        match self {
            Self::Fill { value, .. } | Self::SelectDropdownOption { value } => value.scrub(scrub),
            Self::UploadFile { file_path } => file_path.scrub(scrub),
            Self::DragAndDrop { to } => {
                if let Drop::Element { id, selectors } = &mut **to {
                    id.scrub(scrub);
                    selectors.scrub(scrub);
                }
            }
            Self::Click
            | Self::Check { .. }
            | Self::DownloadFile
            | Self::Hover
            | Self::DoubleClick
            | Self::RightClick
            | Self::ClickAt { .. }
            | Self::PressAndHold { .. }
            | Self::Wheel { .. } => {}
        }
    }
}
