//! The audit: what was done with secrets and keys, in chains that show any change.

mod anchors;
mod row;
mod verify;

pub use self::verify::{Fault, Verified};

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::Result;
use guise_core::ports::{Audit, AuditEvent, AuditRows, Clock};

use crate::tree::KeyTree;

/// Writes the audit. Each tenant has a chain of rows, and the installation has one.
pub struct AuditTrail {
    tree: Arc<KeyTree>,
    rows: Arc<dyn AuditRows>,
    clock: Arc<dyn Clock>,
}

impl AuditTrail {
    /// An audit in `rows`, with keys of `tree`.
    pub fn new(tree: Arc<KeyTree>, rows: Arc<dyn AuditRows>, clock: Arc<dyn Clock>) -> Self {
        Self { tree, rows, clock }
    }
}

#[async_trait]
impl Audit for AuditTrail {
    async fn record(&self, event: &AuditEvent) -> Result<()> {
        let keys = self.tree.audit_keys()?;
        let draft = row::draft(&keys, event, self.clock.now())?;
        let next = |head: &_| row::link(&keys, &draft, head);
        self.rows.append(draft.chain, &next).await
    }
}
