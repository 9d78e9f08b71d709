//! A prompt with places for what each run fills in.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::readable::check_words;
use crate::{Error, Result, Violation};

/// The longest template, and the longest prompt that one gives, in bytes.
pub const MAX_PROMPT_BYTES: usize = 64 * 1024;

/// The longest name of a variable, in characters.
const MAX_VARIABLE: usize = 128;

/// So many variables an error names; it counts the rest.
const NAMED: usize = 10;

/// What an error says of how it is written.
const FORM: &str = "expected a name of letters, digits, '_' and '-', in parts that '.' joins, as in {{ plan.variables.env }}; \
                    braces that are meant as such are written {{ \"{{\" }}";

/// A text with variables in it, such as `Log in at {{ site }} as {{ plan.variables.user }}`.
///
/// A variable stands in two braces, with or without spaces around its name. What is in quotes there, `{{ "{{" }}`, is meant
/// as it stands. Nothing is done with a value but to put it in: braces in it are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptTemplate {
    text: String,
    parts: Vec<Part>,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// As it stands there.
    Text(Range<usize>),
    /// The name of a variable.
    Variable(Range<usize>),
}

impl PromptTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member `prompt_template`: it is empty, has more than [`MAX_PROMPT_BYTES`], has control
    /// characters in it, or braces that hold no variable.
    pub fn parse(text: String) -> Result<Self> {
        check_words("prompt_template", &text)?;
        if text.len() > MAX_PROMPT_BYTES {
            let length = text.len();
            let problem = format!("it has {length} bytes; expected at most {MAX_PROMPT_BYTES}");
            return Err(invalid("string_too_long", &problem));
        }
        let parts = parts(&text)?;
        Ok(Self { text, parts })
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its variables, each once, in the order of their first use.
    pub fn variables(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(&self.text[name.clone()]),
            Part::Text(_) => None,
        });
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The prompt with `values` in the places of their variables.
    ///
    /// # Errors
    /// Kind `Invalid`, naming each member of `variables` that is missing, or that the template does not have; or `variables`
    /// when the prompt would have more than [`MAX_PROMPT_BYTES`].
    pub fn render(&self, values: &BTreeMap<String, String>) -> Result<String> {
        self.check(values)?;
        let mut prompt = String::new();
        for part in &self.parts {
            let text = match part {
                Part::Text(text) => &self.text[text.clone()],
                // None is missing: that was seen to.
                Part::Variable(name) => values.get(&self.text[name.clone()]).map_or("", |it| it),
            };
            if text.len() > MAX_PROMPT_BYTES - prompt.len() {
                let message = format!(
                    "Invalid variables: with them the prompt has more than {MAX_PROMPT_BYTES} bytes"
                );
                return Err(Error::invalid_member(
                    &["variables"],
                    "string_too_long",
                    message,
                ));
            }
            prompt.push_str(text);
        }
        Ok(prompt)
    }

    /// Whether there is a value for each variable, and no other.
    fn check(&self, values: &BTreeMap<String, String>) -> Result<()> {
        let names = self.variables();
        let known: BTreeSet<_> = names.iter().copied().collect();
        let missing = names.into_iter().filter(|name| !values.contains_key(*name));
        let mut violations = named(missing, "missing", |name| {
            format!("Missing variable '{name}': the prompt template has it")
        });
        let unknown = values.keys().map(String::as_str);
        let unknown = unknown.filter(|name| !known.contains(name));
        violations.extend(named(unknown, "extra_forbidden", |name| {
            format!("Unknown variable '{name}': the prompt template does not have it")
        }));
        if violations.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(violations))
    }
}

/// A violation for each of the first names, and one that counts the rest.
fn named<'n>(
    names: impl Iterator<Item = &'n str>,
    code: &'static str,
    message: impl Fn(&str) -> String,
) -> Vec<Violation> {
    let names: Vec<_> = names.collect();
    let violation = |path: &[&str], message| Violation {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        code,
        message,
        input: None,
    };
    let mut violations: Vec<_> = names
        .iter()
        .take(NAMED)
        .map(|name| {
            let name = shown(name);
            violation(&["variables", &name], message(&name))
        })
        .collect();
    if names.len() > NAMED {
        let rest = format!("and {} more of them", names.len() - NAMED);
        violations.push(violation(&["variables"], rest));
    }
    violations
}

/// Takes a text apart at its variables.
fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("{{") {
        let open = at + found;
        if open > at {
            parts.push(Part::Text(at..open));
        }
        let inside = skip_space(text, open + 2);
        let (part, behind) = if text[inside..].starts_with('"') {
            quoted(text, inside + 1)
        } else {
            variable(text, inside)
        }
        .ok_or_else(|| malformed(text, open))?;
        parts.push(part);
        at = behind;
    }
    if at < text.len() {
        parts.push(Part::Text(at..text.len()));
    }
    Ok(parts)
}

/// A variable whose name begins at `from`, and where what is behind its braces begins.
fn variable(text: &str, from: usize) -> Option<(Part, usize)> {
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let rest = &text[from..];
    let name = &rest[..rest.find(|c| !in_name(c)).unwrap_or(rest.len())];
    let fits = name.split('.').all(|part| !part.is_empty()) && name.chars().count() <= MAX_VARIABLE;
    let end = from + name.len();
    let behind = closed(text, end).filter(|_| fits)?;
    Some((Part::Variable(from..end), behind))
}

/// What stands from `from` to the next quote, and where what is behind the braces begins.
fn quoted(text: &str, from: usize) -> Option<(Part, usize)> {
    let end = from + text[from..].find('"')?;
    Some((Part::Text(from..end), closed(text, end + 1)?))
}

/// Where what is behind the closing braces begins, which must be next.
fn closed(text: &str, from: usize) -> Option<usize> {
    let close = skip_space(text, from);
    text[close..].starts_with("}}").then_some(close + 2)
}

fn skip_space(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start().len()
}

/// What is wrong with the braces at `open`.
fn malformed(text: &str, open: usize) -> Error {
    let line = text[..open].matches('\n').count() + 1;
    let end = text[open..]
        .find("}}")
        .map_or(text.len(), |end| open + end + 2);
    let found = shown(&text[open..end]);
    invalid(
        "string_pattern",
        &format!("'{found}' in line {line} holds no variable; {FORM}"),
    )
}

fn invalid(code: &'static str, problem: &str) -> Error {
    let message = format!("Invalid prompt_template: {problem}");
    Error::invalid_member(&["prompt_template"], code, message)
}

/// The beginning of a text that may be long.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
