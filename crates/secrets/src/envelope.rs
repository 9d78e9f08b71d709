//! The form of everything that is sealed.
//!
//! ```text
//! version(1) algorithm(1) key id(16) salt(32) commitment(32) ciphertext tag(16)
//! ```
//!
//! Each envelope has a cipher key of its own: HKDF-SHA-256 of the key and a fresh salt gives cipher key, nonce and a
//! commitment to both. So there is no counter and no limit of envelopes per key; and an envelope opens under one key only,
//! which the cipher alone does not promise (it is not key-committing).

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use guise_core::Error;
use secrecy::zeroize::Zeroizing;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::context::Context;
use crate::key::{KEY_LENGTH, Key, expand, random};

const VERSION: u8 = 1;

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).
const XCHACHA20_POLY1305: u8 = 1;

const ID: usize = 16;
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const TAG: usize = 16;
const HEAD: usize = 2 + ID + SALT + COMMITMENT;

const NONCE: usize = 24;

/// How many bytes longer an envelope is than what is in it.
pub const ENVELOPE_OVERHEAD: usize = HEAD + TAG;

/// Why an envelope does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It is cut.
    #[error("the envelope has {0} bytes: expected {ENVELOPE_OVERHEAD} or more")]
    Short(usize),
    /// A later version of this program made it, or it was altered.
    #[error("the envelope has version {0}: this program knows version {VERSION}")]
    Version(u8),
    /// A later version of this program made it, or it was altered.
    #[error("the envelope has algorithm {0}: this program knows {XCHACHA20_POLY1305}")]
    Algorithm(u8),
    /// Another key opens it.
    #[error("the envelope was sealed with key {found}, not with key {expected}")]
    OtherKey {
        /// The key that it names.
        found: Uuid,
        /// The key at hand.
        expected: Uuid,
    },
    /// It was altered, moved, or sealed with another key of the same id.
    #[error(
        "the envelope does not open: it was altered, or sealed for another place or by another key"
    )]
    Refused,
}

/// Seals `plain` with the key called `id`, for one context.
///
/// # Errors
/// Kind `Internal` when the system gives no random bytes, or `plain` is longer than the cipher takes (256 GiB).
pub(crate) fn seal(
    key: &Key,
    id: Uuid,
    context: &Context<'_>,
    plain: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut salt = [0; SALT];
    random(&mut salt)?;
    seal_salted(key, id, context, plain, &salt)
        .map_err(|error| Error::internal("cannot seal a value", error))
}

fn seal_salted(
    key: &Key,
    id: Uuid,
    context: &Context<'_>,
    plain: &[u8],
    salt: &[u8; SALT],
) -> Result<Vec<u8>, EnvelopeError> {
    let material = Material::of(key, salt);
    let payload = Payload {
        msg: plain,
        aad: &context.to_bytes(),
    };
    let sealed = material
        .cipher()
        .encrypt(&material.nonce.into(), payload)
        .map_err(|_| EnvelopeError::Refused)?;
    let mut envelope = Vec::with_capacity(HEAD + sealed.len());
    envelope.extend_from_slice(&[VERSION, XCHACHA20_POLY1305]);
    envelope.extend_from_slice(id.as_bytes());
    envelope.extend_from_slice(salt);
    envelope.extend_from_slice(&material.commitment);
    envelope.extend_from_slice(&sealed);
    Ok(envelope)
}

/// Opens an envelope that was sealed for `context` with the key called `id`.
///
/// # Errors
/// Says why it does not open.
pub(crate) fn open(
    key: &Key,
    id: Uuid,
    context: &Context<'_>,
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let short = EnvelopeError::Short(envelope.len());
    let (head, sealed) = envelope.split_first_chunk::<HEAD>().ok_or(short)?;
    if sealed.len() < TAG {
        return Err(short);
    }
    let found = key_id(envelope)?;
    if found != id {
        return Err(EnvelopeError::OtherKey {
            found,
            expected: id,
        });
    }
    let (salt, commitment) = head[2 + ID..].split_at(SALT);
    let material = Material::of(key, salt);
    if !bool::from(material.commitment.ct_eq(commitment)) {
        return Err(EnvelopeError::Refused);
    }
    let payload = Payload {
        msg: sealed,
        aad: &context.to_bytes(),
    };
    material
        .cipher()
        .decrypt(&material.nonce.into(), payload)
        .map(Zeroizing::new)
        .map_err(|_| EnvelopeError::Refused)
}

/// The key that an envelope names.
///
/// # Errors
/// When it is cut, or of a version or algorithm that this program does not know.
pub(crate) fn key_id(envelope: &[u8]) -> Result<Uuid, EnvelopeError> {
    let head = envelope.first_chunk::<{ 2 + ID }>();
    let [version, algorithm, id @ ..] = head.ok_or(EnvelopeError::Short(envelope.len()))?;
    if *version != VERSION {
        return Err(EnvelopeError::Version(*version));
    }
    if *algorithm != XCHACHA20_POLY1305 {
        return Err(EnvelopeError::Algorithm(*algorithm));
    }
    Ok(Uuid::from_bytes(*id))
}

/// What one salt makes of a key.
struct Material {
    key: Key,
    nonce: [u8; NONCE],
    commitment: [u8; COMMITMENT],
}

impl Material {
    fn of(key: &Key, salt: &[u8]) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH + NONCE + COMMITMENT]);
        let info: [&[u8]; 2] = [b"rec/v1", &[XCHACHA20_POLY1305]];
        expand(Some(salt), key, &info, &mut bytes);
        let (cipher_key, rest) = bytes.split_at(KEY_LENGTH);
        let mut material = Self {
            key: Key::copy_of(cipher_key),
            nonce: [0; NONCE],
            commitment: [0; COMMITMENT],
        };
        material.nonce.copy_from_slice(&rest[..NONCE]);
        material.commitment.copy_from_slice(&rest[NONCE..]);
        material
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.bytes().into())
    }
}

#[cfg(test)]
mod tests;
