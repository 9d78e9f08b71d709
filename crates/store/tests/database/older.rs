//! Databases that an older version made: what is in them stays, and gets what is new.

use std::sync::Arc;

use guise_core::ports::{JourneyStore, PersonaStore, ProjectStore, SystemClock};
use guise_core::services::Roles;
use guise_core::{Caller, JourneyFilter, KeyId, Scopes, TenantId};
use guise_store::Database;
use rstest::rstest;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqlSafeStr, SqliteConnection};
use uuid::Uuid;

use crate::support::Backend::{self, Postgres, Sqlite};

const TENANT: Uuid = Uuid::from_u128(1);
const PROJECT: Uuid = Uuid::from_u128(2);
const PERSONA: Uuid = Uuid::from_u128(3);

macro_rules! steps {
    ($folder:literal) => {
        [
            include_str!(concat!("../../migrations/", $folder, "/0001_sessions.sql")),
            include_str!(concat!("../../migrations/", $folder, "/0002_keyring.sql")),
            include_str!(concat!("../../migrations/", $folder, "/0003_identity.sql")),
            include_str!(concat!("../../migrations/", $folder, "/0004_numbers.sql")),
        ]
    };
}

/// The tables as they were before there were roles.
async fn make<C: Migrate>(connection: &mut C, steps: [&'static str; 4]) {
    let names = ["sessions", "keyring", "identity", "numbers"];
    let steps = (1..).zip(names).zip(steps);
    let migrations = steps
        .map(|((version, name), sql)| {
            let kind = MigrationType::Simple;
            Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
        })
        .collect();
    let migrator = Migrator::with_migrations(migrations);
    migrator.run_direct(None, connection, false).await.unwrap();
}

/// A tenant with its default project and persona, as an older version kept them.
fn rows(bytes: &str) -> String {
    format!(
        "INSERT INTO tenants VALUES ('{TENANT}', 'acme', 1);
         INSERT INTO projects VALUES ('{PROJECT}', '{TENANT}', 'default', {bytes}, NULL, 1, 1, NULL);
         INSERT INTO personas VALUES ('{PERSONA}', '{TENANT}', '{PROJECT}', '{TENANT}', 'default', 'default', {bytes},
             NULL, 'Joe', 'Bloggs', NULL, NULL, 1, 1, NULL);
         INSERT INTO mailboxes VALUES ('{PERSONA}', '{TENANT}', '{PERSONA}', 'default', 1, NULL);
         INSERT INTO tenant_defaults VALUES ('{TENANT}', '{PROJECT}', '{PERSONA}');"
    )
}

async fn make_old(backend: Backend, address: &str) {
    match backend {
        Sqlite => {
            let address = format!("{address}?mode=rwc");
            let mut connection = SqliteConnection::connect(&address).await.unwrap();
            make(&mut connection, steps!("sqlite")).await;
            let sql = AssertSqlSafe(rows("x'00'"));
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Postgres => {
            let mut connection = PgConnection::connect(address).await.unwrap();
            make(&mut connection, steps!("postgres")).await;
            let sql = AssertSqlSafe(rows(r"'\x00'"));
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_tenant_from_before_there_were_roles_gets_them(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let fresh = backend.fresh().await;
    make_old(backend, &fresh.address).await;
    let database = Arc::new(fresh.connect().await);
    let tenant = TenantId::from_uuid(TENANT);
    assert_nothing_is_lost(&database, tenant).await;

    let roles = Roles::new(database.clone(), Arc::new(SystemClock));
    let caller = Caller {
        tenant,
        key: KeyId::from_uuid(Uuid::nil()),
        scopes: Scopes::all(),
    };
    let (listed, more) = roles.list_after(&caller, None, 9).await.unwrap();
    let names: Vec<_> = listed.iter().map(|role| &role.name[..]).collect();
    assert_eq!(names, ["UX Auditor", "Functional QA", "Discovery Explorer"]);
    assert!(!more && listed.iter().all(|role| role.builtin.is_some()));
    assert_eq!(roles.of_tenant(&caller).await.unwrap(), listed[1]);
    database.close().await;
    fresh.remove().await;
}

async fn assert_nothing_is_lost(database: &Database, tenant: TenantId) {
    let projects = database.projects(tenant).await.unwrap();
    assert_eq!(projects.len(), 1);
    assert_eq!(projects[0].id.as_uuid(), PROJECT);
    assert_eq!(
        (&projects[0].entry_url, projects[0].default_role),
        (&None, None)
    );
    let persona = database.default_persona(tenant).await.unwrap().unwrap();
    assert_eq!(persona.id.as_uuid(), PERSONA);
    let all = database
        .journeys_after(tenant, JourneyFilter::All, None, 9)
        .await;
    assert_eq!(all.unwrap(), []);
}
