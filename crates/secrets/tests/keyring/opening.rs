//! Making keys, opening them again, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use guise_core::ports::{KeyRows as _, KeyStore as _, Keyring as _};
use guise_core::{ApiKey, KeyId, Kind, Scopes, Secret, Timestamp};
use guise_secrets::{Earlier, KeyFile, KeyTree, OpenError, Passphrase, RootSource};
use rstest::rstest;
use tokio::task::JoinSet;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{House, clock};

fn passphrase(text: &str) -> Arc<dyn RootSource> {
    Arc::new(Passphrase::new(Some(Secret::new(text.to_owned()))))
}

async fn refused(house: &House, sources: &[Arc<dyn RootSource>]) -> String {
    match house.try_open(sources).await {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    }
}

#[rstest]
#[tokio::test]
async fn what_was_made_opens_again(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let made = house.open().await;
            let again = house.open().await;
            assert_eq!(made.digest("x").unwrap(), again.digest("x").unwrap());
            assert_ne!(made.digest("x").unwrap(), made.digest("y").unwrap());
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_make_keys_at_once_get_the_same(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let mut tasks = JoinSet::new();
            for _ in 0..8 {
                let (rows, source) = (house.rows(), house.file("instance.key"));
                tasks.spawn(async move {
                    let tree = KeyTree::open_or_found(rows, clock(), &[source], None).await;
                    tree.unwrap().digest("x").unwrap()
                });
            }
            let digests = tasks.join_all().await;
            assert!(digests.iter().all(|digest| *digest == digests[0]));
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn any_one_of_several_sources_opens(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            let (daily, recovery) = (house.file("daily"), passphrase("correct horse battery"));
            let both = [Arc::clone(&daily), Arc::clone(&recovery)];
            let made = house.try_open(&both).await.unwrap();
            let row = house.database.instance_key().await.unwrap().unwrap();
            assert_eq!(row.wraps.len(), 2);
            for source in [daily, recovery] {
                let tree = house.try_open(&[source]).await.unwrap();
                assert_eq!(tree.digest("x").unwrap(), made.digest("x").unwrap());
            }
            let wrong = refused(house, &[passphrase("correct horse bottery")]).await;
            assert!(wrong.contains("passphrase does not belong"), "{wrong}");
            // The first one fails, the second one opens.
            fs::remove_file(house.path("daily")).unwrap();
            house.try_open(&both).await.unwrap();
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_wrong_or_missing_root_key_is_refused_and_none_is_made(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            house.open().await;
            let before = house.database.instance_key().await.unwrap();
            let path = house.path("instance.key");
            fs::remove_file(&path).unwrap();
            let missing = refused(house, &[house.file("instance.key")]).await;
            assert!(missing.contains("instance.key is missing"), "{missing}");
            assert!(missing.ends_with("nothing was changed"), "{missing}");
            assert!(!path.exists());

            fs::write(&path, [7; 32]).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let wrong = refused(house, &[house.file("instance.key")]).await;
            assert!(wrong.contains("does not belong"), "{wrong}");
            assert_eq!(fs::read(&path).unwrap(), [7; 32]);
            let none = refused(house, &[]).await;
            assert!(none.contains("root_key_source"), "{none}");
            assert_eq!(house.database.instance_key().await.unwrap(), before);
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn no_keys_are_made_where_something_was_made_with_others(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let key = api_key(house, [1; 32]);
            assert!(house.database.add_key(&key).await.unwrap());
            let error = house.try_open(&[house.file("instance.key")]).await;
            assert!(matches!(error, Err(OpenError::KeysAreGone)));
            assert!(!house.path("instance.key").exists());
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_database_from_before_the_keyring_keeps_its_api_keys(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            // What an earlier version had: the key file, its HMAC-SHA-256 over "guise check v1\0" in the database, and that
            // over "guise api key v1\0" and the key as the digest of each API key.
            const CHECK: &str = "3986d73c221328ba05d8898722e9be6a03266ce862186791f7bd6626daddb971";
            const DIGEST: &str = "67baaacf46683c6e1f1ee437bb2f4383927461315daa6cb0404039e632df149c";
            let path = house.path("instance.key");
            fs::write(&path, [1; 32]).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(
                house
                    .database
                    .add_key(&api_key(house, [1; 32]))
                    .await
                    .unwrap()
            );
            let earlier = |check: &str| Earlier {
                file: KeyFile::at(&path),
                check: check.to_owned(),
            };
            let open = async |earlier: Earlier| {
                let sources = [house.file("instance.key")];
                KeyTree::open_or_found(house.rows(), clock(), &sources, Some(&earlier)).await
            };
            let other = open(earlier(DIGEST)).await.err().unwrap().to_string();
            assert!(other.contains("does not belong"), "{other}");
            assert!(house.database.instance_key().await.unwrap().is_none());

            for _ in 0..2 {
                let tree = open(earlier(CHECK)).await.unwrap();
                let digest = tree.digest("my-own-key-of-enough-length").unwrap();
                let digits: String = digest.0.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(digits, DIGEST);
            }
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_sealed_tree_does_nothing_until_it_is_opened(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let tree = house.open().await;
            let place = house.place(1, 1);
            let value = tree.seal(&place, b"secret").await.unwrap();
            tree.wipe();
            assert!(tree.is_sealed());
            for kind in [
                tree.seal(&place, b"secret").await.unwrap_err().kind(),
                tree.open(&place, &value).await.unwrap_err().kind(),
                tree.digest("x").unwrap_err().kind(),
            ] {
                assert_eq!(kind, Kind::Sealed);
            }
            assert!(tree.tokens().is_err());
            tree.unseal(&[house.file("instance.key")]).await.unwrap();
            assert_eq!(**tree.open(&place, &value).await.unwrap(), *b"secret");
        })
        .await;
}

fn api_key(house: &House, digest: [u8; 32]) -> ApiKey {
    ApiKey {
        id: KeyId::new(),
        tenant: house.tenant,
        hint: "own key".to_owned(),
        digest: guise_core::KeyDigest(digest),
        scopes: Scopes::all(),
        created_at: Timestamp::from_micros(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}
