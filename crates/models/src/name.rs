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

/// How the names of models begin whose provider is known by that.
const FAMILIES: [(&str, &str); 10] = [
    ("gemini-", "gemini"),
    ("gpt-", "openai"),
    ("chatgpt-", "openai"),
    ("o1", "openai"),
    ("o3", "openai"),
    ("o4", "openai"),
    ("claude-", "anthropic"),
    ("deepseek-", "deepseek"),
    ("mistral-", "mistral"),
    ("grok-", "xai"),
];

/// A text that is no model's name, also when its provider may be left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{value:?} names no model that is known by its name alone: expected provider/model, such as openai/gpt-4o, or a name such as \
     gemini-3-flash-preview, gpt-4o or claude-sonnet-4-5"
)]
pub struct UnknownModelName {
    value: String,
}

impl ModelName {
    /// Reads a name that may leave out its provider, as the AIQaramba API writes them (contract §2.2).
    ///
    /// # Errors
    /// [`UnknownModelName`] for a text that is none, or whose provider is not known by it.
    pub fn with_or_without_provider(text: &str) -> Result<Self, UnknownModelName> {
        let text = text.trim();
        let unknown = |_| UnknownModelName {
            value: text.chars().take(80).collect(),
        };
        if text.contains('/') {
            return text.parse().map_err(unknown);
        }
        let family = FAMILIES.iter().find(|(start, _)| text.starts_with(start));
        let provider = family.map_or("", |(_, provider)| provider);
        format!("{provider}/{text}").parse().map_err(unknown)
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_may_be_left_out_where_the_name_tells_it() {
        for (text, full) in [
            ("gemini-3-flash-preview", "gemini/gemini-3-flash-preview"),
            (" gpt-4o ", "openai/gpt-4o"),
            ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
            ("openrouter/google/gemma-3", "openrouter/google/gemma-3"),
        ] {
            let name = ModelName::with_or_without_provider(text).unwrap();
            assert_eq!(name.to_string(), full);
        }
        for wrong in ["", "llama", "gpt- 4", "/x", "openai/", "gemini"] {
            let error = ModelName::with_or_without_provider(wrong).unwrap_err();
            assert!(error.to_string().contains("provider/model"), "{error}");
        }
    }
}
