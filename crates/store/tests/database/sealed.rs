//! Sealed values, on both databases.

use guise_core::ports::{KeyRows as _, Place, Sealed};
use guise_core::{Kind, TenantId};
use guise_store::Database;
use rstest::rstest;
use uuid::Uuid;

use crate::keyring::{data_key, instance, tenant_key};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::kept_tenant;

/// A tenant with a data key for each of two owners, and a place for the first one's.
async fn house(db: &Database) -> (Place, Sealed, Sealed) {
    let tenant = kept_tenant(db, "acme").await;
    let root = instance(1);
    assert!(db.found(&root).await.unwrap());
    let parent = tenant_key(tenant, root.id, 1);
    assert!(db.add_tenant_key(&parent).await.unwrap());
    let mut sealed = Vec::new();
    for owner in [1, 2] {
        let key = data_key(tenant, parent.id, owner);
        assert!(db.add_data_key(&key).await.unwrap());
        sealed.push(Sealed {
            data_key: key.id,
            envelope: vec![0, 1, 255],
        });
    }
    let place = Place {
        tenant,
        owner: Uuid::from_u128(1),
        kind: "credential",
        row: Uuid::from_u128(100),
        version: 1,
    };
    let [first, second] = sealed.try_into().unwrap();
    (place, first, second)
}

#[rstest]
#[tokio::test]
async fn a_value_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let (place, sealed, _) = house(db).await;
            db.put_sealed_value(&place, &sealed).await.unwrap();
            let found = db.sealed_value(place.tenant, place.row, "credential");
            assert_eq!(found.await.unwrap(), Some((place, sealed)));
            let others = [
                (place.tenant, place.row, "card"),
                (place.tenant, Uuid::from_u128(1), "credential"),
                (TenantId::new(), place.row, "credential"),
            ];
            for (tenant, row, kind) in others {
                assert_eq!(db.sealed_value(tenant, row, kind).await.unwrap(), None);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn only_a_later_version_replaces_a_value(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let (place, sealed, _) = house(db).await;
            let version = |version| Place { version, ..place };
            for number in [1, 2, 5] {
                db.put_sealed_value(&version(number), &sealed)
                    .await
                    .unwrap();
            }
            for number in [1, 4, 5] {
                let error = db.put_sealed_value(&version(number), &sealed).await;
                assert_eq!(error.unwrap_err().kind(), Kind::Conflict);
            }
            let found = db.sealed_value(place.tenant, place.row, "credential");
            assert_eq!(found.await.unwrap().unwrap().0.version, 5);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_value_needs_a_data_key_that_is_there(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let (place, sealed, _) = house(db).await;
            let unknown = Sealed {
                data_key: Uuid::from_u128(77),
                ..sealed
            };
            let error = db.put_sealed_value(&place, &unknown).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_row_and_an_owner_are_removed_without_touching_others(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let (place, first, second) = house(db).await;
            let card = Place {
                kind: "card",
                ..place
            };
            let other_row = Place {
                row: Uuid::from_u128(200),
                ..place
            };
            let other_owner = Place {
                owner: Uuid::from_u128(2),
                row: Uuid::from_u128(300),
                ..place
            };
            for place in [&place, &card, &other_row] {
                db.put_sealed_value(place, &first).await.unwrap();
            }
            db.put_sealed_value(&other_owner, &second).await.unwrap();
            let there = async |place: &Place| {
                let found = db.sealed_value(place.tenant, place.row, place.kind);
                found.await.unwrap().is_some()
            };
            assert_eq!(
                db.delete_sealed_values(place.tenant, place.row)
                    .await
                    .unwrap(),
                2
            );
            assert_eq!(
                db.delete_sealed_values(place.tenant, place.row)
                    .await
                    .unwrap(),
                0
            );
            assert!(!there(&place).await && !there(&card).await);
            assert!(there(&other_row).await && there(&other_owner).await);

            db.delete_sealed_values_of(place.tenant, place.owner)
                .await
                .unwrap();
            assert!(!there(&other_row).await && there(&other_owner).await);
            assert!(db.data_key(first.data_key).await.unwrap().is_none());
            assert!(db.data_key(second.data_key).await.unwrap().is_some());
        })
        .await;
}
