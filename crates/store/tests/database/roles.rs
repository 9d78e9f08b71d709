//! Roles, on both databases.

use guise_core::ports::{Added, Changed, RoleStore};
use guise_core::{BuiltinRole, Role, RoleChange, RoleId, TenantId};
use guise_store::Database;
use rstest::rstest;
use tokio::task::JoinSet;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant};

pub(crate) fn role(tenant: TenantId, name: &str) -> Role {
    Role {
        id: RoleId::new(),
        tenant,
        builtin: None,
        name: name.to_owned(),
        description: "Ünïcode\n\"\u{1F600}\"".to_owned(),
        created_at: at(0),
        updated_at: at(1),
    }
}

/// A role that is kept.
pub(crate) async fn kept_role(database: &Database, tenant: TenantId, name: &str) -> Role {
    let role = role(tenant, name);
    assert_eq!(database.add_role(&role).await.unwrap(), Added::Added);
    role
}

/// The roles that a tenant begins with.
fn builtin(tenant: TenantId) -> [Role; 3] {
    BuiltinRole::ALL.map(|builtin| Role {
        builtin: Some(builtin),
        ..role(tenant, builtin.first_name())
    })
}

#[rstest]
#[tokio::test]
async fn a_name_is_one_roles_in_its_tenant(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            for name in ["a", "A", "\u{e9}", "e\u{301}", &"\u{1F600}".repeat(100)] {
                let first = kept_role(db, tenant, name).await;
                assert_eq!(
                    db.role(tenant, first.id).await.unwrap().as_ref(),
                    Some(&first)
                );
                assert_eq!(db.role(other, first.id).await.unwrap(), None);
                let second = role(tenant, name);
                assert_eq!(db.add_role(&second).await.unwrap(), Added::NameTaken);
                assert_eq!(db.role(tenant, second.id).await.unwrap(), None);
                kept_role(db, other, name).await;

                assert!(!db.close_role(other, first.id, at(2)).await.unwrap());
                assert!(db.close_role(tenant, first.id, at(2)).await.unwrap());
                assert!(!db.close_role(tenant, first.id, at(2)).await.unwrap());
                assert_eq!(db.role(tenant, first.id).await.unwrap(), None);
                assert_eq!(db.add_role(&second).await.unwrap(), Added::Added);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_newest_first_and_of_one_tenant(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let mut expected = Vec::new();
            for number in 0..6 {
                expected.insert(0, kept_role(db, tenant, &format!("n{number}")).await);
                kept_role(db, other, &format!("n{number}")).await;
            }
            let closed = expected.remove(2);
            db.close_role(tenant, closed.id, at(2)).await.unwrap();
            let all = db.roles_after(tenant, None, 100).await.unwrap();
            assert_eq!(all, expected);
            let two = db.roles_after(tenant, None, 2).await.unwrap();
            assert_eq!(two, expected[..2]);
            // Where the list goes on does not have to be there any more.
            let rest = db.roles_after(tenant, Some(closed.id), 2).await.unwrap();
            assert_eq!(rest, expected[2..4]);
            let last = expected.last().unwrap().id;
            assert_eq!(db.roles_after(tenant, Some(last), 2).await.unwrap(), []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_change_leaves_what_it_does_not_name(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            kept_role(db, tenant, "taken").await;
            let mut one = kept_role(db, tenant, "one").await;
            for (seconds, name, description) in [
                (2, None, None),
                (3, Some("uno"), None),
                (4, None, Some("Be quick")),
                (5, Some("uno"), Some("x")),
            ] {
                let change = RoleChange {
                    name: name.map(str::to_owned),
                    description: description.map(str::to_owned),
                };
                one.name = change.name.clone().unwrap_or(one.name);
                one.description = change.description.clone().unwrap_or(one.description);
                one.updated_at = at(seconds);
                let changed = db.change_role(tenant, one.id, &change, at(seconds)).await;
                assert_eq!(changed.unwrap(), Changed::Changed(one.clone()));
            }
            let clash = RoleChange {
                name: Some("taken".to_owned()),
                description: Some("y".to_owned()),
            };
            let changed = db.change_role(tenant, one.id, &clash, at(9)).await;
            assert_eq!(changed.unwrap(), Changed::NameTaken);
            assert_eq!(db.role(tenant, one.id).await.unwrap(), Some(one.clone()));

            let other = kept_tenant(db, "other").await;
            let changed = db
                .change_role(other, one.id, &RoleChange::default(), at(9))
                .await;
            assert_eq!(changed.unwrap(), Changed::NotFound);
            db.close_role(tenant, one.id, at(9)).await.unwrap();
            let changed = db
                .change_role(tenant, one.id, &RoleChange::default(), at(9))
                .await;
            assert_eq!(changed.unwrap(), Changed::NotFound);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_tenant_is_given_its_roles_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = kept_tenant(db, "acme").await;
            for kind in BuiltinRole::ALL {
                assert_eq!(db.builtin_role(tenant, kind).await.unwrap(), None);
            }
            // Several processes find none at the same time.
            let mut seeding = JoinSet::new();
            for _ in 0..6 {
                let process = fresh.connect().await;
                seeding.spawn(async move {
                    process.seed_roles(&builtin(tenant)).await.unwrap();
                    let mut seen = Vec::new();
                    for kind in BuiltinRole::ALL {
                        seen.push(process.builtin_role(tenant, kind).await.unwrap().unwrap());
                    }
                    process.close().await;
                    seen
                });
            }
            let seen = seeding.join_all().await;
            let mut roles = db.roles_after(tenant, None, 100).await.unwrap();
            roles.reverse();
            assert_eq!(roles.len(), 3);
            assert!(seen.iter().all(|these| *these == roles), "{seen:?}");

            // They stay, and what became of their texts stays, too.
            for one in &roles {
                assert!(!db.close_role(tenant, one.id, at(2)).await.unwrap());
            }
            let change = RoleChange {
                name: Some("Tester".to_owned()),
                description: Some("Test".to_owned()),
            };
            db.change_role(tenant, roles[1].id, &change, at(3))
                .await
                .unwrap();
            db.seed_roles(&builtin(tenant)).await.unwrap();
            let kept = db.builtin_role(tenant, BuiltinRole::FunctionalQa).await;
            assert_eq!(kept.unwrap().unwrap().name, "Tester");
            assert_eq!(db.roles_after(tenant, None, 100).await.unwrap().len(), 3);
            let other = kept_tenant(db, "other").await;
            let theirs = db.builtin_role(other, BuiltinRole::FunctionalQa).await;
            assert_eq!(theirs.unwrap(), None);
        })
        .await;
}
