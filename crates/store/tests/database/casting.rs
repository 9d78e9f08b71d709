//! Who does a run of a journey, and how, with what is kept in both databases.

use std::sync::Arc;

use guise_core::ports::{IdentityStore, Names, Person, SystemClock};
use guise_core::services::{
    Cast, CastWish, Journeys, Naming, NewJourney, NewPersona, NewProject, Numbers, Personas,
    ProjectTexts, Projects, Roles,
};
use guise_core::{
    Caller, Country, Edit, Facet, Journey, JourneyChange, KeyId, Kind, PersonaId, Priority,
    ProjectChange, ProjectId, PromptTemplate, Result, RoleId, Scopes, TenantId,
};
use rstest::rstest;
use uuid::Uuid;

use crate::identity::keyed_tenant;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::Fresh;

/// The services over one database, and who calls them.
struct House {
    caller: Caller,
    stranger: Caller,
    personas: Arc<Personas>,
    projects: Projects,
    roles: Arc<Roles>,
    journeys: Journeys,
}

/// Everybody has one name.
struct Plain;

impl Names for Plain {
    fn person(&self) -> Person {
        Person {
            first_name: "Joe".to_owned(),
            last_name: "Bloggs".to_owned(),
            romanised: "Joe Bloggs".to_owned(),
        }
    }

    fn mailbox(&self, tenant: TenantId, handle: &str) -> Result<String> {
        let handle = handle.to_lowercase();
        Ok(format!("{handle}.{}", tenant.as_uuid().simple()))
    }
}

impl House {
    async fn new(database: &guise_store::Database, fresh: &Fresh) -> Self {
        let caller = |tenant| Caller {
            tenant,
            key: KeyId::from_uuid(Uuid::nil()),
            scopes: Scopes::all(),
        };
        let (ours, theirs) = (
            keyed_tenant(database, "acme").await,
            keyed_tenant(database, "other").await,
        );
        let store: Arc<dyn IdentityStore> = Arc::new(fresh.connect().await);
        let clock = Arc::new(SystemClock);
        let country: Country = "US".parse().unwrap();
        let numbers = Numbers::new(store.clone(), clock.clone(), None, country);
        let personas = Personas::new(
            store.clone(),
            clock.clone(),
            Arc::new(Plain),
            numbers.into(),
        );
        let personas = Arc::new(personas);
        let roles = Arc::new(Roles::new(store.clone(), clock.clone()));
        Self {
            caller: caller(ours),
            stranger: caller(theirs),
            projects: Projects::new(store.clone(), clock.clone(), personas.clone()),
            journeys: Journeys::new(store, clock, personas.clone(), roles.clone()),
            personas,
            roles,
        }
    }

    async fn role(&self, caller: &Caller, name: &str) -> RoleId {
        let role = self
            .roles
            .create(caller, name.to_owned(), "Be quick".to_owned())
            .await;
        role.unwrap().id
    }

    async fn persona(&self, caller: &Caller, name: &str) -> PersonaId {
        let new = NewPersona {
            naming: Naming::Handle(name.to_owned()),
            description: Facet::Unset,
            system_prompt: Facet::Unset,
            vault: false,
            phone: false,
        };
        self.personas.create(caller, new).await.unwrap().id
    }

    async fn project(
        &self,
        name: &str,
        role: Option<RoleId>,
        persona: Option<PersonaId>,
    ) -> ProjectId {
        let new = NewProject {
            name: name.to_owned(),
            default_role: role,
            default_persona: persona,
            ..NewProject::default()
        };
        let texts = ProjectTexts::Readable;
        self.projects
            .create(&self.caller, new, texts)
            .await
            .unwrap()
            .id
    }

    async fn journey(
        &self,
        project: Option<ProjectId>,
        role: Option<RoleId>,
        persona: Option<PersonaId>,
    ) -> Journey {
        let new = NewJourney {
            project,
            role,
            persona,
            name: "sign up".to_owned(),
            description: None,
            prompt: PromptTemplate::parse("Sign up".to_owned()).unwrap(),
            priority: Priority::default(),
            mailboxes: Vec::new(),
        };
        self.journeys.create(&self.caller, new).await.unwrap()
    }

    /// The names of the project, the role and the persona of a run.
    async fn cast(&self, journey: &Journey, wish: CastWish) -> [String; 3] {
        let cast = self.journeys.cast(&self.caller, journey, wish).await;
        let Cast {
            project,
            role,
            persona,
        } = cast.unwrap();
        [project.name, role.name, persona.name]
    }
}

#[rstest]
#[tokio::test]
async fn the_first_that_is_named_counts(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let house = House::new(db, fresh).await;
            let us = &house.caller;
            let mut roles = Vec::new();
            let mut personas = Vec::new();
            for place in ["run", "journey", "project"] {
                roles.push(Some(house.role(us, place).await));
                personas.push(Some(house.persona(us, place).await));
            }
            // Every way of naming one or none at each place, roles and personas apart from each other.
            for ways in 0..64_u32 {
                let named = |bit: u32| ways & (1 << bit) != 0;
                let role = |place: u32| roles[place as usize].filter(|_| named(place));
                let persona = |place: u32| personas[place as usize].filter(|_| named(place + 3));
                let name = format!("way {ways}");
                let project = house.project(&name, role(2), persona(2)).await;
                let journey = house.journey(Some(project), role(1), persona(1)).await;
                let wish = CastWish {
                    role: role(0),
                    persona: persona(0),
                };
                let places = ["run", "journey", "project"];
                let first = |from: u32, last: &str| {
                    let mut places = (0_u32..).zip(places);
                    let first = places.find(|(place, _)| named(from + place));
                    first.map_or(last, |(_, name)| name).to_owned()
                };
                let expected = [name, first(0, "Functional QA"), first(3, "default")];
                assert_eq!(house.cast(&journey, wish).await, expected);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_is_gone_counts_as_not_named(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let house = House::new(db, fresh).await;
            let us = &house.caller;
            let (fast, slow) = (house.role(us, "fast").await, house.role(us, "slow").await);
            let (sarah, joe) = (
                house.persona(us, "Sarah").await,
                house.persona(us, "Joe").await,
            );
            let shop = house.project("shop", Some(slow), Some(joe)).await;
            // Read before anything goes, as by a run that is just about to begin.
            let journey = house.journey(Some(shop), Some(fast), Some(sarah)).await;
            let nothing = CastWish::default();
            assert_eq!(
                house.cast(&journey, nothing).await,
                ["shop", "fast", "Sarah"]
            );
            house.roles.close(us, fast).await.unwrap();
            house.personas.close(us, &sarah.to_string()).await.unwrap();
            assert_eq!(house.cast(&journey, nothing).await, ["shop", "slow", "Joe"]);
            house.projects.close(us, &shop.to_string()).await.unwrap();
            assert_eq!(
                house.cast(&journey, nothing).await,
                ["default", "Functional QA", "default"]
            );

            // The default project's own come before the tenant's, and the tenant's may change.
            let home = house.projects.default_of(us).await.unwrap().to_string();
            let change = ProjectChange {
                default_role: Edit::Set(slow),
                default_persona: Edit::Set(joe),
                ..ProjectChange::default()
            };
            let texts = ProjectTexts::Readable;
            house
                .projects
                .change(us, &home, change, texts)
                .await
                .unwrap();
            assert_eq!(
                house.cast(&journey, nothing).await,
                ["default", "slow", "Joe"]
            );
            house.roles.close(us, slow).await.unwrap();
            let ann = house.persona(us, "Ann").await;
            house
                .personas
                .set_default(us, &ann.to_string())
                .await
                .unwrap();
            house.personas.close(us, &joe.to_string()).await.unwrap();
            assert_eq!(
                house.cast(&journey, nothing).await,
                ["default", "Functional QA", "Ann"]
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_run_cannot_ask_for_what_is_not_there(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let house = House::new(db, fresh).await;
            let (us, them) = (&house.caller, &house.stranger);
            let journey = house.journey(None, None, None).await;
            let closed_role = house.role(us, "closed").await;
            house.roles.close(us, closed_role).await.unwrap();
            let closed_persona = house.persona(us, "Closed").await;
            house
                .personas
                .close(us, &closed_persona.to_string())
                .await
                .unwrap();
            for (role, persona, member) in [
                (Some(RoleId::new()), None, "role_id"),
                (Some(closed_role), None, "role_id"),
                (Some(house.role(them, "theirs").await), None, "role_id"),
                (None, Some(PersonaId::new()), "persona_id"),
                (None, Some(closed_persona), "persona_id"),
                (
                    None,
                    Some(house.persona(them, "Theirs").await),
                    "persona_id",
                ),
            ] {
                let wish = CastWish { role, persona };
                let error = house.journeys.cast(us, &journey, wish).await.unwrap_err();
                assert_eq!(error.kind(), Kind::Invalid);
                assert_eq!(error.violations()[0].path, [member], "{error}");
            }
            // Nor does a journey name what is another tenant's.
            let change = JourneyChange {
                role: Edit::Set(house.role(them, "another").await),
                ..JourneyChange::default()
            };
            let error = house
                .journeys
                .change(us, journey.id, change)
                .await
                .unwrap_err();
            assert_eq!(error.violations()[0].path, ["role_id"], "{error}");
            let theirs = house.journeys.get(them, journey.id).await.unwrap_err();
            assert_eq!(theirs.kind(), Kind::NotFound);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_task_that_is_no_journey_takes_over_from_its_project(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, fresh| {
            let house = House::new(db, fresh).await;
            let (us, them) = (&house.caller, &house.stranger);
            let (role, persona) = (
                house.role(us, "quick").await,
                house.persona(us, "Joe").await,
            );
            let project = house.project("shop", Some(role), Some(persona)).await;
            let bare = house.project("bank", None, None).await;
            let cast = async |project, wish| {
                let cast = house.journeys.cast_in(us, project, wish).await.unwrap();
                [cast.project.name, cast.role.name, cast.persona.name]
            };
            let nothing = CastWish::default();
            let own = CastWish {
                role: Some(role),
                persona: Some(persona),
            };
            assert_eq!(cast(project, nothing).await, ["shop", "quick", "Joe"]);
            assert_eq!(
                cast(bare, nothing).await,
                ["bank", "Functional QA", "default"]
            );
            assert_eq!(cast(bare, own).await, ["bank", "quick", "Joe"]);
            // Neither a project of others nor one that is not there can be named.
            for (caller, project) in [(them, project), (us, ProjectId::new())] {
                let error = house.journeys.cast_in(caller, project, nothing).await;
                let error = error.unwrap_err();
                assert_eq!(error.kind(), Kind::Invalid);
                assert_eq!(error.violations()[0].path, ["project_id"]);
            }
        })
        .await;
}
