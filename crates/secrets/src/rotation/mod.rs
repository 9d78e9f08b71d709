//! Replacing keys, one level of the tree at a time, while servers run.
//!
//! A key that is replaced is retired and removed once nothing needs it any more. So there is no moment at which something
//! does not open, and whoever stops in between goes on where they stopped.

mod data;
mod instance;
mod root;
mod tenant;

pub use self::data::DataRotated;

use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{Actor, Audit, AuditEvent, Deed, RotationRows};
use guise_core::{Error, Result, TenantId};

use crate::root::RootError;
use crate::tree::KeyTree;

/// How many rows are changed at once.
const BATCH: u64 = 500;

/// How often it is tried to replace a key beside others who make or replace keys at the same moment.
const TRIES: usize = 4;

/// Between the last value that left a data key and the removal of that key: whoever read the value before has opened it by
/// then.
const GRACE: Duration = Duration::from_secs(5);

/// Replaces keys.
pub struct Rotation {
    tree: Arc<KeyTree>,
    rows: Arc<dyn RotationRows>,
    audit: Arc<dyn Audit>,
    grace: Duration,
}

/// How far a replacement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is counted, in the plural.
    pub what: &'static str,
    /// How many are done.
    pub done: u64,
    /// How many there were to do when it began; none when that was not counted.
    pub total: Option<u64>,
}

/// Told how far it is, after each batch.
pub type Watcher<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Why a key was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// A root source does not work.
    #[error(transparent)]
    Source(#[from] RootError),
    /// A wrap would be lost without anybody having said so.
    #[error(
        "{kind} ({id}) opens this database too, but is not configured: name it in root_key_source, or have it forgotten \
         by 'guise keys rotate root'"
    )]
    Uncovered {
        /// The sort of the source.
        kind: String,
        /// Which one.
        id: String,
    },
    /// Others changed keys again and again.
    #[error("keys are being changed by somebody else: try again")]
    Busy,
    /// The server is sealed, the database failed, or the audit cannot be written.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Rotation {
    /// Replaces keys of `tree`, which lie in `rows`.
    pub fn new(tree: Arc<KeyTree>, rows: Arc<dyn RotationRows>, audit: Arc<dyn Audit>) -> Self {
        Self {
            tree,
            rows,
            audit,
            grace: GRACE,
        }
    }

    /// With another time between the last value that left a data key and the removal of that key, for a database that
    /// nobody else uses.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Writes into the audit what is about to be replaced.
    async fn note(&self, tenant: Option<TenantId>, subject: &str) -> Result<()> {
        self.audit
            .record(&AuditEvent {
                tenant,
                actor: Actor::Operator,
                deed: Deed::Rotate,
                subject: subject.to_owned(),
                details: Vec::new(),
            })
            .await
    }
}
