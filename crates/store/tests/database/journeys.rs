//! Journeys, on both databases.

use guise_core::ports::{Added, JourneyStore, MailboxStore, PersonaStore, ProjectStore, RoleStore};
use guise_core::{
    Edit, Journey, JourneyChange, JourneyFilter, JourneyId, MailboxId, Priority, Project,
    PromptTemplate, TenantId,
};
use guise_store::Database;
use rstest::rstest;

use crate::identity::{Home, kept_mailbox, project};
use crate::roles::kept_role;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant};

/// A journey that names nothing.
fn journey(tenant: TenantId, name: &str) -> Journey {
    Journey {
        id: JourneyId::new(),
        tenant,
        project: None,
        role: None,
        persona: None,
        name: name.to_owned(),
        description: None,
        prompt: PromptTemplate::parse("Log in at {{ site }}: \"ü\" \u{1F600}\n".to_owned())
            .unwrap(),
        priority: Priority::default(),
        mailboxes: Vec::new(),
        created_at: at(0),
        updated_at: at(1),
    }
}

async fn kept(database: &Database, journey: Journey) -> Journey {
    database.add_journey(&journey).await.unwrap();
    journey
}

async fn kept_project(database: &Database, tenant: TenantId, name: &str) -> Project {
    let project = project(tenant, name);
    assert_eq!(database.add_project(&project).await.unwrap(), Added::Added);
    project
}

/// A journey that names something of everything.
async fn full(database: &Database, home: &Home) -> Journey {
    let tenant = home.tenant;
    let mut mailboxes = Vec::new();
    for name in ["c", "a", "b"] {
        mailboxes.push(kept_mailbox(database, tenant, name).await.id);
    }
    let journey = Journey {
        project: Some(kept_project(database, tenant, "shop").await.id),
        role: Some(kept_role(database, tenant, "hasty").await.id),
        persona: Some(home.persona(database, "Sarah").await.id),
        description: Some(String::new()),
        priority: Priority::new(0).unwrap(),
        mailboxes,
        ..journey(tenant, "sign up")
    };
    kept(database, journey).await
}

#[rstest]
#[tokio::test]
async fn a_journey_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let bare = kept(db, journey(home.tenant, "bare")).await;
            let twin = kept(db, journey(home.tenant, "bare")).await;
            for one in [bare, twin, full(db, &home).await] {
                let found = db.journey(home.tenant, one.id).await.unwrap();
                assert_eq!(found.as_ref(), Some(&one));
                assert_eq!(db.journey(other, one.id).await.unwrap(), None);
                assert!(!db.close_journey(other, one.id, at(2)).await.unwrap());
                assert!(db.close_journey(home.tenant, one.id, at(2)).await.unwrap());
                assert!(!db.close_journey(home.tenant, one.id, at(2)).await.unwrap());
                assert_eq!(db.journey(home.tenant, one.id).await.unwrap(), None);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_is_closed_is_not_named_any_more(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let tenant = home.tenant;
            let mut one = full(db, &home).await;
            let found = async || db.journey(tenant, one.id).await.unwrap().unwrap();

            db.close_mailbox(tenant, one.mailboxes[0], at(2))
                .await
                .unwrap();
            one.mailboxes.remove(0);
            assert_eq!(found().await, one);
            db.close_role(tenant, one.role.take().unwrap(), at(2))
                .await
                .unwrap();
            assert_eq!(found().await, one);
            let persona = one.persona.take().unwrap();
            db.close_persona(tenant, persona, at(2)).await.unwrap();
            assert_eq!(found().await, one);
            let project = one.project.take().unwrap();
            db.close_project(tenant, project, at(2)).await.unwrap();
            assert_eq!(found().await, one);
            for id in std::mem::take(&mut one.mailboxes) {
                db.close_mailbox(tenant, id, at(2)).await.unwrap();
            }
            assert_eq!(found().await, one);
            let listed = db.journeys_after(tenant, JourneyFilter::All, None, 9).await;
            assert_eq!(listed.unwrap(), [one.clone()]);

            // What takes the names of what is gone is something else.
            kept_role(db, tenant, "hasty").await;
            home.persona(db, "Sarah").await;
            kept_project(db, tenant, "shop").await;
            kept_mailbox(db, tenant, "a").await;
            assert_eq!(found().await, one);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_project_forgets_what_is_closed(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let tenant = home.tenant;
            let mut shop = project(tenant, "shop");
            shop.entry_url = Some("https://shop.example/".to_owned());
            shop.default_role = Some(kept_role(db, tenant, "hasty").await.id);
            shop.default_persona = Some(home.persona(db, "Sarah").await.id);
            db.add_project(&shop).await.unwrap();
            assert_eq!(
                db.project(tenant, shop.id).await.unwrap().as_ref(),
                Some(&shop)
            );
            let role = shop.default_role.take().unwrap();
            db.close_role(tenant, role, at(2)).await.unwrap();
            assert_eq!(
                db.project(tenant, shop.id).await.unwrap().as_ref(),
                Some(&shop)
            );
            let persona = shop.default_persona.take().unwrap();
            db.close_persona(tenant, persona, at(2)).await.unwrap();
            assert_eq!(
                db.project(tenant, shop.id).await.unwrap().as_ref(),
                Some(&shop)
            );
            let listed = db.projects_after(tenant, None, 1).await.unwrap();
            assert_eq!(listed, [shop]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_newest_first_and_of_one_project(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let tenant = home.tenant;
            let shop = kept_project(db, tenant, "shop").await.id;
            let bank = kept_project(db, tenant, "bank").await.id;
            let mut all = Vec::new();
            for (number, project) in [
                None,
                Some(shop),
                Some(home.project),
                Some(bank),
                Some(shop),
                None,
            ]
            .into_iter()
            .enumerate()
            {
                let one = Journey {
                    project,
                    ..journey(tenant, &format!("n{number}"))
                };
                all.insert(0, kept(db, one).await);
                kept(db, journey(other.tenant, "theirs")).await;
            }
            let names = async |filter, after: Option<JourneyId>, limit| {
                let list = db
                    .journeys_after(tenant, filter, after, limit)
                    .await
                    .unwrap();
                let names = list.into_iter().map(|one| one.name);
                names.collect::<Vec<_>>().join(" ")
            };
            let default = JourneyFilter::OfDefault(home.project);
            assert_eq!(
                names(JourneyFilter::All, None, 9).await,
                "n5 n4 n3 n2 n1 n0"
            );
            assert_eq!(
                names(JourneyFilter::OfProject(shop), None, 9).await,
                "n4 n1"
            );
            assert_eq!(names(default, None, 9).await, "n5 n2 n0");
            // In pages, also behind one that is not of the project.
            let after = Some(all[1].id);
            assert_eq!(names(JourneyFilter::All, after, 2).await, "n3 n2");
            assert_eq!(names(JourneyFilter::OfProject(shop), after, 2).await, "n1");
            assert_eq!(names(default, after, 1).await, "n2");

            db.close_project(tenant, shop, at(2)).await.unwrap();
            assert_eq!(names(JourneyFilter::OfProject(shop), None, 9).await, "");
            assert_eq!(names(default, None, 9).await, "n5 n4 n2 n1 n0");
            assert_eq!(names(JourneyFilter::OfProject(bank), None, 9).await, "n3");
            assert_eq!(
                names(JourneyFilter::OfProject(other.project), None, 9).await,
                ""
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_change_leaves_what_it_does_not_name(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let tenant = home.tenant;
            let mut one = full(db, &home).await;
            let bank = kept_project(db, tenant, "bank").await.id;
            let slow = kept_role(db, tenant, "slow").await.id;
            let joe = home.persona(db, "Joe").await.id;
            let prompt = PromptTemplate::parse("Buy {{ what }}".to_owned()).unwrap();
            let boxes = vec![kept_mailbox(db, tenant, "d").await.id, one.mailboxes[2]];
            type Deed = fn(&mut Journey, &JourneyChange);
            let deeds: [(JourneyChange, Deed); 14] = [
                (JourneyChange::default(), |_, _| {}),
                (
                    JourneyChange {
                        name: Some("buy".to_owned()),
                        ..Default::default()
                    },
                    |one, to| {
                        one.name = to.name.clone().unwrap();
                    },
                ),
                (
                    JourneyChange {
                        prompt: Some(prompt),
                        ..Default::default()
                    },
                    |one, to| {
                        one.prompt = to.prompt.clone().unwrap();
                    },
                ),
                (
                    JourneyChange {
                        priority: Some(Priority::new(7).unwrap()),
                        ..Default::default()
                    },
                    |one, to| {
                        one.priority = to.priority.unwrap();
                    },
                ),
                (
                    JourneyChange {
                        mailboxes: Some(boxes),
                        ..Default::default()
                    },
                    |one, to| {
                        one.mailboxes = to.mailboxes.clone().unwrap();
                    },
                ),
                (
                    JourneyChange {
                        mailboxes: Some(Vec::new()),
                        ..Default::default()
                    },
                    |one, _| {
                        one.mailboxes = Vec::new();
                    },
                ),
                (
                    JourneyChange {
                        description: Edit::Set("x".to_owned()),
                        ..Default::default()
                    },
                    |one, _| {
                        one.description = Some("x".to_owned());
                    },
                ),
                (
                    JourneyChange {
                        description: Edit::Clear,
                        ..Default::default()
                    },
                    |one, _| one.description = None,
                ),
                (
                    JourneyChange {
                        project: Edit::Set(bank),
                        ..Default::default()
                    },
                    |one, to| {
                        one.project = to.project.value().copied();
                    },
                ),
                (
                    JourneyChange {
                        project: Edit::Clear,
                        ..Default::default()
                    },
                    |one, _| one.project = None,
                ),
                (
                    JourneyChange {
                        role: Edit::Set(slow),
                        ..Default::default()
                    },
                    |one, to| {
                        one.role = to.role.value().copied();
                    },
                ),
                (
                    JourneyChange {
                        role: Edit::Clear,
                        ..Default::default()
                    },
                    |one, _| one.role = None,
                ),
                (
                    JourneyChange {
                        persona: Edit::Set(joe),
                        ..Default::default()
                    },
                    |one, to| {
                        one.persona = to.persona.value().copied();
                    },
                ),
                (
                    JourneyChange {
                        persona: Edit::Clear,
                        ..Default::default()
                    },
                    |one, _| one.persona = None,
                ),
            ];
            for (seconds, (change, deed)) in (2..).zip(deeds) {
                deed(&mut one, &change);
                one.updated_at = at(seconds);
                let changed = db
                    .change_journey(tenant, one.id, &change, at(seconds))
                    .await;
                assert_eq!(changed.unwrap().as_ref(), Some(&one), "{change:?}");
                let found = db.journey(tenant, one.id).await.unwrap();
                assert_eq!(found.as_ref(), Some(&one), "{change:?}");
            }
            let nothing = JourneyChange::default();
            let changed = db
                .change_journey(home.tenant, JourneyId::new(), &nothing, at(0))
                .await;
            assert_eq!(changed.unwrap(), None);
            let other = kept_tenant(db, "other").await;
            let changed = db.change_journey(other, one.id, &nothing, at(0)).await;
            assert_eq!(changed.unwrap(), None);
            db.close_journey(tenant, one.id, at(0)).await.unwrap();
            let changed = db.change_journey(tenant, one.id, &nothing, at(0)).await;
            assert_eq!(changed.unwrap(), None);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_kept_leaves_nothing_behind(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let mut one = journey(home.tenant, "sign up");
            // No such mailbox was ever there.
            one.mailboxes = vec![MailboxId::new()];
            db.add_journey(&one).await.unwrap_err();
            assert_eq!(db.journey(home.tenant, one.id).await.unwrap(), None);
            one.mailboxes = Vec::new();
            db.add_journey(&one).await.unwrap();
            let change = JourneyChange {
                name: Some("buy".to_owned()),
                mailboxes: Some(vec![MailboxId::new()]),
                ..JourneyChange::default()
            };
            db.change_journey(home.tenant, one.id, &change, at(2))
                .await
                .unwrap_err();
            assert_eq!(db.journey(home.tenant, one.id).await.unwrap(), Some(one));
        })
        .await;
}
