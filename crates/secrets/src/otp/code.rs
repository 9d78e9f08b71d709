//! From seed and counter to digits.

use guise_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::OtpAlgorithm;

/// The code that belongs to `counter`: HMAC, dynamic truncation, `digits` decimal digits (RFC 4226 §5.3).
pub(super) fn compute(seed: &[u8], algorithm: OtpAlgorithm, digits: u32, counter: u64) -> Secret {
    let counter = counter.to_be_bytes();
    let number = match algorithm {
        OtpAlgorithm::Sha1 => truncate(&hash::<Hmac<Sha1>>(seed, counter)),
        OtpAlgorithm::Sha256 => truncate(&hash::<Hmac<Sha256>>(seed, counter)),
        OtpAlgorithm::Sha512 => truncate(&hash::<Hmac<Sha512>>(seed, counter)),
    };
    let width = digits as usize;
    Secret::new(format!("{:0width$}", number % 10_u32.pow(digits)))
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104 §2)"
)]
fn hash<M: Mac + KeyInit>(seed: &[u8], counter: [u8; 8]) -> Zeroizing<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(seed).expect("a key of any length");
    mac.update(&counter);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

/// Four octets, from where the last half-octet points, without the sign bit.
fn truncate(hash: &[u8]) -> u32 {
    let offset = usize::from(hash[hash.len() - 1] & 0x0f);
    hash[offset..offset + 4]
        .iter()
        .fold(0, |number, octet| number << 8 | u32::from(*octet))
        & 0x7fff_ffff
}
