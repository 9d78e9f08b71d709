//! Opening a PostgreSQL database.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

use crate::{ConnectError, migrations};

/// How long the server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// How long one statement may take, as PostgreSQL writes it.
const STATEMENT: &str = "30s";

/// A connection that worked so short a time ago works still.
const TRUSTED: Duration = Duration::from_secs(1);

/// Connections per process.
const CONNECTIONS: u32 = 16;

/// Connects and brings the tables up to date. Servers that start at once take turns.
pub(crate) async fn open(options: PgConnectOptions, shown: &str) -> Result<PgPool, ConnectError> {
    let unreachable = |error| ConnectError::unreachable(shown, error);
    // Notices such as "already exists, skipping" are no news to whoever runs the server.
    let options = options
        .application_name("guise")
        .options([("client_min_messages", "warning")]);

    let mut connection = timeout(CONNECT, PgConnection::connect_with(&options))
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
        .map_err(unreachable)?;
    migrations::run(migrations::POSTGRES, &mut connection, shown).await?;
    connection.close().await.map_err(unreachable)?;

    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT)
        // Looking whether a connection still works is a question of its own: only where it had time to break.
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for >= TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options.options([
            ("statement_timeout", STATEMENT),
            // Our statements find few rows by indices, whatever their arguments: planning them anew each time, or compiling
            // them, takes longer than they do. SQLite plans them once, too.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ]))
        .await
        .map_err(unreachable)
}
