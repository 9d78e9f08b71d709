//! The database, whichever it is.

use guise_core::Result;
use sqlx::PgPool;

use crate::address::Address;
use crate::row::Row;
use crate::sqlite::Sqlite;
use crate::statement::{Statement, failed};
use crate::transaction::Transaction;
use crate::value::Value;
use crate::{ConnectError, postgres};

/// Keeps everything that a [`guise_core::ports::Store`] keeps, in SQLite or PostgreSQL.
///
/// What a call returned from survives a crash of this process and of the machine; what a step led to, a crash of the process.
pub struct Database(Connections);

enum Connections {
    Sqlite(Sqlite),
    Postgres(PgPool),
}

impl Database {
    /// Opens a database and brings its tables up to date: `sqlite:PATH` (made when there is none; a relative path starts
    /// at the working folder) or `postgres://USER:PASSWORD@HOST:PORT/NAME` (must exist).
    ///
    /// # Errors
    /// When the address is none, when it does not open, or when a newer version of this program has been there.
    pub async fn connect(address: &str) -> Result<Self, ConnectError> {
        let connections = match Address::parse(address)? {
            Address::Sqlite(path) => Connections::Sqlite(Sqlite::open(&path).await?),
            Address::Postgres { options, shown } => {
                Connections::Postgres(postgres::open(*options, &shown).await?)
            }
        };
        Ok(Self(connections))
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// Kind `Internal` when it gives none.
    pub async fn ping(&self) -> Result<()> {
        self.rows(Statement::new("reach it", "SELECT 1"), &[])
            .await
            .map(drop)
    }

    /// Waits for what runs, then ends all connections. Later calls fail.
    pub async fn close(&self) {
        match &self.0 {
            Connections::Sqlite(sqlite) => sqlite.close().await,
            Connections::Postgres(pool) => pool.close().await,
        }
    }

    /// Reads rows.
    pub(crate) async fn rows(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>> {
        match &self.0 {
            Connections::Sqlite(sqlite) => statement.rows_sqlite(values, &sqlite.readers).await,
            Connections::Postgres(pool) => statement.rows_postgres(values, pool).await,
        }
    }

    /// Reads the first row.
    pub(crate) async fn row(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>> {
        Ok(self.rows(statement, values).await?.into_iter().next())
    }

    /// Writes, and tells how many rows were touched.
    pub(crate) async fn touch(&self, statement: Statement, values: &[Value<'_>]) -> Result<u64> {
        match &self.0 {
            Connections::Sqlite(sqlite) => statement.touch_sqlite(values, &sqlite.writer).await,
            Connections::Postgres(pool) => statement.touch_postgres(values, pool).await,
        }
    }

    /// As [`Self::touch`], but SQLite does not wait for the disk. What is written survives a crash of this process; of what was
    /// written last before the machine crashed, it is gone before anything older is.
    pub(crate) async fn touch_in_haste(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<u64> {
        match &self.0 {
            Connections::Sqlite(sqlite) => {
                let writer = sqlite.in_haste().await;
                let mut writer = writer.map_err(|error| statement.failed(error))?;
                statement.touch_sqlite(values, &mut *writer).await
            }
            Connections::Postgres(pool) => statement.touch_postgres(values, pool).await,
        }
    }

    /// Writes, and gives the first row that the statement returns.
    pub(crate) async fn write(
        &self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>> {
        let rows = match &self.0 {
            Connections::Sqlite(sqlite) => statement.rows_sqlite(values, &sqlite.writer).await,
            Connections::Postgres(pool) => statement.rows_postgres(values, pool).await,
        };
        Ok(rows?.into_iter().next())
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        match &self.0 {
            // IMMEDIATE waits for a writing process now; a plain BEGIN would fail at the first write after a read.
            Connections::Sqlite(sqlite) => sqlite
                .writer
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map(Transaction::Sqlite),
            Connections::Postgres(pool) => pool.begin().await.map(Transaction::Postgres),
        }
        .map_err(|error| failed("begin a transaction", error))
    }
}
