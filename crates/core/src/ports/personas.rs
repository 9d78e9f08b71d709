//! Where personas are kept.

use async_trait::async_trait;

use crate::ports::{Added, Changed};
use crate::{
    MailboxId, Page, PageRequest, Persona, PersonaChange, PersonaFilter, PersonaId, ProjectId,
    Result, TenantId, Timestamp,
};

/// What became of a persona that was to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It is closed now; its secrets and its mail are gone.
    Closed,
    /// There is none that is active.
    NotFound,
    /// Nothing changed: it is the tenant's default.
    IsDefault,
}

/// Personas.
#[async_trait]
pub trait PersonaStore: Send + Sync {
    /// Adds a persona and its mailbox.
    async fn add_persona(&self, persona: &Persona, mailbox: MailboxId) -> Result<Added>;

    /// A tenant's active persona.
    async fn persona(&self, tenant: TenantId, id: PersonaId) -> Result<Option<Persona>>;

    /// The persona that is the tenant's default; `None` before the tenant has one.
    async fn default_persona(&self, tenant: TenantId) -> Result<Option<Persona>>;

    /// Whether a tenant had that persona and closed it.
    async fn was_closed(&self, tenant: TenantId, id: PersonaId) -> Result<bool>;

    /// A page of personas, newest first.
    async fn personas(&self, filter: &PersonaFilter, page: PageRequest) -> Result<Page<Persona>>;

    /// Up to `limit` active personas that are older than `after`, newest first.
    async fn personas_after(
        &self,
        tenant: TenantId,
        after: Option<PersonaId>,
        limit: u32,
    ) -> Result<Vec<Persona>>;

    /// All active personas, of one project or of all, oldest first.
    async fn personas_of(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
    ) -> Result<Vec<Persona>>;

    /// Changes an active persona.
    async fn change_persona(
        &self,
        tenant: TenantId,
        id: PersonaId,
        change: &PersonaChange,
        at: Timestamp,
    ) -> Result<Changed<Persona>>;

    /// Makes an active persona the tenant's default in place of the one that was. `None` when there is none of that id.
    async fn set_default(
        &self,
        tenant: TenantId,
        id: PersonaId,
        at: Timestamp,
    ) -> Result<Option<Persona>>;

    /// Closes a persona: its vault, secrets, mailbox, mail and messages go with it.
    async fn close_persona(&self, tenant: TenantId, id: PersonaId, at: Timestamp)
    -> Result<Closed>;
}
