//! Help with wording: a better prompt, and a nudge for an agent that is stuck (Notte API: `/prompts/improve`, `/prompts/nudge`).

use std::collections::BTreeSet;
use std::sync::Arc;

use guise_core::ports::Models;
use guise_core::{Caller, Error, Result};
use serde_json::Value;

use crate::ask_once::ask_once;

/// The longest text that is worked on, in characters.
const LONGEST: usize = 32_000;

const IMPROVE: &str = "\
You improve instructions for an agent that works in a web browser. Rewrite the prompt so that it says clearly what is to be done, \
on which site, with which data, and what the answer must look like. Keep its language and every fact in it, and invent none. \
Where data is missing that changes from run to run, put a variable such as {{name}} in its place. Answer with the new prompt and \
nothing else.";

const NUDGE: &str = "\
You watch an agent that works on a task in a web browser and has come to a stop. From its task and its last messages, write one \
short instruction that gets it going again: what it overlooked, and what it should try next. Answer with the instruction and \
nothing else.";

/// A prompt that was made better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Improved {
    /// It.
    pub prompt: String,
    /// The names of its variables, `{{name}}`, sorted.
    pub variables: Vec<String>,
}

/// The service.
pub struct Advice {
    models: Arc<dyn Models>,
}

impl Advice {
    /// Advice by the operator's model.
    pub fn new(models: Arc<dyn Models>) -> Self {
        Self { models }
    }

    /// A better prompt.
    ///
    /// # Errors
    /// Kind `Invalid` for a prompt that is blank or too long; `Refused` when there is no model, or it does not answer.
    pub async fn improve(&self, caller: &Caller, prompt: &str) -> Result<Improved> {
        let text = checked("prompt", prompt)?;
        let prompt = self.ask(caller, IMPROVE, "prompt", text).await?;
        let variables = variables(&prompt);
        Ok(Improved { prompt, variables })
    }

    /// An instruction that gets an agent going again. `messages` is what the agent said, in any form.
    ///
    /// # Errors
    /// As [`Advice::improve`], about the task.
    pub async fn nudge(&self, caller: &Caller, task: &str, messages: &[Value]) -> Result<String> {
        let mut text = format!("Task: {}\nMessages:\n", checked("task", task)?);
        for message in messages.iter().rev().take(20).rev() {
            text.extend(message.to_string().chars().take(2_000));
            text.push('\n');
        }
        self.ask(caller, NUDGE, "agent", &text).await
    }

    async fn ask(&self, caller: &Caller, rules: &str, source: &str, text: &str) -> Result<String> {
        let chosen = self.models.choose(caller.tenant, None).await?;
        ask_once(&*chosen.model, rules, source, text, None).await
    }
}

fn checked<'a>(member: &str, text: &'a str) -> Result<&'a str> {
    let characters = text.chars().count();
    if text.trim().is_empty() || characters > LONGEST {
        return Err(Error::invalid_member(
            &[member],
            "length",
            format!(
                "Invalid {member}: expected 1 to {LONGEST} characters, not all blank; got {characters}"
            ),
        ));
    }
    Ok(text)
}

/// The names between double braces.
fn variables(prompt: &str) -> Vec<String> {
    let mut names = BTreeSet::new();
    for part in prompt.split("{{").skip(1) {
        let Some((name, _)) = part.split_once("}}") else {
            continue;
        };
        let name = name.trim();
        if !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "_.-".contains(c))
        {
            names.insert(name.to_owned());
        }
    }
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_by_their_braces() {
        let prompt = "Buy {{ item }} for {{name}}, not {{}} nor {{two words}} nor {{open; {{name}}";
        assert_eq!(variables(prompt), ["item", "name"]);
    }
}
