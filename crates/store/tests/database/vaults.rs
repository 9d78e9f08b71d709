//! Vaults, credentials and cards, on both databases.

use std::sync::Arc;

use guise_core::ports::{PersonaStore, VaultStore};
use guise_core::{
    Credential, CredentialId, CredentialKind, FillWay, KeyId, PageRequest, PersonaId, Site,
    SiteRules, Vault, VaultFilter, VaultId,
};
use guise_store::Database;
use rstest::rstest;
use tokio::task::JoinSet;

use crate::identity::{Home, credential, kept_vault, keyed_tenant, next, sealed, sealed_at, vault};
use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::at;

/// What is sealed for a credential, and its version.
async fn sealed_of(database: &Database, credential: &Credential) -> Option<(u64, Vec<u8>)> {
    let (owner, row) = (credential.vault.as_uuid(), credential.id.as_uuid());
    sealed_at(database, credential.tenant, owner, "credential", row)
        .await
        .map(|(version, sealed)| (version, sealed.envelope))
}

#[rstest]
#[tokio::test]
async fn a_vault_comes_back_as_it_was_until_it_is_deleted(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let other = keyed_tenant(db, "other").await;
            let mut one = vault(tenant, None);
            one.key = KeyId::new();
            one.name = "Ünïcode \u{1F600}".to_owned();
            assert_eq!(db.add_vault(&one).await.unwrap(), Some(one.clone()));
            assert_eq!(db.vault(tenant, one.id).await.unwrap(), Some(one.clone()));
            assert_eq!(db.vault(other, one.id).await.unwrap(), None);
            assert_eq!(db.rename_vault(other, one.id, "x").await.unwrap(), None);
            assert!(!db.close_vault(other, one.id, at(5)).await.unwrap());
            "new".clone_into(&mut one.name);
            let renamed = db.rename_vault(tenant, one.id, "new").await.unwrap();
            assert_eq!(renamed, Some(one.clone()));
            let site = Site::of("shop.example").unwrap();
            one.fill_rules.card_sites.insert(site.clone());
            let own = SiteRules {
                hosts: vec!["pay.shop.example".to_owned()],
                port: Some(8443),
                way: FillWay::Wire,
                any_body: true,
            };
            one.fill_rules.sites.insert(site, own);
            let rules = &one.fill_rules;
            assert_eq!(db.set_fill_rules(other, one.id, rules).await.unwrap(), None);
            let set = db.set_fill_rules(tenant, one.id, rules).await.unwrap();
            assert_eq!(set, Some(one.clone()));
            assert_eq!(db.vault(tenant, one.id).await.unwrap(), Some(one.clone()));
            assert!(db.close_vault(tenant, one.id, at(5)).await.unwrap());
            assert!(!db.close_vault(tenant, one.id, at(6)).await.unwrap());
            assert_eq!(db.vault(tenant, one.id).await.unwrap(), None);
            assert_eq!(db.rename_vault(tenant, one.id, "x").await.unwrap(), None);
            assert_eq!(
                db.set_fill_rules(tenant, one.id, rules).await.unwrap(),
                None
            );
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_persona_has_one_vault_and_a_closed_one_has_none(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let home = Home::new(db, "acme").await;
            let other = Home::new(db, "other").await;
            let sarah = home.persona(db, "sarah").await.id;
            let first = kept_vault(db, home.tenant, Some(sarah)).await;
            let second = vault(home.tenant, Some(sarah));
            assert_eq!(db.add_vault(&second).await.unwrap(), Some(first.clone()));
            assert_eq!(db.vault(home.tenant, second.id).await.unwrap(), None);
            // Another one comes only once it is gone.
            db.close_vault(home.tenant, first.id, at(5)).await.unwrap();
            assert_eq!(db.add_vault(&second).await.unwrap(), Some(second.clone()));

            for (tenant, persona) in [
                (home.tenant, PersonaId::new()),
                (home.tenant, other.default),
                (other.tenant, sarah),
            ] {
                let none = vault(tenant, Some(persona));
                assert_eq!(db.add_vault(&none).await.unwrap(), None);
            }
            db.close_persona(home.tenant, sarah, at(6)).await.unwrap();
            let late = vault(home.tenant, Some(sarah));
            assert_eq!(db.add_vault(&late).await.unwrap(), None);
            assert_eq!(db.vault(home.tenant, late.id).await.unwrap(), None);
        })
        .await;
}

/// However the two fall, no vault outlives its persona.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vault_against_the_closing_of_its_persona(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let home = Home::new(db, "acme").await;
            let rounds = if std::env::var_os("GUISE_TEST_SOAK").is_some() {
                500
            } else {
                50
            };
            let processes = [fresh.connect().await, fresh.connect().await].map(Arc::new);
            for round in 0..rounds {
                let tenant = home.tenant;
                let persona = home.persona(db, &format!("n{round}")).await.id;
                let [adds, closes] = processes.clone();
                let adding = tokio::spawn(async move {
                    let vault = vault(tenant, Some(persona));
                    let added = adds.add_vault(&vault).await.unwrap();
                    let login = credential(&vault, None);
                    let put = adds.put_credential(&login, &sealed("login")).await.unwrap();
                    (vault, added.is_some(), login, put)
                });
                closes.close_persona(tenant, persona, at(5)).await.unwrap();
                let (vault, added, login, put) = adding.await.unwrap();
                assert!(added || !put);
                assert_eq!(db.vault(tenant, vault.id).await.unwrap(), None);
                assert_eq!(db.credentials(tenant, vault.id).await.unwrap(), []);
                assert_eq!(sealed_of(db, &login).await, None);
            }
            for process in processes {
                process.close().await;
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn lists_are_newest_first_and_filtered(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            kept_vault(db, keyed_tenant(db, "other").await, None).await;
            let key = KeyId::new();
            let mut all: Vec<Vault> = Vec::new();
            for number in 0..7 {
                let mut one = vault(tenant, None);
                if number % 2 == 0 {
                    one.key = key;
                }
                db.add_vault(&one).await.unwrap();
                all.insert(0, one);
            }
            db.close_vault(tenant, all[2].id, at(5)).await.unwrap();
            for (key, include_closed) in [
                (None, true),
                (None, false),
                (Some(key), true),
                (Some(key), false),
            ] {
                let filter = VaultFilter {
                    tenant,
                    key,
                    include_closed,
                };
                let expected: Vec<_> = all
                    .iter()
                    .enumerate()
                    .filter(|(place, one)| {
                        key.is_none_or(|key| one.key == key) && (include_closed || *place != 2)
                    })
                    .map(|(_, one)| one.id)
                    .collect();
                let mut seen = Vec::new();
                for page in 1.. {
                    let request = PageRequest { page, size: 2 };
                    let got = db.vaults(&filter, request).await.unwrap();
                    seen.extend(got.items.iter().map(|one| one.id));
                    if !got.has_next {
                        break;
                    }
                }
                assert_eq!(seen, expected);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_credential_comes_back_as_it_was(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let vault = kept_vault(db, tenant, None).await;
            let elsewhere = kept_vault(db, tenant, None).await;
            let other = keyed_tenant(db, "other").await;
            let mut all = Vec::new();
            for (number, kind) in CredentialKind::ALL.into_iter().enumerate() {
                let mut one = credential(&vault, None);
                one.kind = kind;
                one.email = (number % 2 == 0).then(|| "a@b.example".to_owned());
                one.username = (number % 2 == 1).then(|| "joe".to_owned());
                one.notes = None;
                one.one_time = number % 2 == 0;
                assert!(
                    db.put_credential(&one, &sealed(&format!("s{number}")))
                        .await
                        .unwrap()
                );
                all.push(one);
            }
            let of_site = credential(&vault, Some("a.example"));
            assert!(db.put_credential(&of_site, &sealed("site")).await.unwrap());
            all.push(of_site.clone());
            assert_eq!(
                db.credentials(tenant, vault.id).await.unwrap(),
                all,
                "oldest first"
            );
            assert_eq!(db.credentials(tenant, elsewhere.id).await.unwrap(), []);
            assert_eq!(db.credentials(other, vault.id).await.unwrap(), []);
            let find = async |tenant, vault: VaultId, site: &str| {
                db.credential_of_site(tenant, vault, site).await.unwrap()
            };
            assert_eq!(
                find(tenant, vault.id, "a.example").await,
                Some(of_site.clone())
            );
            assert_eq!(find(tenant, vault.id, "A.example").await, None);
            assert_eq!(find(tenant, elsewhere.id, "a.example").await, None);
            assert_eq!(find(other, vault.id, "a.example").await, None);
            for one in &all {
                let seen = db.credential(tenant, vault.id, one.id).await.unwrap();
                assert_eq!(seen.as_ref(), Some(one));
                assert_eq!(
                    db.credential(tenant, elsewhere.id, one.id).await.unwrap(),
                    None
                );
                assert_eq!(db.credential(other, vault.id, one.id).await.unwrap(), None);
                assert!(sealed_of(db, one).await.is_some());
            }
            // From the wrong place nothing is deleted.
            assert!(
                !db.delete_credential(tenant, elsewhere.id, of_site.id)
                    .await
                    .unwrap()
            );
            assert!(
                !db.delete_credential(other, vault.id, of_site.id)
                    .await
                    .unwrap()
            );
            assert!(
                db.delete_credential(tenant, vault.id, of_site.id)
                    .await
                    .unwrap()
            );
            assert!(
                !db.delete_credential(tenant, vault.id, of_site.id)
                    .await
                    .unwrap()
            );
            assert_eq!(sealed_of(db, &of_site).await, None);
            assert_eq!(db.credentials(tenant, vault.id).await.unwrap(), all[..4]);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_write_counts_only_on_top_of_the_one_before(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let vault = kept_vault(db, tenant, None).await;
            let first = credential(&vault, Some("a.example"));
            // Nothing is there to be changed yet.
            assert!(
                !db.put_credential(&next(&first), &sealed("2"))
                    .await
                    .unwrap()
            );
            assert!(db.put_credential(&first, &sealed("1")).await.unwrap());
            // Another first one of the same site comes too late.
            let rival = credential(&vault, Some("a.example"));
            assert!(!db.put_credential(&rival, &sealed("rival")).await.unwrap());
            assert!(!db.put_credential(&first, &sealed("again")).await.unwrap());
            let third = next(&next(&first));
            assert!(!db.put_credential(&third, &sealed("3")).await.unwrap());
            assert_eq!(sealed_of(db, &first).await, Some((1, b"1".to_vec())));

            let second = Credential {
                email: Some("a@b.example".to_owned()),
                username: None,
                one_time: false,
                codes_given: 0,
                notes: None,
                label: "new".to_owned(),
                kind: CredentialKind::UsernamePassword,
                ..next(&first)
            };
            assert!(db.put_credential(&second, &sealed("2")).await.unwrap());
            assert!(
                !db.put_credential(&second, &sealed("2 again"))
                    .await
                    .unwrap()
            );
            assert_eq!(sealed_of(db, &first).await, Some((2, b"2".to_vec())));
            assert_eq!(db.credentials(tenant, vault.id).await.unwrap(), [second]);
            assert!(db.put_credential(&third, &sealed("3")).await.unwrap());

            // Nothing is put where no vault is.
            db.close_vault(tenant, vault.id, at(5)).await.unwrap();
            assert!(
                !db.put_credential(&next(&third), &sealed("4"))
                    .await
                    .unwrap()
            );
            let late = credential(&vault, None);
            assert!(!db.put_credential(&late, &sealed("late")).await.unwrap());
            assert_eq!(sealed_of(db, &third).await, None);
            assert_eq!(sealed_of(db, &late).await, None);
            let mut foreign = credential(&kept_vault(db, tenant, None).await, None);
            foreign.tenant = keyed_tenant(db, "other").await;
            assert!(
                !db.put_credential(&foreign, &sealed("foreign"))
                    .await
                    .unwrap()
            );
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_gives_each_number_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let tenant = keyed_tenant(db, "acme").await;
            let vault = kept_vault(db, tenant, None).await;
            let one = credential(&vault, Some("a.example"));
            db.put_credential(&one, &sealed("seed")).await.unwrap();
            let process = Arc::new(fresh.connect().await);
            let mut asking = JoinSet::new();
            for _ in 0..40 {
                let (process, id) = (Arc::clone(&process), one.id);
                asking.spawn(async move { process.next_counter(tenant, id).await.unwrap() });
            }
            let mut given: Vec<_> = asking.join_all().await.into_iter().flatten().collect();
            given.sort_unstable();
            assert_eq!(given, (0..40).collect::<Vec<u64>>());
            process.close().await;
            let other = keyed_tenant(db, "other").await;
            assert_eq!(db.next_counter(other, one.id).await.unwrap(), None);
            assert_eq!(
                db.next_counter(tenant, CredentialId::new()).await.unwrap(),
                None
            );
            // A new seed counts from the beginning.
            db.put_credential(&next(&one), &sealed("new seed"))
                .await
                .unwrap();
            assert_eq!(db.next_counter(tenant, one.id).await.unwrap(), Some(0));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_vault_has_one_card(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let other = keyed_tenant(db, "other").await;
            let vault = kept_vault(db, tenant, None).await;
            let id = vault.id.as_uuid();
            let card = async || {
                let found = sealed_at(db, tenant, id, "card", id).await;
                found.map(|(version, sealed)| (version, sealed.envelope))
            };
            assert_eq!(db.card_version(tenant, vault.id).await.unwrap(), None);
            assert!(!db.delete_card(tenant, vault.id).await.unwrap());
            assert!(db.put_card(&vault, 1, &sealed("1")).await.unwrap());
            assert!(!db.put_card(&vault, 1, &sealed("1 again")).await.unwrap());
            assert!(!db.put_card(&vault, 3, &sealed("3")).await.unwrap());
            assert_eq!(card().await, Some((1, b"1".to_vec())));
            assert!(db.put_card(&vault, 2, &sealed("2")).await.unwrap());
            assert_eq!(card().await, Some((2, b"2".to_vec())));
            assert_eq!(db.card_version(tenant, vault.id).await.unwrap(), Some(2));
            assert_eq!(db.card_version(other, vault.id).await.unwrap(), None);
            assert!(!db.delete_card(other, vault.id).await.unwrap());
            assert!(db.delete_card(tenant, vault.id).await.unwrap());
            assert_eq!(card().await, None);
            assert!(db.put_card(&vault, 1, &sealed("new")).await.unwrap());
            db.close_vault(tenant, vault.id, at(5)).await.unwrap();
            assert_eq!(card().await, None);
            assert!(!db.put_card(&vault, 2, &sealed("late")).await.unwrap());
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn deleting_a_vault_leaves_nothing_and_its_neighbour_alone(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |db, _| {
            let tenant = keyed_tenant(db, "acme").await;
            let mut kept = Vec::new();
            for _ in 0..2 {
                let vault = kept_vault(db, tenant, None).await;
                let logins = [
                    credential(&vault, Some("a.example")),
                    credential(&vault, None),
                ];
                for login in &logins {
                    db.put_credential(login, &sealed("login")).await.unwrap();
                }
                db.put_card(&vault, 1, &sealed("card")).await.unwrap();
                kept.push((vault, logins));
            }
            db.close_vault(tenant, kept[0].0.id, at(5)).await.unwrap();
            for (place, (vault, logins)) in kept.iter().enumerate() {
                let there = place == 1;
                let seen = db.credentials(tenant, vault.id).await.unwrap();
                assert_eq!(seen.len(), if there { 2 } else { 0 });
                for login in logins {
                    assert_eq!(sealed_of(db, login).await.is_some(), there);
                }
                let id = vault.id.as_uuid();
                let card = sealed_at(db, tenant, id, "card", id).await;
                assert_eq!(card.is_some(), there);
                let version = db.card_version(tenant, vault.id).await.unwrap();
                assert_eq!(version.is_some(), there);
            }
        })
        .await;
}
