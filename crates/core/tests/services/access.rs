//! Tenants and keys.

use std::sync::Arc;
use std::time::Duration;

use guise_core::ports::{Actor, Audit, Clock, Deed, Store};
use guise_core::services::{Access, NewKey};
use guise_core::{KeyDigest, Kind, Scopes, TenantId};
use tokio::time::sleep;

use crate::support::{MemoryAudit, MemoryStore, RuntimeClock};

struct Desk {
    access: Access,
    store: Arc<MemoryStore>,
    audit: Arc<MemoryAudit>,
    clock: Arc<RuntimeClock>,
    tenant: TenantId,
}

impl Desk {
    async fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let audit = Arc::new(MemoryAudit::default());
        let clock = Arc::new(RuntimeClock::new());
        let access = Access::new(
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::clone(&audit) as Arc<dyn Audit>,
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        let tenant = access.default_tenant().await.unwrap().id;
        Self {
            access,
            store,
            audit,
            clock,
            tenant,
        }
    }
}

const SECRET: KeyDigest = KeyDigest([7; 32]);

fn key() -> NewKey {
    NewKey {
        digest: SECRET,
        hint: "gk_abc".to_owned(),
        scopes: Scopes::all(),
        expires_at: None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_is_recognised_until_it_is_revoked() {
    let desk = Desk::new().await;
    let made = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    let caller = desk.access.recognise(&SECRET).await.unwrap();
    assert_eq!((caller.tenant, caller.key), (desk.tenant, made.id));

    desk.access
        .revoke_key(Actor::Operator, made.id)
        .await
        .unwrap();
    let error = desk.access.recognise(&SECRET).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthenticated);
    assert!(error.message().contains("revoked"), "{error}");
    let again = desk
        .access
        .revoke_key(Actor::Operator, made.id)
        .await
        .unwrap_err();
    assert_eq!(again.kind(), Kind::NotFound);
    assert_eq!(desk.access.keys(desk.tenant).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_nobodys() {
    let desk = Desk::new().await;
    let error = desk.access.recognise(&SECRET).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthenticated);
}

#[tokio::test(start_paused = true)]
async fn a_key_works_until_it_expires() {
    let desk = Desk::new().await;
    let expires_at = Some(desk.clock.now().plus(Duration::from_secs(10)));
    let new = NewKey {
        expires_at,
        ..key()
    };
    desk.access
        .create_key(Actor::Operator, desk.tenant, new.clone())
        .await
        .unwrap();
    sleep(Duration::from_secs(9)).await;
    desk.access.recognise(&SECRET).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let error = desk.access.recognise(&SECRET).await.unwrap_err();
    assert!(error.message().contains("expired"), "{error}");
    let late = desk
        .access
        .create_key(Actor::Operator, desk.tenant, new)
        .await
        .unwrap_err();
    assert_eq!(late.kind(), Kind::Invalid);
    let over = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap_err();
    assert_eq!(over.kind(), Kind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn use_is_noted_once_a_minute() {
    let desk = Desk::new().await;
    desk.access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    for _ in 0..12 {
        desk.access.recognise(&SECRET).await.unwrap();
        sleep(Duration::from_secs(10)).await;
    }
    assert_eq!(desk.store.rows().touched_keys, 2);
}

#[tokio::test(start_paused = true)]
async fn making_a_key_twice_is_harmless_and_contradictions_are_not() {
    let desk = Desk::new().await;
    let first = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    let second = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    assert_eq!(first, second);

    let other = desk.access.create_tenant("acme").await.unwrap().id;
    let scopes = "metrics".parse().unwrap();
    let expires_at = Some(desk.clock.now().plus(Duration::from_secs(10)));
    let contradictions = [
        (other, key()),
        (desk.tenant, NewKey { scopes, ..key() }),
        (
            desk.tenant,
            NewKey {
                expires_at,
                ..key()
            },
        ),
    ];
    for (tenant, new) in contradictions {
        let error = desk
            .access
            .create_key(Actor::Operator, tenant, new)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
    }
    desk.access
        .revoke_key(Actor::Operator, first.id)
        .await
        .unwrap();
    let error = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn the_configured_key_is_valid_without_a_row() {
    let Desk {
        access,
        store,
        tenant,
        ..
    } = Desk::new().await;
    access.accept_configured_key(SECRET).await.unwrap();
    let caller = access.recognise(&SECRET).await.unwrap();
    assert_eq!((caller.tenant, caller.scopes), (tenant, Scopes::all()));
    assert_eq!(access.keys(tenant).await.unwrap(), []);
    assert_eq!(store.rows().touched_keys, 0);

    // A row of the same secret takes nothing from it.
    let row = access
        .create_key(Actor::Operator, tenant, key())
        .await
        .unwrap();
    access.revoke_key(Actor::Operator, row.id).await.unwrap();
    access.recognise(&SECRET).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn servers_that_start_at_once_share_one_default_tenant() {
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(RuntimeClock::new());
    let access = || {
        Access::new(
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::new(MemoryAudit::default()) as Arc<dyn Audit>,
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
    };
    let (one, two) = (access(), access());
    let (first, second) = tokio::join!(one.default_tenant(), two.tenant("default"));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(one.tenants().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn tenants_have_names_of_their_own() {
    let desk = Desk::new().await;
    desk.access.create_tenant("acme-2").await.unwrap();
    let taken = desk.access.create_tenant("acme-2").await.unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
    let taken = desk.access.create_tenant("default").await.unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
    for name in ["", "-a", "a-", "A", "a b", "ä", &"a".repeat(64)] {
        let error = desk.access.create_tenant(name).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{name}");
    }
    let unknown = desk.access.tenant("nobody").await.unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
    let names: Vec<_> = desk.access.tenants().await.unwrap();
    assert_eq!(names.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_lets_nobody_in() {
    let desk = Desk::new().await;
    desk.access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    desk.store.fails("key_by_digest");
    let error = desk.access.recognise(&SECRET).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
}

#[tokio::test(start_paused = true)]
async fn what_happens_to_a_key_is_written_down_before() {
    let desk = Desk::new().await;
    let made = desk
        .access
        .create_key(Actor::Server, desk.tenant, key())
        .await
        .unwrap();
    // Nothing happens the second time.
    desk.access
        .create_key(Actor::Server, desk.tenant, key())
        .await
        .unwrap();
    desk.access
        .revoke_key(Actor::Operator, made.id)
        .await
        .unwrap();
    desk.access
        .revoke_key(Actor::Operator, made.id)
        .await
        .unwrap_err();
    let events = desk.audit.events();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.actor, event.deed))
        .collect();
    assert_eq!(
        seen,
        [
            (Actor::Server, Deed::KeyMade),
            (Actor::Operator, Deed::KeyRevoked)
        ]
    );
    for event in events {
        assert_eq!(event.tenant, Some(desk.tenant));
        assert!(event.subject.contains(&made.id.to_string()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_does_not_happen() {
    let desk = Desk::new().await;
    let made = desk
        .access
        .create_key(Actor::Operator, desk.tenant, key())
        .await
        .unwrap();
    desk.audit.fails();
    let other = NewKey {
        digest: KeyDigest([8; 32]),
        ..key()
    };
    desk.access
        .create_key(Actor::Operator, desk.tenant, other)
        .await
        .unwrap_err();
    desk.access
        .revoke_key(Actor::Operator, made.id)
        .await
        .unwrap_err();
    assert_eq!(desk.access.keys(desk.tenant).await.unwrap(), [made]);
    desk.access.recognise(&SECRET).await.unwrap();
}
