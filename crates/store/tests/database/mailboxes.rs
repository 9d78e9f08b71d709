//! Mailboxes, on both databases.

use guise_core::MailboxId;
use guise_core::ports::{Added, MailboxStore, PersonaStore};
use rstest::rstest;

use crate::identity::{Home, kept_mailbox, keyed_tenant, mailbox_of};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

#[rstest]
#[tokio::test]
async fn a_name_is_one_mailboxs_on_the_whole_server(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let other = keyed_tenant(db, "other").await;
            let first = kept_mailbox(db, tenant, "signups").await;
            assert_eq!(
                db.mailbox(tenant, first.id).await.unwrap(),
                Some(first.clone())
            );
            assert_eq!(db.mailbox(other, first.id).await.unwrap(), None);
            let found = db.mailbox_by_name("signups").await.unwrap();
            assert_eq!(found, Some(first.clone()));
            assert_eq!(db.mailbox_by_name("Signups").await.unwrap(), None);
            for tenant in [tenant, other] {
                let mut rival = first.clone();
                rival.id = MailboxId::new();
                rival.tenant = tenant;
                assert_eq!(db.add_mailbox(&rival).await.unwrap(), Added::AddressTaken);
                assert_eq!(db.mailbox(tenant, rival.id).await.unwrap(), None);
            }
            assert!(!db.close_mailbox(other, first.id, at(5)).await.unwrap());
            assert!(db.close_mailbox(tenant, first.id, at(5)).await.unwrap());
            assert!(!db.close_mailbox(tenant, first.id, at(5)).await.unwrap());
            assert_eq!(db.mailbox(tenant, first.id).await.unwrap(), None);
            assert_eq!(db.mailbox_by_name("signups").await.unwrap(), None);
            kept_mailbox(db, other, "signups").await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_personas_address_is_nobody_elses_even_when_it_is_closed(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let sarah = home.persona(db, "sarah").await;
            let own = mailbox_of(db, &sarah).await;
            // It is not one that can be closed by itself.
            assert!(!db.close_mailbox(home.tenant, own.id, at(5)).await.unwrap());
            let mut rival = own.clone();
            rival.persona = None;
            for tenant in [home.tenant, keyed_tenant(db, "other").await] {
                rival.id = MailboxId::new();
                rival.tenant = tenant;
                assert_eq!(db.add_mailbox(&rival).await.unwrap(), Added::AddressTaken);
            }
            db.close_persona(home.tenant, sarah.id, at(6))
                .await
                .unwrap();
            assert_eq!(db.mailbox_by_name(&own.name).await.unwrap(), None);
            assert_eq!(db.add_mailbox(&rival).await.unwrap(), Added::AddressTaken);
            let again = home.persona(db, "sarah").await;
            assert_eq!(mailbox_of(db, &again).await.name, own.name);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_newest_first_behind_any_cursor(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = keyed_tenant(db, "other").await;
            let mut all = Vec::new();
            for number in 0..12 {
                // Personas' own are not among them.
                home.persona(db, &format!("n{number}")).await;
                let foreign = kept_mailbox(db, other, &format!("theirs{number}")).await;
                let made = kept_mailbox(db, home.tenant, &format!("ours{number}")).await;
                all.push(made.id);
                all.push(foreign.id);
            }
            let closed = all[8];
            db.close_mailbox(home.tenant, closed, at(5)).await.unwrap();
            let listed: Vec<_> = all
                .iter()
                .step_by(2)
                .rev()
                .filter(|id| **id != closed)
                .copied()
                .collect();
            let seen = async |after, limit| -> Vec<MailboxId> {
                let got = db.mailboxes_after(home.tenant, after, limit).await.unwrap();
                got.into_iter().map(|one| one.id).collect()
            };
            assert_eq!(seen(None, 100).await, listed);
            assert_eq!(seen(None, 4).await, listed[..4]);
            for after in all.iter().copied().chain([MailboxId::new()]) {
                let expected: Vec<_> = listed
                    .iter()
                    .filter(|id| **id < after)
                    .take(4)
                    .copied()
                    .collect();
                assert_eq!(seen(Some(after), 4).await, expected);
            }
        })
        .await;
}
