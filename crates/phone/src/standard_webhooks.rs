//! Webhooks signed as Standard Webhooks 1.0 says: HMAC-SHA-256 over `id.timestamp.body` (its "Signature scheme").

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guise_core::{Secret, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;

use crate::Refusal;

/// How far the time of sending may be from now, in either direction.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The three headers, each as it came in.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// `webhook-id`: the same for every try to deliver one event.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970 when it was sent.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or more signatures with their versions, parted by spaces.
    pub signatures: &'a str,
}

/// Checks that a webhook comes from who has `secret`, was not changed, and was sent within [`TOLERANCE`] of `now`.
///
/// `secret` is `whsec_` and 24 to 64 bytes in base64. One valid signature of version `v1` is enough: while a secret is
/// being replaced, the sender signs with the old and the new one. Within the tolerance a recorded webhook passes again:
/// drop those whose `id` is known.
///
/// # Errors
/// Says what is wrong with it.
pub fn verify(
    secret: &Secret,
    headers: Headers<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Refusal> {
    let key = key(secret)?;
    // A full stop parts what is signed: with one in the id, parts of it could pass for the time.
    let plain = |c: u8| c.is_ascii_graphic() && c != b'.';
    if headers.id.is_empty() || headers.id.len() > 256 || !headers.id.bytes().all(plain) {
        return Err(Refusal::Header {
            name: "webhook-id",
            expected: "1 to 256 visible ASCII characters without a full stop",
        });
    }
    in_time(headers.timestamp, now)?;

    #[expect(
        clippy::expect_used,
        reason = "HMAC takes keys of any length (RFC 2104 §2)"
    )]
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
    for part in [
        headers.id.as_bytes(),
        b".",
        headers.timestamp.as_bytes(),
        b".",
        body,
    ] {
        mac.update(part);
    }
    // No early end: how long it takes must not tell which signature was nearly right.
    let mut valid = false;
    for signature in headers.signatures.split(' ') {
        let v1 = signature.strip_prefix("v1,");
        let bytes = v1.and_then(|signature| STANDARD.decode(signature).ok());
        valid |= bytes.is_some_and(|bytes| mac.clone().verify_slice(&bytes).is_ok());
    }
    valid.then_some(()).ok_or(Refusal::Signature)
}

fn key(secret: &Secret) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let text = secret.expose().trim().strip_prefix("whsec_");
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    let key = Zeroizing::new(bytes.ok_or(Refusal::Secret)?);
    if !(24..=64).contains(&key.len()) {
        return Err(Refusal::Secret);
    }
    Ok(key)
}

fn in_time(timestamp: &str, now: Timestamp) -> Result<(), Refusal> {
    // `parse` alone would take `+1`, too, and the text is what was signed.
    let digits = timestamp.bytes().all(|c| c.is_ascii_digit());
    let sent = timestamp.parse::<i64>().ok().filter(|_| digits);
    let sent = sent.ok_or(Refusal::Header {
        name: "webhook-timestamp",
        expected: "whole seconds since 1970",
    })?;
    let sent = Timestamp::from_micros(sent.saturating_mul(1_000_000));
    for (distance, direction) in [(now.since(sent), "ago"), (sent.since(now), "from now")] {
        if distance > TOLERANCE {
            return Err(Refusal::Time {
                seconds: distance.as_secs(),
                direction,
            });
        }
    }
    Ok(())
}
