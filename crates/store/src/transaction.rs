//! Several statements that happen together or not at all.

use guise_core::Result;

use crate::row::Row;
use crate::statement::{Statement, failed};
use crate::value::Value;

/// A transaction that writes. Dropped without [`Transaction::commit`], nothing has happened.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Transaction {
    /// Runs a statement and gives its rows.
    pub(crate) async fn rows(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(transaction) => statement.rows_sqlite(values, &mut **transaction).await,
            Self::Postgres(transaction) => {
                statement.rows_postgres(values, &mut **transaction).await
            }
        }
    }

    /// Runs a statement and gives its first row.
    pub(crate) async fn row(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>> {
        Ok(self.rows(statement, values).await?.into_iter().next())
    }

    /// Runs a statement and tells how many rows it touched.
    pub(crate) async fn touch(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64> {
        match self {
            Self::Sqlite(transaction) => statement.touch_sqlite(values, &mut **transaction).await,
            Self::Postgres(transaction) => {
                statement.touch_postgres(values, &mut **transaction).await
            }
        }
    }

    /// Makes it last.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
        .map_err(|error| failed("commit a transaction", error))
    }
}
