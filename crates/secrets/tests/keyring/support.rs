//! A fresh database of either kind, with keys.

use std::path::PathBuf;
use std::sync::Arc;

use guise_core::ports::{Clock, KeyRows, Place, SystemClock, TenantStore};
use guise_core::{Tenant, TenantId, Timestamp};
use guise_secrets::{KeyFile, KeyTree, OpenError, RootSource};
use guise_store::Database;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A database that nobody else uses, and a folder for key files.
pub(crate) struct House {
    pub(crate) database: Arc<Database>,
    pub(crate) tenant: TenantId,
    address: String,
    schema: Option<String>,
    folder: TempDir,
}

impl Backend {
    /// Runs `test` on a fresh database of this kind with one tenant, and removes it afterwards.
    pub(crate) async fn run(self, test: impl AsyncFnOnce(&House)) {
        let folder = tempfile::tempdir().unwrap();
        let (address, schema) = match self {
            Self::Sqlite => {
                let path = folder.path().join("guise.db");
                (format!("sqlite:{}", path.display()), None)
            }
            Self::Postgres => {
                let schema = format!("test_{}", Uuid::now_v7().simple());
                on_postgres(&cluster(), format!("CREATE SCHEMA {schema}"))
                    .await
                    .unwrap();
                let mark = if cluster().contains('?') { '&' } else { '?' };
                let address = format!("{}{mark}options[search_path]={schema}", cluster());
                (address, Some(schema))
            }
        };
        let database = Arc::new(Database::connect(&address).await.unwrap());
        let mut house = House {
            database,
            tenant: TenantId::new(),
            address,
            schema,
            folder,
        };
        house.tenant = house.new_tenant("acme").await;
        test(&house).await;
        house.database.close().await;
        if let Some(schema) = house.schema {
            on_postgres(&cluster(), format!("DROP SCHEMA {schema} CASCADE"))
                .await
                .unwrap();
        }
    }
}

impl House {
    /// A place for a key file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A key file that is there or can be made.
    pub(crate) fn file(&self, name: &str) -> Arc<dyn RootSource> {
        Arc::new(KeyFile::at(&self.path(name)))
    }

    pub(crate) fn rows(&self) -> Arc<dyn KeyRows> {
        Arc::clone(&self.database) as _
    }

    /// Opens the keys, or makes them.
    pub(crate) async fn try_open(
        &self,
        sources: &[Arc<dyn RootSource>],
    ) -> Result<Arc<KeyTree>, OpenError> {
        let tree = KeyTree::open_or_found(self.rows(), clock(), sources, None).await;
        tree.map(Arc::new)
    }

    /// Opens the keys with `instance.key`, or makes both.
    pub(crate) async fn open(&self) -> Arc<KeyTree> {
        self.try_open(&[self.file("instance.key")]).await.unwrap()
    }

    pub(crate) async fn new_tenant(&self, name: &str) -> TenantId {
        let tenant = Tenant {
            id: TenantId::new(),
            name: name.to_owned(),
            created_at: Timestamp::from_micros(1_800_000_000_000_000),
        };
        assert!(self.database.add_tenant(&tenant).await.unwrap());
        tenant.id
    }

    /// A place for a value of the tenant.
    pub(crate) fn place(&self, owner: u128, row: u128) -> Place {
        Place {
            tenant: self.tenant,
            owner: Uuid::from_u128(owner),
            kind: "credential",
            row: Uuid::from_u128(row),
            version: 1,
        }
    }

    /// Runs a statement behind the store's back.
    pub(crate) async fn meddle(&self, sql: impl Into<String>) {
        self.try_meddle(sql).await.unwrap();
    }

    /// Runs a statement that may be refused, and gives the reason then.
    pub(crate) async fn try_meddle(&self, sql: impl Into<String>) -> Result<(), String> {
        let sql = sql.into();
        if self.schema.is_some() {
            return on_postgres(&self.address, sql).await;
        }
        let mut connection = SqliteConnection::connect(&self.address).await.unwrap();
        let done = sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await;
        connection.close().await.unwrap();
        done.map(drop).map_err(|error| error.to_string())
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

async fn on_postgres(address: &str, sql: String) -> Result<(), String> {
    let mut connection = PgConnection::connect(address).await.unwrap();
    let done = sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await;
    connection.close().await.unwrap();
    done.map(drop).map_err(|error| error.to_string())
}

/// The PostgreSQL cluster for tests.
fn cluster() -> String {
    std::env::var("GUISE_TEST_POSTGRES").expect(
        "GUISE_TEST_POSTGRES is not set: run `make test`, or this command below scripts/with-postgres.sh",
    )
}
