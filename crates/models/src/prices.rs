//! What models cost, as the operator says.

use std::collections::BTreeMap;
use std::str::FromStr;

use guise_core::ModelUsage;

use crate::ModelName;
use crate::provider::{self, Provider};

/// Decimal places of a price; a millionth of a dollar for a million tokens.
const PLACES: usize = 6;

/// What a model's tokens cost, in millionths of a US dollar for a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Tokens of what is asked.
    pub input: u64,
    /// Those of them that come from the provider's cache.
    pub cached: u64,
    /// Tokens of the answer.
    pub output: u64,
}

impl Price {
    /// What this usage costs, in millionths of a US dollar.
    pub fn of(&self, usage: &ModelUsage) -> u64 {
        let cached = usage.cached_tokens.min(usage.input_tokens);
        let parts = [
            (usage.input_tokens - cached, self.input),
            (cached, self.cached),
            (usage.output_tokens, self.output),
        ];
        let sum = parts.iter().fold(0_u128, |sum, (tokens, price)| {
            sum.saturating_add(u128::from(*tokens) * u128::from(*price))
        });
        // Half of a millionth counts as a whole one.
        let micros = sum.saturating_add(500_000) / 1_000_000;
        u64::try_from(micros).unwrap_or(u64::MAX)
    }
}

/// Prices by model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    by_model: BTreeMap<String, Price>,
}

impl Prices {
    /// The price of a model by its name, with the provider's first name.
    pub fn of(&self, name: &str) -> Option<&Price> {
        self.by_model.get(name)
    }

    /// How many models have one.
    pub fn len(&self) -> usize {
        self.by_model.len()
    }

    /// Whether no model has one.
    pub fn is_empty(&self) -> bool {
        self.by_model.is_empty()
    }
}

impl FromStr for Prices {
    /// What is wrong, and what would be right.
    type Err = String;

    /// Reads `openai/gpt-4o=2.50/1.25/10, ollama/qwen3=0/0`: US dollars for a million tokens of input, of cached input and
    /// of output; with two figures, cached input costs as much as other input.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut by_model = BTreeMap::new();
        for entry in text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            let (name, figures) = entry.rsplit_once('=').ok_or_else(|| form(entry))?;
            let name = name
                .trim()
                .parse::<ModelName>()
                .map_err(|error| error.to_string())?;
            let provider = Provider::find(&name.provider).ok_or_else(|| {
                let known = provider::known();
                format!("{entry:?} is of no known provider: known are {known}")
            })?;
            let figures: Vec<_> = figures
                .split('/')
                .map(|figure| amount(figure.trim()).ok_or_else(|| form(entry)))
                .collect::<Result<_, _>>()?;
            let price = match figures[..] {
                [input, output] => Price {
                    input,
                    cached: input,
                    output,
                },
                [input, cached, output] => Price {
                    input,
                    cached,
                    output,
                },
                _ => return Err(form(entry)),
            };
            let name = format!("{}/{}", provider.name, name.model);
            if by_model.insert(name, price).is_some() {
                return Err(format!(
                    "{entry:?} is the second price of that model: expected one"
                ));
            }
        }
        Ok(Self { by_model })
    }
}

fn form(entry: &str) -> String {
    format!(
        "{entry:?} is no price: expected provider/model=input/output or provider/model=input/cached/output, in US dollars for a \
         million tokens with at most {PLACES} decimal places, such as openai/gpt-4o=2.50/1.25/10"
    )
}

/// A decimal number below a million, in millionths.
fn amount(text: &str) -> Option<u64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit())
    };
    if !digits(whole, 6) || !digits(rest, PLACES) {
        return None;
    }
    format!("{whole}{rest:0<PLACES$}").parse().ok()
}
