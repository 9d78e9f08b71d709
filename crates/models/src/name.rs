//! What a model is called.

use std::fmt;
use std::str::FromStr;

/// The longest name, in octets; real ones have at most a hundred.
const LONGEST: usize = 256;

/// A model's name: who provides it, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelName {
    /// The part before the first `/`.
    pub provider: String,
    /// The rest, which may have more of them, as in `openrouter/google/gemma-3`.
    pub model: String,
}

/// A text that is no model's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{value:?} names no model: expected provider/model, such as openai/gpt-4o, visible characters only, at most {LONGEST} of them"
)]
pub struct InvalidModelName {
    value: String,
}

impl FromStr for ModelName {
    type Err = InvalidModelName;

    fn from_str(text: &str) -> Result<Self, InvalidModelName> {
        let invalid = || InvalidModelName {
            // As much as shows which one it was.
            value: text.chars().take(80).collect(),
        };
        let (provider, model) = text.trim().split_once('/').ok_or_else(invalid)?;
        let visible = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c.is_control() || c.is_whitespace())
        };
        if text.len() > LONGEST || !visible(provider) || !visible(model) {
            return Err(invalid());
        }
        Ok(Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
        })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}
