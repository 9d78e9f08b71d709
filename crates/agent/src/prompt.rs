//! What the model is told.
//!
//! What stays the same through a run comes first, so that a provider's cache holds it.

use guise_core::ports::{Message, Question, Speaker, Tool};
use guise_core::{Observation, Persona, Run};

use crate::history::History;
use crate::page_lines::{cut, page_lines};
use crate::quote::Quotes;

const RULES: &str = "\
You work in a web browser until a task is done. Each turn you see the page in view and choose one action: call one tool. If you \
cannot call tools, answer with JSON and nothing else: {\"state\": {\"previous_goal_status\": \"success|failure|unknown\", \
\"previous_goal_eval\": \"\", \"page_summary\": \"\", \"relevant_interactions\": [{\"id\": \"\", \"reason\": \"\"}], \
\"memory\": \"\", \"next_goal\": \"\"}, \"action\": {\"type\": \"…\", …}}.
Name an element by the id at the beginning of its line, such as B1. Scroll to see more of the page, scrape to read all of it.
End with completion: success and the answer, or success false and the reason when it cannot be done. Do what the task says and \
nothing else.
";

/// Who a run acts as, in words.
pub(crate) struct Character {
    words: String,
    /// Whose messages it may read.
    pub(crate) has_messages: bool,
    /// What it is told of credentials.
    pub(crate) credentials: String,
}

impl Character {
    /// Nobody in particular.
    pub(crate) fn nobody() -> Self {
        Self {
            words: String::new(),
            has_messages: false,
            credentials: String::new(),
        }
    }

    /// A persona with its mail address.
    pub(crate) fn of(persona: &Persona, address: &str) -> Self {
        let mut words = format!(
            "You act as {} {}. Mail address: {address}",
            persona.first_name, persona.last_name
        );
        if let Some(phone) = &persona.phone {
            words.push_str(". Phone number: ");
            words.push_str(phone);
        }
        words.push_str(
            ". Codes and links that sites send there can be read with the tools for messages.\n",
        );
        for (what, text) in [
            ("Who you are", persona.description.text()),
            ("How you behave", persona.system_prompt.text()),
        ] {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                words.push_str(&format!("{what}: {text}\n"));
            }
        }
        Self {
            words,
            has_messages: true,
            credentials: String::new(),
        }
    }
}

/// Everything that the prompt of one step is made of.
pub(crate) struct Situation<'a> {
    pub(crate) run: &'a Run,
    pub(crate) character: &'a Character,
    pub(crate) quotes: &'a Quotes,
    pub(crate) tools: &'a [Tool],
    pub(crate) history: &'a History,
    pub(crate) memory: &'a str,
    /// What the model must know, in words of ours.
    pub(crate) warnings: Vec<String>,
    pub(crate) steps_left: u32,
    pub(crate) seen: &'a Observation,
}

impl Situation<'_> {
    /// What the model is asked.
    pub(crate) fn question(&self) -> Question {
        let mut system = format!("{RULES}{}\n", self.quotes.explanation());
        system.push_str(&self.character.words);
        system.push_str(&self.character.credentials);
        if let Some(instructions) = &self.run.options.instructions {
            system.push_str(&format!("How you go about it:\n{instructions}\n"));
        }
        if !self.run.options.files.is_empty() {
            let files = self.run.options.files.join(", ");
            system.push_str(&format!("Files that upload_file can attach: {files}\n"));
        }
        if let Some(schema) = &self.run.options.response_format {
            system.push_str(&format!(
                "The answer of completion must be JSON that fits this JSON Schema: {schema}\n"
            ));
        }
        let mut text = format!("Task:\n{}\n\n", self.run.task);
        let done = self.history.text();
        if !done.is_empty() {
            text.push_str("What you did so far, with what the browser said:\n");
            text.push_str(&self.quotes.quote("steps", &done));
        }
        if let Some((source, read)) = self.history.read() {
            text.push_str("What the last step read:\n");
            text.push_str(&self.quotes.quote(source, read));
        }
        if !self.memory.is_empty() {
            text.push_str("Your own notes:\n");
            text.push_str(&self.quotes.quote("notes", self.memory));
        }
        for warning in &self.warnings {
            text.push_str(warning);
            text.push('\n');
        }
        text.push_str(&format!("Steps left: {}. The page now:\n", self.steps_left));
        text.push_str(&self.quotes.quote("page", &page_lines(self.seen)));
        let picture = &self.seen.screenshot.jpeg;
        let pictures = if self.run.options.use_vision && !picture.is_empty() {
            vec![picture.clone()]
        } else {
            Vec::new()
        };
        Question {
            system,
            messages: vec![Message {
                speaker: Speaker::User,
                text,
                pictures,
            }],
            tools: self.tools.to_vec(),
            schema: None,
            max_tokens: None,
        }
    }
}

/// Asks once more, since the answer could not be used; `how` it should be, in words.
pub(crate) fn again(
    mut question: Question,
    quotes: &Quotes,
    answer: String,
    why: &str,
    how: &str,
) -> Question {
    // An empty message is refused by some providers.
    let answer = if answer.trim().is_empty() {
        "(no answer)".to_owned()
    } else {
        answer
    };
    question.messages.push(Message {
        speaker: Speaker::Model,
        text: answer,
        pictures: Vec::new(),
    });
    question.messages.push(Message {
        speaker: Speaker::User,
        text: format!(
            "That answer cannot be used. What is wrong with it:\n{}Answer again, with {how}.",
            quotes.quote("check", &cut(why))
        ),
        pictures: Vec::new(),
    });
    question
}

/// How long a question is, in characters.
pub(crate) fn characters(question: &Question) -> u64 {
    let messages: usize = question
        .messages
        .iter()
        .map(|message| message.text.chars().count())
        .sum();
    let tools: usize = question
        .tools
        .iter()
        .map(|tool| {
            tool.name.len()
                + tool.description.chars().count()
                + tool.parameters.to_string().chars().count()
        })
        .sum();
    (question.system.chars().count() + messages + tools) as u64
}
