//! Browser sessions, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session, kept_tenant, place, session, step};
use guise_core::ports::{SessionEnd, SessionStore, StepStore, Usage};
use guise_core::{
    CloseReason, KeyId, PageRequest, SessionFilter, SessionId, Status, TenantId, Traffic,
};
use rstest::rstest;
use tokio::task::JoinSet;

fn all_of(tenant: TenantId) -> SessionFilter {
    SessionFilter {
        tenant,
        key: None,
        only_active: false,
    }
}

fn closed(seconds: u64) -> SessionEnd {
    SessionEnd {
        status: Status::Closed,
        reason: CloseReason::Manual,
        error: None,
        at: at(seconds),
        usage: None,
    }
}

const FIRST: PageRequest = PageRequest { page: 1, size: 10 };

#[rstest]
#[tokio::test]
async fn a_session_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = kept_session(db, tenant).await;
            assert_eq!(db.session(tenant, kept.id).await.unwrap(), Some(kept));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn another_tenant_sees_nothing_of_it(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let kept = kept_session(db, tenant).await;
            assert_eq!(db.session(other, kept.id).await.unwrap(), None);
            assert_eq!(db.sessions(&all_of(other), FIRST).await.unwrap().items, []);
            assert_eq!(db.count_active(other).await.unwrap(), 0);
            assert_eq!(db.count_active(tenant).await.unwrap(), 1);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn pages_are_newest_first_and_whole(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let mut expected = Vec::new();
            for number in 0..7 {
                let mut one = session(tenant);
                // Three at a time begin in the same microsecond: their ids decide.
                one.created_at = at(number / 3);
                db.add_session(&one, "node-1").await.unwrap();
                expected.push(one.id);
            }
            expected.reverse();

            let mut seen = Vec::new();
            for page in 1..=4 {
                let got = db
                    .sessions(&all_of(tenant), PageRequest { page, size: 3 })
                    .await
                    .unwrap();
                assert_eq!(got.has_next, page < 3, "page {page}");
                assert_eq!(got.has_previous(), page > 1);
                seen.extend(got.items.into_iter().map(|session| session.id));
            }
            assert_eq!(seen, expected);
            let far = PageRequest {
                page: u32::MAX,
                size: 100,
            };
            assert_eq!(db.sessions(&all_of(tenant), far).await.unwrap().items, []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_filter_by_key_and_state(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let key = KeyId::new();
            let mut mine = session(tenant);
            mine.key = key;
            db.add_session(&mine, "node-1").await.unwrap();
            let mut ended = session(tenant);
            ended.key = key;
            db.add_session(&ended, "node-1").await.unwrap();
            assert!(
                db.end_session(ended.id, &closed(1))
                    .await
                    .unwrap()
                    .is_some()
            );
            let foreign = kept_session(db, tenant).await;

            for (key, only_active, expected) in [
                (None, false, vec![foreign.id, ended.id, mine.id]),
                (None, true, vec![foreign.id, mine.id]),
                (Some(key), false, vec![ended.id, mine.id]),
                (Some(key), true, vec![mine.id]),
                (Some(KeyId::new()), false, vec![]),
            ] {
                let filter = SessionFilter {
                    tenant,
                    key,
                    only_active,
                };
                let page = db.sessions(&filter, FIRST).await.unwrap();
                let ids: Vec<_> = page.items.iter().map(|session| session.id).collect();
                assert_eq!(ids, expected, "{filter:?}");
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn its_end_is_kept_and_final(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let mut kept = kept_session(db, tenant).await;
            let traffic = Traffic {
                request_bytes: 10,
                response_bytes: u64::from(u32::MAX) * 3,
            };
            let end = SessionEnd {
                status: Status::Error,
                reason: CloseReason::Error,
                error: Some("Chromium died: signal 11".to_owned()),
                at: at(60),
                usage: Some(Usage {
                    last_accessed_at: at(55),
                    traffic,
                }),
            };
            let ended = db.end_session(kept.id, &end).await.unwrap();
            for late in [kept.id, SessionId::new()] {
                assert_eq!(db.end_session(late, &closed(61)).await.unwrap(), None);
            }

            kept.status = Status::Error;
            kept.close_reason = Some(CloseReason::Error);
            kept.error = end.error.clone();
            kept.closed_at = Some(end.at);
            kept.last_accessed_at = at(55);
            kept.traffic = traffic;
            assert_eq!(ended.as_ref(), Some(&kept));
            assert_eq!(db.session(tenant, kept.id).await.unwrap(), Some(kept));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn only_a_nodes_own_active_sessions_end_with_it(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let one = kept_session(db, tenant).await;
            let two = kept_session(db, tenant).await;
            let ended = kept_session(db, tenant).await;
            assert!(
                db.end_session(ended.id, &closed(1))
                    .await
                    .unwrap()
                    .is_some()
            );
            let elsewhere = session(tenant);
            db.add_session(&elsewhere, "node-2").await.unwrap();

            let end = SessionEnd {
                status: Status::Error,
                reason: CloseReason::Error,
                error: Some("the server was restarted".to_owned()),
                at: at(5),
                usage: None,
            };
            db.begin_step(place(one.id, 0), &step(0), at(3))
                .await
                .unwrap();
            db.add_step(place(one.id, 1), &step(1), None, at(4))
                .await
                .unwrap();
            let left = db.active_sessions_of("node-1").await.unwrap();
            assert_eq!(left, [one.clone(), two.clone()]);
            for session in left {
                assert!(db.end_session(session.id, &end).await.unwrap().is_some());
            }
            assert_eq!(db.active_sessions_of("node-1").await.unwrap(), []);
            for (id, status) in [
                (one.id, Status::Error),
                (two.id, Status::Error),
                (ended.id, Status::Closed),
                (elsewhere.id, Status::Active),
            ] {
                assert_eq!(
                    db.session(tenant, id).await.unwrap().unwrap().status,
                    status
                );
            }
            // Its last step is its last use, as far as anybody can tell.
            for (session, used) in [(&one, at(4)), (&two, two.last_accessed_at)] {
                let got = db.session(tenant, session.id).await.unwrap().unwrap();
                assert_eq!(got.last_accessed_at, used);
            }
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_end_it_one_wins(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = kept_session(db, tenant).await;
            let mut ends = JoinSet::new();
            for number in 0..8 {
                let handle = fresh.connect().await;
                ends.spawn(async move {
                    let won = handle.end_session(kept.id, &closed(number)).await.unwrap();
                    handle.close().await;
                    won.map(|_| at(number))
                });
            }
            let winners: Vec<_> = ends.join_all().await.into_iter().flatten().collect();
            assert_eq!(winners.len(), 1);
            let got = db.session(tenant, kept.id).await.unwrap().unwrap();
            assert_eq!(got.closed_at, winners.first().copied());
        })
        .await;
}
