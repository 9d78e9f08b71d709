//! One question about a text that others wrote, and its answer.

use std::time::Duration;

use guise_core::ports::{AnswerSchema, Message, Model, Question, Speaker};
use guise_core::{Error, Result};
use tokio::time::Instant;

use crate::quote::Quotes;
use crate::schema::unfenced;

/// Room for the answer in the time that clients give a call.
const ANSWER: Duration = Duration::from_secs(40);

/// Asks a model what `rules` say about `text`, which comes from `source`. The answer is without a fence around it.
///
/// # Errors
/// Kind `Refused` when the model does not answer, or says nothing.
pub(crate) async fn ask_once(
    model: &dyn Model,
    rules: &str,
    source: &str,
    text: &str,
    schema: Option<AnswerSchema>,
) -> Result<String> {
    let quotes = Quotes::new();
    let question = Question {
        system: format!("{rules}\n{}", quotes.explanation()),
        messages: vec![Message {
            speaker: Speaker::User,
            text: quotes.quote(source, text),
            pictures: Vec::new(),
        }],
        schema,
        ..Question::default()
    };
    let answer = model.ask(&question, Instant::now() + ANSWER).await?;
    let said = unfenced(&answer.text);
    if said.is_empty() {
        let name = model.name();
        return Err(Error::refused(format!(
            "The model {name} gave an empty answer"
        )));
    }
    Ok(said.to_owned())
}
