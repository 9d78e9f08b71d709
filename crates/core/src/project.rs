//! A project: a group of personas and journeys.

use crate::{Edit, Facet, PersonaId, ProjectId, RoleId, TenantId, Timestamp};

/// A group of a tenant's personas and journeys. Each tenant has a default one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its identifier. Later ones sort after earlier ones.
    pub id: ProjectId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Unique among the tenant's projects.
    pub name: String,
    /// What it is for.
    pub description: Facet,
    /// Where what it is about begins.
    pub entry_url: Option<String>,
    /// How its agents go about their work, unless they are told otherwise; none once that role is gone.
    pub default_role: Option<RoleId>,
    /// Who its agents are, unless they are told otherwise; none once that persona is gone.
    pub default_persona: Option<PersonaId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to change on a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectChange {
    /// Its new name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Edit<String>,
    /// Where what it is about begins.
    pub entry_url: Edit<String>,
    /// How its agents go about their work.
    pub default_role: Edit<RoleId>,
    /// Who its agents are.
    pub default_persona: Edit<PersonaId>,
}
