//! Codes of second factors.

use std::time::Duration;

use guise_core::ports::{OneTimeCode, OneTimeCodes};
use guise_core::{Error, Result, Secret, Timestamp};
use guise_secrets::{Moving, OneTime};

/// Computes them from seeds and `otpauth://` addresses.
pub struct ComputedCodes;

impl OneTimeCodes for ComputedCodes {
    fn counts(&self, seed: &Secret) -> Result<bool> {
        let factor = parse(seed)?;
        Ok(matches!(factor.moving(), Moving::Counter { .. }))
    }

    fn code(&self, seed: &Secret, at: Timestamp, counter: Option<u64>) -> Result<OneTimeCode> {
        let factor = parse(seed)?;
        match factor.moving() {
            Moving::Counter { start } => Ok(OneTimeCode {
                code: factor.code(start.saturating_add(counter.unwrap_or(0))),
                valid_for: None,
            }),
            Moving::Time { .. } => {
                let timed = factor
                    .at(at)
                    .ok_or_else(|| Error::internal("a code has no time", "it counts"))?;
                Ok(OneTimeCode {
                    code: timed.code,
                    valid_for: Some(Duration::from_secs(timed.seconds_left)),
                })
            }
        }
    }
}

/// The message never repeats the seed.
fn parse(seed: &Secret) -> Result<OneTime> {
    OneTime::parse(seed.expose())
        .map_err(|error| Error::invalid_member(&["mfa_secret"], "value_error", error.to_string()))
}
