//! Projects.

use guise_core::services::NewProject as New;
use guise_core::{Edit, Error, Facet, Project, ProjectChange, ProjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::extract::{edited_id, optional_id};
use super::{edit, seconds};

/// A project to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantProjectCreateRequest)]
pub(in crate::dialects::aiqaramba) struct NewProject {
    /// Unique in the tenant; 1 to 100 characters.
    name: String,
    /// What it is for; up to 20,000 characters.
    description: Option<String>,
    /// Where the application begins that it is about: `http` or `https`, without a user name and a password. Also taken as
    /// `url`.
    #[schema(format = "uri")]
    #[serde(alias = "url")]
    entry_url: Option<String>,
    /// The role of its agents, unless they are told otherwise.
    #[schema(format = "uuid")]
    default_role_id: Option<String>,
    /// The persona of its agents, unless they are told otherwise.
    #[schema(format = "uuid")]
    default_persona_id: Option<String>,
}

impl TryFrom<NewProject> for New {
    type Error = Error;

    fn try_from(new: NewProject) -> Result<Self, Error> {
        Ok(Self {
            name: new.name,
            description: new.description.map_or(Facet::Unset, Facet::Text),
            entry_url: new.entry_url,
            default_role: optional_id("default_role_id", new.default_role_id)?,
            default_persona: optional_id("default_persona_id", new.default_persona_id)?,
        })
    }
}

/// What is to change on a project; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = TenantProjectUpdateRequest)]
pub(in crate::dialects::aiqaramba) struct ProjectUpdate {
    /// Unique in the tenant; 1 to 100 characters.
    name: Option<String>,
    /// What it is for, up to 20,000 characters; null removes it.
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "edit")]
    description: Edit<String>,
    /// Where the application begins that it is about; null removes it. Also taken as `url`.
    #[schema(value_type = Option<String>, format = "uri")]
    #[serde(default, deserialize_with = "edit", alias = "url")]
    entry_url: Edit<String>,
    /// The role of its agents, unless they are told otherwise; null removes it.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, deserialize_with = "edit")]
    default_role_id: Edit<String>,
    /// The persona of its agents, unless they are told otherwise; null removes it.
    #[schema(value_type = Option<String>, format = "uuid")]
    #[serde(default, deserialize_with = "edit")]
    default_persona_id: Edit<String>,
}

impl TryFrom<ProjectUpdate> for ProjectChange {
    type Error = Error;

    fn try_from(update: ProjectUpdate) -> Result<Self, Error> {
        Ok(Self {
            name: update.name,
            description: update.description,
            entry_url: update.entry_url,
            default_role: edited_id("default_role_id", update.default_role_id)?,
            default_persona: edited_id("default_persona_id", update.default_persona_id)?,
        })
    }
}

/// A group of journeys and personas, about one application.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantProject)]
pub(in crate::dialects::aiqaramba) struct ProjectBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// Its name, unique in the tenant.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Where the application begins that it is about.
    entry_url: Option<String>,
    /// The role of its agents, unless they are told otherwise.
    #[schema(format = "uuid")]
    default_role_id: Option<String>,
    /// The persona of its agents, unless they are told otherwise.
    #[schema(format = "uuid")]
    default_persona_id: Option<String>,
    /// Whether it is the tenant's default one, which cannot be deleted.
    is_default: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

impl ProjectBody {
    /// Of a tenant whose default project is `default`.
    pub(in crate::dialects::aiqaramba) fn new(project: Project, default: ProjectId) -> Self {
        Self {
            id: project.id.to_string(),
            tenant_id: project.tenant.to_string(),
            name: project.name,
            description: project.description.text().map(str::to_owned),
            entry_url: project.entry_url,
            default_role_id: project.default_role.map(|id| id.to_string()),
            default_persona_id: project.default_persona.map(|id| id.to_string()),
            is_default: project.id == default,
            created_at: seconds(project.created_at),
            updated_at: seconds(project.updated_at),
        }
    }
}

/// A page of projects, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantProjectList)]
pub(in crate::dialects::aiqaramba) struct ProjectList {
    /// The projects.
    pub(in crate::dialects::aiqaramba) projects: Vec<ProjectBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    pub(in crate::dialects::aiqaramba) next_cursor: Option<String>,
}
