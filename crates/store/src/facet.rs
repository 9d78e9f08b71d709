//! Optional texts that remember whether they are null or were left out: JSON in a column of text.

use guise_core::{Facet, Result};

use crate::row::{Row, unreadable};
use crate::value::Value;

/// A facet as a column keeps it.
pub(crate) fn value<'a>(facet: &Facet) -> Result<Value<'a>> {
    match facet {
        Facet::Unset => Ok(Value::Text(None)),
        Facet::Null => Ok(Value::Text(Some("null".into()))),
        Facet::Text(text) => self::text(Some(text)),
    }
}

/// A text as a facet's column keeps it; none for one that stays as it is.
pub(crate) fn text<'a>(text: Option<&str>) -> Result<Value<'a>> {
    let json = text
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| guise_core::Error::internal("cannot write a text as JSON", error))?;
    Ok(Value::Text(json.map(Into::into)))
}

/// Reads a facet.
pub(crate) fn read(row: &Row, name: &'static str) -> Result<Facet> {
    parse(row.optional_text(name)?, name)
}

/// A facet from what its column `name` keeps.
pub(crate) fn parse(json: Option<String>, name: &'static str) -> Result<Facet> {
    let Some(json) = json else {
        return Ok(Facet::Unset);
    };
    serde_json::from_str::<Option<String>>(&json)
        .map(|text| text.map_or(Facet::Null, Facet::Text))
        .map_err(|error| unreadable(name, error))
}
