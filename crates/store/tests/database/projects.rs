//! Projects, and what a tenant begins with, on both databases.

use guise_core::ports::{Added, Changed, PersonaStore, ProjectStore};
use guise_core::{Edit, Facet, MailboxId, Project, ProjectChange, ProjectId};
use rstest::rstest;
use tokio::task::JoinSet;

use crate::identity::{Home, keyed_tenant, persona, project};
use crate::roles::kept_role;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

#[rstest]
#[tokio::test]
async fn a_project_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            for (name, description) in [
                ("", Facet::Unset),
                ("Ünïcode \u{1F600}", Facet::Null),
                (" ", Facet::Text(String::new())),
                (
                    &"long".repeat(5000),
                    Facet::Text("\"ü\"\n\\ \u{7f}".to_owned()),
                ),
                // Within JSON it is no text of the database's.
                ("nul", Facet::Text("a\u{0}b".to_owned())),
            ] {
                let mut one = project(tenant, name);
                one.description = description;
                one.updated_at = at(7);
                assert_eq!(db.add_project(&one).await.unwrap(), Added::Added);
                assert_eq!(db.project(tenant, one.id).await.unwrap(), Some(one));
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_name_is_one_projects_in_its_tenant(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let other = keyed_tenant(db, "other").await;
            let long = "x".repeat(100_000);
            for name in ["a", "A", " a", "", "a\u{0}", &long, &format!("{long}!")] {
                let first = project(tenant, name);
                assert_eq!(db.add_project(&first).await.unwrap(), Added::Added);
                let second = project(tenant, name);
                assert_eq!(db.add_project(&second).await.unwrap(), Added::NameTaken);
                assert_eq!(db.project(tenant, second.id).await.unwrap(), None);
                let theirs = project(other, name);
                assert_eq!(db.add_project(&theirs).await.unwrap(), Added::Added);

                assert!(db.close_project(tenant, first.id, at(1)).await.unwrap());
                assert!(!db.close_project(tenant, first.id, at(1)).await.unwrap());
                assert_eq!(db.project(tenant, first.id).await.unwrap(), None);
                assert_eq!(db.add_project(&second).await.unwrap(), Added::Added);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_oldest_first_and_of_one_tenant(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let mut expected = vec![home.project];
            for number in 0..12 {
                let one = project(home.tenant, &format!("n{number}"));
                db.add_project(&one).await.unwrap();
                expected.push(one.id);
            }
            let closed = expected.remove(5);
            db.close_project(home.tenant, closed, at(1)).await.unwrap();
            let ids = |list: Vec<guise_core::Project>| -> Vec<ProjectId> {
                list.into_iter().map(|one| one.id).collect()
            };
            assert_eq!(ids(db.projects(home.tenant).await.unwrap()), expected);
            assert_eq!(
                ids(db.projects(other.tenant).await.unwrap()),
                [other.project]
            );
            assert_eq!(db.project(other.tenant, expected[1]).await.unwrap(), None);
            assert!(
                !db.close_project(other.tenant, expected[1], at(1))
                    .await
                    .unwrap()
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
            let mut one = project(home.tenant, "shop");
            one.description = Facet::Null;
            db.add_project(&one).await.unwrap();
            let change = |name: Option<&str>, description: Option<&str>| ProjectChange {
                name: name.map(str::to_owned),
                description: description.map(str::to_owned).into(),
                ..ProjectChange::default()
            };
            let (nothing, id) = (change(None, None), one.id);
            one.updated_at = at(1);
            let changed = db
                .change_project(home.tenant, id, &nothing, at(1))
                .await
                .unwrap();
            assert_eq!(changed, Changed::Changed(one.clone()));
            let both = change(Some("bank"), Some(""));
            one.name = "bank".to_owned();
            one.description = Facet::Text(String::new());
            one.updated_at = at(2);
            let changed = db
                .change_project(home.tenant, id, &both, at(2))
                .await
                .unwrap();
            assert_eq!(changed, Changed::Changed(one.clone()));
            // Its own name is no clash, another one's is.
            let same = change(Some("bank"), None);
            one.updated_at = at(3);
            let changed = db
                .change_project(home.tenant, id, &same, at(3))
                .await
                .unwrap();
            assert_eq!(changed, Changed::Changed(one.clone()));
            let taken = change(Some("default"), Some("x"));
            let changed = db
                .change_project(home.tenant, id, &taken, at(4))
                .await
                .unwrap();
            assert_eq!(changed, Changed::NameTaken);
            assert_eq!(db.project(home.tenant, id).await.unwrap(), Some(one));
            // The name that it had is free.
            let again = project(home.tenant, "shop");
            assert_eq!(db.add_project(&again).await.unwrap(), Added::Added);

            let other = keyed_tenant(db, "other").await;
            let changed = db.change_project(other, id, &nothing, at(5)).await.unwrap();
            assert_eq!(changed, Changed::NotFound);
            db.close_project(home.tenant, id, at(5)).await.unwrap();
            let changed = db
                .change_project(home.tenant, id, &nothing, at(6))
                .await
                .unwrap();
            assert_eq!(changed, Changed::NotFound);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_may_be_empty_is_filled_and_emptied(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let mut one = project(home.tenant, "shop");
            db.add_project(&one).await.unwrap();
            let role = kept_role(db, home.tenant, "hasty").await.id;
            let full = ProjectChange {
                name: None,
                description: Edit::Set("Sells".to_owned()),
                entry_url: Edit::Set("https://shop.example/".to_owned()),
                default_role: Edit::Set(role),
                default_persona: Edit::Set(home.default),
            };
            one.description = Facet::Text("Sells".to_owned());
            one.entry_url = Some("https://shop.example/".to_owned());
            one.default_role = Some(role);
            one.default_persona = Some(home.default);
            one.updated_at = at(1);
            for change in [full, ProjectChange::default()] {
                let changed = db.change_project(home.tenant, one.id, &change, at(1)).await;
                assert_eq!(changed.unwrap(), Changed::Changed(one.clone()));
                let found = db.project(home.tenant, one.id).await.unwrap();
                assert_eq!(found.as_ref(), Some(&one));
            }
            let empty = ProjectChange {
                name: None,
                description: Edit::Clear,
                entry_url: Edit::Clear,
                default_role: Edit::Clear,
                default_persona: Edit::Clear,
            };
            let bare = Project {
                updated_at: at(1),
                id: one.id,
                ..project(home.tenant, "shop")
            };
            let changed = db.change_project(home.tenant, one.id, &empty, at(1)).await;
            assert_eq!(changed.unwrap(), Changed::Changed(bare.clone()));
            assert_eq!(db.project(home.tenant, one.id).await.unwrap(), Some(bare));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn pages_are_newest_first(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            Home::new(db, "other").await;
            let mut expected = vec![home.project];
            for number in 0..5 {
                let one = project(home.tenant, &format!("n{number}"));
                db.add_project(&one).await.unwrap();
                expected.insert(0, one.id);
            }
            let page = async |after, limit| {
                let list = db.projects_after(home.tenant, after, limit).await.unwrap();
                list.into_iter().map(|one| one.id).collect::<Vec<_>>()
            };
            assert_eq!(page(None, 100).await, expected);
            assert_eq!(page(None, 2).await, expected[..2]);
            db.close_project(home.tenant, expected[1], at(1))
                .await
                .unwrap();
            assert_eq!(page(Some(expected[1]), 3).await, expected[2..5]);
            assert_eq!(page(Some(home.project), 3).await, []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_tenant_is_given_its_defaults_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = keyed_tenant(db, "acme").await;
            assert!(db.defaults(tenant).await.unwrap().is_none());
            // Several processes find none at the same time.
            let mut seeding = JoinSet::new();
            for _ in 0..4 {
                let process = fresh.connect().await;
                seeding.spawn(async move {
                    let project = project(tenant, "default");
                    let persona = persona(tenant, project.id, "default");
                    process
                        .seed(&project, &persona, MailboxId::new())
                        .await
                        .unwrap();
                    let defaults = process.defaults(tenant).await.unwrap().unwrap();
                    process.close().await;
                    defaults.project
                });
            }
            let seen = seeding.join_all().await;
            let projects = db.projects(tenant).await.unwrap();
            assert_eq!(projects.len(), 1);
            assert!(seen.iter().all(|id| *id == projects[0].id), "{seen:?}");
            let personas = db.personas_of(tenant, None).await.unwrap();
            assert_eq!(personas.len(), 1);
            assert!(personas[0].is_default);
            assert_eq!(personas[0].project, projects[0].id);
        })
        .await;
}
