//! Wrapped keys, on both databases. What is in the wraps does not matter here.

use guise_core::ports::{
    InstanceKeyRow, KeyRows as _, Resealed, RootWrap, RotationRows as _, Sealed, SealedRow,
    WrappedKey,
};
use guise_core::{Kind, TenantId};
use guise_store::Database;
use rstest::rstest;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant};

pub(crate) fn instance(seed: u8) -> InstanceKeyRow {
    InstanceKeyRow {
        id: Uuid::now_v7(),
        check: [seed; 16],
        pepper: vec![seed, 0],
        made_at: at(0),
        wraps: vec![wrap("file", seed), wrap("passphrase", seed)],
    }
}

fn wrap(kind: &str, seed: u8) -> RootWrap {
    RootWrap {
        source_kind: kind.to_owned(),
        source_id: format!("{kind}-{seed}"),
        wrapped: vec![seed; 5],
    }
}

pub(crate) fn tenant_key(tenant: TenantId, parent: Uuid, seconds: u64) -> WrappedKey {
    WrappedKey {
        id: Uuid::now_v7(),
        parent,
        tenant,
        owner: Uuid::nil(),
        wrapped: vec![1, 2, 3],
        check: [7; 16],
        made_at: at(seconds),
    }
}

pub(crate) fn data_key(tenant: TenantId, parent: Uuid, owner: u128) -> WrappedKey {
    WrappedKey {
        owner: Uuid::from_u128(owner),
        ..tenant_key(tenant, parent, 1)
    }
}

/// An instance key and a tenant with a key.
async fn house(db: &Database) -> (InstanceKeyRow, WrappedKey) {
    let root = instance(1);
    assert!(db.found(&root).await.unwrap());
    let tenant = kept_tenant(db, "acme").await;
    let key = tenant_key(tenant, root.id, 1);
    assert!(db.add_tenant_key(&key).await.unwrap());
    (root, key)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_first_instance_keys_one_is_kept(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            assert_eq!(db.instance_key().await.unwrap(), None);
            assert!(!db.has_keyed_data().await.unwrap());
            let mut tasks = JoinSet::new();
            for seed in 0..8 {
                let other = fresh.connect().await;
                tasks.spawn(async move {
                    let row = instance(seed);
                    let kept = other.found(&row).await.unwrap();
                    other.close().await;
                    (kept, row)
                });
            }
            let tried = tasks.join_all().await;
            let kept: Vec<_> = tried.into_iter().filter(|(kept, _)| *kept).collect();
            assert_eq!(kept.len(), 1);
            assert_eq!(db.instance_key().await.unwrap().as_ref(), Some(&kept[0].1));
            assert!(!db.has_keyed_data().await.unwrap(), "no data yet");
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn wraps_are_replaced_added_and_forgotten_together(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let (root, _) = house(db).await;
            let new = [wrap("file", 2), wrap("passphrase", 1)];
            let old = [("file".to_owned(), "file-1".to_owned())];
            assert!(!db.rewrap_root(Uuid::nil(), &new, &old).await.unwrap());
            assert_eq!(db.instance_key().await.unwrap().unwrap().wraps, root.wraps);
            assert!(db.rewrap_root(root.id, &new, &old).await.unwrap());
            assert_eq!(db.instance_key().await.unwrap().unwrap().wraps, new);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_tenant_has_one_current_key_below_the_instance_key_that_is_there(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let (root, key) = house(db).await;
            let tenant = key.tenant;
            assert!(
                !db.add_tenant_key(&tenant_key(tenant, root.id, 2))
                    .await
                    .unwrap()
            );
            let other = kept_tenant(db, "other").await;
            let orphan = tenant_key(other, Uuid::from_u128(5), 2);
            assert!(!db.add_tenant_key(&orphan).await.unwrap());
            assert_eq!(db.current_tenant_key(other).await.unwrap(), None);
            assert_eq!(
                db.current_tenant_key(tenant).await.unwrap(),
                Some(key.clone())
            );
            assert_eq!(db.tenant_key(key.id).await.unwrap(), Some(key.clone()));

            let data = data_key(tenant, key.id, 1);
            assert!(db.add_data_key(&data).await.unwrap());
            assert!(!db.add_data_key(&data_key(tenant, key.id, 1)).await.unwrap());
            assert!(
                !db.add_data_key(&data_key(tenant, Uuid::nil(), 2))
                    .await
                    .unwrap()
            );
            assert!(db.has_keyed_data().await.unwrap());

            // Replaced: the old one stays as long as it wraps something.
            let new = tenant_key(tenant, root.id, 3);
            assert!(!db.replace_tenant_key(Uuid::nil(), &new).await.unwrap());
            assert!(db.replace_tenant_key(key.id, &new).await.unwrap());
            assert!(
                !db.replace_tenant_key(key.id, &tenant_key(tenant, root.id, 4))
                    .await
                    .unwrap()
            );
            assert_eq!(
                db.current_tenant_key(tenant).await.unwrap(),
                Some(new.clone())
            );
            assert_eq!(db.remove_retired_tenant_keys(tenant).await.unwrap(), 1);
            let below = db.data_keys_under_retired(tenant, 10).await.unwrap();
            assert_eq!(below, std::slice::from_ref(&data));
            let moved = WrappedKey {
                parent: new.id,
                wrapped: vec![9],
                ..data
            };
            db.rewrap_data_keys(std::slice::from_ref(&moved))
                .await
                .unwrap();
            assert_eq!(db.data_key(moved.id).await.unwrap(), Some(moved));
            assert_eq!(db.data_keys_under_retired(tenant, 10).await.unwrap(), []);
            assert_eq!(db.remove_retired_tenant_keys(tenant).await.unwrap(), 0);
            assert_eq!(db.tenant_keys().await.unwrap(), [new]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn an_instance_key_is_replaced_with_all_that_it_wraps_or_not_at_all(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let (root, key) = house(db).await;
            let new = InstanceKeyRow {
                wraps: vec![wrap("file", 9)],
                ..instance(2)
            };
            let unchanged = async || {
                assert_eq!(db.instance_key().await.unwrap(), Some(root.clone()));
                let keys = db.tenant_keys().await.unwrap();
                assert_eq!(keys, std::slice::from_ref(&key));
            };
            // One was made meanwhile that is not among those that were wrapped anew.
            assert!(!db.replace_instance_key(root.id, &new, &[]).await.unwrap());
            unchanged().await;
            let moved = WrappedKey {
                parent: new.id,
                wrapped: vec![9],
                ..key.clone()
            };
            let moved = std::slice::from_ref(&moved);
            assert!(
                !db.replace_instance_key(Uuid::nil(), &new, moved)
                    .await
                    .unwrap()
            );
            unchanged().await;
            assert!(db.replace_instance_key(root.id, &new, moved).await.unwrap());
            assert_eq!(db.instance_key().await.unwrap(), Some(new));
            assert_eq!(db.tenant_keys().await.unwrap(), moved);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn data_keys_are_replaced_and_removed_once_they_seal_nothing(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let (_, parent) = house(db).await;
            let tenant = parent.tenant;
            let old: Vec<_> = (0..3)
                .map(|owner| data_key(tenant, parent.id, owner))
                .collect();
            for key in &old {
                assert!(db.add_data_key(key).await.unwrap());
            }
            for (number, key) in old.iter().enumerate() {
                let place = guise_core::ports::Place {
                    tenant,
                    owner: key.owner,
                    kind: ["b", "a", "B"][number],
                    row: Uuid::from_u128(7 - number as u128 / 2),
                    version: 1,
                };
                let sealed = Sealed {
                    data_key: key.id,
                    envelope: vec![number as u8],
                };
                db.put_sealed_value(&place, &sealed).await.unwrap();
            }
            assert_eq!(db.begin_data_rotation(at(5)).await.unwrap(), at(5));
            assert_eq!(
                db.begin_data_rotation(at(9)).await.unwrap(),
                at(5),
                "it is under way"
            );
            assert_eq!(db.data_keys_made_before(at(5), 2).await.unwrap(), old[..2]);
            let pairs: Vec<_> = old
                .iter()
                .map(|old| {
                    let mut new = data_key(tenant, parent.id, old.owner.as_u128());
                    new.made_at = at(6);
                    (old.id, new)
                })
                .collect();
            db.replace_data_keys(&pairs).await.unwrap();
            db.replace_data_keys(&pairs).await.unwrap();
            assert_eq!(db.data_keys_made_before(at(5), 9).await.unwrap(), []);
            assert_eq!(db.count_under_retired().await.unwrap(), 3);
            assert_eq!(db.remove_retired_data_keys().await.unwrap(), 3);

            // In order of id and kind, the same on both databases.
            let first = db.values_under_retired(None, 2).await.unwrap();
            let rest = db.values_under_retired(first.last(), 9).await.unwrap();
            let kinds: Vec<_> = first.iter().chain(&rest).map(|row| &*row.kind).collect();
            assert_eq!(kinds, ["B", "a", "b"]);
            let moved = |before: &SealedRow| Resealed {
                data_key: pairs
                    .iter()
                    .find(|(old, _)| *old == before.data_key)
                    .unwrap()
                    .1
                    .id,
                envelope: vec![42],
                before: before.clone(),
            };
            let mut late = moved(&rest[0]);
            late.before.version = 2;
            db.reseal(&[moved(&first[0]), moved(&first[1]), late])
                .await
                .unwrap();
            assert_eq!(
                db.values_under_retired(None, 9).await.unwrap(),
                rest,
                "it was written meanwhile"
            );
            assert_eq!(db.remove_retired_data_keys().await.unwrap(), 1);
            db.reseal(&[moved(&rest[0])]).await.unwrap();
            assert_eq!(db.remove_retired_data_keys().await.unwrap(), 0);
            assert_eq!(db.count_under_retired().await.unwrap(), 0);
            let found = db
                .sealed_value(tenant, rest[0].id, "b")
                .await
                .unwrap()
                .unwrap();
            assert_eq!(found.1.envelope, [42]);
            db.end_data_rotation().await.unwrap();
            assert_eq!(db.begin_data_rotation(at(20)).await.unwrap(), at(20));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_key_of_no_tenant_is_refused(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let (root, _) = house(db).await;
            let error = db
                .add_tenant_key(&tenant_key(TenantId::new(), root.id, 1))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::Internal);
            assert!(
                error.message().contains("cannot keep a tenant's key"),
                "{error}"
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn large_values_are_read_a_few_at_a_time(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let (_, parent) = house(db).await;
            let old = data_key(parent.tenant, parent.id, 1);
            assert!(db.add_data_key(&old).await.unwrap());
            // A mail may have 25 MiB.
            for (row, length) in [9, 9, 25, 1, 1].into_iter().enumerate() {
                let place = guise_core::ports::Place {
                    tenant: parent.tenant,
                    owner: old.owner,
                    kind: "mail",
                    row: Uuid::from_u128(row as u128),
                    version: 1,
                };
                let sealed = Sealed {
                    data_key: old.id,
                    envelope: vec![1; length * 1024 * 1024],
                };
                db.put_sealed_value(&place, &sealed).await.unwrap();
            }
            let mut new = data_key(parent.tenant, parent.id, 1);
            new.made_at = at(6);
            db.replace_data_keys(&[(old.id, new)]).await.unwrap();
            let mut last: Option<SealedRow> = None;
            let mut batches = Vec::new();
            loop {
                let rows = db.values_under_retired(last.as_ref(), 500).await.unwrap();
                if rows.is_empty() {
                    break;
                }
                batches.push(rows.len());
                last = rows.into_iter().last();
            }
            assert_eq!(batches, [1, 1, 1, 2]);
            let small = db.values_under_retired(None, 1).await.unwrap();
            assert_eq!(small[0].envelope.len(), 9 * 1024 * 1024);
        })
        .await;
}
