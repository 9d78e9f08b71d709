//! The tables, step by step from the first version to this one.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use crate::ConnectError;

/// A step of the schema: its version, its name, its statements. What was released never changes.
type Step = (i64, &'static str, &'static str);

/// The tables in SQLite.
pub(crate) const SQLITE: &[Step] = &[
    (
        1,
        "sessions",
        include_str!("../migrations/sqlite/0001_sessions.sql"),
    ),
    (
        2,
        "keyring",
        include_str!("../migrations/sqlite/0002_keyring.sql"),
    ),
    (
        3,
        "identity",
        include_str!("../migrations/sqlite/0003_identity.sql"),
    ),
    (
        4,
        "numbers",
        include_str!("../migrations/sqlite/0004_numbers.sql"),
    ),
    (
        5,
        "runs",
        include_str!("../migrations/sqlite/0005_runs.sql"),
    ),
    (
        6,
        "journeys",
        include_str!("../migrations/sqlite/0006_journeys.sql"),
    ),
    (
        7,
        "fill rules",
        include_str!("../migrations/sqlite/0007_fill_rules.sql"),
    ),
    (
        8,
        "assignments",
        include_str!("../migrations/sqlite/0008_assignments.sql"),
    ),
    (
        9,
        "approvals",
        include_str!("../migrations/sqlite/0009_approvals.sql"),
    ),
    (
        10,
        "crawls",
        include_str!("../migrations/sqlite/0010_crawls.sql"),
    ),
];

/// The tables in PostgreSQL.
pub(crate) const POSTGRES: &[Step] = &[
    (
        1,
        "sessions",
        include_str!("../migrations/postgres/0001_sessions.sql"),
    ),
    (
        2,
        "keyring",
        include_str!("../migrations/postgres/0002_keyring.sql"),
    ),
    (
        3,
        "identity",
        include_str!("../migrations/postgres/0003_identity.sql"),
    ),
    (
        4,
        "numbers",
        include_str!("../migrations/postgres/0004_numbers.sql"),
    ),
    (
        5,
        "runs",
        include_str!("../migrations/postgres/0005_runs.sql"),
    ),
    (
        6,
        "journeys",
        include_str!("../migrations/postgres/0006_journeys.sql"),
    ),
    (
        7,
        "fill rules",
        include_str!("../migrations/postgres/0007_fill_rules.sql"),
    ),
    (
        8,
        "assignments",
        include_str!("../migrations/postgres/0008_assignments.sql"),
    ),
    (
        9,
        "approvals",
        include_str!("../migrations/postgres/0009_approvals.sql"),
    ),
    (
        10,
        "crawls",
        include_str!("../migrations/postgres/0010_crawls.sql"),
    ),
];

/// Brings the tables behind `connection` up to date.
///
/// # Errors
/// When a newer version was there, or a step fails; that step is undone then.
pub(crate) async fn run<C: Migrate>(
    steps: &[Step],
    connection: &mut C,
    address: &str,
) -> Result<(), ConnectError> {
    let migrations = steps
        .iter()
        .map(|&(version, name, sql)| {
            Migration::new(
                version,
                name.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    let known = steps.last().map_or(0, |(version, ..)| *version);
    Migrator::with_migrations(migrations)
        .run_direct(None, connection, false)
        .await
        .map_err(|error| match error {
            MigrateError::VersionMissing(found) if found > known => ConnectError::Newer {
                address: address.to_owned(),
                found,
                known,
            },
            source => ConnectError::Migration {
                address: address.to_owned(),
                source,
            },
        })
}
