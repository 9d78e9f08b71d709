//! What language models took to answer.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// Tokens, and what they cost where that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsage {
    /// Tokens of what was asked, those from the provider's cache included.
    pub input_tokens: u64,
    /// Those of them that came from the provider's cache.
    pub cached_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// In millionths of a US dollar; absent when the price is not known.
    pub cost_micros: Option<u64>,
}

impl AddAssign for ModelUsage {
    /// The sum; its cost is known when both costs are. Nothing used costs nothing.
    fn add_assign(&mut self, other: Self) {
        self.cost_micros = match (self.cost_micros, other.cost_micros) {
            (Some(mine), Some(theirs)) => Some(mine.saturating_add(theirs)),
            (None, cost) if *self == Self::default() => cost,
            (cost, None) if other == Self::default() => cost,
            _ => None,
        };
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
    }
}
