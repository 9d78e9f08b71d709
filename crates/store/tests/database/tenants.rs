//! Tenants, on both databases.

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{at, tenant};
use guise_core::ports::TenantStore;
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn a_name_is_taken_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let first = tenant("acme");
            assert!(db.add_tenant(&first).await.unwrap());
            assert!(!db.add_tenant(&tenant("acme")).await.unwrap());
            assert_eq!(db.tenant_by_name("acme").await.unwrap(), Some(first));
            assert_eq!(db.tenant_by_name("Acme").await.unwrap(), None);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn they_are_listed_oldest_first(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            assert_eq!(db.tenants().await.unwrap(), []);
            let mut late = tenant("a-late");
            late.created_at = at(2);
            let early = tenant("z-early");
            let same_time = tenant("b-same-time");
            for tenant in [&late, &same_time, &early] {
                assert!(db.add_tenant(tenant).await.unwrap());
            }
            assert_eq!(db.tenants().await.unwrap(), [early, same_time, late]);
        })
        .await;
}
