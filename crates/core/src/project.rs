//! A project: a group of personas.

use crate::{Facet, ProjectId, TenantId, Timestamp};

/// A group of a tenant's personas. Each tenant has a default one.
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
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to change on a project; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new description.
    pub description: Option<String>,
}
