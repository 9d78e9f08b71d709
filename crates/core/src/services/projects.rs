//! Projects: groups of personas.

use std::sync::Arc;

use crate::ports::{Added, Changed, Clock, IdentityStore};
use crate::services::Personas;
use crate::{Caller, Error, Facet, Kind, Project, ProjectChange, ProjectId, Result};

/// Makes, changes and removes projects.
pub struct Projects {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    personas: Arc<Personas>,
}

impl Projects {
    /// A service on `store`.
    pub fn new(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        personas: Arc<Personas>,
    ) -> Self {
        Self {
            store,
            clock,
            personas,
        }
    }

    /// Makes a project.
    ///
    /// # Errors
    /// Kind `Conflict` when the name is taken.
    pub async fn create(
        &self,
        caller: &Caller,
        name: String,
        description: Facet,
    ) -> Result<Project> {
        self.personas.default_project(caller.tenant).await?;
        let now = self.clock.now();
        let project = Project {
            id: ProjectId::new(),
            tenant: caller.tenant,
            name,
            description,
            created_at: now,
            updated_at: now,
        };
        match self.store.add_project(&project).await? {
            Added::Added => Ok(project),
            _ => Err(name_taken(&project.name)),
        }
    }

    /// All projects, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Project>> {
        self.personas.default_project(caller.tenant).await?;
        self.store.projects(caller.tenant).await
    }

    /// A project.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Project> {
        self.personas.default_project(caller.tenant).await?;
        let project = match id.parse::<ProjectId>() {
            Ok(id) => self.store.project(caller.tenant, id).await?,
            Err(_) => None,
        };
        project.ok_or_else(|| not_found(id))
    }

    /// Changes a project.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Conflict` when another one has the name.
    pub async fn change(
        &self,
        caller: &Caller,
        id: &str,
        change: ProjectChange,
    ) -> Result<Project> {
        let project = self.get(caller, id).await?;
        let now = self.clock.now();
        let changed = self
            .store
            .change_project(caller.tenant, project.id, &change, now)
            .await?;
        match changed {
            Changed::Changed(project) => Ok(project),
            Changed::NotFound => Err(not_found(id)),
            Changed::NameTaken => Err(name_taken(change.name.as_deref().unwrap_or_default())),
        }
    }

    /// Removes a project. Its personas stay, and still name it.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Conflict` for the tenant's default project.
    pub async fn close(&self, caller: &Caller, id: &str) -> Result<()> {
        let project = self.get(caller, id).await?;
        if self.personas.default_project(caller.tenant).await? == project.id {
            let message = format!("Project \"{}\" is the default one and stays", project.name);
            return Err(Error::new(Kind::Conflict, message));
        }
        let now = self.clock.now();
        if self
            .store
            .close_project(caller.tenant, project.id, now)
            .await?
        {
            Ok(())
        } else {
            Err(not_found(id))
        }
    }
}

fn not_found(id: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Project with id \"{id}\" not found"),
    )
}

fn name_taken(name: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("Project with name \"{name}\" already exists"),
    )
}
