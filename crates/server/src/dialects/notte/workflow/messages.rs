//! Codes and links that came in messages: a script waits for new ones, since those of the run are used up.

use std::collections::HashMap;
use std::fmt::Write as _;

use guise_core::{Action, Execution, PersonaId, Timestamp};
use serde_json::{Value, json};
use url::Url;

/// So much of a line before a code tells it from other numbers, in characters.
const CONTEXT: usize = 40;

/// What ends an address in a text.
const END: &str = r#"\s"'<>"#;

/// The codes and links that steps have read.
pub(super) struct Messages {
    /// What arrived before is there when the script runs, too.
    since: Timestamp,
    /// The address that the script can read.
    own: String,
    /// How the script gets one, by what it was in the run.
    found: HashMap<String, String>,
}

impl Messages {
    /// None yet, of what was done since `since`, for who has the address `own`.
    pub(super) fn new(since: Timestamp, own: String) -> Self {
        Self {
            since,
            own,
            found: HashMap::new(),
        }
    }

    /// Learns what a step has read, where it read what arrives for the run's own persona.
    pub(super) fn learn(&mut self, execution: &Execution) {
        // Another mailbox of the tenant's is none that a client can read as the persona's.
        if let Action::Tool { arguments, .. } = &execution.action {
            let address = arguments["address"].as_str().unwrap_or_default().trim();
            if !address.is_empty() && !address.eq_ignore_ascii_case(&self.own) {
                return;
            }
        }
        let data = execution.outcome.data.as_ref();
        let Some(data) = data.and_then(|it| it.structured.as_ref()?.data.as_ref()) else {
            return;
        };
        for (member, reader) in [
            ("emails", "mails"),
            ("verification", "mails"),
            ("sms", "texts"),
        ] {
            for message in data[member].as_array().into_iter().flatten() {
                self.learn_from(message, reader);
            }
        }
    }

    fn learn_from(&mut self, message: &Value, reader: &str) {
        let text = |member: &str| message[member].as_str().unwrap_or_default();
        let at: Option<jiff::Timestamp> = text("created_at").parse().ok();
        if at.is_none_or(|at| Timestamp::from_jiff(at) < self.since) {
            return;
        }
        let whole = format!("{}\n{}", text("subject"), text("content"));
        let texts = |member: &str| message[member].as_array().into_iter().flatten();
        let codes = texts("codes").filter_map(Value::as_str);
        let codes = codes.filter_map(|code| Some((code, code_pattern(&whole, code)?)));
        let links = texts("links").filter_map(Value::as_str);
        let links = links.filter_map(|link| Some((link, link_pattern(link)?)));
        for (value, pattern) in codes.chain(links) {
            let call = format!("arrived({reader}, {})", json!(pattern));
            self.found.insert(value.to_owned(), call);
        }
    }

    /// How the script gets a value, where it came in a message.
    pub(super) fn expression(&self, value: &str) -> Option<&str> {
        self.found.get(value.trim()).map(String::as_str)
    }
}

/// Whether statements use what [`preamble`] defines.
pub(super) fn are_used(statements: &[String]) -> bool {
    statements.iter().any(|it| it.contains("=arrived("))
}

/// The modules that [`preamble`] needs.
pub(super) const MODULES: [&str; 2] = ["import re", "import time"];

/// What scripts read messages with.
pub(super) fn preamble(persona: PersonaId) -> Vec<String> {
    let text = format!(
        r#"persona = client.Persona("{persona}")


def mails():
    return [(it.email_id, f"{{it.subject}}\n{{it.text_content or it.html_content}}") for it in persona.emails(limit=100)]


def texts():
    return [(it.sms_id, it.body) for it in persona.sms(limit=100)]


seen = {{name for name, _ in mails() + texts()}}


def arrived(read, pattern):
    """Waits for a new message with a text like that, and gives the text."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for name, text in read():
            found = re.search(pattern, text)
            if found and name not in seen:
                seen.add(name)
                return found[1]
        time.sleep(1)
    raise TimeoutError(f"no message with {{pattern}} has arrived")"#
    );
    text.lines().map(str::to_owned).collect()
}

/// Finds what takes the place of a code in the next message: the same sort of signs, behind the same words.
fn code_pattern(text: &str, code: &str) -> Option<String> {
    let at = text.find(code)?;
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let skipped = line.chars().count().saturating_sub(CONTEXT);
    let before = line.chars().skip(skipped);
    let mut pattern = String::new();
    let mut spaces = false;
    for sign in before {
        if sign.is_whitespace() {
            if !spaces {
                pattern.push_str(r"\s+");
            }
        } else if sign.is_ascii_digit() {
            pattern.push_str(r"\d");
        } else {
            literal(&mut pattern, sign);
        }
        spaces = sign.is_whitespace();
    }
    pattern.push_str("(?<![0-9A-Za-z])(");
    for sign in code.chars() {
        match sign {
            '0'..='9' => pattern.push_str(r"\d"),
            'A'..='Z' => pattern.push_str("[A-Z0-9]"),
            'a'..='z' => pattern.push_str("[a-z0-9]"),
            sign => literal(&mut pattern, sign),
        }
    }
    pattern.push_str(")(?![0-9A-Za-z])");
    Some(pattern)
}

/// Finds what takes the place of a link in the next message: the same page, with whatever says who follows it.
fn link_pattern(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let mut pattern = String::from("(");
    url.origin()
        .ascii_serialization()
        .chars()
        .for_each(|sign| literal(&mut pattern, sign));
    for part in url.path().split('/').skip(1) {
        let made_up = part.len() >= 8 && part.bytes().any(|it| it.is_ascii_digit());
        pattern.push('/');
        match made_up {
            true => write!(pattern, "[^/?#{END}]+").ok()?,
            false => part.chars().for_each(|sign| literal(&mut pattern, sign)),
        }
    }
    if url.query().is_some() || url.fragment().is_some() {
        write!(pattern, "[?#][^{END}]*").ok()?;
    }
    pattern.push(')');
    Some(pattern)
}

/// A sign that stands for itself in Python's patterns.
fn literal(pattern: &mut String, sign: char) {
    if sign.is_ascii() && !sign.is_ascii_alphanumeric() && sign != '_' {
        pattern.push('\\');
    }
    pattern.push(sign);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_their_words_and_signs() {
        let pattern = code_pattern("Hello\nYour 2nd code:  48-AB.", "48-AB").unwrap();
        let expected =
            r"Your\s+\dnd\s+code\:\s+(?<![0-9A-Za-z])(\d\d\-[A-Z0-9][A-Z0-9])(?![0-9A-Za-z])";
        assert_eq!(pattern, expected);
        assert_eq!(code_pattern("nothing", "48"), None);
    }

    #[test]
    fn links_are_found_by_their_page() {
        let pattern = link_pattern("https://a.example/enter/4f9d2c81aa/now?t=x#y").unwrap();
        let expected = r#"(https\:\/\/a\.example/enter/[^/?#\s"'<>]+/now[?#][^\s"'<>]*)"#;
        assert_eq!(pattern, expected);
    }
}
