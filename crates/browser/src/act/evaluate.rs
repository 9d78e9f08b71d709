//! The action `evaluate_js`.

use std::borrow::Cow;
use std::time::Duration;

use guise_cdp::Error as CdpError;
use guise_cdp::protocol::runtime::{Evaluate, EvaluateReturns, RemoteObject};
use guise_core::{DataSpace, Outcome};
use serde_json::Value;
use tokio::time::Instant;

use crate::core::CurrentTab;
use crate::fault::{Fault, Result};
use crate::stuck::unblock;

/// How long a script may run (Notte API: `evaluate_js`).
const LONGEST: Duration = Duration::from_secs(45);
/// Kept of the caller's time for telling a page that hangs from one that only waits.
const CHECK: Duration = Duration::from_millis(500);

/// Runs a script in the page. What it throws is an answer, not a failure.
pub(crate) async fn evaluate(tab: &CurrentTab, code: &str, deadline: Instant) -> Result<Outcome> {
    let began = Instant::now();
    let bound = (deadline - CHECK).min(began + LONGEST);
    match run(tab, code, bound).await {
        Ok(returned) => Ok(match &returned.exception_details {
            Some(details) => Outcome::unsuccessful(format!(
                "JavaScript evaluation failed: {}",
                details.message()
            )),
            None => Outcome::read(
                "Evaluated the JavaScript code",
                DataSpace {
                    markdown: render(&returned.result)?,
                    ..Default::default()
                },
            ),
        }),
        Err(CdpError::Timeout { .. }) => {
            unblock(tab, deadline, CHECK / 2).await;
            Ok(Outcome::unsuccessful(format!(
                "JavaScript evaluation did not end within {} ms",
                (bound - began).as_millis()
            )))
        }
        Err(CdpError::Protocol { message, .. }) => Ok(Outcome::unsuccessful(format!(
            "JavaScript evaluation gave no result that can be told: {message}"
        ))),
        Err(error) => Err(error.into()),
    }
}

/// Evaluates a script as an expression; as the body of a function where it returns; and calls what is a function.
async fn run(tab: &CurrentTab, code: &str, bound: Instant) -> Result<EvaluateReturns, CdpError> {
    let command = |expression: String, repl_mode| Evaluate {
        expression: Cow::Owned(expression),
        return_by_value: Some(true),
        await_promise: Some(true),
        user_gesture: Some(true),
        repl_mode: Some(repl_mode),
        ..Default::default()
    };
    let mut reading = command(code.to_owned(), false);
    // A script that cannot be parsed has done nothing yet, so it can be read in another way.
    for _ in 0..3 {
        let returned = tab.session.call(&reading, bound).await?;
        reading = match syntax_error(&returned).as_deref() {
            Some(error) if error.contains("Illegal return") => {
                command(format!("(async () => {{\n{code}\n}})()"), false)
            }
            Some(error) if error.contains("await is only valid") => command(code.to_owned(), true),
            // `function () {…}` is a statement without a name unless it stands in brackets.
            Some(error) if error.contains("require a function name") => {
                command(called(code), false)
            }
            _ if returned.result.r#type == "function" => command(called(code), false),
            _ => return Ok(returned),
        };
    }
    tab.session.call(&reading, bound).await
}

fn called(code: &str) -> String {
    format!("({}\n)()", code.trim().trim_end_matches(';'))
}

fn syntax_error(returned: &EvaluateReturns) -> Option<String> {
    let details = returned.exception_details.as_ref()?;
    let thrown = details.exception.as_ref()?;
    (thrown.class_name.as_deref() == Some("SyntaxError")).then(|| details.message())
}

/// A result as the Notte API writes it: strings as they are, objects and arrays as indented JSON in ASCII, truth values in
/// Python's spelling.
fn render(result: &RemoteObject) -> Result<String> {
    if let Some(text) = &result.unserializable_value {
        return Ok(text.clone());
    }
    let value: Value = result.decode()?;
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        Value::Array(_) | Value::Object(_) => {
            let text = serde_json::to_string_pretty(&value)
                .map_err(|error| Fault::told(error.to_string()))?;
            ascii(&text)
        }
    })
}

fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut units = [0; 2];
    for character in text.chars() {
        if character.is_ascii() {
            plain.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            plain.push_str(&format!("\\u{unit:04x}"));
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn non_ascii_is_escaped_in_pairs() {
        assert_eq!(
            ascii("{\"é\": \"😀\"}"),
            "{\"\\u00e9\": \"\\ud83d\\ude00\"}"
        );
    }

    #[test]
    fn functions_are_called() {
        assert_eq!(called("() => 1;"), "(() => 1\n)()");
    }
}
