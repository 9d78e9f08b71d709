//! Keys in envelopes of other keys.

use guise_core::ports::WrappedKey;
use guise_core::{Error, Result};
use secrecy::zeroize::Zeroizing;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::InstanceKey;
use crate::context::Context;
use crate::envelope;
use crate::key::{CHECK_LENGTH, Key};

const PEPPER: &str = "pepper";

/// The sort of a wrapped key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Tenant,
    Data,
}

impl Level {
    fn kind(self) -> &'static str {
        match self {
            Self::Tenant => "tenant-key",
            Self::Data => "data-key",
        }
    }

    /// What it is in messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Tenant => "tenant key",
            Self::Data => "data key",
        }
    }
}

/// Sets the wrapping of `row`, and the check value, for the plain key `key`.
pub(crate) fn wrap(
    level: Level,
    parent: Uuid,
    parent_key: &Key,
    key: &Key,
    row: &mut WrappedKey,
) -> Result<()> {
    let context = Context::key(level.kind(), row.tenant.as_uuid(), row.owner, row.id);
    row.wrapped = envelope::seal(parent_key, parent, &context, key.bytes())?;
    row.parent = parent;
    row.check = key.check_value(row.id);
    Ok(())
}

/// The plain key of a row, whose parent's key is given.
pub(crate) fn unwrap(level: Level, parent_key: &Key, row: &WrappedKey) -> Result<Key> {
    let context = Context::key(level.kind(), row.tenant.as_uuid(), row.owner, row.id);
    let plain = envelope::open(parent_key, row.parent, &context, &row.wrapped);
    checked(plain, row.id, &row.check).map_err(|why| {
        let what = format!("cannot unwrap the {} {}", level.noun(), row.id);
        Error::internal(what, why)
    })
}

/// The pepper in an envelope of the instance key.
pub(crate) fn wrap_pepper(instance: &InstanceKey, pepper: &Key) -> Result<Vec<u8>> {
    envelope::seal(
        &instance.key,
        instance.id,
        &pepper_context(instance),
        pepper.bytes(),
    )
}

/// The pepper out of its envelope.
pub(crate) fn unwrap_pepper(instance: &InstanceKey, wrapped: &[u8]) -> Result<Key> {
    let failed = |why: String| Error::internal("cannot unwrap the pepper", why);
    let plain = envelope::open(
        &instance.key,
        instance.id,
        &pepper_context(instance),
        wrapped,
    )
    .map_err(|error| failed(error.to_string()))?;
    Key::from_slice(&plain).ok_or_else(|| failed("it has another length".to_owned()))
}

/// Whether `key` is the one whose check value is `check`.
pub(crate) fn is_key(key: &Key, id: Uuid, check: &[u8; CHECK_LENGTH]) -> bool {
    key.check_value(id).ct_eq(check).into()
}

fn pepper_context(instance: &InstanceKey) -> Context<'static> {
    Context::key(PEPPER, Uuid::nil(), Uuid::nil(), instance.id)
}

fn checked(
    plain: Result<Zeroizing<Vec<u8>>, envelope::EnvelopeError>,
    id: Uuid,
    check: &[u8; CHECK_LENGTH],
) -> Result<Key, String> {
    let plain = plain.map_err(|error| error.to_string())?;
    Key::from_slice(&plain)
        .filter(|key| is_key(key, id, check))
        .ok_or_else(|| "it is not the key that its check value is of".to_owned())
}
