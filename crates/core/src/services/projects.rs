//! Projects: groups of personas and journeys.

use std::sync::Arc;

use url::Url;

use crate::ports::{Added, Changed, Clock, IdentityStore};
use crate::readable::{check_description, check_name};
use crate::services::{Personas, references};
use crate::{
    Caller, Error, Facet, Kind, PersonaId, Project, ProjectChange, ProjectId, Result, RoleId,
};

/// The longest address that a project begins at, in characters.
const MAX_URL: usize = 2048;

/// Makes, changes and removes projects.
pub struct Projects {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    personas: Arc<Personas>,
}

/// A project to be made.
#[derive(Clone, Debug, Default)]
pub struct NewProject {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Facet,
    /// Where what it is about begins.
    pub entry_url: Option<String>,
    /// How its agents go about their work, unless they are told otherwise.
    pub default_role: Option<RoleId>,
    /// Who its agents are, unless they are told otherwise.
    pub default_persona: Option<PersonaId>,
}

/// Which texts a project may have: the APIs differ in that, and a project of one is a project of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectTexts {
    /// Any (EvalStudio contract §4).
    Any,
    /// A name of 1 to 100 characters without white space at either end, and a description with words in it.
    Readable,
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
    /// Kind `Invalid`, naming the member that cannot be what it is, or that names what is not there; `Conflict` when the name
    /// is taken.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewProject,
        texts: ProjectTexts,
    ) -> Result<Project> {
        self.personas.default_project(caller.tenant).await?;
        let wanted = ProjectChange {
            name: Some(new.name.clone()),
            description: new.description.text().map(str::to_owned).into(),
            entry_url: new.entry_url.clone().into(),
            default_role: new.default_role.into(),
            default_persona: new.default_persona.into(),
        };
        self.check(caller, &wanted, texts).await?;
        let now = self.clock.now();
        let project = Project {
            id: ProjectId::new(),
            tenant: caller.tenant,
            name: new.name,
            description: new.description,
            entry_url: new.entry_url,
            default_role: new.default_role,
            default_persona: new.default_persona,
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

    /// Up to `limit` projects older than `after`, newest first; whether there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_after(
        &self,
        caller: &Caller,
        after: Option<ProjectId>,
        limit: u32,
    ) -> Result<(Vec<Project>, bool)> {
        self.personas.default_project(caller.tenant).await?;
        let mut projects = self
            .store
            .projects_after(caller.tenant, after, limit + 1)
            .await?;
        let more = projects.len() > limit as usize;
        projects.truncate(limit as usize);
        Ok((projects, more))
    }

    /// The tenant's default project.
    ///
    /// # Errors
    /// When the store fails, or the keyring is locked.
    pub async fn default_of(&self, caller: &Caller) -> Result<ProjectId> {
        self.personas.default_project(caller.tenant).await
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
    /// Kind `NotFound`, or those of [`Projects::create`].
    pub async fn change(
        &self,
        caller: &Caller,
        id: &str,
        change: ProjectChange,
        texts: ProjectTexts,
    ) -> Result<Project> {
        let project = self.get(caller, id).await?;
        self.check(caller, &change, texts).await?;
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

    /// Removes a project. Its personas stay, and still name it; its journeys belong to the default project from then on.
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

    /// Whether a project may become so.
    async fn check(
        &self,
        caller: &Caller,
        change: &ProjectChange,
        texts: ProjectTexts,
    ) -> Result<()> {
        if texts == ProjectTexts::Readable {
            if let Some(name) = &change.name {
                check_name("name", name)?;
            }
            if let Some(description) = change.description.value() {
                check_description("description", description)?;
            }
        }
        change
            .entry_url
            .value()
            .map_or(Ok(()), |url| check_url(url))?;
        let (store, tenant) = (&*self.store, caller.tenant);
        let role = change.default_role.value().copied();
        let persona = change.default_persona.value().copied();
        references::role(store, tenant, "default_role_id", role).await?;
        references::persona(store, tenant, "default_persona_id", persona).await
    }
}

/// An address that a browser opens, without a user name and a password: lists would show them.
fn check_url(text: &str) -> Result<()> {
    let problem = if text.chars().count() > MAX_URL {
        format!("it has more than {MAX_URL} characters")
    } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        "it has white space or control characters in it".to_owned()
    } else {
        match Url::parse(text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                format!("its scheme is '{}'", url.scheme())
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "it has a user name or a password in it, which belong into a persona's keychain"
                    .to_owned()
            }
            Ok(_) => return Ok(()),
            Err(error) => error.to_string(),
        }
    };
    let message =
        format!("Invalid entry_url: {problem}; expected an address such as https://shop.example/");
    Err(Error::invalid_member(
        &["entry_url"],
        "url_parsing",
        message,
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_begins_at_an_address_of_the_web() {
        let long = format!("https://shop.example/{}", "x".repeat(MAX_URL));
        for fine in [
            "https://shop.example",
            "http://localhost:3000/a?b=c#d",
            "http://[::1]/",
            "https://bücher.example/é",
            "HTTPS://SHOP.EXAMPLE/",
            &long[..MAX_URL],
        ] {
            assert!(check_url(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            " ",
            "shop.example",
            "/login",
            "https://",
            "https://shop.example/ ",
            " https://shop.example/",
            "https://shop.example/\u{0}",
            "https://shop.\nexample/",
            "ftp://shop.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "https://joe@shop.example/",
            "https://joe:hunter2@shop.example/",
            "https://:hunter2@shop.example/",
            &long,
        ] {
            let error = check_url(wrong).unwrap_err();
            assert!(
                error.message().starts_with("Invalid entry_url: "),
                "{wrong}: {error}"
            );
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }
}
