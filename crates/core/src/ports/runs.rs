//! Runs as they are kept.

use async_trait::async_trait;

use crate::{ModelUsage, Page, PageRequest, Result, Run, RunEnd, RunFilter, RunId, TenantId};

/// Keeps runs. Their steps are steps of their sessions.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Adds a run; `node` names the server that works on it.
    async fn add_run(&self, run: &Run, node: &str) -> Result<()>;

    /// A tenant's run.
    async fn run(&self, tenant: TenantId, id: RunId) -> Result<Option<Run>>;

    /// A tenant's runs, newest first.
    async fn runs(&self, filter: &RunFilter, page: PageRequest) -> Result<Page<Run>>;

    /// Notes what a run's model took so far; `false` when the run has ended.
    async fn note_usage(&self, id: RunId, usage: &ModelUsage) -> Result<bool>;

    /// Ends a run that is under way, and gives it as it is then; `None` when it had ended or is not there.
    async fn end_run(&self, id: RunId, end: &RunEnd) -> Result<Option<Run>>;

    /// Every run of `node` that is under way, such as those of an earlier life of the server, oldest first.
    async fn runs_of_node(&self, node: &str) -> Result<Vec<Run>>;
}
