//! Keys as the database keeps them: each wrapped by the key above it. Nothing here can be read without a root key, which
//! lies outside the database.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Result, TenantId, Timestamp};

/// A key that another one wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Its identifier.
    pub id: Uuid,
    /// The key that wraps it: the instance key for a tenant's, the tenant's for a data key.
    pub parent: Uuid,
    /// Whose it is.
    pub tenant: TenantId,
    /// What it seals: a persona's values, a vault's; the nil id for a tenant's key.
    pub owner: Uuid,
    /// The key in an envelope.
    pub wrapped: Vec<u8>,
    /// By which the right key is known once it is unwrapped.
    pub check: [u8; 16],
    /// When it was made.
    pub made_at: Timestamp,
}

/// The instance key with everything that opens it, and what only it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceKeyRow {
    /// Its identifier.
    pub id: Uuid,
    /// By which the right key is known once it is unwrapped.
    pub check: [u8; 16],
    /// The key that keyed hashes, tokens and the audit are made with, in an envelope of the instance key. It outlives
    /// every instance key, so that what was made with it stays valid.
    pub pepper: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The instance key, wrapped by each root source.
    pub wraps: Vec<RootWrap>,
}

/// The instance key as one root source wrapped it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootWrap {
    /// Which sort of source it is, such as `file`.
    pub source_kind: String,
    /// Which key of that source.
    pub source_id: String,
    /// What the source made of the instance key.
    pub wrapped: Vec<u8>,
}

/// What opening and sealing need.
#[async_trait]
pub trait KeyRows: Send + Sync {
    /// The instance key; none in a database that was never given one.
    async fn instance_key(&self) -> Result<Option<InstanceKeyRow>>;

    /// Whether something is there that was made with a key: an API key, a sealed value.
    async fn has_keyed_data(&self) -> Result<bool>;

    /// Keeps the first instance key. `false` when there is one already; nothing changes then.
    async fn found(&self, row: &InstanceKeyRow) -> Result<bool>;

    /// A tenant's key.
    async fn tenant_key(&self, id: Uuid) -> Result<Option<WrappedKey>>;

    /// The key that wraps a tenant's new data keys.
    async fn current_tenant_key(&self, tenant: TenantId) -> Result<Option<WrappedKey>>;

    /// Keeps a tenant's first key. `false` when it has one already, or when the parent is no longer the instance key;
    /// nothing changes then.
    async fn add_tenant_key(&self, key: &WrappedKey) -> Result<bool>;

    /// A data key.
    async fn data_key(&self, id: Uuid) -> Result<Option<WrappedKey>>;

    /// The data key that seals an owner's new values.
    async fn current_data_key(&self, tenant: TenantId, owner: Uuid) -> Result<Option<WrappedKey>>;

    /// Keeps an owner's first data key. `false` when there is one already, or when the parent is no longer there; nothing
    /// changes then.
    async fn add_data_key(&self, key: &WrappedKey) -> Result<bool>;
}

/// A sealed value with where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Whose it is.
    pub tenant: TenantId,
    /// Whose data key seals it.
    pub owner: Uuid,
    /// The row it belongs to.
    pub id: Uuid,
    /// What sort of value it is.
    pub kind: String,
    /// Counts the writes of that row, from 1.
    pub version: u64,
    /// The data key that opens it.
    pub data_key: Uuid,
    /// The envelope.
    pub envelope: Vec<u8>,
}

/// A sealed value that gets another data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// The value as it was read.
    pub before: SealedRow,
    /// Its new data key.
    pub data_key: Uuid,
    /// Its new envelope.
    pub envelope: Vec<u8>,
}

/// What replacing keys needs. A key that is replaced is retired first and removed once nothing needs it, so that a crash in
/// between loses nothing and can be continued.
#[async_trait]
pub trait RotationRows: KeyRows {
    /// Keeps `wraps` and forgets those of `forgotten` sources (kind and id), together. `false` when `instance` is no longer
    /// the instance key; nothing changes then.
    async fn rewrap_root(
        &self,
        instance: Uuid,
        wraps: &[RootWrap],
        forgotten: &[(String, String)],
    ) -> Result<bool>;

    /// All keys of tenants, retired ones included.
    async fn tenant_keys(&self) -> Result<Vec<WrappedKey>>;

    /// Puts `new` in the place of the instance key `old`, with all keys of tenants wrapped anew, together. `false` when `old`
    /// is not the instance key or other keys of tenants were made meanwhile; nothing changes then.
    async fn replace_instance_key(
        &self,
        old: Uuid,
        new: &InstanceKeyRow,
        tenant_keys: &[WrappedKey],
    ) -> Result<bool>;

    /// Retires a tenant's key and makes `new` the current one, together. `false` when `old` is not the current one or the
    /// parent of `new` is no longer the instance key; nothing changes then.
    async fn replace_tenant_key(&self, old: Uuid, new: &WrappedKey) -> Result<bool>;

    /// Data keys that a retired key of the tenant wraps, `limit` at most.
    async fn data_keys_under_retired(
        &self,
        tenant: TenantId,
        limit: u64,
    ) -> Result<Vec<WrappedKey>>;

    /// Keeps data keys with their new wrapping, together. Those that are gone meanwhile are left out.
    async fn rewrap_data_keys(&self, keys: &[WrappedKey]) -> Result<()>;

    /// Removes a tenant's retired keys that wrap nothing any more. Returns how many retired ones stay.
    async fn remove_retired_tenant_keys(&self, tenant: TenantId) -> Result<u64>;

    /// Notes that the replacement of all data keys began, unless one is under way. Returns when that one began.
    async fn begin_data_rotation(&self, at: Timestamp) -> Result<Timestamp>;

    /// Notes that it is done.
    async fn end_data_rotation(&self) -> Result<()>;

    /// Current data keys made before `before`, `limit` at most.
    async fn data_keys_made_before(&self, before: Timestamp, limit: u64)
    -> Result<Vec<WrappedKey>>;

    /// Retires data keys and makes others the current ones of the same owners, together: pairs of the old key's id and the
    /// new key. Pairs whose old key is no longer the current one are left out.
    async fn replace_data_keys(&self, keys: &[(Uuid, WrappedKey)]) -> Result<()>;

    /// How many values retired data keys seal.
    async fn count_under_retired(&self) -> Result<u64>;

    /// Values that retired data keys seal, in order of tenant, id and kind, those after `after`: `limit` at most, and so few
    /// that they fit into memory, but one at least while there is one.
    async fn values_under_retired(
        &self,
        after: Option<&SealedRow>,
        limit: u64,
    ) -> Result<Vec<SealedRow>>;

    /// Keeps values with their new data keys, together. Those that were written or removed meanwhile are left out.
    async fn reseal(&self, values: &[Resealed]) -> Result<()>;

    /// Removes retired data keys that seal nothing any more. Returns how many retired ones stay.
    async fn remove_retired_data_keys(&self) -> Result<u64>;
}
