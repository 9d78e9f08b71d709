//! Where projects are kept.

use async_trait::async_trait;

use crate::ports::{Added, Changed};
use crate::{MailboxId, Persona, Project, ProjectChange, ProjectId, Result, TenantId, Timestamp};

/// What each tenant has from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Personas without a project belong to it.
    pub project: ProjectId,
}

/// Projects.
#[async_trait]
pub trait ProjectStore: Send + Sync {
    /// What the tenant has from the beginning; `None` before [`ProjectStore::seed`].
    async fn defaults(&self, tenant: TenantId) -> Result<Option<Defaults>>;

    /// Gives a tenant its default project and persona, unless it has them.
    async fn seed(&self, project: &Project, persona: &Persona, mailbox: MailboxId) -> Result<()>;

    /// Adds a project.
    async fn add_project(&self, project: &Project) -> Result<Added>;

    /// A tenant's project.
    async fn project(&self, tenant: TenantId, id: ProjectId) -> Result<Option<Project>>;

    /// A tenant's projects, oldest first.
    async fn projects(&self, tenant: TenantId) -> Result<Vec<Project>>;

    /// Up to `limit` projects that are older than `after`, newest first.
    async fn projects_after(
        &self,
        tenant: TenantId,
        after: Option<ProjectId>,
        limit: u32,
    ) -> Result<Vec<Project>>;

    /// Changes a project.
    async fn change_project(
        &self,
        tenant: TenantId,
        id: ProjectId,
        change: &ProjectChange,
        at: Timestamp,
    ) -> Result<Changed<Project>>;

    /// Removes a project; its personas and journeys stay. `false` when there is none. The default one is not to be removed.
    async fn close_project(&self, tenant: TenantId, id: ProjectId, at: Timestamp) -> Result<bool>;
}
