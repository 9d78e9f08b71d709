//! Sealing, keeping and opening values.

use guise_core::Kind;
use guise_core::ports::{KeyRows as _, Keyring as _, Place};
use rstest::rstest;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};

#[rstest]
#[tokio::test]
async fn a_value_comes_back_in_its_place_and_nowhere_else(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let tree = house.open().await;
            let place = house.place(1, 2);
            let sealed = tree.seal(&place, b"hunter2").await.unwrap();
            house
                .database
                .put_sealed_value(&place, &sealed)
                .await
                .unwrap();
            let kept = house
                .database
                .sealed_value(house.tenant, place.row, place.kind)
                .await
                .unwrap();
            let (kept_place, kept) = kept.unwrap();
            assert_eq!((kept_place, &kept), (place, &sealed));

            // Another process, which has nothing in its cache.
            let other = house.open().await;
            assert_eq!(**other.open(&place, &kept).await.unwrap(), *b"hunter2");

            let id = Uuid::from_u128(9);
            let elsewhere = [
                Place {
                    tenant: house.new_tenant("other").await,
                    ..place
                },
                Place { owner: id, ..place },
                Place { row: id, ..place },
                Place {
                    kind: "card",
                    ..place
                },
                Place {
                    version: 2,
                    ..place
                },
            ];
            for moved in elsewhere {
                let error = other.open(&moved, &kept).await.unwrap_err();
                assert_eq!(error.kind(), Kind::Internal, "{moved:?}");
                assert!(!format!("{error:?}").contains("hunter2"));
            }
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_owner_gets_one_data_key_however_many_ask_at_once(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let trees = [house.open().await, house.open().await];
            let seals = (0..16).map(|number| {
                let (tree, place) = (&trees[number % 2], house.place(1, number as u128));
                async move { tree.seal(&place, b"x").await.unwrap().data_key }
            });
            let keys = futures_util::future::join_all(seals).await;
            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
            let other = trees[0].seal(&house.place(2, 1), b"x").await.unwrap();
            assert_ne!(other.data_key, keys[0]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn what_an_owner_had_is_unreadable_once_it_is_removed(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let tree = house.open().await;
            let (gone, stays) = (house.place(1, 1), house.place(2, 2));
            for place in [&gone, &stays] {
                let sealed = tree.seal(place, b"x").await.unwrap();
                house
                    .database
                    .put_sealed_value(place, &sealed)
                    .await
                    .unwrap();
            }
            let copy = tree.seal(&gone, b"x").await.unwrap();
            house
                .database
                .delete_sealed_values_of(house.tenant, gone.owner)
                .await
                .unwrap();
            let read = async |place: &Place| {
                let found = house
                    .database
                    .sealed_value(house.tenant, place.row, place.kind);
                found.await.unwrap()
            };
            assert!(read(&gone).await.is_none());
            assert!(
                house
                    .database
                    .data_key(copy.data_key)
                    .await
                    .unwrap()
                    .is_none()
            );
            // A copy from a backup, in a process that did not have the key.
            let other = house.open().await;
            let error = other.open(&gone, &copy).await.unwrap_err();
            assert!(error.message().contains("is gone"), "{error}");
            let (place, sealed) = read(&stays).await.unwrap();
            assert_eq!(**other.open(&place, &sealed).await.unwrap(), *b"x");
        })
        .await;
}
