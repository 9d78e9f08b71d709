//! A key, and what can be made of it.

use guise_core::Error;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRngCore;
use secrecy::zeroize::Zeroizing;
use sha2::Sha256;
use uuid::Uuid;

/// The length of every key, in bytes.
pub const KEY_LENGTH: usize = 32;

/// The length of a check value, in bytes.
pub const CHECK_LENGTH: usize = 16;

/// The most that HKDF-SHA-256 gives (RFC 5869 §2.3), in bytes.
const MOST: usize = 255 * 32;

/// 32 secret bytes, wiped when they are dropped.
///
/// There is no `Debug` and no `Clone`: who needs one key twice shares it.
///
/// ```compile_fail
/// println!("{:?}", guise_secrets::Key::random().unwrap());
/// ```
///
/// ```compile_fail
/// let copy = guise_secrets::Key::random().unwrap().clone();
/// ```
pub struct Key(
    // On the heap, because a value that is moved leaves its old bytes behind.
    Box<Zeroizing<[u8; KEY_LENGTH]>>,
);

impl Key {
    /// A new key from the system's random source.
    ///
    /// # Errors
    /// Kind `Internal` when the system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        let mut key = Self::zero();
        random(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// The key with these bytes; none unless they are [`KEY_LENGTH`].
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == KEY_LENGTH).then(|| Self::copy_of(bytes))
    }

    /// As [`Key::from_slice`], for bytes whose length is known.
    pub(crate) fn copy_of(bytes: &[u8]) -> Self {
        let mut key = Self::zero();
        key.0.copy_from_slice(bytes);
        key
    }

    /// The bytes themselves, for wrapping them and for ciphers.
    pub(crate) fn bytes(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }

    /// A key for one purpose, from which this one cannot be found again: HKDF-SHA-256 (RFC 5869) without salt.
    pub fn child(&self, purpose: &str) -> Self {
        let mut key = Self::zero();
        let info = [b"guise/v1/", purpose.as_bytes()];
        expand(None, self, &info, key.0.as_mut());
        key
    }

    /// By which it is told whether this is the key called `id`, without using it on anything.
    pub fn check_value(&self, id: Uuid) -> [u8; CHECK_LENGTH] {
        let full = keyed_hash(&self.child("kcv"), &[id.as_bytes()]);
        let mut check = [0; CHECK_LENGTH];
        check.copy_from_slice(&full[..CHECK_LENGTH]);
        check
    }

    fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; KEY_LENGTH])))
    }
}

/// HMAC-SHA-256 (RFC 2104) over the joined `parts`.
pub(crate) fn keyed_hash(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than SHA-256's block is padded with zeros (RFC 2104 §2).
    let mut block = Zeroizing::new([0; 64]);
    block[..KEY_LENGTH].copy_from_slice(key.bytes());
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HKDF-SHA-256 (RFC 5869): fills `output`.
pub(crate) fn expand<const N: usize>(
    salt: Option<&[u8]>,
    key: &Key,
    info: &[&[u8]],
    output: &mut [u8; N],
) {
    const { assert!(N <= MOST, "HKDF does not give so much") };
    let expanded = Hkdf::<Sha256>::new(salt, key.bytes()).expand_multi_info(info, output);
    debug_assert!(expanded.is_ok(), "it fails only beyond what was checked");
}

/// Fills `bytes` from the system's random source.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), Error> {
    rand::rngs::OsRng
        .try_fill_bytes(bytes)
        .map_err(|error| Error::internal("the system gives no random bytes", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_thirty_two_bytes() {
        assert!(Key::from_slice(&[1; 31]).is_none());
        assert!(Key::from_slice(&[1; 33]).is_none());
        assert_eq!(Key::from_slice(&[1; 32]).unwrap().bytes(), &[1; 32]);
        assert_ne!(
            Key::random().unwrap().bytes(),
            Key::random().unwrap().bytes()
        );
    }

    #[test]
    fn children_and_check_values_differ_by_purpose_key_and_id() {
        let one = Key::from_slice(&[1; 32]).unwrap();
        let two = Key::from_slice(&[2; 32]).unwrap();
        assert_ne!(one.child("a").bytes(), one.child("b").bytes());
        assert_ne!(one.child("a").bytes(), two.child("a").bytes());
        assert_ne!(one.child("a").bytes(), one.bytes());
        let id = Uuid::from_u128(1);
        assert_eq!(one.check_value(id), one.check_value(id));
        assert_ne!(one.check_value(id), two.check_value(id));
        assert_ne!(one.check_value(id), one.check_value(Uuid::from_u128(2)));
    }
}
