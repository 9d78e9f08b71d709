//! Opening databases: rights, versions, several processes, and what is said when it does not work.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::Backend::{self, Postgres, Sqlite};
use crate::support::{cluster, tenant};
use guise_core::ports::TenantStore;
use guise_store::{ConnectError, Database};
use rstest::rstest;
use tokio::task::JoinSet;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn refusal(address: &str) -> ConnectError {
    match Database::connect(address).await {
        Ok(_) => panic!("{address} opened"),
        Err(error) => error,
    }
}

#[rstest]
#[tokio::test]
async fn what_was_kept_is_there_after_opening_again(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            let kept = tenant("acme");
            assert!(db.add_tenant(&kept).await.unwrap());
            db.close().await;
            assert!(db.ping().await.is_err());
            let again = fresh.connect().await;
            again.ping().await.unwrap();
            assert_eq!(again.tenants().await.unwrap(), [kept]);
            again.close().await;
        })
        .await;
}

#[rstest]
#[tokio::test]
async fn a_newer_database_is_refused_and_not_touched(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |_, fresh| {
            fresh
                .meddle(
                    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     VALUES (900, 'later', TRUE, '', 0)",
                )
                .await;
            let error = refusal(&fresh.address).await;
            assert!(matches!(error, ConnectError::Newer { found: 900, .. }), "{error:?}");
            assert!(error.to_string().contains("newer version of Guise"), "{error}");
        })
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_a_new_database_at_once(#[values(Sqlite, Postgres)] backend: Backend) {
    backend
        .run(async |db, fresh| {
            db.close().await;
            // As at the very first start.
            if matches!(backend, Sqlite) {
                fs::remove_file(fresh.address.trim_start_matches("sqlite:")).unwrap();
            }
            let mut tasks = JoinSet::new();
            for number in 0..8 {
                let address = fresh.address.clone();
                tasks.spawn(async move {
                    let handle = Database::connect(&address).await.unwrap();
                    let name = format!("tenant-{number}");
                    assert!(handle.add_tenant(&tenant(&name)).await.unwrap());
                    handle.close().await;
                });
            }
            tasks.join_all().await;
            let handle = fresh.connect().await;
            assert_eq!(handle.tenants().await.unwrap().len(), 8);
            handle.close().await;
        })
        .await;
}

#[tokio::test]
async fn a_file_is_for_this_user_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guise.db");
    let address = format!("sqlite:{}", path.display());
    let database = Database::connect(&address).await.unwrap();
    assert!(database.add_tenant(&tenant("acme")).await.unwrap());
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert!(names.len() >= 3, "the log is there: {names:?}");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{}", name.display());
    }
    database.close().await;

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    Database::connect(&address).await.unwrap().close().await;
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn a_file_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!(
        "sqlite:{}",
        folder.path().join("missing/guise.db").display()
    );
    let message = refusal(&missing).await.to_string();
    assert!(
        message.contains("missing/guise.db") && message.contains("folder exists"),
        "{message}"
    );

    let text = folder.path().join("text");
    fs::write(
        &text,
        "This is a text and no database, however long it may be. ".repeat(50),
    )
    .unwrap();
    let message = refusal(&format!("sqlite:{}", text.display()))
        .await
        .to_string();
    assert!(
        message.contains("/text") && message.contains("no SQLite database"),
        "{message}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    drop(socket);
    let message = refusal(&format!("postgres://guise:geheim@127.0.0.1:{port}/guise"))
        .await
        .to_string();
    assert!(
        message.contains(&format!("postgres://guise:***@127.0.0.1:{port}/guise")),
        "{message}"
    );
    assert!(message.contains("check that the server runs"), "{message}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_to_be_missing() {
    let mark = if cluster().contains('?') { '&' } else { '?' };
    let message = refusal(&format!("{}{mark}dbname=guise_missing", cluster()))
        .await
        .to_string();
    assert!(message.contains("create this database"), "{message}");
}
