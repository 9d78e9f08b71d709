//! What no input may bring about. A modest number of cases each time, the same ones, so that a run tells what a change did;
//! a thousand times as many with `GUISE_TEST_SOAK`, each time others: more than ten million in all.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod charset;
mod documents;
mod metadata;
mod page;
mod whole;

use proptest::test_runner::{Config, RngSeed};

/// How many cases are tried, and which.
fn cases(modest: u32) -> Config {
    let (cases, rng_seed) = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        (modest * 1_000, RngSeed::Random)
    } else {
        (modest, RngSeed::Fixed(0))
    };
    Config {
        cases,
        rng_seed,
        failure_persistence: None,
        ..Config::default()
    }
}
