//! API keys, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, kept_tenant, key};
use guise_core::ports::KeyStore;
use guise_core::{KeyDigest, KeyId, TenantId};
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn a_key_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = key(tenant, 1);
            assert!(db.add_key(&kept).await.unwrap());
            assert_eq!(
                db.key_by_digest(&kept.digest).await.unwrap(),
                Some(kept.clone())
            );
            assert_eq!(db.key_by_digest(&KeyDigest([2; 32])).await.unwrap(), None);

            let mut endless = key(tenant, 3);
            endless.expires_at = None;
            endless.scopes = "metrics".parse().unwrap();
            assert!(db.add_key(&endless).await.unwrap());
            assert_eq!(
                db.key_by_digest(&endless.digest).await.unwrap(),
                Some(endless)
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_digest_is_kept_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let first = key(tenant, 1);
            assert!(db.add_key(&first).await.unwrap());
            assert!(!db.add_key(&key(tenant, 1)).await.unwrap());
            assert!(!db.add_key(&key(other, 1)).await.unwrap());
            assert_eq!(db.key_by_digest(&first.digest).await.unwrap(), Some(first));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_tenant_sees_its_own_keys_oldest_first(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let other = kept_tenant(db, "other").await;
            let mut late = key(tenant, 1);
            late.created_at = at(5);
            let early = key(tenant, 2);
            for key in [&late, &early, &key(other, 3)] {
                assert!(db.add_key(key).await.unwrap());
            }
            assert_eq!(db.keys(tenant).await.unwrap(), [early, late]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn revoking_works_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = key(tenant, 1);
            assert!(db.add_key(&kept).await.unwrap());
            assert!(db.revoke_key(kept.id, at(7)).await.unwrap());
            assert!(!db.revoke_key(kept.id, at(8)).await.unwrap());
            assert!(!db.revoke_key(KeyId::new(), at(8)).await.unwrap());
            let revoked = db.key_by_digest(&kept.digest).await.unwrap().unwrap();
            assert_eq!(revoked.revoked_at, Some(at(7)));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn the_last_use_never_moves_back(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = kept_tenant(db, "acme").await;
            let kept = key(tenant, 1);
            assert!(db.add_key(&kept).await.unwrap());
            for seconds in [5, 9, 3] {
                db.touch_key(kept.id, at(seconds)).await.unwrap();
            }
            let used = db.key_by_digest(&kept.digest).await.unwrap().unwrap();
            assert_eq!(used.last_used_at, Some(at(9)));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_key_of_no_tenant_is_refused(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let error = db.add_key(&key(TenantId::new(), 1)).await.unwrap_err();
            assert_eq!(error.kind(), guise_core::Kind::Internal);
            assert_eq!(error.message(), "the database failed: cannot add a key");
            assert!(std::error::Error::source(&error).is_some());
        })
        .await;
}
