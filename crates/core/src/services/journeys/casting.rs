//! Who does a run, and how: what the run asks for, else what its journey names, else what the project names, else what the tenant
//! has (AIQaramba contract §5).

use super::Journeys;
use crate::services::references::unknown;
use crate::{Caller, Journey, Persona, PersonaId, Project, ProjectId, Result, Role, RoleId};

/// What a run asks for itself, or its journey for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CastWish {
    /// How it goes about it.
    pub role: Option<RoleId>,
    /// Who it is.
    pub persona: Option<PersonaId>,
}

/// Who does a run, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// The project that it belongs to.
    pub project: Project,
    /// How the run goes about it.
    pub role: Role,
    /// Who it is.
    pub persona: Persona,
}

impl Journeys {
    /// Who does a run of `journey`, and how. What the journey or its project names and what is gone meanwhile counts as not
    /// named.
    ///
    /// # Errors
    /// Kind `Invalid`, naming `role_id` or `persona_id`, when the run asks for one that is not there.
    pub async fn cast(&self, caller: &Caller, journey: &Journey, wish: CastWish) -> Result<Cast> {
        let project = self.project(caller, journey).await?;
        let (role, persona) = (journey.role, journey.persona);
        self.fill(caller, project, CastWish { role, persona }, wish)
            .await
    }

    /// Who does a task of a project that is no journey, and how.
    ///
    /// # Errors
    /// Those of [`Journeys::cast`], and kind `Invalid`, naming `project_id`, when there is no such project.
    pub async fn cast_in(
        &self,
        caller: &Caller,
        project: ProjectId,
        wish: CastWish,
    ) -> Result<Cast> {
        self.personas.default_project(caller.tenant).await?;
        let found = self.store.project(caller.tenant, project).await?;
        let project = found.ok_or_else(|| unknown("project_id", project))?;
        self.fill(caller, project, CastWish::default(), wish).await
    }

    /// Fills in what neither the run nor the journey names.
    async fn fill(
        &self,
        caller: &Caller,
        project: Project,
        journey: CastWish,
        wish: CastWish,
    ) -> Result<Cast> {
        let role = self.role(caller, journey.role, &project, wish.role).await?;
        let persona = self.persona(caller, journey.persona, &project, wish.persona);
        Ok(Cast {
            persona: persona.await?,
            role,
            project,
        })
    }

    async fn project(&self, caller: &Caller, journey: &Journey) -> Result<Project> {
        let default = self.personas.default_project(caller.tenant).await?;
        for id in journey.project.into_iter().chain([default]) {
            if let Some(project) = self.store.project(caller.tenant, id).await? {
                return Ok(project);
            }
        }
        Err(crate::Error::internal("a default project is gone", "none"))
    }

    async fn role(
        &self,
        caller: &Caller,
        journey: Option<RoleId>,
        project: &Project,
        wish: Option<RoleId>,
    ) -> Result<Role> {
        if let Some(id) = wish {
            let role = self.store.role(caller.tenant, id).await?;
            return role.ok_or_else(|| unknown("role_id", id));
        }
        for id in journey.into_iter().chain(project.default_role) {
            if let Some(role) = self.store.role(caller.tenant, id).await? {
                return Ok(role);
            }
        }
        self.roles.of_tenant(caller).await
    }

    async fn persona(
        &self,
        caller: &Caller,
        journey: Option<PersonaId>,
        project: &Project,
        wish: Option<PersonaId>,
    ) -> Result<Persona> {
        if let Some(id) = wish {
            let persona = self.store.persona(caller.tenant, id).await?;
            return persona.ok_or_else(|| unknown("persona_id", id));
        }
        for id in journey.into_iter().chain(project.default_persona) {
            if let Some(persona) = self.store.persona(caller.tenant, id).await? {
                return Ok(persona);
            }
        }
        self.personas.of_tenant(caller).await
    }
}
