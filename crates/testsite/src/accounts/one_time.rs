//! Codes of a second factor (RFC 6238), as a site computes them: HMAC-SHA-1, half a minute each.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How long a code is good, in seconds.
pub(super) const PERIOD: u64 = 30;

/// How many digits a code has. Eight, so that it is found nowhere by chance.
const DIGITS: u32 = 8;

/// The code of the account service for a seed in base32, at a time in seconds since 1970; `None` for what is no seed.
#[must_use]
pub fn one_time_code(seed: &str, seconds: u64) -> Option<String> {
    let seed = data_encoding::BASE32_NOPAD.decode(seed.as_bytes()).ok()?;
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&seed).ok()?;
    mac.update(&(seconds / PERIOD).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let from = usize::from(hash.last()? & 15);
    let taken = hash.get(from..from + 4)?;
    let number = taken
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let code = (number & 0x7fff_ffff) % 10_u32.pow(DIGITS);
    Some(format!("{code:0width$}", width = DIGITS as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the seed is the text 12345678901234567890.
        let seed = data_encoding::BASE32_NOPAD.encode(b"12345678901234567890");
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_234_567_890, "89005924"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(one_time_code(&seed, seconds).as_deref(), Some(code));
        }
        assert_eq!(one_time_code("not base32", 0), None);
    }
}
