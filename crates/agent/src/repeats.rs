//! Noticing that nothing moves any more.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use guise_core::Observation;

/// So often in a row may something be tried on a page where it was tried before; then the run ends.
pub(crate) const MOST: u32 = 5;

/// From here on the model is told.
const TELL: u32 = 2;

/// What was tried on which page, and what came of it.
#[derive(Default)]
pub(crate) struct Repeats {
    tried: HashSet<u64>,
    in_a_row: u32,
}

/// A page as it stands: its address and what can be read and used on it.
pub(crate) fn page(seen: &Observation) -> u64 {
    let mut hasher = DefaultHasher::new();
    seen.url.hash(&mut hasher);
    seen.description.hash(&mut hasher);
    seen.viewport.scroll_y.hash(&mut hasher);
    for element in &seen.elements {
        element.states.hash(&mut hasher);
    }
    hasher.finish()
}

impl Repeats {
    /// Notes what was tried and what came of it.
    pub(crate) fn note(&mut self, page: u64, action: &str, outcome: impl Hash) {
        let mut hasher = DefaultHasher::new();
        (page, action, outcome).hash(&mut hasher);
        let attempt = hasher.finish();
        let known = !self.tried.insert(attempt);
        self.in_a_row = if known { self.in_a_row + 1 } else { 0 };
    }

    /// What the model should know.
    pub(crate) fn warning(&self) -> Option<String> {
        (self.in_a_row >= TELL).then(|| {
            format!(
                "You have tried the same {} times on a page that does not change. Try something else, or end with completion \
                 and success false. After {MOST} such steps you are stopped.",
                self.in_a_row
            )
        })
    }

    /// Nothing moves any more.
    pub(crate) fn stuck(&self) -> bool {
        self.in_a_row >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_round_in_circles_is_noticed() {
        let mut repeats = Repeats::default();
        for (already, action) in "abcabcab".chars().enumerate() {
            assert!(!repeats.stuck(), "after {already}");
            repeats.note(1, &action.to_string(), "done");
        }
        assert!(repeats.stuck() && repeats.warning().is_some());
    }

    #[test]
    fn what_moves_is_no_repeat() {
        let mut repeats = Repeats::default();
        for page in 0..100 {
            repeats.note(page, "scroll", "done");
            repeats.note(page, "scroll", "failed");
        }
        assert!(!repeats.stuck() && repeats.warning().is_none());
    }
}
