//! Rows as statements give them, read by what their columns mean.

use guise_core::{Error, Result, Timestamp};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Reads a column by its name, as a type that both databases give.
macro_rules! column {
    ($row:expr, $name:expr, $type:ty) => {
        match $row {
            Row::Sqlite(row) => row.try_get::<$type, _>($name),
            Row::Postgres(row) => row.try_get::<$type, _>($name),
        }
        .map_err(|error| unreadable($name, error))
    };
}

impl Row {
    pub(crate) fn text(&self, name: &'static str) -> Result<String> {
        column!(self, name, String)
    }

    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<String>> {
        column!(self, name, Option<String>)
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool> {
        match self {
            Self::Sqlite(row) => row.try_get::<i64, _>(name).map(|number| number != 0),
            Self::Postgres(row) => row.try_get(name),
        }
        .map_err(|error| unreadable(name, error))
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<Vec<u8>> {
        column!(self, name, Vec<u8>)
    }

    /// Bytes of a fixed number.
    pub(crate) fn array<const N: usize>(&self, name: &'static str) -> Result<[u8; N]> {
        let bytes = self.bytes(name)?;
        <[u8; N]>::try_from(bytes.as_slice()).map_err(|error| unreadable(name, error))
    }

    /// A number that is never below zero.
    pub(crate) fn count(&self, name: &'static str) -> Result<u64> {
        let number = column!(self, name, i64)?;
        u64::try_from(number).map_err(|error| unreadable(name, error))
    }

    /// As [`Row::count`], of a column that may be null.
    pub(crate) fn optional_count(&self, name: &'static str) -> Result<Option<u64>> {
        let number = column!(self, name, Option<i64>)?.map(u64::try_from);
        number.transpose().map_err(|error| unreadable(name, error))
    }

    pub(crate) fn time(&self, name: &'static str) -> Result<Timestamp> {
        column!(self, name, i64).map(Timestamp::from_micros)
    }

    pub(crate) fn optional_time(&self, name: &'static str) -> Result<Option<Timestamp>> {
        Ok(column!(self, name, Option<i64>)?.map(Timestamp::from_micros))
    }

    pub(crate) fn id(&self, name: &'static str) -> Result<Uuid> {
        match self {
            Self::Sqlite(row) => row
                .try_get::<Hyphenated, _>(name)
                .map(Hyphenated::into_uuid),
            Self::Postgres(row) => row.try_get(name),
        }
        .map_err(|error| unreadable(name, error))
    }

    pub(crate) fn optional_id(&self, name: &'static str) -> Result<Option<Uuid>> {
        match self {
            Self::Sqlite(row) => row
                .try_get::<Option<Hyphenated>, _>(name)
                .map(|id| id.map(Hyphenated::into_uuid)),
            Self::Postgres(row) => row.try_get(name),
        }
        .map_err(|error| unreadable(name, error))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        let json: &str = match self {
            Self::Sqlite(row) => row.try_get(name),
            // The driver does not take `json` for text, but on the wire it is.
            Self::Postgres(row) => row.try_get_unchecked(name),
        }
        .map_err(|error| unreadable(name, error))?;
        serde_json::from_str(json).map_err(|error| unreadable(name, error))
    }

    /// As [`Row::json`], of a column that may be null.
    pub(crate) fn optional_json<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>> {
        let json: Option<&str> = match self {
            Self::Sqlite(row) => row.try_get(name),
            Self::Postgres(row) => row.try_get_unchecked(name),
        }
        .map_err(|error| unreadable(name, error))?;
        json.map(|json| serde_json::from_str(json).map_err(|error| unreadable(name, error)))
            .transpose()
    }

    /// A column whose text is one of the names that `parse` knows.
    pub(crate) fn named<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(text) = self.optional_text(name)? else {
            return Ok(None);
        };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(unreadable(name, format!("unknown value '{text}'"))),
        }
    }
}

/// A column that does not hold what this version writes there.
pub(crate) fn unreadable(
    name: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::internal(format!("cannot read the column {name}"), source)
}
