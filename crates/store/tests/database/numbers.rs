//! Phone numbers, on both databases.

use guise_core::PersonaId;
use guise_core::ports::{Added, Closed, MailboxStore, PersonaStore};
use rstest::rstest;
use tokio::task::JoinSet;

use crate::identity::{Home, number};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

#[rstest]
#[tokio::test]
async fn a_persona_has_one_number_and_a_number_one_persona(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let sarah = home.persona(db, "sarah").await;
            let tom = home.persona(db, "tom").await;
            let one = number(&sarah, "+4930123");
            assert_eq!(db.add_number(&one).await.unwrap(), Added::Added);
            assert_eq!(
                db.number_of(home.tenant, sarah.id).await.unwrap(),
                Some(one.clone())
            );
            assert_eq!(
                db.number(&"+4930123".parse().unwrap()).await.unwrap(),
                Some(one.clone())
            );
            assert_eq!(db.number_of(other.tenant, sarah.id).await.unwrap(), None);
            assert_eq!(db.number_of(home.tenant, tom.id).await.unwrap(), None);

            let second = db.add_number(&number(&sarah, "+4930002")).await.unwrap();
            assert_eq!(second, Added::NameTaken);
            let taken = db.add_number(&number(&tom, "+4930123")).await.unwrap();
            assert_eq!(taken, Added::AddressTaken);
            for (tenant, persona) in [(home.tenant, PersonaId::new()), (other.tenant, tom.id)] {
                let mut nobody = number(&tom, "+4930003");
                (nobody.tenant, nobody.persona) = (tenant, persona);
                assert_eq!(db.add_number(&nobody).await.unwrap(), Added::NoParent);
            }
            db.close_persona(home.tenant, tom.id, at(5)).await.unwrap();
            let late = db.add_number(&number(&tom, "+4930004")).await.unwrap();
            assert_eq!(late, Added::NoParent);
            for nobodys in ["+4930002", "+4930003", "+4930004"] {
                assert_eq!(db.number(&nobodys.parse().unwrap()).await.unwrap(), None);
            }

            // Given back it may be anybody's, and be had again.
            assert!(
                !db.remove_number(other.tenant, sarah.id, at(6))
                    .await
                    .unwrap()
            );
            assert!(
                db.remove_number(home.tenant, sarah.id, at(6))
                    .await
                    .unwrap()
            );
            assert!(
                !db.remove_number(home.tenant, sarah.id, at(7))
                    .await
                    .unwrap()
            );
            assert_eq!(db.number(&"+4930123".parse().unwrap()).await.unwrap(), None);
            let theirs = other.persona(db, "sarah").await;
            let theirs = db.add_number(&number(&theirs, "+4930123")).await.unwrap();
            assert_eq!(theirs, Added::Added);
            let again = db.add_number(&number(&sarah, "+4930005")).await.unwrap();
            assert_eq!(again, Added::Added);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_gets_a_number(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let mut wanting = JoinSet::new();
            for place in 0..8 {
                let persona = home.persona(db, &format!("n{place}")).await;
                let process = fresh.connect().await;
                wanting.spawn(async move {
                    let added = process.add_number(&number(&persona, "+4930123")).await;
                    process.close().await;
                    added.unwrap()
                });
            }
            let all = wanting.join_all().await;
            assert_eq!(all.iter().filter(|it| **it == Added::Added).count(), 1);
            assert_eq!(
                all.iter().filter(|it| **it == Added::AddressTaken).count(),
                7
            );
        })
        .await;
}

/// However the two fall, nobody who is closed keeps a number.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_against_the_closing_of_its_persona(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                1000
            } else {
                100
            };
            let giver = std::sync::Arc::new(fresh.connect().await);
            for round in 0..rounds {
                let persona = home.persona(db, &format!("n{round}")).await;
                let given = number(&persona, &format!("+4930{round:05}"));
                let giving = tokio::spawn({
                    let (giver, given) = (std::sync::Arc::clone(&giver), given.clone());
                    async move { giver.add_number(&given).await.unwrap() }
                });
                let closed = db.close_persona(home.tenant, persona.id, at(5)).await;
                assert_eq!(closed.unwrap(), Closed::Closed);
                giving.await.unwrap();
                assert_eq!(db.number(&given.number).await.unwrap(), None);
            }
            giver.close().await;
        })
        .await;
}
