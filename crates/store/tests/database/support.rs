//! Fresh databases of both kinds, and things to keep in them.

use std::time::Duration;

use guise_core::ports::{SessionStore, TenantStore};
use guise_core::{
    Action, ApiKey, AssignmentId, BrowserType, Execution, KeyDigest, KeyId, Outcome, Scopes,
    ScreenshotType, Session, SessionId, SessionOptions, Status, Step, StepPlace, Tenant, TenantId,
    Timestamp, Traffic, VaultId,
};
use guise_store::Database;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses.
pub(crate) struct Fresh {
    pub(crate) address: String,
    schema: Option<String>,
    _folder: TempDir,
}

impl Backend {
    /// Runs `test` on an empty database of this kind and removes it afterwards. When the test fails, a PostgreSQL schema
    /// stays for a look at it.
    pub(crate) async fn run(self, test: impl AsyncFnOnce(&Database, &Fresh)) {
        let fresh = self.fresh().await;
        let database = fresh.connect().await;
        test(&database, &fresh).await;
        database.close().await;
        fresh.remove().await;
    }

    /// An empty database of this kind.
    pub(crate) async fn fresh(self) -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        match self {
            Self::Sqlite => Fresh {
                address: format!("sqlite:{}", folder.path().join("guise.db").display()),
                schema: None,
                _folder: folder,
            },
            Self::Postgres => {
                let cluster = cluster();
                let schema = format!("test_{}", Uuid::now_v7().simple());
                let mut connection = PgConnection::connect(&cluster).await.unwrap();
                let create = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
                sqlx::query(create).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                let mark = if cluster.contains('?') { '&' } else { '?' };
                Fresh {
                    address: format!("{cluster}{mark}options[search_path]={schema}"),
                    schema: Some(schema),
                    _folder: folder,
                }
            }
        }
    }
}

impl Fresh {
    /// Another handle, as another process would have it.
    pub(crate) async fn connect(&self) -> Database {
        Database::connect(&self.address).await.unwrap()
    }

    /// Runs a statement behind the store's back.
    pub(crate) async fn meddle(&self, sql: &'static str) {
        if self.schema.is_some() {
            let mut connection = PgConnection::connect(&self.address).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.address)
                .await
                .unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }

    /// Removes it.
    pub(crate) async fn remove(self) {
        if let Some(schema) = self.schema {
            let mut connection = PgConnection::connect(&cluster()).await.unwrap();
            let drop = sqlx::AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
            sqlx::query(drop).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// The PostgreSQL cluster for tests.
pub(crate) fn cluster() -> String {
    std::env::var("GUISE_TEST_POSTGRES").expect(
        "GUISE_TEST_POSTGRES is not set: run `make test`, or this command below scripts/with-postgres.sh, \
         or set it to the address of a PostgreSQL database where schemas may be made",
    )
}

/// A point in time, so many seconds after the first.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_123_456).plus(Duration::from_secs(seconds))
}

pub(crate) fn tenant(name: &str) -> Tenant {
    Tenant {
        id: TenantId::new(),
        name: name.to_owned(),
        created_at: at(0),
    }
}

/// A tenant that is kept.
pub(crate) async fn kept_tenant(database: &Database, name: &str) -> TenantId {
    let tenant = tenant(name);
    assert!(database.add_tenant(&tenant).await.unwrap());
    tenant.id
}

pub(crate) fn key(tenant: TenantId, seed: u8) -> ApiKey {
    ApiKey {
        id: KeyId::new(),
        tenant,
        hint: "gk_abc".to_owned(),
        digest: KeyDigest([seed; 32]),
        scopes: Scopes::all(),
        created_at: at(0),
        expires_at: Some(at(1000)),
        last_used_at: None,
        revoked_at: None,
    }
}

pub(crate) fn session(tenant: TenantId) -> Session {
    Session {
        id: SessionId::new(),
        tenant,
        key: KeyId::from_uuid(Uuid::nil()),
        options: SessionOptions {
            headless: true,
            solve_captchas: false,
            max_duration_minutes: 15,
            idle_timeout_minutes: 3,
            proxies: false,
            browser_type: BrowserType::ChromeNightly,
            user_agent: Some("Ünïcode\u{0}/1.0".to_owned()),
            viewport: None,
            use_file_storage: true,
            screenshot_type: ScreenshotType::Full,
            vault: Some(VaultId::new()),
            remote_context: None,
            assignment: Some(AssignmentId::new()),
        },
        status: Status::Active,
        close_reason: None,
        error: None,
        created_at: at(0),
        last_accessed_at: at(0),
        closed_at: None,
        traffic: Traffic::default(),
    }
}

/// An active session that is kept.
pub(crate) async fn kept_session(database: &Database, tenant: TenantId) -> Session {
    let session = session(tenant);
    database.add_session(&session, "node-1").await.unwrap();
    session
}

/// A step, with what JSON makes difficult in its message.
pub(crate) fn step(number: u64) -> Step {
    Step::Execution(Box::new(Execution {
        action: Action::Goto {
            url: format!("https://shop.test/{number}"),
        },
        outcome: Outcome::done(format!("Went to page {number}: \"ü\" \u{0} \u{1F600}")),
        started_at: at(number),
        ended_at: at(number + 1),
    }))
}

/// A caller's own step.
pub(crate) fn place(session: SessionId, sequence: u64) -> StepPlace {
    StepPlace {
        session,
        sequence,
        run: None,
    }
}
