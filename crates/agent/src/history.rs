//! What was done so far, as the model reads it.

use std::collections::VecDeque;
use std::fmt::Write as _;

use guise_core::{DataSpace, Execution, Step, StepRecord};
use serde_json::Value;

use crate::language::Language;
use crate::page_lines::cut;

/// So many lines are kept; older ones are counted.
const MOST: usize = 40;

/// What the last step read is told up to this length.
const MOST_READ: usize = 8_000;

/// Lines about what was done, the newest last.
#[derive(Default)]
pub(crate) struct History {
    lines: VecDeque<String>,
    dropped: usize,
    /// What the last step read.
    read: Option<(&'static str, String)>,
}

impl History {
    /// What was done in a session before.
    pub(crate) fn of(steps: &[StepRecord], language: &dyn Language) -> Self {
        let mut history = Self::default();
        for record in steps {
            if let Some(Step::Execution(execution)) = &record.step {
                history.add(execution, language);
            }
        }
        history.read = None;
        history
    }

    /// Adds an action with what became of it.
    pub(crate) fn add(&mut self, execution: &Execution, language: &dyn Language) {
        let outcome = &execution.outcome;
        let verdict = if outcome.success { "done" } else { "failed" };
        // Each for itself: however long an action is to write, what became of it is told.
        let action = cut(&written(&language.write(&execution.action)));
        self.push(format!("{action}: {verdict}. {}", cut(&outcome.message)));
        self.read = outcome
            .data
            .as_ref()
            .map(|data| (source(execution), readable(data)));
    }

    /// Adds something that was no action.
    pub(crate) fn line(&mut self, line: String) {
        self.push(cut(&line));
    }

    fn push(&mut self, line: String) {
        self.read = None;
        if self.lines.len() == MOST {
            self.lines.pop_front();
            self.dropped += 1;
        }
        self.lines.push_back(line);
    }

    /// All lines, numbered; empty when nothing was done.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if self.dropped > 0 {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "({} earlier steps are left out)", self.dropped);
        }
        for (index, line) in self.lines.iter().enumerate() {
            let _ = writeln!(text, "{}. {line}", self.dropped + index + 1);
        }
        text
    }

    /// What the last step read, and where.
    pub(crate) fn read(&self) -> Option<(&'static str, &str)> {
        self.read
            .as_ref()
            .map(|(source, text)| (*source, text.as_str()))
    }
}

/// An action on one line: `fill id=I1 value="Ada"`.
fn written(action: &Value) -> String {
    let mut line = String::new();
    let Some(members) = action.as_object() else {
        return line;
    };
    line.push_str(members.get("type").and_then(Value::as_str).unwrap_or("?"));
    for (name, value) in members.iter().filter(|(name, _)| *name != "type") {
        let _ = write!(line, " {name}={}", cut(&value.to_string()));
    }
    line
}

fn source(execution: &Execution) -> &'static str {
    match execution.action.name() {
        "email_read" | "email_verification_read" => "mail",
        "sms_read" => "text messages",
        "tool" => "tool",
        _ => "page",
    }
}

fn readable(data: &DataSpace) -> String {
    let structured = data.structured.as_ref().and_then(|it| it.data.as_ref());
    let whole = match (structured, &data.images) {
        (Some(value), _) => value.to_string(),
        (None, Some(images)) if data.markdown.is_empty() => images
            .iter()
            .filter_map(|image| image.url.clone())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => data.markdown.clone(),
    };
    match whole.char_indices().nth(MOST_READ) {
        None => whole,
        Some((end, _)) => format!(
            "{}\n(cut: {} characters in all)",
            whole.get(..end).unwrap_or_default(),
            whole.chars().count()
        ),
    }
}
