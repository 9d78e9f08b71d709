//! Facts about the installation, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use rstest::rstest;
use tokio::task::JoinSet;

#[rstest]
#[tokio::test]
async fn the_first_value_stays(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            assert_eq!(db.get_meta("instance").await.unwrap(), None);
            assert_eq!(
                db.put_meta_if_absent("instance", "one").await.unwrap(),
                "one"
            );
            assert_eq!(
                db.put_meta_if_absent("instance", "two").await.unwrap(),
                "one"
            );
            assert_eq!(db.put_meta_if_absent("other", "two").await.unwrap(), "two");
            assert_eq!(
                db.get_meta("instance").await.unwrap().as_deref(),
                Some("one")
            );
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_begin_at_once_agree(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |_, fresh| {
            let mut tasks = JoinSet::new();
            for number in 0..8 {
                let handle = fresh.connect().await;
                tasks.spawn(async move {
                    let value = format!("value {number}");
                    let kept = handle.put_meta_if_absent("instance", &value).await.unwrap();
                    handle.close().await;
                    kept
                });
            }
            let mut kept = tasks.join_all().await;
            kept.dedup();
            assert_eq!(kept.len(), 1);
        })
        .await;
}
