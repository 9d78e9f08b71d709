//! Secrets are found in every form that they travel in, and nothing else is changed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod forms;
mod live;
mod overlap;
mod random;
mod streams;
mod writers;

use guise_core::Secret;
use guise_secrets::Scrubber;
use proptest::test_runner::{Config, RngSeed};

/// No secret of these tests has its character.
pub const LABEL: &str = "\u{e000}";

/// Searches for one secret.
pub fn scrubber(secret: &str) -> Scrubber {
    Scrubber::new([(Secret::new(secret.to_owned()), LABEL)])
}

/// A modest number of cases, the same ones each time; a hundred times as many others with `GUISE_TEST_SOAK`.
pub fn cases() -> Config {
    let (cases, rng_seed) = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        (12_800, RngSeed::Random)
    } else {
        (128, RngSeed::Fixed(0))
    };
    Config {
        cases,
        rng_seed,
        failure_persistence: None,
        ..Config::default()
    }
}
