//! Trajectories, on both databases.

use std::sync::Arc;
use std::time::Duration;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session, kept_tenant, step};
use guise_core::ports::{SessionStore, StepStore};
use guise_core::{Kind, SessionId, StepRecord};
use rstest::rstest;
use tokio::task::JoinSet;
use tokio::time::timeout;

#[rstest]
#[tokio::test]
async fn finished_steps_come_back_in_order(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            assert_eq!(
                db.begin_step(session, &step(100), at(1), at(1))
                    .await
                    .unwrap(),
                0
            );
            assert_eq!(
                db.begin_step(session, &step(101), at(2), at(2))
                    .await
                    .unwrap(),
                1
            );
            assert_eq!(
                db.add_step(session, &step(2), Some("pictures/2"), at(3), at(3))
                    .await
                    .unwrap(),
                2
            );
            assert_eq!(db.count_steps(session).await.unwrap(), 1);
            db.finish_step(session, 0, &step(0), None).await.unwrap();

            // The step at place 1 never ended: the rest is listed without it.
            let first = StepRecord {
                sequence: 0,
                started_at: at(1),
                step: Some(step(0)),
                picture: None,
            };
            let second = StepRecord {
                sequence: 2,
                started_at: at(3),
                step: Some(step(2)),
                picture: Some("pictures/2".to_owned()),
            };
            assert_eq!(db.count_steps(session).await.unwrap(), 2);
            assert_eq!(db.steps(session, 0).await.unwrap(), [first, second.clone()]);
            assert_eq!(db.steps(session, 1).await.unwrap(), [second]);
            assert_eq!(db.steps(session, 2).await.unwrap(), []);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_step_is_finished_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let place = db
                .begin_step(session, &step(0), at(1), at(1))
                .await
                .unwrap();
            db.finish_step(session, place, &step(1), Some("pictures/1"))
                .await
                .unwrap();
            for (session, place) in [(session, place), (session, 7), (SessionId::new(), 0)] {
                let error = db
                    .finish_step(session, place, &step(2), None)
                    .await
                    .unwrap_err();
                assert_eq!(error.kind(), Kind::Internal);
                assert!(format!("{error:?}").contains("not under way"), "{error:?}");
            }
            let steps = db.steps(session, 0).await.unwrap();
            assert_eq!(steps.len(), 1);
            assert_eq!(steps[0].step, Some(step(1)));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_step_is_a_use_of_its_session(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            for (seconds, expected) in [(5, 5), (3, 5), (8, 8)] {
                db.begin_step(session, &step(0), at(10), at(seconds))
                    .await
                    .unwrap();
                let got = db.session(tenant, session).await.unwrap().unwrap();
                assert_eq!(got.last_accessed_at, at(expected));
            }
            db.add_step(session, &step(0), None, at(10), at(9))
                .await
                .unwrap();
            let got = db.session(tenant, session).await.unwrap().unwrap();
            assert_eq!(got.last_accessed_at, at(9));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_session_that_is_not_there_has_no_steps(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let error = db
                .add_step(SessionId::new(), &step(0), None, at(1), at(1))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::NotFound);
            assert_eq!(db.steps(SessionId::new(), 0).await.unwrap(), []);
            assert_eq!(db.count_steps(SessionId::new()).await.unwrap(), 0);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_get_a_place_each(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            // Two handles, as two processes would have them.
            let handles = [
                Arc::new(fresh.connect().await),
                Arc::new(fresh.connect().await),
            ];
            let mut tasks = JoinSet::new();
            for number in 0..20_u64 {
                let handle = Arc::clone(&handles[usize::from(number % 2 == 1)]);
                tasks.spawn(async move {
                    let mut places = Vec::new();
                    for _ in 0..5 {
                        let place = handle
                            .begin_step(session, &step(0), at(0), at(0))
                            .await
                            .unwrap();
                        handle
                            .finish_step(session, place, &step(place), None)
                            .await
                            .unwrap();
                        places.push(place);
                        places.push(
                            handle
                                .add_step(session, &step(0), None, at(0), at(0))
                                .await
                                .unwrap(),
                        );
                    }
                    places
                });
            }
            let mut places: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
            places.sort_unstable();
            assert_eq!(places, (0..200).collect::<Vec<_>>());
            assert_eq!(db.count_steps(session).await.unwrap(), 200);
            for handle in handles {
                handle.close().await;
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_behind(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            // Given up after more and more of its transaction.
            let step = step(0);
            for micros in (0..900).step_by(30) {
                let call = db.add_step(session, &step, None, at(0), at(0));
                if let Ok(done) = timeout(Duration::from_micros(micros), call).await {
                    done.unwrap();
                }
            }
            let place = db
                .add_step(session, &step, None, at(0), at(0))
                .await
                .unwrap();
            let kept = db.count_steps(session).await.unwrap();
            assert_eq!(place + 1, kept, "a place was taken without its step");
        })
        .await;
}
