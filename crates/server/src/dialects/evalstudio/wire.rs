//! The wire forms and their translation from the domain.

use guise_core::{Facet, Persona, Project, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A point in time as this API writes it: UTC in milliseconds.
fn milliseconds(time: Timestamp) -> String {
    let text = time.to_string();
    let cut = text.strip_suffix("Z").unwrap_or(&text);
    format!("{}Z", &cut[..cut.len().saturating_sub(3)])
}

/// Absent stays absent, null stays null.
#[expect(
    clippy::option_option,
    reason = "absent and null differ in this API's JSON"
)]
fn text(facet: Facet) -> Option<Option<String>> {
    match facet {
        Facet::Unset => None,
        Facet::Null => Some(None),
        Facet::Text(text) => Some(Some(text)),
    }
}

/// A persona of a project.
#[derive(Serialize, ToSchema)]
#[schema(as = ProjectPersona)]
#[serde(rename_all = "camelCase")]
pub(super) struct PersonaBody {
    /// Its identifier.
    id: String,
    /// The project; absent below `/api/projects`, where the path names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    /// Its name, unique in the project.
    name: String,
    /// Who it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// Who it is, for a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    system_prompt: Option<Option<String>>,
    /// When it was made.
    created_at: String,
    /// When it was last changed.
    updated_at: String,
}

impl PersonaBody {
    /// With the project that it belongs to.
    pub(super) fn flat(persona: Persona) -> Self {
        Self {
            project_id: Some(persona.project.to_string()),
            ..Self::in_project(persona)
        }
    }

    /// Without it.
    pub(super) fn in_project(persona: Persona) -> Self {
        Self {
            id: persona.id.to_string(),
            project_id: None,
            name: persona.name,
            description: text(persona.description),
            system_prompt: text(persona.system_prompt),
            created_at: milliseconds(persona.created_at),
            updated_at: milliseconds(persona.updated_at),
        }
    }
}

/// What a persona is made with.
#[derive(ToSchema)]
#[schema(as = ProjectPersonaCreateRequest)]
#[expect(dead_code, reason = "it only describes what is read member by member")]
pub(super) struct NewPersona {
    /// The project.
    #[schema(rename = "projectId")]
    project_id: String,
    /// The name, unique in the project.
    name: String,
    /// Who it is, for people.
    description: Option<String>,
    /// Who it is, for a model.
    #[schema(rename = "systemPrompt")]
    system_prompt: Option<String>,
}

/// What a persona is made with where the path names the project.
#[derive(ToSchema)]
#[schema(as = PersonaOfProjectCreateRequest)]
#[expect(dead_code, reason = "it only describes what is read member by member")]
pub(super) struct NewPersonaOfProject {
    /// The name, unique in the project.
    name: String,
    /// Who it is, for people.
    description: Option<String>,
    /// Who it is, for a model.
    #[schema(rename = "systemPrompt")]
    system_prompt: Option<String>,
}

/// What is to change on a persona.
#[derive(ToSchema)]
#[schema(as = ProjectPersonaUpdateRequest)]
#[expect(dead_code, reason = "it only describes what is read member by member")]
pub(super) struct PersonaUpdate {
    /// The name, unique in the project.
    name: Option<String>,
    /// Who it is, for people.
    description: Option<String>,
    /// Who it is, for a model.
    #[schema(rename = "systemPrompt")]
    system_prompt: Option<String>,
}

/// A project.
#[derive(Serialize, ToSchema)]
#[schema(as = Project)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectBody {
    /// Its identifier.
    id: String,
    /// Its name, unique.
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// When it was made.
    created_at: String,
    /// When it was last changed.
    updated_at: String,
}

impl From<Project> for ProjectBody {
    fn from(project: Project) -> Self {
        Self {
            id: project.id.to_string(),
            name: project.name,
            description: text(project.description),
            created_at: milliseconds(project.created_at),
            updated_at: milliseconds(project.updated_at),
        }
    }
}

/// What a project is made with.
#[derive(ToSchema)]
#[schema(as = ProjectCreateRequest)]
#[expect(dead_code, reason = "it only describes what is read member by member")]
pub(super) struct NewProject {
    /// The name, unique.
    name: String,
    /// What it is for.
    description: Option<String>,
}

/// What is to change on a project.
#[derive(ToSchema)]
#[schema(as = ProjectUpdateRequest)]
#[expect(dead_code, reason = "it only describes what is read member by member")]
pub(super) struct ProjectUpdate {
    /// The name, unique.
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
}
