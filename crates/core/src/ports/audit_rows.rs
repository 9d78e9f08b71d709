//! The audit as the database keeps it: for each tenant, and for the installation itself, one chain of rows.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Result, Timestamp};

/// A row that is kept for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The tenant's id; the nil id for the installation's own rows.
    pub chain: Uuid,
    /// Its place in the chain, from 1 on without a gap.
    pub sequence: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it, such as `key:` and an id.
    pub actor: String,
    /// What was done.
    pub deed: String,
    /// With what.
    pub subject: String,
    /// Facts about it, as keyed hashes, in JSON.
    pub details: String,
    /// A keyed hash over this row and the one before.
    pub hash: [u8; 32],
}

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The chain.
    pub chain: Uuid,
    /// The place of its last row; 0 before the first.
    pub sequence: u64,
    /// That row's hash; zeros before the first.
    pub hash: [u8; 32],
}

/// Makes the row that follows the end of a chain.
pub type NextRow<'a> = &'a (dyn Fn(&AuditHead) -> AuditRow + Send + Sync);

/// Rows of the audit.
#[async_trait]
pub trait AuditRows: Send + Sync {
    /// Appends the row that `next` makes of the chain's end. Those who append to one chain at once take turns.
    ///
    /// # Errors
    /// When the row was not kept.
    async fn append(&self, chain: Uuid, next: NextRow<'_>) -> Result<()>;

    /// The ends of all chains as they are noted, and chains that have rows but no noted end (with sequence 0).
    async fn heads(&self) -> Result<Vec<AuditHead>>;

    /// Rows of a chain in order, those after `after`, `limit` at most.
    async fn rows(&self, chain: Uuid, after: u64, limit: u64) -> Result<Vec<AuditRow>>;
}
