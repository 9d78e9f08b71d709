//! Codes of second factors.

use std::time::Duration;

use crate::{Result, Secret, Timestamp};

/// Computes one-time codes (RFC 4226, RFC 6238).
pub trait OneTimeCodes: Send + Sync {
    /// Whether codes come from a counter, not from the clock.
    ///
    /// # Errors
    /// Kind `Invalid` when `seed` is neither base32 nor an `otpauth://` address; the message does not repeat it.
    fn counts(&self, seed: &Secret) -> Result<bool>;

    /// The code at a time, or for a counter.
    ///
    /// # Errors
    /// As [`OneTimeCodes::counts`].
    fn code(&self, seed: &Secret, at: Timestamp, counter: Option<u64>) -> Result<OneTimeCode>;
}

/// A code that can be used once.
pub struct OneTimeCode {
    /// Its digits.
    pub code: Secret,
    /// For how long it can be used; none for one that comes from a counter.
    pub valid_for: Option<Duration>,
}
