//! Personas: whole identities, whichever dialect makes them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ports::{Added, Changed, Clock, Closed, IdentityStore, Names};
use crate::services::Numbers;
use crate::services::vaults::{check_name, persona_vault};
use crate::services::whole::whole;
use crate::{
    Caller, Error, Facet, KeyId, Kind, MAX_HANDLE_CHARACTERS, MailboxId, Page, PageRequest,
    Persona, PersonaChange, PersonaFilter, PersonaId, Project, ProjectId, Result, TenantId,
};

/// The default persona's handle, and the default project's name.
const DEFAULT: &str = "default";

/// How often a name that is free is looked for before giving up. Each try is another number or another person.
const TRIES: u32 = 64;

/// So many of them count; the rest is chance.
const COUNTED: u32 = 9;

/// Makes, changes and closes personas.
///
/// Each tenant has a default persona and a default project from its first use on. Exactly one active persona of a tenant is
/// its default at any time.
pub struct Personas {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    names: Arc<dyn Names>,
    numbers: Arc<Numbers>,
    /// The default project of each tenant that was seen.
    seeded: Mutex<HashMap<TenantId, ProjectId>>,
}

/// A persona to be made.
#[derive(Clone, Debug)]
pub struct NewPersona {
    /// How it is called.
    pub naming: Naming,
    /// Who it is, for people.
    pub description: Facet,
    /// Who it is, for a model.
    pub system_prompt: Facet,
    /// Whether it gets a vault at once.
    pub vault: bool,
    /// Whether it gets a phone number at once.
    pub phone: bool,
}

/// How a new persona is called. What is not given is invented, once.
#[derive(Clone, Debug)]
pub enum Naming {
    /// By a plausible name, with a label for lists.
    Invented {
        /// The label.
        label: Option<String>,
    },
    /// By a handle that must be free in the tenant.
    Handle(String),
    /// By a name that must be free in a project.
    InProject {
        /// The project.
        project: ProjectId,
        /// The name.
        name: String,
    },
}

impl Personas {
    /// A service on `store`.
    pub fn new(
        store: Arc<dyn IdentityStore>,
        clock: Arc<dyn Clock>,
        names: Arc<dyn Names>,
        numbers: Arc<Numbers>,
    ) -> Self {
        Self {
            store,
            clock,
            names,
            numbers,
            seeded: Mutex::default(),
        }
    }

    /// The tenant's default project; it and the default persona are made when they are first asked for.
    ///
    /// # Errors
    /// When the store fails, or the keyring is locked.
    pub async fn default_project(&self, tenant: TenantId) -> Result<ProjectId> {
        let seeded = || self.seeded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = seeded().get(&tenant).copied() {
            return Ok(project);
        }
        if self.store.defaults(tenant).await?.is_none() {
            self.seed(tenant).await?;
        }
        let defaults = self.store.defaults(tenant).await?;
        let defaults =
            defaults.ok_or_else(|| Error::internal("a tenant has no defaults", "no row"))?;
        seeded().insert(tenant, defaults.project);
        Ok(defaults.project)
    }

    async fn seed(&self, tenant: TenantId) -> Result<()> {
        let now = self.clock.now();
        let project = Project {
            id: ProjectId::new(),
            tenant,
            name: DEFAULT.to_owned(),
            description: Facet::Unset,
            entry_url: None,
            default_role: None,
            default_persona: None,
            created_at: now,
            updated_at: now,
        };
        let person = self.names.person();
        let nobody = KeyId::from_uuid(uuid::Uuid::nil());
        let naming = Parts {
            handle: DEFAULT.to_owned(),
            name: DEFAULT.to_owned(),
            label: Some(DEFAULT.to_owned()),
            person,
        };
        let texts = (Facet::Unset, Facet::Unset);
        let persona = self.persona(tenant, nobody, project.id, naming, texts)?;
        self.store.seed(&project, &persona, MailboxId::new()).await
    }

    /// Makes a persona with a name, a handle and an address.
    ///
    /// # Errors
    /// Kind `Invalid` for a handle or label that cannot be one, `NotFound` for a project that is not there, `Conflict` when the
    /// handle or name is taken; those of [`Numbers::give`] when it is to have a number. Nothing is left behind then.
    pub async fn create(self: &Arc<Self>, caller: &Caller, new: NewPersona) -> Result<Persona> {
        let (this, caller) = (Arc::clone(self), caller.clone());
        whole(async move { this.create_in_parts(&caller, new).await }).await
    }

    async fn create_in_parts(&self, caller: &Caller, new: NewPersona) -> Result<Persona> {
        if new.phone {
            self.numbers.provider()?;
        }
        let mut persona = self.add(caller, &new).await?;
        if new.vault {
            let vault = persona_vault(&persona, caller.key, self.clock.now());
            let vault = self.store.add_vault(&vault).await?;
            let vault = vault.ok_or_else(|| Error::not_found("Persona", persona.id))?;
            persona.vault = Some(vault.id);
        }
        if new.phone {
            match self.numbers.give(&persona).await {
                Ok(number) => persona.phone = Some(number.number.to_string()),
                Err(error) => {
                    let now = self.clock.now();
                    let closed = self.store.close_persona(caller.tenant, persona.id, now);
                    if let Err(why) = closed.await {
                        tracing::error!(persona = %persona.id, error = ?why, "a persona without its number stays");
                    }
                    return Err(error);
                }
            }
        }
        Ok(persona)
    }

    /// Adds a persona under names that are free.
    async fn add(&self, caller: &Caller, new: &NewPersona) -> Result<Persona> {
        let tenant = caller.tenant;
        let default = self.default_project(tenant).await?;
        let project = match &new.naming {
            Naming::InProject { project, .. } => *project,
            Naming::Handle(handle) => {
                check_handle(handle)?;
                default
            }
            Naming::Invented { label } => {
                label.as_deref().map_or(Ok(()), check_name)?;
                default
            }
        };
        let mut collisions = Collisions::default();
        for _ in 0..TRIES {
            let parts = self.parts(&new.naming, collisions)?;
            let texts = (new.description.clone(), new.system_prompt.clone());
            let persona = self.persona(tenant, caller.key, project, parts, texts)?;
            match self.store.add_persona(&persona, MailboxId::new()).await? {
                Added::Added => return Ok(persona),
                Added::NoParent => {
                    let message = format!("Project with id \"{project}\" not found");
                    return Err(Error::new(Kind::NotFound, message));
                }
                Added::HandleTaken if matches!(new.naming, Naming::Handle(_)) => {
                    let message = format!("A persona named '{}' exists already", persona.handle);
                    return Err(Error::new(Kind::Conflict, message));
                }
                Added::NameTaken if matches!(new.naming, Naming::InProject { .. }) => {
                    return Err(name_taken(&persona.name));
                }
                // Only a mailbox of its own can have the address, or a handle that differs too little to tell.
                Added::AddressTaken if matches!(new.naming, Naming::Handle(_)) => {
                    let message = format!("The address {} belongs to a mailbox", persona.mailbox);
                    return Err(Error::new(Kind::Conflict, message));
                }
                Added::HandleTaken | Added::AddressTaken => collisions.handle += 1,
                Added::NameTaken => collisions.name += 1,
            }
        }
        Err(Error::new(
            Kind::Conflict,
            "No free name was found for the persona; try again",
        ))
    }

    /// What a persona is called when so many derived names were taken already.
    fn parts(&self, naming: &Naming, collisions: Collisions) -> Result<Parts> {
        match naming {
            Naming::Invented { label } => {
                let person = self.names.person();
                let handle = numbered(&person.romanised, collisions.handle);
                Ok(Parts {
                    name: numbered(&handle, collisions.name),
                    handle,
                    label: label.clone(),
                    person,
                })
            }
            Naming::Handle(handle) => Ok(Parts {
                handle: handle.clone(),
                name: numbered(handle, collisions.name),
                label: Some(handle.clone()),
                person: self.names.person(),
            }),
            Naming::InProject { name, .. } => Ok(Parts {
                handle: numbered(name, collisions.handle),
                name: name.clone(),
                label: Some(name.clone()),
                person: self.names.person(),
            }),
        }
    }

    fn persona(
        &self,
        tenant: TenantId,
        key: KeyId,
        project: ProjectId,
        parts: Parts,
        (description, system_prompt): (Facet, Facet),
    ) -> Result<Persona> {
        let now = self.clock.now();
        Ok(Persona {
            id: PersonaId::new(),
            tenant,
            project,
            key,
            mailbox: self.names.mailbox(tenant, &parts.handle)?,
            handle: parts.handle,
            name: parts.name,
            label: parts.label,
            first_name: parts.person.first_name,
            last_name: parts.person.last_name,
            description,
            system_prompt,
            vault: None,
            phone: None,
            is_default: false,
            created_at: now,
            updated_at: now,
            closed_at: None,
        })
    }

    /// An active persona.
    ///
    /// # Errors
    /// Kind `NotFound`; the message says so when it was deleted.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Persona> {
        self.default_project(caller.tenant).await?;
        let Ok(parsed) = id.parse::<PersonaId>() else {
            return Err(Error::not_found("Persona", id));
        };
        match self.store.persona(caller.tenant, parsed).await? {
            Some(persona) => Ok(persona),
            None => Err(self.missing(caller.tenant, parsed).await?),
        }
    }

    /// The persona that the tenant's agents are unless they are told otherwise.
    ///
    /// # Errors
    /// When the store fails, or the keyring is locked.
    pub async fn of_tenant(&self, caller: &Caller) -> Result<Persona> {
        self.default_project(caller.tenant).await?;
        let persona = self.store.default_persona(caller.tenant).await?;
        persona.ok_or_else(|| Error::internal("a tenant has no default persona", "no row"))
    }

    /// Why a persona is not there.
    async fn missing(&self, tenant: TenantId, id: PersonaId) -> Result<Error> {
        Ok(if self.store.was_closed(tenant, id).await? {
            Error::new(Kind::NotFound, format!("Persona {id} is already deleted"))
        } else {
            Error::not_found("Persona", id)
        })
    }

    /// A page of the tenant's personas, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(
        &self,
        caller: &Caller,
        only_active: bool,
        only_current_key: bool,
        page: PageRequest,
    ) -> Result<Page<Persona>> {
        self.default_project(caller.tenant).await?;
        let filter = PersonaFilter {
            tenant: caller.tenant,
            key: only_current_key.then_some(caller.key),
            include_closed: !only_active,
        };
        self.store.personas(&filter, page).await
    }

    /// Up to `limit` active personas older than `after`, newest first; whether there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_after(
        &self,
        caller: &Caller,
        after: Option<PersonaId>,
        limit: u32,
    ) -> Result<(Vec<Persona>, bool)> {
        self.default_project(caller.tenant).await?;
        let mut personas = self
            .store
            .personas_after(caller.tenant, after, limit + 1)
            .await?;
        let more = personas.len() > limit as usize;
        personas.truncate(limit as usize);
        Ok((personas, more))
    }

    /// All active personas, of one project or of all, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_of(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
    ) -> Result<Vec<Persona>> {
        self.default_project(caller.tenant).await?;
        self.store.personas_of(caller.tenant, project).await
    }

    /// Changes an active persona. Its handle, and so its address, stays.
    ///
    /// # Errors
    /// Kind `NotFound`, `Invalid` for a label that cannot be one, or `Conflict` when another persona of the project has
    /// the name.
    pub async fn change(
        &self,
        caller: &Caller,
        id: &str,
        change: PersonaChange,
    ) -> Result<Persona> {
        let persona = self.get(caller, id).await?;
        // A label that follows the name is as long as that may be.
        if let (None, Some(label)) = (&change.name, &change.label) {
            check_name(label)?;
        }
        let now = self.clock.now();
        let changed = self
            .store
            .change_persona(caller.tenant, persona.id, &change, now)
            .await?;
        match changed {
            Changed::Changed(persona) => Ok(persona),
            Changed::NotFound => Err(self.missing(caller.tenant, persona.id).await?),
            Changed::NameTaken => Err(name_taken(change.name.as_deref().unwrap_or_default())),
        }
    }

    /// Makes a persona the tenant's default in place of the one that was.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn set_default(&self, caller: &Caller, id: &str) -> Result<Persona> {
        let persona = self.get(caller, id).await?;
        let now = self.clock.now();
        let set = self
            .store
            .set_default(caller.tenant, persona.id, now)
            .await?;
        match set {
            Some(persona) => Ok(persona),
            None => Err(self.missing(caller.tenant, persona.id).await?),
        }
    }

    /// Closes a persona: its secrets, mail, messages and phone number go, its names are free again.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Conflict` when it is the tenant's default.
    pub async fn close(&self, caller: &Caller, id: &str) -> Result<()> {
        let persona = self.get(caller, id).await?;
        if persona.is_default {
            return Err(is_default(&persona));
        }
        let now = self.clock.now();
        let closed = self
            .store
            .close_persona(caller.tenant, persona.id, now)
            .await?;
        match closed {
            Closed::Closed if persona.phone.is_some() => {
                self.numbers.settle(Some(persona.id)).await
            }
            Closed::Closed => Ok(()),
            Closed::NotFound => Err(self.missing(caller.tenant, persona.id).await?),
            Closed::IsDefault => Err(is_default(&persona)),
        }
    }
}

/// What a persona is called.
struct Parts {
    handle: String,
    name: String,
    label: Option<String>,
    person: crate::ports::Person,
}

/// How many derived names were taken already.
#[derive(Clone, Copy, Default)]
struct Collisions {
    handle: u32,
    name: u32,
}

/// A handle is 1 to 40 characters that are not all blank (AIQaramba contract §2.1).
fn check_handle(handle: &str) -> Result<()> {
    let length = handle.chars().count();
    let problem = if handle.trim().is_empty() {
        "it is empty".to_owned()
    } else if length > MAX_HANDLE_CHARACTERS {
        format!("it has {length} characters")
    } else if handle.trim() != handle {
        "it begins or ends with white space".to_owned()
    } else if handle.chars().any(char::is_control) {
        "it has control characters in it".to_owned()
    } else {
        return Ok(());
    };
    let message = format!(
        "Invalid name: {problem}; expected 1 to {MAX_HANDLE_CHARACTERS} characters without white space at either end"
    );
    Err(Error::invalid_member(&["name"], "string_length", message))
}

/// `name`, with a number behind it from the second try on; never longer than a handle may be. Where many have the name
/// already the number is a random one: counting would take as many tries as there are.
fn numbered(name: &str, tries: u32) -> String {
    let suffix = match tries {
        0 => String::new(),
        tries if tries < COUNTED => format!("-{}", tries + 1),
        _ => format!("-{:08x}", uuid::Uuid::new_v4().as_u128() & 0xffff_ffff),
    };
    // What cannot be seen goes first: white space may stand behind it.
    let seen: String = name.chars().filter(|c| !c.is_control()).collect();
    let room = MAX_HANDLE_CHARACTERS - suffix.len();
    let plain: String = seen.trim().chars().take(room).collect();
    let plain = plain.trim_end();
    if plain.is_empty() {
        return format!("persona{suffix}");
    }
    format!("{plain}{suffix}")
}

fn name_taken(name: &str) -> Error {
    let message = format!("Persona with name \"{name}\" already exists in this project");
    Error::new(Kind::Conflict, message)
}

fn is_default(persona: &Persona) -> Error {
    let message = format!(
        "Persona {} is the tenant's default and cannot be deleted: make another one the default first",
        persona.id
    );
    Error::new(Kind::Conflict, message)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// Characters that make a difference to a name, and some others.
    fn name() -> impl Strategy<Value = String> {
        let telling = "aZ0-_.! \t\n\u{0}\u{1}\u{7f}\u{85}\u{a0}\u{301}\u{3000}é佐😀";
        let characters: Vec<char> = telling.chars().collect();
        let some = proptest::collection::vec(proptest::sample::select(characters), 0..60);
        prop_oneof![
            some.prop_map(|characters| characters.into_iter().collect()),
            any::<String>(),
        ]
    }

    #[test]
    fn the_first_tries_count_and_the_rest_is_chance() {
        let tried: Vec<_> = (0..COUNTED).map(|tries| numbered("Sarah", tries)).collect();
        assert_eq!(tried[..3], ["Sarah", "Sarah-2", "Sarah-3"]);
        let tried: HashSet<_> = (0..TRIES).map(|tries| numbered("Sarah", tries)).collect();
        assert_eq!(tried.len(), TRIES as usize);
        assert_eq!(numbered(" \u{1} ", 0), "persona");
        assert_eq!(numbered("", 1), "persona-2");
    }

    proptest! {
        #[test]
        fn a_derived_name_is_one_that_somebody_could_have_given(name in name(), tries in 0..TRIES) {
            let derived = numbered(&name, tries);
            prop_assert!(check_handle(&derived).is_ok(), "{:?}", derived);
            // It is what was given wherever that can be.
            if tries == 0 && check_handle(&name).is_ok() {
                prop_assert_eq!(derived, name);
            }
        }

        #[test]
        fn a_handle_has_1_to_40_characters_and_none_that_cannot_be_seen(name in name()) {
            let fits = (1..=40).contains(&name.chars().count())
                && !name.starts_with(char::is_whitespace)
                && !name.ends_with(char::is_whitespace)
                && !name.contains(char::is_control);
            prop_assert_eq!(check_handle(&name).is_ok(), fits);
        }
    }
}
