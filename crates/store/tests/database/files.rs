//! File rows, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant};
use guise_core::ports::FileStore;
use guise_core::{Area, AssignmentId, FileInfo, SessionId};
use rstest::rstest;
use tokio::task::JoinSet;

fn file(name: &str, blob: &str) -> FileInfo {
    FileInfo {
        name: name.to_owned(),
        size: 5_000_000_000,
        sha256: "ab".repeat(32),
        blob: blob.to_owned(),
        updated_at: at(1),
    }
}

#[rstest]
#[tokio::test]
async fn a_second_of_the_same_name_replaces_the_first(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let put =
                async |file: &FileInfo| db.put_file(tenant, Area::Uploads, file).await.unwrap();
            assert_eq!(put(&file("a.txt", "files/1")).await, None);
            assert_eq!(
                put(&file("a.txt", "files/2")).await,
                Some("files/1".to_owned())
            );
            assert_eq!(put(&file("a.txt", "files/2")).await, None);
            assert_eq!(
                put(&file("a.txt", "files/3")).await,
                Some("files/2".to_owned())
            );
            assert_eq!(
                db.files(tenant, Area::Uploads).await.unwrap(),
                [file("a.txt", "files/3")]
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn areas_and_tenants_are_apart(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let session = Area::Downloads(SessionId::new());
            let places = [
                (tenant, Area::Uploads),
                (tenant, session),
                (other, Area::Uploads),
            ];
            for (number, (tenant, area)) in places.into_iter().enumerate() {
                let file = file("same", &format!("files/{number}"));
                assert_eq!(db.put_file(tenant, area, &file).await.unwrap(), None);
            }
            for (number, (tenant, area)) in places.into_iter().enumerate() {
                let expected = file("same", &format!("files/{number}"));
                assert_eq!(
                    db.file(tenant, area, "same").await.unwrap(),
                    Some(expected.clone())
                );
                assert_eq!(db.files(tenant, area).await.unwrap(), [expected]);
                assert_eq!(db.file(tenant, area, "Same").await.unwrap(), None);
            }
            assert_eq!(db.files(other, session).await.unwrap(), []);
            assert_eq!(db.file(other, session, "same").await.unwrap(), None);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn the_order_is_that_of_the_bytes(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let names = ["B.txt", "_.txt", "a b.txt", "a.txt", "b.txt", "ä.txt"];
            for name in names.iter().rev() {
                db.put_file(tenant, Area::Uploads, &file(name, "files/1"))
                    .await
                    .unwrap();
            }
            let files = db.files(tenant, Area::Uploads).await.unwrap();
            let listed: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(listed, names);
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_all_but_the_last_are_returned(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, fresh| {
            let tenant = kept_tenant(db, "acme").await;
            let mut tasks = JoinSet::new();
            for number in 0..8 {
                let handle = fresh.connect().await;
                tasks.spawn(async move {
                    let file = file("same", &format!("files/{number}"));
                    let replaced = handle.put_file(tenant, Area::Uploads, &file).await.unwrap();
                    handle.close().await;
                    replaced
                });
            }
            let mut blobs: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
            blobs.extend(
                db.file(tenant, Area::Uploads, "same")
                    .await
                    .unwrap()
                    .map(|file| file.blob),
            );
            blobs.sort();
            let expected: Vec<_> = (0..8).map(|number| format!("files/{number}")).collect();
            assert_eq!(blobs, expected);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn an_area_is_emptied_and_no_other(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let area = Area::Assignment(AssignmentId::new());
            let places = [
                (tenant, area),
                (tenant, Area::Assignment(AssignmentId::new())),
                (tenant, Area::Uploads),
                (other, area),
            ];
            for (whose, place) in places {
                for name in ["a", "b"] {
                    db.put_file(whose, place, &file(name, "files/1"))
                        .await
                        .unwrap();
                }
            }
            db.remove_files(tenant, area).await.unwrap();
            let mut left = Vec::new();
            for (whose, place) in places {
                left.push(db.files(whose, place).await.unwrap().len());
            }
            assert_eq!(left, [0, 2, 2, 2]);
        })
        .await;
}
