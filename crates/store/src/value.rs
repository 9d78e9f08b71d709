//! Values as statements take them, bound by what they mean.

use std::borrow::Cow;

use guise_core::{
    ApprovalId, AssignmentId, CrawlId, CredentialId, Edit, JourneyId, KeyId, MailId, MailboxId,
    PersonaId, ProjectId, RoleId, RunId, SessionId, SmsId, TenantId, Timestamp, VaultId,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Postgres, Type};
use uuid::Uuid;

/// A value, or the absence of one of its type.
pub(crate) enum Value<'a> {
    /// Text. PostgreSQL keeps no U+0000, so both get U+FFFD in its place.
    Text(Option<Cow<'a, str>>),
    /// A whole number, or a point in time in microseconds since 1970.
    Int(Option<i64>),
    /// `true` or `false`.
    Bool(bool),
    /// Bytes.
    Bytes(Option<&'a [u8]>),
    /// `UUID`, in SQLite as text.
    Id(Option<Uuid>),
    /// `JSON`, in SQLite as text.
    Json(Option<String>),
}

impl<'a> Value<'a> {
    /// JSON of `value`.
    pub(crate) fn json(value: &impl Serialize) -> guise_core::Result<Value<'a>> {
        serde_json::to_string(value)
            .map(|json| Self::Json(Some(json)))
            .map_err(|error| guise_core::Error::internal("cannot write a value as JSON", error))
    }

    /// Appends it to a statement's arguments in SQLite.
    pub(crate) fn bind_sqlite(&self, arguments: &mut SqliteArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Text(text) => arguments.add(text.as_deref()),
            Self::Int(number) => arguments.add(*number),
            Self::Bool(flag) => arguments.add(*flag),
            Self::Bytes(bytes) => arguments.add(*bytes),
            Self::Id(id) => arguments.add(id.map(Uuid::hyphenated)),
            Self::Json(json) => arguments.add(json.as_deref()),
        }
    }

    /// Appends it to a statement's arguments in PostgreSQL.
    pub(crate) fn bind_postgres(&self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Text(text) => arguments.add(text.as_deref()),
            Self::Int(number) => arguments.add(*number),
            Self::Bool(flag) => arguments.add(*flag),
            Self::Bytes(bytes) => arguments.add(*bytes),
            Self::Id(id) => arguments.add(*id),
            Self::Json(json) => arguments.add(json.as_deref().map(JsonText)),
        }
    }
}

/// JSON that is JSON already. sqlx's own wrapper binds `JSONB`, which refuses U+0000.
struct JsonText<'a>(&'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        // The type `json` has the same number in every PostgreSQL (pg_type.dat).
        PgTypeInfo::with_oid(Oid(114))
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::from(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text.map(kept))
    }
}

/// A text as the databases keep it.
fn kept(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The SHA-256 of a text as it is kept, for indexes over texts that may be longer than an index takes.
pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(kept(text).as_bytes()).into()
}

/// A change of a column that may be null, for `CASE WHEN $1 THEN $2 ELSE the_column END`: whether it is to change, and what it
/// is to be. `form` gives the value, or a null of its type.
pub(crate) fn edit<'a, T>(
    edit: &'a Edit<T>,
    form: impl FnOnce(Option<&'a T>) -> Value<'a>,
) -> [Value<'a>; 2] {
    [(!edit.is_keep()).into(), form(edit.value())]
}

/// What is beyond the databases' largest number is kept as that.
impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::from(Some(number))
    }
}

impl From<Option<u64>> for Value<'_> {
    fn from(number: Option<u64>) -> Self {
        Self::Int(number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl<'a> From<Option<&'a [u8]>> for Value<'a> {
    fn from(bytes: Option<&'a [u8]>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::from(Some(time))
    }
}

impl From<Option<Timestamp>> for Value<'_> {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Int(time.map(Timestamp::as_micros))
    }
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(Some(id))
    }
}

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl From<$id> for Value<'_> {
            fn from(id: $id) -> Self {
                Self::from(Some(id))
            }
        }

        impl From<Option<$id>> for Value<'_> {
            fn from(id: Option<$id>) -> Self {
                Self::Id(id.map($id::as_uuid))
            }
        }
    )*};
}

ids!(
    ApprovalId,
    AssignmentId,
    CrawlId,
    CredentialId,
    JourneyId,
    KeyId,
    MailId,
    MailboxId,
    PersonaId,
    ProjectId,
    RunId,
    RoleId,
    SessionId,
    SmsId,
    TenantId,
    VaultId
);
