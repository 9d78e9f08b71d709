//! Mails, on both databases: kept, read once as unread, trimmed, expired.

use std::collections::HashSet;
use std::sync::Arc;

use guise_core::ports::{ArrivedMail, MailboxStore, Retention, SealedMail};
use guise_core::{InboxFilter, MailId, Mailbox};
use guise_store::Database;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rstest::rstest;

use crate::identity::{kept_mailbox, keyed_tenant, mail, read_mails, sealed_at};
use crate::personas::ALL;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

const ROOM: Retention = Retention {
    mails: 10_000,
    bytes: 1_000_000_000,
};

const UNREAD: InboxFilter = InboxFilter {
    only_unread: true,
    ..ALL
};

/// A long campaign when asked for.
fn rounds(all: usize) -> usize {
    if std::env::var_os("GUISE_TEST_SOAK").is_some() {
        all
    } else {
        all / 10
    }
}

fn ids(mails: &[SealedMail]) -> Vec<MailId> {
    mails.iter().map(|mail| mail.mail.id).collect()
}

/// So many mails, a second apart, in the order of their arrival.
async fn filled(database: &Database, mailbox: &Mailbox, count: u64) -> Vec<ArrivedMail> {
    let mails: Vec<_> = (0..count).map(|number| mail(mailbox, number, 10)).collect();
    database.add_mails(&mails, ROOM).await.unwrap();
    mails
}

/// Whether what is sealed for a mail is there; fails when only half of it is.
async fn has_content(database: &Database, mail: &ArrivedMail) -> bool {
    let mut found = Vec::new();
    for kind in ["mail", "mail_raw"] {
        let (owner, row) = (mail.mail.mailbox.as_uuid(), mail.mail.id.as_uuid());
        let sealed = sealed_at(database, mail.mail.tenant, owner, kind, row).await;
        found.push(sealed.is_some());
    }
    assert_eq!(found[0], found[1]);
    found[0]
}

#[rstest]
#[tokio::test]
async fn mails_come_back_newest_first_as_they_were(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let mailbox = kept_mailbox(db, tenant, "box").await;
            let other = kept_mailbox(db, tenant, "other").await;
            let mut mails = filled(db, &mailbox, 5).await;
            filled(db, &other, 1).await;
            mails.reverse();
            let seen = read_mails(db, &mailbox, ALL, at(100)).await.unwrap();
            let expected: Vec<_> = mails
                .iter()
                .map(|arrived| SealedMail {
                    mail: arrived.mail.clone(),
                    content: arrived.content.clone(),
                })
                .collect();
            assert_eq!(seen, expected, "as they were before: unread");
            // From then on they are read, since that moment.
            let seen = read_mails(db, &mailbox, ALL, at(200)).await.unwrap();
            assert_eq!(ids(&seen), ids(&expected));
            assert!(seen.iter().all(|mail| mail.mail.read_at == Some(at(100))));
            let one = db.mail(&mailbox, mails[2].mail.id).await.unwrap().unwrap();
            assert_eq!(one, seen[2]);
            assert_eq!(db.mail(&other, mails[2].mail.id).await.unwrap(), None);
            assert_eq!(db.mail(&mailbox, MailId::new()).await.unwrap(), None);
            let (owner, row) = (mailbox.id.as_uuid(), mails[0].mail.id.as_uuid());
            let raw = sealed_at(db, tenant, owner, "mail_raw", row).await;
            assert_eq!(raw, Some((1, mails[0].raw.clone())));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_is_read_counts_as_read_and_nothing_else_does(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let mailbox = kept_mailbox(db, tenant, "box").await;
            let mails = filled(db, &mailbox, 10).await;
            let newest_first: Vec<_> = mails.iter().rev().map(|mail| mail.mail.id).collect();
            // One that is looked at alone is not read by that.
            db.mail(&mailbox, newest_first[0]).await.unwrap();
            let read =
                async |filter| ids(&read_mails(db, &mailbox, filter, at(100)).await.unwrap());
            assert_eq!(
                read(InboxFilter { limit: 2, ..ALL }).await,
                newest_first[..2]
            );
            assert_eq!(
                read(InboxFilter { limit: 3, ..UNREAD }).await,
                newest_first[2..5]
            );
            let since = InboxFilter {
                since: Some(at(2)),
                ..UNREAD
            };
            assert_eq!(
                read(since).await,
                newest_first[5..8],
                "what is as old as that counts"
            );
            assert_eq!(
                read(InboxFilter {
                    since: Some(at(7)),
                    ..ALL
                })
                .await,
                newest_first[..3]
            );
            assert_eq!(read(UNREAD).await, newest_first[8..]);
            assert_eq!(read(UNREAD).await, []);
            assert_eq!(read(ALL).await, newest_first);
            let late = mail(&mailbox, 50, 1);
            db.add_mails(std::slice::from_ref(&late), ROOM)
                .await
                .unwrap();
            assert_eq!(read(UNREAD).await, [late.mail.id]);
        })
        .await;
}

/// Whoever asks for unread ones gets each mail alone, whoever else asks at the same time.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_readers_share_what_is_unread(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = keyed_tenant(db, "acme").await;
            let processes = [fresh.connect().await, fresh.connect().await].map(Arc::new);
            for round in 0..rounds(300) {
                let mailbox = kept_mailbox(db, tenant, &format!("box{round}")).await;
                let mails = filled(db, &mailbox, 20).await;
                let readers = processes.clone().map(|process| {
                    let mailbox = mailbox.clone();
                    tokio::spawn(async move {
                        let mut got = Vec::new();
                        for limit in [3, 7, 20, 20] {
                            let some = InboxFilter { limit, ..UNREAD };
                            got.extend(ids(&read_mails(&process, &mailbox, some, at(99))
                                .await
                                .unwrap()));
                        }
                        got
                    })
                });
                let mut got = Vec::new();
                for reader in readers {
                    got.extend(reader.await.unwrap());
                }
                got.extend(ids(&read_mails(db, &mailbox, UNREAD, at(99))
                    .await
                    .unwrap()));
                let distinct: HashSet<_> = got.iter().copied().collect();
                assert_eq!(distinct.len(), got.len(), "one was given twice");
                let all: HashSet<_> = mails.iter().map(|mail| mail.mail.id).collect();
                assert_eq!(distinct, all, "one was given to nobody");
            }
            for process in processes {
                process.close().await;
            }
        })
        .await;
}

/// A mail gets its id when it begins to arrive and is kept when all of it is there: a later one may be kept earlier.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_arrives_while_somebody_reads_is_lost(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, fresh| {
            let tenant = keyed_tenant(db, "acme").await;
            let writer = Arc::new(fresh.connect().await);
            for round in 0..rounds(100) {
                let mailbox = kept_mailbox(db, tenant, &format!("box{round}")).await;
                let mut arriving: Vec<_> =
                    (0..60).map(|number| mail(&mailbox, number, 1)).collect();
                let all: HashSet<_> = arriving.iter().map(|mail| mail.mail.id).collect();
                // The first come last within each six.
                for six in arriving.chunks_mut(6) {
                    six.reverse();
                }
                let writing = tokio::spawn({
                    let writer = Arc::clone(&writer);
                    async move {
                        for mail in &arriving {
                            writer
                                .add_mails(std::slice::from_ref(mail), ROOM)
                                .await
                                .unwrap();
                        }
                    }
                });
                let mut got = Vec::new();
                loop {
                    let last = writing.is_finished();
                    got.extend(ids(&read_mails(db, &mailbox, UNREAD, at(99))
                        .await
                        .unwrap()));
                    if last {
                        break;
                    }
                }
                writing.await.unwrap();
                let distinct: HashSet<_> = got.iter().copied().collect();
                assert_eq!(distinct.len(), got.len(), "one was given twice");
                assert_eq!(distinct, all, "one was given to nobody");
            }
            writer.close().await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn the_oldest_go_when_there_are_too_many_or_too_large(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let mut runner = TestRunner::new_with_rng(
                Config::default(),
                TestRng::from_seed(RngAlgorithm::ChaCha, b"the same cases on every machine!"),
            );
            // Sizes of what arrives in one go, several times; the most that may be kept.
            let arrivals =
                proptest::collection::vec(proptest::collection::vec(0_u64..60, 1..6), 1..6);
            let cases = (arrivals, 1_u64..8, 1_u64..150);
            for case in 0..rounds(400) {
                let mailbox = kept_mailbox(db, tenant, &format!("box{case}")).await;
                let neighbour = kept_mailbox(db, tenant, &format!("neighbour{case}")).await;
                let untouched = filled(db, &neighbour, 12).await;
                let (arrivals, mails, bytes) = cases.new_tree(&mut runner).unwrap().current();
                let retention = Retention { mails, bytes };
                let mut all = Vec::new();
                for sizes in &arrivals {
                    let batch: Vec<_> = sizes.iter().map(|size| mail(&mailbox, 1, *size)).collect();
                    db.add_mails(&batch, retention).await.unwrap();
                    all.extend(batch);
                    // The newest that fit, and the very newest in any case.
                    let mut total = 0;
                    let kept: Vec<_> = all
                        .iter()
                        .rev()
                        .take(usize::try_from(mails).unwrap())
                        .enumerate()
                        .take_while(|(place, mail)| {
                            total += mail.mail.size;
                            *place == 0 || total <= bytes
                        })
                        .map(|(_, mail)| mail.mail.id)
                        .collect();
                    let seen = read_mails(db, &mailbox, ALL, at(9)).await.unwrap();
                    assert_eq!(ids(&seen), kept, "{arrivals:?} {retention:?}");
                    for mail in &all {
                        let there = kept.contains(&mail.mail.id);
                        assert_eq!(has_content(db, mail).await, there);
                    }
                }
                let seen = read_mails(db, &neighbour, ALL, at(9)).await.unwrap();
                assert_eq!(seen.len(), untouched.len());
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_comes_for_a_closed_mailbox_is_dropped(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let open = kept_mailbox(db, tenant, "open").await;
            let closed = kept_mailbox(db, tenant, "closed").await;
            let before = filled(db, &closed, 3).await;
            assert!(db.close_mailbox(tenant, closed.id, at(5)).await.unwrap());
            let batch = [mail(&closed, 6, 1), mail(&open, 6, 1), mail(&closed, 6, 1)];
            db.add_mails(&batch, ROOM).await.unwrap();
            assert_eq!(read_mails(db, &closed, ALL, at(9)).await.unwrap(), []);
            let seen = read_mails(db, &open, ALL, at(9)).await.unwrap();
            assert_eq!(ids(&seen), [batch[1].mail.id]);
            for mail in before.iter().chain([&batch[0], &batch[2]]) {
                assert!(!has_content(db, mail).await);
            }
            // A mailbox of the same name begins empty.
            let again = kept_mailbox(db, tenant, "closed").await;
            assert_eq!(read_mails(db, &again, ALL, at(9)).await.unwrap(), []);
        })
        .await;
}

/// However the two fall, nothing is left of a mailbox that is closed.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_against_the_closing_of_its_mailbox(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = keyed_tenant(db, "acme").await;
            let writer = Arc::new(fresh.connect().await);
            for round in 0..rounds(1000) {
                let mailbox = kept_mailbox(db, tenant, &format!("box{round}")).await;
                let arriving = mail(&mailbox, 1, 1);
                let writing = tokio::spawn({
                    let (writer, arriving) = (Arc::clone(&writer), arriving.clone());
                    async move {
                        let mails = std::slice::from_ref(&arriving);
                        writer.add_mails(mails, ROOM).await.unwrap();
                    }
                });
                db.close_mailbox(tenant, mailbox.id, at(5)).await.unwrap();
                writing.await.unwrap();
                assert!(!has_content(db, &arriving).await);
                assert_eq!(read_mails(db, &mailbox, ALL, at(9)).await.unwrap(), []);
            }
            writer.close().await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn old_mails_go_however_many_they_are(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let mut boxes = Vec::new();
            for name in ["a", "b"] {
                let mailbox = kept_mailbox(db, tenant, name).await;
                let mails = filled(db, &mailbox, 600).await;
                boxes.push((mailbox, mails));
            }
            // Read or not makes no difference.
            read_mails(db, &boxes[0].0, ALL, at(700)).await.unwrap();
            assert_eq!(db.expire_mails(at(0)).await.unwrap(), 0);
            assert_eq!(db.expire_mails(at(590)).await.unwrap(), 2 * 590);
            assert_eq!(db.expire_mails(at(590)).await.unwrap(), 0);
            for (mailbox, mails) in &boxes {
                let left = read_mails(db, mailbox, ALL, at(700)).await.unwrap();
                let expected: Vec<_> = mails[590..].iter().rev().map(|mail| mail.mail.id).collect();
                assert_eq!(ids(&left), expected);
                for place in [0, 499, 500, 589, 590, 599] {
                    assert_eq!(has_content(db, &mails[place]).await, place >= 590);
                }
            }
        })
        .await;
}
