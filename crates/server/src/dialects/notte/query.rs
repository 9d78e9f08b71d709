//! Query parameters of this API alone.

use guise_core::Error;

pub(super) use crate::http::query::Query;

/// Whether the call counts as use of the session (`update_metadata`).
///
/// # Errors
/// As [`Query::flag`].
pub(super) fn keeps_alive(query: &Query) -> Result<bool, Error> {
    query.flag("update_metadata", true)
}
