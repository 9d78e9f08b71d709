//! Text messages, on both databases.

use std::collections::HashSet;
use std::sync::Arc;

use guise_core::ports::{MailboxStore, PersonaStore};
use guise_core::{InboxFilter, PersonaId, Sms, SmsId};
use guise_store::Database;
use rstest::rstest;

use crate::identity::{Home, mail, mailbox_of, read_sms, sealed, sealed_at, sms};
use crate::personas::ALL;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

const UNREAD: InboxFilter = InboxFilter {
    only_unread: true,
    ..ALL
};

/// A message that is kept; its content is its id.
async fn kept(database: &Database, sms: Sms) -> Sms {
    let (unique, content) = (format!("loopback:{}", sms.id), sealed(&sms.id.to_string()));
    assert!(database.add_sms(&sms, &unique, &content).await.unwrap());
    sms
}

async fn has_content(database: &Database, sms: &Sms) -> bool {
    let (owner, row) = (sms.persona.as_uuid(), sms.id.as_uuid());
    let found = sealed_at(database, sms.tenant, owner, "sms", row).await;
    found.is_some()
}

#[rstest]
#[tokio::test]
async fn messages_come_back_newest_first_and_count_as_read_then(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let sarah = home.persona(db, "sarah").await;
            let tom = home.persona(db, "tom").await;
            kept(db, sms(&tom, 1)).await;
            let mut all = Vec::new();
            for number in 0..8 {
                all.insert(0, kept(db, sms(&sarah, number)).await);
            }
            let read = async |filter, seconds| {
                let got = read_sms(db, home.tenant, sarah.id, filter, at(seconds))
                    .await
                    .unwrap();
                for (sms, content) in &got {
                    assert_eq!(*content, sealed(&sms.id.to_string()));
                }
                got.into_iter().map(|(sms, _)| sms).collect::<Vec<_>>()
            };
            assert_eq!(read(InboxFilter { limit: 2, ..ALL }, 100).await, all[..2]);
            assert_eq!(
                read(InboxFilter { limit: 2, ..UNREAD }, 101).await,
                all[2..4]
            );
            let since = InboxFilter {
                since: Some(at(2)),
                ..UNREAD
            };
            assert_eq!(read(since, 102).await, all[4..6]);
            assert_eq!(read(UNREAD, 103).await, all[6..]);
            assert_eq!(read(UNREAD, 104).await, []);
            let times: Vec<_> = read(ALL, 105)
                .await
                .into_iter()
                .map(|sms| sms.read_at)
                .collect();
            let expected =
                [100, 100, 101, 101, 102, 102, 103, 103].map(|seconds| Some(at(seconds)));
            assert_eq!(times, expected);
            let foreign = read_sms(db, other.tenant, sarah.id, ALL, at(106))
                .await
                .unwrap();
            assert_eq!(foreign, []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_a_provider_sends_twice_is_kept_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let sarah = home.persona(db, "sarah").await;
            let add = async |one: &Sms, unique: &str| {
                let added = db.add_sms(one, unique, &sealed("x")).await;
                added.unwrap()
            };
            let first = sms(&sarah, 1);
            assert!(add(&first, "twilio:SM1").await);
            read_sms(db, home.tenant, sarah.id, ALL, at(2))
                .await
                .unwrap();
            let again = sms(&sarah, 3);
            assert!(!add(&again, "twilio:SM1").await);
            assert!(!has_content(db, &again).await);
            assert!(add(&again, "loopback:SM1").await);
            // Nor does anything come for whoever is not there.
            let mut nobody = sms(&sarah, 4);
            nobody.persona = PersonaId::new();
            assert!(!add(&nobody, "twilio:SM2").await);
            db.close_persona(home.tenant, sarah.id, at(5))
                .await
                .unwrap();
            let late = sms(&sarah, 6);
            assert!(!add(&late, "twilio:SM3").await);
            for gone in [&first, &again, &nobody, &late] {
                assert!(!has_content(db, gone).await);
            }
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_readers_share_what_is_unread(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                200
            } else {
                20
            };
            let processes = [fresh.connect().await, fresh.connect().await].map(Arc::new);
            for round in 0..rounds {
                let persona = home.persona(db, &format!("n{round}")).await;
                let mut all = HashSet::new();
                for number in 0..12 {
                    all.insert(kept(db, sms(&persona, number)).await.id);
                }
                let (tenant, id) = (home.tenant, persona.id);
                let readers = processes.clone().map(|process| {
                    tokio::spawn(async move {
                        let mut got: Vec<SmsId> = Vec::new();
                        for limit in [2, 5, 20] {
                            let some = InboxFilter { limit, ..UNREAD };
                            let some = read_sms(&process, tenant, id, some, at(99)).await.unwrap();
                            got.extend(some.into_iter().map(|(sms, _)| sms.id));
                        }
                        got
                    })
                });
                let mut got = Vec::new();
                for reader in readers {
                    got.extend(reader.await.unwrap());
                }
                let rest = read_sms(db, tenant, id, UNREAD, at(99)).await.unwrap();
                got.extend(rest.into_iter().map(|(sms, _)| sms.id));
                let distinct: HashSet<_> = got.iter().copied().collect();
                assert_eq!(distinct.len(), got.len(), "one was given twice");
                assert_eq!(distinct, all, "one was given to nobody");
            }
            for process in processes {
                process.close().await;
            }
        })
        .await;
}

/// However the two fall, nothing is left for a persona that is closed.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_against_the_closing_of_its_persona(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                1000
            } else {
                100
            };
            let writer = Arc::new(fresh.connect().await);
            for round in 0..rounds {
                let persona = home.persona(db, &format!("n{round}")).await;
                let arriving = sms(&persona, 1);
                let writing = tokio::spawn({
                    let (writer, arriving) = (Arc::clone(&writer), arriving.clone());
                    let unique = format!("loopback:{round}");
                    async move {
                        let added = writer.add_sms(&arriving, &unique, &sealed("x")).await;
                        added.unwrap();
                    }
                });
                db.close_persona(home.tenant, persona.id, at(5))
                    .await
                    .unwrap();
                writing.await.unwrap();
                assert!(!has_content(db, &arriving).await);
                let left = read_sms(db, home.tenant, persona.id, ALL, at(9))
                    .await
                    .unwrap();
                assert_eq!(left, []);
            }
            writer.close().await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn old_messages_go_with_old_mails(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let sarah = home.persona(db, "sarah").await;
            let mut all = Vec::new();
            for number in 0..510 {
                all.push(kept(db, sms(&sarah, number)).await);
            }
            let mailbox = mailbox_of(db, &sarah).await;
            let retention = guise_core::ports::Retention {
                mails: 10,
                bytes: 10,
            };
            db.add_mails(&[mail(&mailbox, 1, 1), mail(&mailbox, 509, 1)], retention)
                .await
                .unwrap();
            assert_eq!(db.expire_mails(at(505)).await.unwrap(), 505 + 1);
            assert_eq!(db.expire_mails(at(505)).await.unwrap(), 0);
            let left = read_sms(db, home.tenant, sarah.id, ALL, at(600))
                .await
                .unwrap();
            let expected: Vec<_> = all[505..].iter().rev().map(|sms| sms.id).collect();
            assert_eq!(
                left.into_iter().map(|(sms, _)| sms.id).collect::<Vec<_>>(),
                expected
            );
            for place in [0, 499, 504, 505, 509] {
                assert_eq!(has_content(db, &all[place]).await, place >= 505);
            }
        })
        .await;
}
