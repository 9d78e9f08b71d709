//! What all sources do that hold 32 bytes: they wrap with these bytes.

use uuid::Uuid;

use super::RootError;
use crate::context::Context;
use crate::envelope;
use crate::key::{Key, keyed_hash};

/// The sort of key that root sources wrap.
const KIND: &str = "instance-key";

/// By which a root key is known, without telling anything of it.
pub(crate) fn fingerprint(key: &Key) -> Uuid {
    let full = keyed_hash(&key.child("fingerprint"), &[]);
    let mut id = [0; 16];
    id.copy_from_slice(&full[..16]);
    Uuid::from_bytes(id)
}

/// Wraps the key `instance` with a root key.
pub(crate) fn wrap(root: &Key, instance: Uuid, key: &Key) -> Result<Vec<u8>, RootError> {
    let context = Context::key(KIND, Uuid::nil(), Uuid::nil(), instance);
    Ok(envelope::seal(
        root,
        fingerprint(root),
        &context,
        key.bytes(),
    )?)
}

/// Unwraps the key `instance` with a root key; `name` is the source's.
pub(crate) fn unwrap(
    name: impl FnOnce() -> String,
    root: &Key,
    instance: Uuid,
    wrapped: &[u8],
) -> Result<Key, RootError> {
    let context = Context::key(KIND, Uuid::nil(), Uuid::nil(), instance);
    match envelope::open(root, fingerprint(root), &context, wrapped) {
        Err(error) => Err(RootError::of_envelope(name(), error)),
        Ok(plain) => match Key::from_slice(&plain) {
            Some(key) => Ok(key),
            None => Err(RootError::Wrong { name: name() }),
        },
    }
}
