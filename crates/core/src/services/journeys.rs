//! Journeys: tasks for agents that can be run again and again.

mod casting;

use std::sync::Arc;

use crate::ports::{Clock, IdentityStore};
use crate::readable::{check_description, check_name};
use crate::services::{Personas, Roles, references};
use crate::{
    Caller, Edit, Error, Journey, JourneyChange, JourneyFilter, JourneyId, MailboxId, PersonaId,
    Priority, ProjectId, PromptTemplate, Result, RoleId,
};

pub use casting::{Cast, CastWish};

/// So many mailboxes a journey may name.
const MAX_MAILBOXES: usize = 20;

/// Makes, changes and removes journeys, and tells who does a run of one, and how.
pub struct Journeys {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    personas: Arc<Personas>,
    roles: Arc<Roles>,
}

/// A journey to be made.
#[derive(Clone, Debug)]
pub struct NewJourney {
    /// The project that it belongs to; the tenant's default one where this is absent.
    pub project: Option<ProjectId>,
    /// How its runs go about it.
    pub role: Option<RoleId>,
    /// Who its runs are.
    pub persona: Option<PersonaId>,
    /// What it is called.
    pub name: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// What its runs are to do.
    pub prompt: PromptTemplate,
    /// How much it matters.
    pub priority: Priority,
    /// The mailboxes that its runs can read. One that is named twice counts once.
    pub mailboxes: Vec<MailboxId>,
}

impl Journeys {
    /// A service on `store`.
    pub fn new(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        personas: Arc<Personas>,
        roles: Arc<Roles>,
    ) -> Self {
        Self {
            store,
            clock,
            personas,
            roles,
        }
    }

    /// Makes a journey.
    ///
    /// # Errors
    /// Kind `Invalid`, naming the member that cannot be what it is, or that names what is not there.
    pub async fn create(&self, caller: &Caller, new: NewJourney) -> Result<Journey> {
        let change = JourneyChange {
            project: new.project.into(),
            role: new.role.into(),
            persona: new.persona.into(),
            name: Some(new.name.clone()),
            description: new.description.clone().into(),
            mailboxes: Some(once_each(new.mailboxes.clone())),
            ..JourneyChange::default()
        };
        self.check(caller, &change).await?;
        let now = self.clock.now();
        let journey = Journey {
            id: JourneyId::new(),
            tenant: caller.tenant,
            project: new.project,
            role: new.role,
            persona: new.persona,
            name: new.name,
            description: new.description,
            prompt: new.prompt,
            priority: new.priority,
            mailboxes: once_each(new.mailboxes),
            created_at: now,
            updated_at: now,
        };
        self.store.add_journey(&journey).await?;
        Ok(journey)
    }

    /// Up to `limit` journeys older than `after`, newest first, of one project or of all; whether there are more. Those that
    /// name no project belong to the tenant's default one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_after(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        after: Option<JourneyId>,
        limit: u32,
    ) -> Result<(Vec<Journey>, bool)> {
        let default = self.personas.default_project(caller.tenant).await?;
        let filter = match project {
            None => JourneyFilter::All,
            Some(project) if project == default => JourneyFilter::OfDefault(project),
            Some(project) => JourneyFilter::OfProject(project),
        };
        let mut journeys = self
            .store
            .journeys_after(caller.tenant, filter, after, limit + 1)
            .await?;
        let more = journeys.len() > limit as usize;
        journeys.truncate(limit as usize);
        Ok((journeys, more))
    }

    /// A journey.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: JourneyId) -> Result<Journey> {
        let journey = self.store.journey(caller.tenant, id).await?;
        journey.ok_or_else(|| not_found(id))
    }

    /// Changes a journey.
    ///
    /// # Errors
    /// Kind `NotFound`, or those of [`Journeys::create`].
    pub async fn change(
        &self,
        caller: &Caller,
        id: JourneyId,
        mut change: JourneyChange,
    ) -> Result<Journey> {
        self.get(caller, id).await?;
        change.mailboxes = change.mailboxes.map(once_each);
        self.check(caller, &change).await?;
        let now = self.clock.now();
        let changed = self
            .store
            .change_journey(caller.tenant, id, &change, now)
            .await?;
        changed.ok_or_else(|| not_found(id))
    }

    /// Removes a journey.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn close(&self, caller: &Caller, id: JourneyId) -> Result<()> {
        let now = self.clock.now();
        if self.store.close_journey(caller.tenant, id, now).await? {
            Ok(())
        } else {
            Err(not_found(id))
        }
    }

    /// Whether a journey may become so.
    async fn check(&self, caller: &Caller, change: &JourneyChange) -> Result<()> {
        if let Some(name) = &change.name {
            check_name("name", name)?;
        }
        if let Edit::Set(description) = &change.description {
            check_description("description", description)?;
        }
        let mailboxes = change.mailboxes.as_deref().unwrap_or_default();
        if mailboxes.len() > MAX_MAILBOXES {
            let message = format!(
                "Invalid mailboxes: there are {}; expected at most {MAX_MAILBOXES}",
                mailboxes.len()
            );
            return Err(Error::invalid_member(&["mailboxes"], "too_long", message));
        }
        let (store, tenant) = (&*self.store, caller.tenant);
        let (project, role) = (change.project.value(), change.role.value());
        let persona = change.persona.value().copied();
        references::project(store, tenant, "project_id", project.copied()).await?;
        references::role(store, tenant, "role_id", role.copied()).await?;
        references::persona(store, tenant, "persona_id", persona).await?;
        references::mailboxes(store, tenant, "mailboxes", mailboxes).await
    }
}

/// The same, each in its first place only.
fn once_each(ids: Vec<MailboxId>) -> Vec<MailboxId> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

fn not_found(id: JourneyId) -> Error {
    Error::not_found("Journey", id)
}
