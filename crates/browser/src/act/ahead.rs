//! What is done with an element in the very message that finds it: every message less is a round trip less.

use std::collections::VecDeque;

use guise_core::{FillStyle, Interaction};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::fill;
use super::reach::{self, Purpose};
use crate::core::Core;
use crate::elements::Place;
use crate::fault::{Fault, Result};
use crate::locate;
use crate::world::Reply;

/// What an interaction begins with, as far as the page script does it by itself.
#[derive(Clone, Copy)]
pub(crate) enum Ahead<'a> {
    /// Nothing.
    Nothing,
    /// Waiting until the element can be pressed.
    Press,
    /// Waiting until the element can be filled, and making it ready for text.
    Fill {
        /// The text.
        value: &'a str,
        /// In place of what is there.
        clear: bool,
    },
}

impl<'a> Ahead<'a> {
    /// What `interaction` begins with.
    pub(crate) fn of(interaction: &'a Interaction) -> Self {
        match interaction {
            Interaction::Click => Self::Press,
            Interaction::Fill {
                value,
                clear_before_fill,
                style: FillStyle::AtOnce,
            } => Self::Fill {
                value,
                clear: *clear_before_fill,
            },
            _ => Self::Nothing,
        }
    }

    /// The page script's commands, without the element.
    fn commands(self, deadline: Instant) -> Vec<(&'static str, Value)> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Press => vec![("actionable", reach::wanted(Purpose::Click, deadline))],
            Self::Fill { value, clear } => vec![
                ("actionable", reach::wanted(Purpose::Fill, deadline)),
                ("fill", fill::wanted(value, clear)),
            ],
        }
    }

    /// The same, after a description of the element.
    pub(crate) fn with_description(self, deadline: Instant) -> Vec<(&'static str, Value)> {
        let mut commands = vec![("describe", json!({}))];
        commands.extend(self.commands(deadline));
        commands
    }

    /// Runs it on an element that was found before.
    pub(crate) async fn run(
        self,
        core: &Core,
        place: &Place,
        deadline: Instant,
    ) -> Result<Answers> {
        let commands = self.commands(deadline);
        let arguments = json!({ "handle": place.handle, "then": commands });
        let deadline = deadline + reach::GRACE;
        let replies = locate::run(
            core,
            &place.frame,
            &place.world,
            "chain",
            &arguments,
            deadline,
        );
        Ok(Answers::new(&commands, replies.await?))
    }
}

/// The answers to commands that were run in one message. Behind one that did not succeed there are none.
#[derive(Default)]
pub(crate) struct Answers(VecDeque<(&'static str, Reply)>);

impl Answers {
    /// The replies to `commands`.
    pub(crate) fn new(commands: &[(&'static str, Value)], replies: Vec<Reply>) -> Self {
        let names = commands.iter().map(|(name, _)| *name);
        Self(names.zip(replies).collect())
    }

    /// Nothing was run, or all was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the next answer, which must be the one to `command`.
    ///
    /// # Errors
    /// What the page script said against it.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, command: &'static str) -> Result<T> {
        match self.0.pop_front() {
            Some((name, reply)) if name == command => reply.read(command),
            _ => Err(Fault::told(format!(
                "the page script did not come to {command}"
            ))),
        }
    }
}
