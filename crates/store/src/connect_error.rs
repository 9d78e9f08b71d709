//! Why a database cannot be used, for whoever runs the server.

use std::io;
use std::path::PathBuf;

use sqlx::migrate::MigrateError;

/// A database that cannot be used. Passwords are masked in all of its texts.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is none.
    #[error(
        "database address '{address}': {problem}; expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"
    )]
    Address {
        /// The address as it may be shown.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The file cannot be made, or kept from others.
    #[error(
        "cannot {doing} {path}: {source}; check that its folder exists and that this user may write there"
    )]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process keeps the file to itself.
    #[error(
        "the database {path} is being set up by another process for too long; check what else uses it"
    )]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// It does not open.
    #[error("cannot open the database {address}: {source}; {advice}")]
    Unreachable {
        /// The address as it may be shown.
        address: String,
        /// What to check.
        advice: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// A later version of this program has been there.
    #[error(
        "the database {address} was set up by a newer version of Guise (its schema is version {found}, this program knows up to {known}); use that version, or another database"
    )]
    Newer {
        /// The address as it may be shown.
        address: String,
        /// The version that it has.
        found: i64,
        /// The version that this program makes.
        known: i64,
    },
    /// Its tables cannot be brought up to date.
    #[error(
        "cannot bring the tables of {address} up to date: {source}; nothing was changed by the step that failed"
    )]
    Migration {
        /// The address as it may be shown.
        address: String,
        /// What the database says.
        source: MigrateError,
    },
}

impl ConnectError {
    /// An error at opening, with what to check about it.
    pub(crate) fn unreachable(address: impl Into<String>, source: sqlx::Error) -> Self {
        let code = source
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap_or_default();
        let advice = match (&source, code.as_ref()) {
            (sqlx::Error::Io(_), _) => {
                "check that the server runs and that host and port are right"
            }
            (sqlx::Error::PoolTimedOut, _) => "check that the server runs and answers",
            (sqlx::Error::Tls(_), _) => "check the server's certificate and the sslmode",
            // SQLSTATE classes of PostgreSQL.
            (_, "28000" | "28P01") => "check user name and password",
            (_, "3D000") => "create this database, or name one that exists",
            (_, "42501") => "this user needs the right to create tables there",
            (_, "53300") => "the server has no connection left: raise its max_connections",
            // SQLite's result codes.
            (_, "14") => "check that the folder exists and that this user may write there",
            (_, "26") => "this file is no SQLite database: name another one",
            (_, "8" | "1032") => "this user may not write there",
            (_, "5" | "261") => "another program keeps it to itself",
            _ => "check the address and that this user may use it",
        };
        Self::Unreachable {
            address: address.into(),
            advice,
            source,
        }
    }
}
