//! An audit in memory that fails when it is told to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use guise_core::Result;
use guise_core::ports::{Audit, AuditEvent};

use super::broken;

#[derive(Default)]
pub struct MemoryAudit {
    events: Mutex<Vec<AuditEvent>>,
    failing: AtomicBool,
}

impl MemoryAudit {
    /// Lets every event fail from now on.
    pub fn fails(&self) {
        self.failing.store(true, Ordering::Relaxed);
    }

    /// What was written down so far.
    pub fn events(&self) -> Vec<AuditEvent> {
        self.events.lock().unwrap().clone()
    }
}

#[async_trait]
impl Audit for MemoryAudit {
    async fn record(&self, event: &AuditEvent) -> Result<()> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(broken("record"));
        }
        self.events.lock().unwrap().push(event.clone());
        Ok(())
    }
}
