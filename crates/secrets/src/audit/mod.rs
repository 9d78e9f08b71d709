//! The audit: what was done with secrets and keys, in chains that show any change.

mod anchors;
mod row;
mod verify;

pub use self::verify::{Fault, Verified};

use std::sync::Arc;

use async_trait::async_trait;
use guise_core::Result;
use guise_core::ports::{Actor, Audit, AuditEvent, AuditRows, Clock, Deed};

use crate::root::RootSource;
use crate::tree::{AuditKeys, KeyTree, OpenError};

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

    /// Opens the keys with the first of `sources` that does, and writes it down before.
    ///
    /// # Errors
    /// Those of [`KeyTree::unseal`], and when the audit cannot be written: the keys stay locked then.
    pub async fn unseal(&self, sources: &[Arc<dyn RootSource>]) -> Result<(), OpenError> {
        let opened = self.tree.unlock(sources).await?;
        let event = of_the_keyring(Deed::Unseal);
        self.write(&opened.audit_keys(), &event).await?;
        self.tree.install(opened);
        Ok(())
    }

    /// Locks the keys, and writes it down before.
    ///
    /// # Errors
    /// When they are locked already, or the audit cannot be written: they stay open then.
    pub async fn seal(&self) -> Result<()> {
        self.record(&of_the_keyring(Deed::Seal)).await?;
        self.tree.wipe();
        Ok(())
    }

    async fn write(&self, keys: &AuditKeys, event: &AuditEvent) -> Result<()> {
        let draft = row::draft(keys, event, self.clock.now())?;
        let next = |head: &_| row::link(keys, &draft, head);
        self.rows.append(draft.chain, &next).await
    }
}

#[async_trait]
impl Audit for AuditTrail {
    async fn record(&self, event: &AuditEvent) -> Result<()> {
        let keys = self.tree.audit_keys()?;
        self.write(&keys, event).await
    }
}

/// What an operator does with all keys.
fn of_the_keyring(deed: Deed) -> AuditEvent {
    AuditEvent {
        tenant: None,
        actor: Actor::Operator,
        deed,
        subject: "keyring".to_owned(),
        details: Vec::new(),
    }
}
