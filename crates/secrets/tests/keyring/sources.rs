//! Root sources.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guise_core::ports::Clock;
use guise_core::{Secret, Timestamp};
use guise_secrets::{
    CredentialKey, Key, KeyFile, KeyTree, OpenError, Passphrase, RootError, RootSource, Transit,
    TransitAddress, VariableKey,
};
use rstest::rstest;
use tempfile::TempDir;
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::transit::{Bao, TOKEN};

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::new(text.to_owned()))
}

fn transit(url: &str, token: Option<Secret>) -> Transit {
    Transit::new(TransitAddress::parse(url).unwrap(), token).unwrap()
}

fn key_file(folder: &Path, byte: u8) -> KeyFile {
    let path = folder.join(format!("key-{byte}"));
    fs::write(&path, [byte; 32]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    KeyFile::at(&path)
}

#[tokio::test]
async fn every_source_unwraps_what_it_wrapped() {
    let folder = TempDir::new().unwrap();
    let bao = Bao::start().await;
    fs::write(folder.path().join("raw"), [3; 32]).unwrap();
    fs::write(folder.path().join("text"), STANDARD.encode([3; 32])).unwrap();
    let credential =
        |name: &str| CredentialKey::new(name.to_owned(), Some(folder.path().to_owned()));
    let sources: [Box<dyn RootSource>; 6] = [
        Box::new(key_file(folder.path(), 1)),
        Box::new(VariableKey::new("KEY".to_owned(), secret(&"ab".repeat(32)))),
        Box::new(credential("raw")),
        Box::new(credential("text")),
        Box::new(Passphrase::new(secret("correct horse battery"))),
        Box::new(transit(&bao.url("transit/guise"), secret(TOKEN))),
    ];
    for source in &sources {
        source.probe().await.unwrap();
        let (instance, key) = (Uuid::from_u128(5), Key::random().unwrap());
        let wrapped = source.wrap(instance, &key).await.unwrap();
        let back = source.unwrap(instance, &wrapped).await.unwrap();
        let check = key.check_value(instance);
        assert_eq!(back.check_value(instance), check, "{}", source.name());
        for cut in [0, 1, wrapped.len() / 2, wrapped.len() - 1] {
            let refused = source.unwrap(instance, &wrapped[..cut]).await;
            assert!(refused.is_err(), "{}: {cut}", source.name());
        }
    }
    let [raw, text] = [
        sources[2].id().await.unwrap(),
        sources[3].id().await.unwrap(),
    ];
    assert_eq!(raw, text, "the same key");
}

#[tokio::test]
async fn another_secret_is_told_from_one_that_cannot_be_used() {
    let folder = TempDir::new().unwrap();
    let key = Key::random().unwrap();
    let instance = Uuid::from_u128(5);
    let (one, two) = (key_file(folder.path(), 1), key_file(folder.path(), 2));
    let wrapped = one.wrap(instance, &key).await.unwrap();
    assert!(matches!(
        two.unwrap(instance, &wrapped).await,
        Err(RootError::Wrong { .. })
    ));
    // Of another installation with the same key file.
    assert!(matches!(
        one.unwrap(Uuid::from_u128(6), &wrapped).await,
        Err(RootError::Wrong { .. })
    ));
    let mut later = wrapped;
    later[0] = 2;
    let refused = one
        .unwrap(instance, &later)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("version 2"), "{refused}");

    let right = Passphrase::new(secret("correct horse battery"));
    let wrapped = right.wrap(instance, &key).await.unwrap();
    let wrong = Passphrase::new(secret("correct horse bottery"));
    assert!(matches!(
        wrong.unwrap(instance, &wrapped).await,
        Err(RootError::Wrong { .. })
    ));
    let mut greedy = wrapped;
    greedy[1] = 0xff;
    let refused = right.unwrap(instance, &greedy).await.err().unwrap();
    assert!(refused.to_string().contains("altered"), "{refused}");
    let short = Passphrase::new(secret("short")).wrap(instance, &key).await;
    let short = short.err().unwrap().to_string();
    assert!(
        short.contains("12 or more") && !short.contains("short"),
        "{short}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_named_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let missing: [(Box<dyn RootSource>, &str); 6] = [
        (Box::new(KeyFile::at(&folder.path().join("none"))), "backup"),
        (
            Box::new(VariableKey::new("MY_KEY".to_owned(), None)),
            "MY_KEY",
        ),
        (
            Box::new(CredentialKey::new("guise".to_owned(), None)),
            "LoadCredential",
        ),
        (
            Box::new(CredentialKey::new(
                "guise".to_owned(),
                Some(folder.path().to_owned()),
            )),
            "LoadCredential",
        ),
        (Box::new(Passphrase::new(None)), "GUISE_ROOT_PASSPHRASE"),
        (
            Box::new(transit("http://127.0.0.1:1/transit/guise", None)),
            "GUISE_TRANSIT_TOKEN",
        ),
    ];
    for (source, part) in missing {
        let error = source.probe().await.unwrap_err();
        assert!(matches!(error, RootError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    let wrong = VariableKey::new("MY_KEY".to_owned(), secret("not-a-key-at-all"));
    let error = wrong.probe().await.unwrap_err().to_string();
    assert!(
        error.contains("32 bytes") && !error.contains("not-a-key"),
        "{error}"
    );
}

#[tokio::test]
async fn a_transit_engine_that_refuses_is_quoted_and_the_token_is_not() {
    let bao = Bao::start().await;
    let closed = {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        socket.local_addr().unwrap()
    };
    let wrong_token = transit(&bao.url("transit/guise"), secret("s.wrong-token"));
    let cases = [
        (wrong_token, "403", "permission denied"),
        (
            transit(&bao.url("transit/other"), secret(TOKEN)),
            "400",
            "key not found",
        ),
        (
            transit(&bao.url("nowhere/guise"), secret(TOKEN)),
            "404",
            "no handler",
        ),
        (
            transit(&bao.url("elsewhere/guise"), secret(TOKEN)),
            "307",
            "status",
        ),
        (
            transit(&bao.url("endless/guise"), secret(TOKEN)),
            "200",
            "too long",
        ),
        (
            transit(&bao.url("rubbish/guise"), secret(TOKEN)),
            "200",
            "not one of a transit",
        ),
        (
            transit(&format!("http://{closed}/transit/guise"), secret(TOKEN)),
            "does not answer",
            "refused",
        ),
    ];
    for (source, first, second) in cases {
        let error = source.probe().await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(matches!(error, RootError::Unreachable { .. }), "{text}");
        assert!(text.contains(first) && text.contains(second), "{text}");
        assert!(!text.contains("s.wrong") && !text.contains(TOKEN), "{text}");
    }
    assert_eq!(
        bao.engine.calls.load(Ordering::Relaxed),
        2,
        "nothing was carried on"
    );

    let source = transit(&bao.url("transit/guise"), secret(TOKEN));
    let (instance, key) = (Uuid::nil(), Key::random().unwrap());
    let wrapped = source.wrap(instance, &key).await.unwrap();
    // A newer version of the key in there: what the old one wrapped still opens.
    bao.engine.rotate();
    assert!(source.unwrap(instance, &wrapped).await.is_ok());
    assert_ne!(
        source.wrap(instance, &key).await.unwrap()[..9],
        wrapped[..9]
    );
    bao.engine.sealed.store(true, Ordering::Relaxed);
    let sealed = source.unwrap(instance, &wrapped).await.err().unwrap();
    assert!(
        sealed.to_string().contains("503, Vault is sealed"),
        "{sealed}"
    );
}

#[rstest]
#[tokio::test]
async fn a_key_that_moves_from_a_file_into_a_variable_opens(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    backend
        .run(async |house| {
            let made = house.open().await;
            let bytes = fs::read(house.path("instance.key")).unwrap();
            let variable = VariableKey::new("KEY".to_owned(), secret(&STANDARD.encode(bytes)));
            let opened = house.try_open(&[Arc::new(variable)]).await.unwrap();
            assert_eq!(opened.digest("x").unwrap(), made.digest("x").unwrap());
        })
        .await;
}

/// A clock that is set.
struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn ten_bad_tries_lock_for_a_quarter_of_an_hour(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |house| {
            house.open().await;
            let clock = Arc::new(Hands(Mutex::new(Timestamp::from_micros(0))));
            let tree = KeyTree::sealed(house.rows(), Arc::clone(&clock) as _);
            let folder = TempDir::new().unwrap();
            let wrong: Arc<dyn RootSource> = Arc::new(key_file(folder.path(), 9));
            // A source that is not at hand is no guess.
            let absent: Arc<dyn RootSource> = Arc::new(Passphrase::new(None));
            for _ in 0..20 {
                let error = tree.unseal(&[Arc::clone(&absent)]).await.unwrap_err();
                assert!(error.is_for_want_of_a_source(), "{error}");
            }
            for _ in 0..10 {
                let error = tree.unseal(&[Arc::clone(&wrong)]).await.unwrap_err();
                assert!(matches!(error, OpenError::NoSource(_)), "{error}");
                assert!(!error.is_for_want_of_a_source());
            }
            let right = house.file("instance.key");
            let locked = tree.unseal(&[Arc::clone(&right)]).await.unwrap_err();
            assert!(matches!(locked, OpenError::Locked(left) if left == Duration::from_mins(15)));
            assert!(tree.is_sealed());
            let later = clock.now().plus(Duration::from_mins(15));
            *clock.0.lock().unwrap() = later;
            tree.unseal(&[right]).await.unwrap();
            assert!(!tree.is_sealed());
        })
        .await;
}
