//! What an envelope is bound to: it opens nowhere else.

use guise_core::TenantId;
use guise_core::ports::Place;
use uuid::Uuid;

/// The version of what is inside a sealed value.
const SCHEMA: u32 = 1;

/// The domain of values.
const VALUE: &str = "guise/value";

/// The domain of keys that are wrapped by other keys.
const KEY: &str = "guise/key";

/// Where an envelope lies. All of it is authenticated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    domain: &'static str,
    kind: &'a str,
    tenant: Uuid,
    owner: Uuid,
    row: Uuid,
    version: u64,
}

impl<'a> Context<'a> {
    /// A sealed value.
    pub(crate) fn value(
        tenant: TenantId,
        owner: Uuid,
        kind: &'a str,
        row: Uuid,
        version: u64,
    ) -> Self {
        Self {
            domain: VALUE,
            kind,
            tenant: tenant.as_uuid(),
            owner,
            row,
            version,
        }
    }

    /// The key `id`, of the sort `kind`. What belongs to no tenant or owner has the nil id there.
    pub(crate) fn key(kind: &'static str, tenant: Uuid, owner: Uuid, id: Uuid) -> Context<'static> {
        Context {
            domain: KEY,
            kind,
            tenant,
            owner,
            row: id,
            version: 1,
        }
    }

    /// The associated data: each part behind its length, so that no two contexts read the same.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160);
        let parts: [&[u8]; 7] = [
            self.domain.as_bytes(),
            self.kind.as_bytes(),
            self.tenant.as_bytes(),
            self.owner.as_bytes(),
            self.row.as_bytes(),
            &self.version.to_be_bytes(),
            &SCHEMA.to_be_bytes(),
        ];
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

impl From<&Place> for Context<'static> {
    fn from(place: &Place) -> Self {
        Self::value(
            place.tenant,
            place.owner,
            place.kind,
            place.row,
            place.version,
        )
    }
}
