//! A statement: one text for both databases.

use guise_core::{Error, Result};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

use crate::row::Row;
use crate::value::Value;

/// One SQL text that both databases take, with arguments `$1`, `$2` ….
///
/// A limit is written `LIMIT $1 + 0`: SQLite plans by the value of a bare `LIMIT $1`, so it would prepare the statement
/// anew each time it is used, which takes longer than most of them.
#[derive(Clone, Copy)]
pub(crate) struct Statement {
    doing: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

impl Statement {
    /// A statement; `doing` completes the sentence "cannot …" when it fails.
    pub(crate) const fn new(doing: &'static str, sql: &'static str) -> Self {
        Self::pair(doing, sql, sql)
    }

    /// A statement for which there is no text that both take.
    pub(crate) const fn pair(
        doing: &'static str,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Self {
        Self {
            doing,
            sqlite,
            postgres,
        }
    }

    /// The error of a statement that failed.
    pub(crate) fn failed(
        self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        failed(self.doing, source)
    }

    /// Runs it in SQLite to its end and gives its rows.
    ///
    /// Also where at most one row is of interest: a statement that is left early may not be committed yet, and an error of
    /// the commit would be lost.
    pub(crate) async fn rows_sqlite<'e>(
        self,
        values: &[Value<'_>],
        executor: impl sqlx::Executor<'e, Database = Sqlite>,
    ) -> Result<Vec<Row>> {
        let arguments = self.sqlite_arguments(values)?;
        let rows = sqlx::query_with(self.sqlite, arguments)
            .fetch_all(executor)
            .await;
        let rows = rows.map_err(|error| self.failed(error))?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }

    /// Runs it in PostgreSQL and gives its rows.
    pub(crate) async fn rows_postgres<'e>(
        self,
        values: &[Value<'_>],
        executor: impl sqlx::Executor<'e, Database = Postgres>,
    ) -> Result<Vec<Row>> {
        let arguments = self.postgres_arguments(values)?;
        let rows = sqlx::query_with(self.postgres, arguments)
            .fetch_all(executor)
            .await;
        let rows = rows.map_err(|error| self.failed(error))?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }

    /// Runs it in SQLite and tells how many rows it touched.
    pub(crate) async fn touch_sqlite<'e>(
        self,
        values: &[Value<'_>],
        executor: impl sqlx::Executor<'e, Database = Sqlite>,
    ) -> Result<u64> {
        let arguments = self.sqlite_arguments(values)?;
        let done = sqlx::query_with(self.sqlite, arguments)
            .execute(executor)
            .await;
        done.map(|done| done.rows_affected())
            .map_err(|error| self.failed(error))
    }

    /// Runs it in PostgreSQL and tells how many rows it touched.
    pub(crate) async fn touch_postgres<'e>(
        self,
        values: &[Value<'_>],
        executor: impl sqlx::Executor<'e, Database = Postgres>,
    ) -> Result<u64> {
        let arguments = self.postgres_arguments(values)?;
        let done = sqlx::query_with(self.postgres, arguments)
            .execute(executor)
            .await;
        done.map(|done| done.rows_affected())
            .map_err(|error| self.failed(error))
    }

    fn sqlite_arguments(self, values: &[Value<'_>]) -> Result<SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        for value in values {
            value
                .bind_sqlite(&mut arguments)
                .map_err(|error| self.failed(error))?;
        }
        Ok(arguments)
    }

    fn postgres_arguments(self, values: &[Value<'_>]) -> Result<PgArguments> {
        let mut arguments = PgArguments::default();
        for value in values {
            value
                .bind_postgres(&mut arguments)
                .map_err(|error| self.failed(error))?;
        }
        Ok(arguments)
    }
}

/// The error of the database while `doing` something.
pub(crate) fn failed(
    doing: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::internal(format!("the database failed: cannot {doing}"), source)
}

/// Whether a statement failed because something unique is there already.
pub(crate) fn is_taken(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<sqlx::Error>())
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(|error| error.is_unique_violation())
}
