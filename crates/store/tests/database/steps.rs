//! Trajectories, on both databases.

use std::sync::Arc;

use crate::runs::run;
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_session, kept_tenant, place, step};
use guise_core::ports::{RunStore, StepStore};
use guise_core::{Kind, SessionId, StepPlace, StepRecord};
use rstest::rstest;
use tokio::task::JoinSet;

#[rstest]
#[tokio::test]
async fn finished_steps_come_back_in_order(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            db.begin_step_in_haste(place(session, 0), &step(100), at(1))
                .await
                .unwrap();
            db.begin_step(place(session, 1), &step(101), at(2))
                .await
                .unwrap();
            db.add_step(place(session, 2), &step(2), Some("pictures/2"), at(3))
                .await
                .unwrap();
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
            // Its place stays taken.
            assert_eq!(db.next_sequence(session).await.unwrap(), 3);
            assert_eq!(db.next_sequence(SessionId::new()).await.unwrap(), 0);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_a_run_tried_last_is_found_as_long_as_nothing_came_after_it(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let session = kept_session(db, tenant).await.id;
            let run = run(tenant, session, 1);
            db.add_run(&run, "node-1").await.unwrap();
            let place = |sequence| StepPlace {
                run: Some(run.id),
                ..place(session, sequence)
            };
            let tried = || db.unfinished_step_of_run(run.id);
            assert_eq!(tried().await.unwrap(), None);
            db.add_step(place(0), &step(0), None, at(1)).await.unwrap();
            assert_eq!(tried().await.unwrap(), None);
            db.begin_step(place(1), &step(1), at(2)).await.unwrap();
            assert_eq!(tried().await.unwrap(), Some(step(1)));
            db.add_step(place(2), &step(2), None, at(3)).await.unwrap();
            assert_eq!(tried().await.unwrap(), None);
            db.begin_step(place(3), &step(3), at(4)).await.unwrap();
            db.finish_step(session, 3, &step(4), None).await.unwrap();
            assert_eq!(tried().await.unwrap(), None);
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
            db.begin_step(place(session, 3), &step(0), at(1))
                .await
                .unwrap();
            db.finish_step(session, 3, &step(1), Some("pictures/1"))
                .await
                .unwrap();
            for (session, place) in [(session, 3), (session, 7), (SessionId::new(), 0)] {
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
async fn a_session_that_is_not_there_has_no_steps(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let error = db
                .add_step(place(SessionId::new(), 0), &step(0), None, at(1))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
            assert_eq!(db.steps(SessionId::new(), 0).await.unwrap(), []);
            assert_eq!(db.count_steps(SessionId::new()).await.unwrap(), 0);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_taken_once(#[values(Sqlite, Postgres)] backend: Backend) {
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
            for number in 0..40_u64 {
                let handle = Arc::clone(&handles[usize::from(number % 2 == 1)]);
                let sequence = number / 2;
                tasks.spawn(async move {
                    let taken = handle
                        .begin_step(place(session, sequence), &step(number), at(0))
                        .await;
                    let won = match taken {
                        Ok(()) => true,
                        Err(error) => {
                            assert_eq!(error.kind(), Kind::Internal);
                            false
                        }
                    };
                    if won {
                        handle
                            .finish_step(session, sequence, &step(number), None)
                            .await
                            .unwrap();
                    }
                    won.then_some((sequence, step(number)))
                });
            }
            let won = tasks.join_all().await.into_iter().flatten();
            let mut won: Vec<_> = won.collect();
            won.sort_by_key(|(place, _)| *place);
            let kept = db.steps(session, 0).await.unwrap();
            let kept = kept
                .into_iter()
                .map(|record| (record.sequence, record.step.unwrap()));
            assert_eq!(kept.collect::<Vec<_>>(), won);
            assert_eq!(won.len(), 20);
            for handle in handles {
                handle.close().await;
            }
        })
        .await;
}
