//! One-time codes: TOTP (RFC 6238) and HOTP (RFC 4226), from a bare seed or an `otpauth` URI.
//!
//! The computation is our own: the libraries for it refuse the short seeds that real sites give, know no counters, or
//! read the clock themselves.

mod code;
mod error;
mod seed;
#[cfg(test)]
mod tests;
mod uri;

use guise_core::{Secret, Timestamp};
use secrecy::zeroize::Zeroizing;

pub use error::InvalidOneTime;

/// The hash that codes are made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtpAlgorithm {
    /// HMAC-SHA-1: what nearly every site uses, and what a bare seed means.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// What makes one code differ from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Time (TOTP): a new code every `period` seconds since 1970, 1 or more.
    Time {
        /// Seconds.
        period: u64,
    },
    /// A counter (HOTP) that both sides keep.
    Counter {
        /// The counter of the next code when this was set up.
        start: u64,
    },
}

/// A second factor that computes codes.
///
/// ```
/// use guise_core::Timestamp;
/// use guise_secrets::OneTime;
///
/// let factor = OneTime::parse("jbsw y3dp ehpk 3pxp").unwrap();
/// let now = factor.at(Timestamp::from_micros(1_700_000_000_000_000)).unwrap();
/// assert_eq!(now.code.expose(), "324550");
/// assert_eq!(now.seconds_left, 10);
/// ```
pub struct OneTime {
    seed: Zeroizing<Vec<u8>>,
    algorithm: OtpAlgorithm,
    digits: u32,
    moving: Moving,
    issuer: Option<String>,
    account: Option<String>,
}

/// A code and how long it is valid.
pub struct TimedCode {
    /// The digits, with leading zeros.
    pub code: Secret,
    /// Whole seconds until the next code, counted from the second that the given time is in: 1 to the period.
    pub seconds_left: u64,
}

impl OneTime {
    /// Takes what a site shows when a second factor is set up: a base32 seed or an `otpauth://` URI.
    ///
    /// A bare seed means what authenticator apps take it for: TOTP, SHA-1, 6 digits, 30 seconds. Upper and lower case,
    /// white space, dashes and padding do not matter, and it may be short: RFC 4226 §4 asks for 128 bits, but many
    /// sites give 80, and a code computed from fewer is still the right one.
    ///
    /// # Errors
    /// Says what is wrong, and what would be right. It never repeats any of the text.
    pub fn parse(text: &str) -> Result<Self, InvalidOneTime> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(InvalidOneTime::TooLong);
        }
        match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("otpauth") => uri::parse(rest),
            Some(_) => Err(InvalidOneTime::Scheme),
            None => Ok(Self::from_seed(seed::decode(text)?)),
        }
    }

    /// TOTP with SHA-1, 6 digits and 30 seconds (RFC 6238 §4).
    fn from_seed(seed: Zeroizing<Vec<u8>>) -> Self {
        Self {
            seed,
            algorithm: OtpAlgorithm::default(),
            digits: 6,
            moving: Moving::Time { period: 30 },
            issuer: None,
            account: None,
        }
    }

    /// The code at `now` (RFC 6238 §4.2); `None` for a factor that counts instead of looking at the clock. A time
    /// before 1970 gives the first code.
    pub fn at(&self, now: Timestamp) -> Option<TimedCode> {
        let Moving::Time { period } = self.moving else {
            return None;
        };
        let seconds = u64::try_from(now.as_micros()).unwrap_or(0) / 1_000_000;
        Some(TimedCode {
            code: self.code(seconds / period),
            seconds_left: period - seconds % period,
        })
    }

    /// The code of one value of the counter (RFC 4226 §5.3). The caller keeps the counter: it goes up by one with each
    /// code that is used, beginning at [`Moving::Counter`]'s `start`.
    pub fn code(&self, counter: u64) -> Secret {
        code::compute(&self.seed, self.algorithm, self.digits, counter)
    }

    /// Whether it goes by time or by a counter.
    pub fn moving(&self) -> Moving {
        self.moving
    }

    /// The hash.
    pub fn algorithm(&self) -> OtpAlgorithm {
        self.algorithm
    }

    /// How many digits a code has: 6 to 8.
    pub fn digits(&self) -> u32 {
        self.digits
    }

    /// Who gave it out, if the URI says so.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Whose it is, if the URI says so: a user name or a mail address.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }
}

impl std::fmt::Debug for OneTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTime(…)")
    }
}

/// Octets of the longest text that is looked at; real ones have fewer than 300.
const MAX_LENGTH: usize = 4096;
